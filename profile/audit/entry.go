package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// An Entry is one deed. Within a [Store] tokens stand for people; a [Log] puts
// their IDs in their place, and leaves the tokens of those who were erased.
type Entry struct {
	Seq     int64            // its number; the first is 1 and none is left out
	At      time.Time        // by the clock of the instance that wrote it
	Action  string           // what was done: "person.changed"
	Outcome profile.Outcome  // how it ended
	Actor   string           // who did it, or empty
	As      Kind             // what they were
	Behalf  string           // in whose place, or for whom, or empty
	Person  string           // whom it is about, or empty
	Subject string           // what else it is about, as "kind/id", or empty
	Account string           // organisation that it is about, or empty
	Session string           // the session it came from, or empty
	Network string           // the network it came from, or empty
	Changes []profile.Change // before and after, without what is sensitive
	Why     string           // the reason given, or empty
	Of      int64            // the entry that this is the outcome of, or 0
	Hash    string           // over the entry and the hash before it, in hexadecimal
}

// A Kind is what somebody was when they did something.
type Kind string

// The kinds.
const (
	KindNobody   Kind = ""         // nobody had signed in
	KindCustomer Kind = "customer" // a customer, a partner, a manager of an organisation
	KindStaff    Kind = "staff"    // somebody of the company that runs the portal
	KindSystem   Kind = "system"   // the portal itself
)

// A Mark is the end of the chain at some time. It is short enough to be noted
// elsewhere.
type Mark struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// A sealed entry is what its hash is over, in an order that never changes.
type sealed struct {
	Seq     int64            `json:"seq"`
	At      string           `json:"at"`
	Action  string           `json:"action"`
	Outcome profile.Outcome  `json:"outcome"`
	Actor   string           `json:"actor"`
	As      Kind             `json:"as"`
	Behalf  string           `json:"behalf"`
	Person  string           `json:"person"`
	Subject string           `json:"subject"`
	Account string           `json:"account"`
	Session string           `json:"session"`
	Network string           `json:"network"`
	Changes []profile.Change `json:"changes"`
	Why     string           `json:"why"`
	Of      int64            `json:"of"`
}

// seal returns the hash of an entry that follows the one with the hash prev.
func seal(key []byte, prev string, e Entry) string {
	if len(e.Changes) == 0 {
		e.Changes = nil
	}
	text, err := json.Marshal(sealed{
		e.Seq, e.At.UTC().Truncate(time.Microsecond).Format(time.RFC3339Nano), e.Action, e.Outcome, e.Actor, e.As, e.Behalf, e.Person,
		e.Subject, e.Account, e.Session, e.Network, e.Changes, e.Why, e.Of,
	})
	if err != nil {
		return "" // texts and numbers have no other way to fail than not being there
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("stoa audit 1|" + prev + "|"))
	mac.Write(text)
	return hex.EncodeToString(mac.Sum(nil))
}
