package analytics

import (
	"context"
	"iter"
	"time"
)

// A Store keeps events. It only ever adds to them, forgets them, or tells them
// in order; what they mean is for those who read them.
//
// Implementations
//
//   - must be safe for concurrent use and do each call whole or not at all,
//     except that Prune may stop half-way with an error;
//   - must keep every field, times as UTC to the microsecond;
//   - must not share slices or maps with their callers;
//   - must order by bytes, not by the rules of a language;
//   - must return ErrInvalid for events with text that is not UTF-8 or holds a
//     NUL, so that a [Ledger] can tell a bad event from a bad moment;
//   - must pass the suite in package analyticstest.
type Store interface {
	// Append adds the events whose ID it does not have, and leaves out the
	// others: adding the same events twice does no harm.
	Append(ctx context.Context, events []Event) error

	// Scan ranges over the events that r selects, by session, time and ID, as
	// they were at one moment. It may hold a connection until the loop ends.
	// After an error there is nothing more.
	Scan(ctx context.Context, r Range) iter.Seq2[Event, error]

	// Erase forgets a person or a browser, see [Who], and returns how many
	// events that were.
	Erase(ctx context.Context, who Who) (int, error)

	// Prune forgets the events that happened before a time and returns how many
	// that were. Counts stay: they are about nobody.
	Prune(ctx context.Context, before time.Time) (int, error)
}

// A Counter is a [Store] that keeps daily counts, so that the commonest
// questions need no scan.
type Counter interface {
	Store

	// Top returns the subjects that q is about, the most frequent first, and
	// those that are equally frequent in order of their names. It counts the
	// events that were appended and happened in the days from q.From to q.To,
	// as [Event.Counted] says.
	Top(ctx context.Context, q TopQuery) ([]Count, error)
}

// A Rememberer is a [Store] that finds the latest events of one person without
// a scan, so that pages can ask what somebody just did.
type Rememberer interface {
	Store

	// Latest returns the events that q selects, the latest first, and those of
	// one moment by ID, the last one first.
	Latest(ctx context.Context, q LatestQuery) ([]Event, error)
}

// A LatestQuery asks what a person did last.
type LatestQuery struct {
	User  string    // whose events; empty selects none
	From  time.Time // happened at or after; zero means from the first
	To    time.Time // happened before; zero means to the last
	Limit int       // 0 means 100
}

// DefaultLatest is how many events Latest returns where a query does not say.
const DefaultLatest = 100

// A Range selects events. Its zero value selects all of them.
type Range struct {
	From  time.Time // happened at or after; zero means from the first
	To    time.Time // happened before; zero means to the last
	Names []string  // with one of these names; empty means any
	User  string    // of this person; empty means of anybody
}

// Who is somebody to be forgotten: a person, a browser, or both.
type Who struct {
	// User is a person's id. Erasing it takes their events, the events about
	// them (whose subject is "person/ID"), and those that nobody signed in made
	// in sessions in which they were signed in.
	User string
	// Visitor is a pseudonymous browser. Erasing it takes the browser's events.
	Visitor string
}

// A TopQuery asks what some kind of event happened to most.
type TopQuery struct {
	Name  string    // of the events: "article.viewed"
	Kind  string    // of the subjects, the part before the slash: "article"; empty means any
	From  time.Time // the first day, in UTC; zero means from the first
	To    time.Time // the last day, in UTC, itself included; zero means to the last
	Limit int       // 0 means 10
}

// DefaultTop is how many subjects Top returns where a query does not say.
const DefaultTop = 10

// A Count is how often something happened to a subject.
type Count struct {
	Subject string // "article/reset-hub"
	N       int
}

// Counted reports whether daily counts include e: it happened to something, and
// no bot did it.
func (e Event) Counted() bool { return e.Subject != "" && e.Device != DeviceBot }

// Day returns the day of t in UTC as daily counts name it: "2026-03-01".
func Day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
