package profile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
)

// Identities know who the people of a directory are elsewhere: at a provider of
// identities, in another product. An identity is one person's only, and nothing
// but a link makes it theirs. That somebody has the same address says nothing.
type Identities struct {
	store    IdentityStore
	people   *Directory
	sessions *Sessions
}

// NewIdentities returns Identities of the people of a directory. Unlinking ends
// the sessions that came through the identity; nil sessions mean that the host
// has its own and ends them itself.
func NewIdentities(store IdentityStore, people *Directory, sessions *Sessions) *Identities {
	return &Identities{store: store, people: people, sessions: sessions}
}

// Limits of an identity, in bytes.
const (
	maxVia     = 512
	maxSubject = 255 // what OpenID Connect allows
)

// Actor returns who a subject is here. ErrNotFound means that the subject is
// nobody yet, ErrForbidden that they were somebody who has left: a person who
// is disabled or removed, be it that another has their ID since.
func (s *Identities) Actor(ctx context.Context, via, subject string) (Actor, error) {
	i, err := s.store.Identity(ctx, via, subject)
	if err != nil {
		return Actor{}, identityError(err, via)
	}
	p, err := s.people.store.Person(ctx, i.Person)
	if err == nil && i.LinkedAt.Before(p.CreatedAt) {
		err = ErrNotFound
	}
	var a Actor
	if err == nil {
		a, err = s.people.Actor(ctx, i.Person)
	}
	if errors.Is(err, ErrNotFound) {
		err = fmt.Errorf("person %q has left: %w", i.Person, ErrForbidden)
	}
	return a, identityError(err, via)
}

// Link makes a subject a person of the directory: whoever signs in as the
// subject is that person from then on. It takes [PermissionDirectoryWrite], and
// the right to give away every role that the person has. Linking what is linked
// to that person already changes nothing; what is somebody else's, or was
// somebody's who has left, is ErrConflict until it is unlinked.
func (s *Identities) Link(ctx context.Context, by Actor, i Identity) (Identity, error) {
	if !s.people.policy.May(by, PermissionDirectoryWrite) {
		return Identity{}, s.people.denied(ctx, by, Deed{Action: "identity.linked"}, identityError(ErrForbidden, i.Via))
	}
	if err := i.check(); err != nil {
		return Identity{}, identityError(err, i.Via)
	}
	p, err := s.people.person(ctx, by, i.Person)
	if err == nil {
		err = s.people.mayManage(ctx, by, p.Roles)
	}
	if err != nil {
		return Identity{}, identityError(err, i.Via)
	}
	// The clock of the instance that added the person may be ahead.
	if i.LinkedAt = s.people.clock(); i.LinkedAt.Before(p.CreatedAt) {
		i.LinkedAt = p.CreatedAt
	}
	err = s.people.audited(ctx, by, Deed{Action: "identity.linked", Person: i.Person, Subject: "via/" + clip(i.Via)}, func() error { return s.store.Link(ctx, i) })
	if errors.Is(err, ErrConflict) {
		return s.linked(ctx, i, p)
	}
	if err != nil {
		return Identity{}, identityError(err, i.Via)
	}
	s.people.record(ctx, by, "identity.linked", "person/"+i.Person)
	return i, nil
}

// Welcome makes a subject who signs in for the first time a person, with the
// rights of by, and returns them: somebody new if p.Version is 0, and otherwise
// the person with p.ID.
//
// Somebody new gets an ID of their own. One that came from elsewhere could be
// somebody's already, and whoever can choose an address could become them.
// Somebody known is signed out everywhere: whoever signed in as them before had
// not proved to be this subject.
func (s *Identities) Welcome(ctx context.Context, by Actor, p Person, via, subject string) (Actor, error) {
	i := Identity{Via: via, Subject: subject, Person: p.ID}
	if p.Version != 0 {
		return s.welcomeBack(ctx, by, i)
	}
	if p.ID != "" || p.Key != "" {
		return Actor{}, identityError(errs.Field("id", "error.field.unknown", nil), via)
	}
	// Whoever may add people and not link them would leave somebody behind.
	if !s.people.policy.May(by, PermissionDirectoryWrite) {
		return Actor{}, identityError(ErrForbidden, via)
	}
	p, err := s.people.SavePerson(ctx, by, p)
	if err != nil {
		return Actor{}, identityError(err, via)
	}
	i.Person = p.ID
	if _, err := s.Link(ctx, by, i); err != nil {
		// Somebody was quicker, perhaps the same browser in another tab.
		if undone := s.people.RemovePerson(ctx, by, p.ID); undone != nil {
			s.people.log.WarnContext(ctx, "a person without an identity is left", "person", p.ID, "error", undone)
		}
		return Actor{}, err
	}
	return s.Actor(ctx, via, subject)
}

func (s *Identities) welcomeBack(ctx context.Context, by Actor, i Identity) (Actor, error) {
	if _, err := s.Link(ctx, by, i); err != nil {
		return Actor{}, err
	}
	if s.sessions != nil {
		if _, err := s.sessions.RevokeAll(ctx, by, i.Person, ""); err != nil {
			return Actor{}, identityError(err, i.Via)
		}
	}
	return s.Actor(ctx, i.Via, i.Subject)
}

// linked returns the identity that is there, if it is the one that was wanted.
func (s *Identities) linked(ctx context.Context, want Identity, p Person) (Identity, error) {
	old, err := s.store.Identity(ctx, want.Via, want.Subject)
	if err == nil && (old.Person != want.Person || old.LinkedAt.Before(p.CreatedAt)) {
		err = ErrConflict
	}
	if err != nil {
		return Identity{}, identityError(err, want.Via)
	}
	return old, nil
}

// List returns who a person is elsewhere, the oldest link first: to the person
// themselves, and with [PermissionDirectoryWrite] to others.
func (s *Identities) List(ctx context.Context, by Actor, person string) ([]Identity, error) {
	if !s.may(by, person) {
		return nil, fmt.Errorf("identities of %q: %w", person, ErrNotFound)
	}
	list, err := s.store.Identities(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("identities of %q: %w", person, err)
	}
	return list, nil
}

// Unlink ends that a subject is somebody here, and the sessions that came
// through it. People unlink their own, and with [PermissionDirectoryWrite]
// anybody's, even of people who have left. What the actor may not unlink is
// ErrNotFound.
func (s *Identities) Unlink(ctx context.Context, by Actor, via, subject string) error {
	i, err := s.store.Identity(ctx, via, subject)
	if err == nil && !s.may(by, i.Person) {
		err = ErrNotFound
	}
	if err != nil {
		return identityError(err, via)
	}
	// Before, so that a failure can be tried again; and after, for a session that
	// began in between.
	if err := s.forget(ctx, i); err != nil {
		return identityError(err, via)
	}
	deed := Deed{Action: "identity.unlinked", Person: i.Person, Subject: "via/" + clip(i.Via)}
	if err := s.people.audited(ctx, by, deed, func() error { return s.store.Unlink(ctx, i) }); err != nil {
		return identityError(err, via)
	}
	s.people.record(ctx, by, "identity.unlinked", "person/"+i.Person)
	return identityError(s.forget(ctx, i), via)
}

func (s *Identities) forget(ctx context.Context, i Identity) error {
	if s.sessions == nil {
		return nil
	}
	_, err := s.sessions.Forget(ctx, i.Via, i.Subject, "")
	return err
}

func (s *Identities) may(by Actor, person string) bool {
	return person != "" && !by.Anonymous() && (by.ID == person || s.people.policy.May(by, PermissionDirectoryWrite))
}

func (i Identity) check() error {
	f := errs.Fields{}
	checkForeign(f, "via", i.Via, maxVia)
	checkForeign(f, "subject", i.Subject, maxSubject)
	if i.Person == "" {
		f.Add("person", "error.field.required", nil)
	}
	return f.Err()
}

// checkForeign takes a name from elsewhere, which is compared byte by byte and
// never shown as a text.
func checkForeign(f errs.Fields, field, value string, most int) {
	switch {
	case value == "":
		f.Add(field, "error.field.required", nil)
	case len(value) > most:
		f.Add(field, "error.field.too_long", map[string]any{"max": most})
	case !utf8.ValidString(value):
		f.Add(field, "error.field.encoding", nil)
	case strings.ContainsFunc(value, unicode.IsControl):
		f.Add(field, "error.field.characters", nil)
	}
}

// identityError says through what, and not who: subjects stay out of logs.
func identityError(err error, via string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("identity via %q: %w", clip(via), err)
}
