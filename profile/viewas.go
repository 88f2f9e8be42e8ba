package profile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// An Access is what somebody may do and see.
type Access struct {
	Actor       Actor
	Permissions []Permission          // sorted
	From        map[Permission][]Role // which of their roles each comes from
	Segments    []string              // all that open content, with the built-in ones
}

// Access returns what a person may do and see now. It takes
// [PermissionDirectoryRead] and [PermissionSegmentsRead].
func (d *Directory) Access(ctx context.Context, by Actor, id string) (Access, error) {
	if !d.mayRead(by) {
		return Access{}, wrap(ErrNotFound, "access of person", id)
	}
	a, err := d.Actor(ctx, id)
	if err == nil {
		err = d.looked(ctx, by, "access.read", id)
	}
	if err != nil {
		return Access{}, err
	}
	return d.accessOf(ctx, a)
}

// TryAccess returns what a person would be able to do and see if they were kept
// as p, so that rights can be looked at before they are given. Nothing is kept.
// It takes what [Directory.Access] takes.
func (d *Directory) TryAccess(ctx context.Context, by Actor, p Person) (Access, error) {
	if !d.mayRead(by) {
		return Access{}, wrap(ErrNotFound, "access of person", p.ID)
	}
	p, err := p.Clone().check()
	if err != nil {
		return Access{}, wrap(err, "access of person", p.ID)
	}
	a, err := d.actorOf(ctx, p)
	if err == nil {
		err = d.audited(ctx, by, Deed{Action: "access.tried", Person: p.ID, Changes: []Change{{Field: "roles", To: roleList(p.Roles)}}}, func() error { return nil })
	}
	if err != nil {
		return Access{}, wrap(err, "access of person", p.ID)
	}
	return d.accessOf(ctx, a)
}

func (d *Directory) mayRead(by Actor) bool {
	return d.policy.May(by, PermissionDirectoryRead) && d.policy.May(by, PermissionSegmentsRead)
}

func (d *Directory) accessOf(ctx context.Context, a Actor) (Access, error) {
	set, err := d.roleSet(ctx)
	if err != nil {
		return Access{}, err
	}
	from := map[Permission][]Role{}
	for _, role := range a.Roles {
		for _, permission := range set.permits(d.policy, role) {
			from[permission] = append(from[permission], role)
		}
	}
	return Access{Actor: a, Permissions: slices.Sorted(maps.Keys(from)), From: from, Segments: a.Sight().Segments()}, nil
}

// permissionsOf returns what somebody's roles let them do, sorted.
func (d *Directory) permissionsOf(a Actor) []Permission {
	permissions := slices.Clone(a.Grants)
	for _, role := range a.Roles {
		permissions = append(permissions, d.policy[role]...)
	}
	slices.Sort(permissions)
	return slices.Compact(permissions)
}

// mayView reports whether the actor may look at the portal as somebody: nobody
// gets to see more than they could give.
func (d *Directory) mayView(ctx context.Context, by, person Actor) bool {
	return d.policy.May(by, PermissionImpersonate) && by.ID != person.ID && d.mayManage(ctx, by, person.Roles) == nil
}

// View makes the browser that a request comes from show the portal as another
// person sees it, until [Sessions.EndView] or the end of the session. Nothing
// can be changed meanwhile ([Middleware] refuses it), and nothing that is
// looked at counts as seen by that person. It takes [PermissionImpersonate] and
// is recorded; the right is checked again with every request.
func (s *Sessions) View(r *http.Request, by Actor, person string) error {
	session, err := s.find(r)
	if err != nil || by.Anonymous() || by.ID != session.Person {
		return fmt.Errorf("view as %q: %w", person, errors.Join(err, ErrForbidden))
	}
	deed := Deed{Action: "view.begun", Person: person}
	if !s.people.policy.May(by, PermissionImpersonate) {
		return s.people.denied(r.Context(), by, deed, fmt.Errorf("view as %q: %w", person, ErrForbidden))
	}
	a, err := s.people.Actor(r.Context(), person)
	if err != nil {
		return fmt.Errorf("view as %q: %w", person, err)
	}
	if !s.people.mayView(r.Context(), by, a) {
		return s.people.denied(r.Context(), by, deed, fmt.Errorf("view as %q: %w", person, ErrForbidden))
	}
	err = s.people.audited(r.Context(), by, deed, func() error { return s.store.ViewSession(r.Context(), session.ID, person) })
	if err != nil {
		return fmt.Errorf("view as %q: %w", person, err)
	}
	s.record(r.Context(), by, "session.view_started", Session{Person: person})
	return nil
}

// EndView shows the portal as it is to whoever signed in. It is no error if
// nobody viewed.
func (s *Sessions) EndView(r *http.Request) error {
	session, err := s.find(r)
	if errors.Is(err, ErrNotFound) || err == nil && session.Viewing == "" {
		return nil
	}
	if err == nil {
		viewer := Actor{ID: session.Person, Session: session.ID}
		err = s.people.audited(r.Context(), viewer, Deed{Action: "view.ended", Person: session.Viewing}, func() error {
			return s.store.ViewSession(r.Context(), session.ID, "")
		})
	}
	if err != nil {
		return fmt.Errorf("end view: %w", err)
	}
	s.record(r.Context(), Actor{ID: session.Person}, "session.view_ended", Session{Person: session.Viewing})
	return nil
}

// viewed returns the person as whom by looks at the portal, or by if that is not
// theirs any more.
func (s *Sessions) viewed(ctx context.Context, by Actor, session Session) (Actor, error) {
	a, err := s.people.Actor(ctx, session.Viewing)
	switch {
	case errors.Is(err, ErrNotFound), err == nil && !s.people.mayView(ctx, by, a):
		return by, nil
	case err != nil:
		return Actor{}, err
	}
	a.Viewer, a.Assurance, a.Session = by.ID, by.Assurance, by.Session
	return a, nil
}
