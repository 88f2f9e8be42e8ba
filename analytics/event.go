package analytics

import (
	"context"
	"time"
)

// An Event is one step of somebody's journey: a page seen, a search made, a case
// opened. Hot keys are fields and not properties, so that stores can index them.
type Event struct {
	ID       string            // letters, digits, - and _; a retry carries the same one; empty means a new UUID version 7
	Name     string            // noun.verb_past: "article.viewed", "search.performed"
	At       time.Time         // when it happened
	Received time.Time         // when the recorder took it
	Visitor  string            // pseudonymous browser, or empty
	Session  string            // one visit
	User     string            // person's id, empty for anonymous visitors
	Account  string            // organisation's id
	Subject  string            // what it happened to, as "kind/id"
	Search   string            // the search it follows from
	Text     string            // query text or comment, redacted
	Rank     int               // position of what was clicked, from 1
	Hits     int               // how many results there were
	Path     string            // page, without query string
	Referrer string            // where the visitor came from, scheme and host, and path for the own site
	Locale   string            // language shown
	Device   string            // "desktop", "phone", "tablet", "bot" or ""
	Channel  string            // "web", "api", "widget", "email" ...
	Arms     []string          // experiment arms shown, "experiment=arm"
	Props    map[string]string // anything else, small
}

// The channels through which people come.
const (
	ChannelWeb    = "web"    // pages
	ChannelAPI    = "api"    // programs
	ChannelWidget = "widget" // the help inside a product
	ChannelEmail  = "email"
)

// A Recorder accepts events. Record must return at once and never fail its
// caller: a person is waiting. It must be safe for concurrent use, and must not
// keep or change the maps and slices of the event after it returns.
type Recorder interface {
	Record(ctx context.Context, e Event)
}

// RecorderFunc is a function that is a [Recorder].
type RecorderFunc func(ctx context.Context, e Event)

// Record calls f.
func (f RecorderFunc) Record(ctx context.Context, e Event) { f(ctx, e) }

// Discard is a [Recorder] that drops every event.
var Discard Recorder = RecorderFunc(func(context.Context, Event) {})

type contextKey struct{}

// NewContext returns a context that carries what every event of a request has
// in common: visitor, session, path, referrer, locale, device, channel, arms.
// HTTP middleware calls it once.
func NewContext(ctx context.Context, common Event) context.Context {
	return context.WithValue(ctx, contextKey{}, common)
}

// FromContext returns what [NewContext] put there.
func FromContext(ctx context.Context) Event {
	e, _ := ctx.Value(contextKey{}).(Event)
	return e
}

// Complete returns e with its empty fields filled from what ctx carries.
func (e Event) Complete(ctx context.Context) Event {
	c := FromContext(ctx)
	fill := func(dst *string, src string) {
		if *dst == "" {
			*dst = src
		}
	}
	fill(&e.Visitor, c.Visitor)
	fill(&e.Session, c.Session)
	fill(&e.User, c.User)
	fill(&e.Account, c.Account)
	fill(&e.Search, c.Search)
	fill(&e.Path, c.Path)
	fill(&e.Referrer, c.Referrer)
	fill(&e.Locale, c.Locale)
	fill(&e.Device, c.Device)
	fill(&e.Channel, c.Channel)
	if e.Arms == nil {
		e.Arms = c.Arms
	}
	return e
}
