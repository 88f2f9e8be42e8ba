package profile

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"sync"
)

// personal is the part of a Directory that is about one person at a time: what
// they prefer, agreed to and put aside, and all that is known of them.
type personal struct {
	preferences PreferenceStore // nil if nothing keeps them; so with the others
	consents    ConsentStore
	shelf       ShelfStore
	others      []Keeper // of what else the store keeps of people
	lists       map[string]List
	titles      Titles
	secret      []byte // makes pseudonyms

	mu      sync.RWMutex
	keepers []Keeper
}

// newPersonal is the one place that asks the store what else it can do.
func newPersonal(store Store, o Options) *personal {
	p := &personal{preferences: o.Preferences, consents: o.Consents, shelf: o.Shelf, titles: o.Titles, lists: map[string]List{}}
	if p.preferences == nil {
		p.preferences, _ = store.(PreferenceStore)
	}
	if p.consents == nil {
		p.consents, _ = store.(ConsentStore)
	}
	if p.shelf == nil {
		p.shelf, _ = store.(ShelfStore)
	}
	if s, ok := store.(SessionStore); ok {
		p.others = append(p.others, SessionKeeper(s))
	}
	if s, ok := store.(IdentityStore); ok {
		p.others = append(p.others, IdentityKeeper(s))
	}
	if s, ok := store.(NoticeStore); ok {
		p.others = append(p.others, NoticeKeeper(s))
	}
	if s, ok := store.(EndpointStore); ok {
		p.others = append(p.others, EndpointKeeper(s, ChannelMail, ChannelPush, ChannelSMS, ChannelWebhook))
	}
	if s, ok := store.(SuppressionStore); ok {
		p.others = append(p.others, SuppressionKeeper(s, store))
	}
	if s, ok := store.(LinkStore); ok {
		p.others = append(p.others, LinkKeeper(s, store))
	}
	if s, ok := store.(ConnectionStore); ok {
		p.others = append(p.others, ConnectionKeeper(s))
	}
	if o.Lists == nil {
		o.Lists = DefaultLists()
	}
	for _, l := range o.Lists {
		p.lists[l.Name] = l
	}
	if p.secret = o.Secret; len(p.secret) == 0 {
		p.secret = make([]byte, sha256.Size)
		rand.Read(p.secret)
	}
	return p
}

// pseudonym returns what stands for a person who is gone: the same each time.
func (p *personal) pseudonym(person string) string {
	mac := hmac.New(sha256.New, p.secret)
	mac.Write([]byte("stoa pseudonym 1|" + person))
	return "gone-" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil)[:16]))
}

// lacks says that nothing keeps what is asked for.
func lacks(what string) error { return fmt.Errorf("%s: no store keeps them: %w", what, ErrUnsupported) }

// isWord reports whether s may name a list, a purpose or a channel: a word for
// programs, which says nothing of people.
func isWord(s string) bool {
	return s != "" && len(s) <= 64 && alphanumeric(s[0], false) && made(s, "_.-", false)
}
