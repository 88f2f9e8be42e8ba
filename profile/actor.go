package profile

import (
	"context"
	"slices"

	"github.com/stoa-go/stoa/internal/web"
)

// An Actor is whoever a call is made for: a customer, an agent, a bot or, when
// it is the zero Actor, an anonymous visitor. It is a value that the host (or a
// [Directory]) makes anew for every request, so that a change of rights takes
// effect with the next one. Do not keep one longer than the request it is for.
type Actor struct {
	ID         string       // stable subject from the directory or the identity provider
	Account    string       // organisation the actor belongs to
	Roles      []Role       // what the actor is, mapped to permissions by a [Policy]
	Grants     []Permission // what roles that the team made permit, filled in by [Directory.Actor]; every [Policy] counts them
	Segments   []string     // named rules the actor fulfils, without the built-in ones; they open content
	Declared   []string     // rules fulfilled by what people say of themselves or do; they choose what is shown first and open nothing
	Locale     string       // preferred language, a BCP 47 tag, or empty
	Zone       string       // IANA time zone, or empty
	Name       string       // how to address the actor, for pages only
	Assurance  Assurance    // how surely the actor is who it claims to be
	OnBehalfOf string       // the person an agent or a bot acts for, or empty
	Viewer     string       // who looks at the portal as this person, or empty; they can change nothing
	Session    string       // the ID of the session that the call came with, or empty
}

// An Assurance says how an actor signed in. Higher is surer.
type Assurance uint8

// The levels of assurance.
const (
	AssuranceNone   Assurance = iota // anonymous
	AssuranceLink                    // holds a link or a token sent to them
	AssuranceSignIn                  // signed in
	AssuranceStrong                  // signed in just now, with a second factor
)

// In reports whether the actor belongs to a segment, be it one that opens
// content or one that only chooses what is shown first.
func (a Actor) In(segment string) bool {
	if slices.Contains(a.Declared, segment) {
		return true
	}
	_, ok := slices.BinarySearch(a.Sight().segments, segment)
	return ok
}

// Anonymous reports whether nobody has signed in.
func (a Actor) Anonymous() bool { return a.ID == "" }

// Has reports whether a holds role.
func (a Actor) Has(role Role) bool { return slices.Contains(a.Roles, role) }

// Staff reports whether a works for the company that runs the portal.
func (a Actor) Staff() bool { return !a.Anonymous() && slices.ContainsFunc(a.Roles, Role.Staff) }

type actorKey struct{}

// NewContext returns a context that carries a; APIs answer whoever is anonymous
// with status 401 where they answer others with 403. Only HTTP middleware calls it:
// everything else takes its actor as a parameter.
func NewContext(ctx context.Context, a Actor) context.Context {
	return context.WithValue(web.SignedIn(ctx, !a.Anonymous()), actorKey{}, a)
}

// FromContext returns the actor put there by [NewContext], or the anonymous one.
func FromContext(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
