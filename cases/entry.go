package cases

import "time"

// An Entry is one thing that was said or done about a case. Entries are added
// and never changed; what must not be read any more is withdrawn by another.
type Entry struct {
	ID       string
	Case     string
	Number   int // from 1, without gaps
	Kind     EntryKind
	Author   string // ID of who did it; empty if nobody did: a rule, a clock
	BehalfOf string // whom the author acted for, or empty
	Side     Side
	Internal bool    // only those who work on cases see it
	Body     string  // Markdown
	Channel  Channel // how it came
	Changes  []Change
	Files    []string // IDs of attachments
	At       time.Time
	Input    string // hash of what it was made from; stores keep it, nobody else needs it
}

// An EntryKind says what an entry records.
type EntryKind string

// The kinds of entries.
const (
	EntryOpened    EntryKind = "opened"    // the case, with what its requester wrote
	EntryReply     EntryKind = "reply"     // somebody says something to the other side
	EntryNote      EntryKind = "note"      // somebody says something among those who work on it
	EntryChange    EntryKind = "change"    // of what the case says, see Changes
	EntrySolution  EntryKind = "solution"  // a proposed solution
	EntryAccepted  EntryKind = "accepted"  // the proposed solution helped
	EntryRejected  EntryKind = "rejected"  // it did not, and why
	EntryEscalated EntryKind = "escalated" // somebody asks for more attention, and why
	EntryLinked    EntryKind = "linked"    // an article or a case, see Changes
	EntryPeople    EntryKind = "people"    // somebody follows it or no longer does, see Changes
	EntryWithdrawn EntryKind = "withdrawn" // an earlier entry: its number is in Changes
)

// A Side is which side of the desk an author is on.
type Side string

// The sides.
const (
	SideCustomer Side = "customer"
	SideStaff    Side = "staff"
	SideNobody   Side = "" // a rule, a clock
)

// A Change is one value that became another.
type Change struct {
	Field string `json:"field"` // as in JSON: "status", "priority", "fields.version"
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}
