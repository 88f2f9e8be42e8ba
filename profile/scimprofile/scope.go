package scimprofile

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// A scope is what the holder of a token reaches.
type scope struct {
	*Provider
	token Token
	known []Group // all that there are
}

// reaches reports whether p may be known to the holder, deleted or not. Of those
// without an account the company's own directory knows its staff and whom it has
// added, and not the customers who came by themselves.
func (s scope) reaches(p profile.Person) bool {
	staff := slices.ContainsFunc(p.Roles, profile.Role.Staff)
	if p.Account != s.token.Account || p.ID == s.opts.Actor.ID || staff && !s.token.Staff {
		return false
	}
	return p.Account != "" || staff || added(p)
}

// added reports whether p was made or changed by a directory.
func added(p profile.Person) bool {
	for name := range p.Attributes {
		if strings.HasPrefix(name, attrPrefix) {
			return true
		}
	}
	return false
}

// sees reports whether p is a user to the holder.
func (s scope) sees(p profile.Person) bool { return s.reaches(p) && !deleted(p) }

// deleted reports whether a provider has deleted p, and nobody let them in
// again.
func deleted(p profile.Person) bool { return p.Disabled && one(p, attrDeleted) != "" }

// person returns a user of the holder's.
func (s scope) person(ctx context.Context, id string) (profile.Person, error) {
	p, err := s.people.Person(ctx, s.opts.Actor, id)
	if err != nil {
		return profile.Person{}, err
	}
	if !s.sees(p) {
		return profile.Person{}, notFound()
	}
	return p, nil
}

// all returns everybody whom the holder reaches, by name.
func (s scope) all(ctx context.Context, role profile.Role) ([]profile.Person, error) {
	var list []profile.Person
	for p, err := range s.people.AllPeople(ctx, s.opts.Actor, profile.PersonQuery{Account: s.token.Account, Role: role, Limit: 200}) {
		if err != nil {
			return nil, err
		}
		if s.reaches(p) {
			list = append(list, p)
		}
	}
	return list, nil
}

const maxTries = 20

// change changes a user. It begins anew with what is stored if somebody else
// was first, so that nothing is lost.
func (s scope) change(ctx context.Context, id string, change func(profile.Person) (profile.Person, error)) (profile.Person, error) {
	for tries := 1; ; tries++ {
		old, err := s.person(ctx, id)
		if err != nil {
			return profile.Person{}, err
		}
		p, err := change(old.Clone())
		if err != nil {
			return profile.Person{}, err
		}
		made, err := s.save(ctx, old, p)
		if !errors.Is(err, profile.ErrConflict) || tries == maxTries {
			return made, err
		}
	}
}

// save keeps p, which was old, if anything is different. Attributes that stay
// are not sent: a portal may ask for some that a provider cannot fill in.
func (s scope) save(ctx context.Context, old, p profile.Person) (profile.Person, error) {
	if len(p.Attributes) == 0 {
		p.Attributes = map[string][]string{}
	}
	if len(old.Attributes) == 0 {
		old.Attributes = map[string][]string{}
	}
	if reflect.DeepEqual(old, p) {
		return p, nil
	}
	if !s.reaches(p) {
		return profile.Person{}, profile.ErrForbidden
	}
	if err := s.staysAdministered(ctx, old, p); err != nil {
		return profile.Person{}, err
	}
	if reflect.DeepEqual(old.Attributes, p.Attributes) {
		p.Attributes = nil
	}
	return s.people.SavePerson(ctx, s.opts.Actor, p)
}

// staysAdministered refuses to take the last administrator away: nobody could
// mend what a directory got wrong.
func (s scope) staysAdministered(ctx context.Context, old, p profile.Person) error {
	administers := func(p profile.Person) bool { return !p.Disabled && slices.Contains(p.Roles, profile.RoleAdmin) }
	if !administers(old) || administers(p) {
		return nil
	}
	for other, err := range s.people.AllPeople(ctx, s.opts.Actor, profile.PersonQuery{Role: profile.RoleAdmin}) {
		if err != nil || other.ID != old.ID && other.ID != s.opts.Actor.ID && administers(other) {
			return err
		}
	}
	return fault{http.StatusConflict, "mutability", "nobody else administers the portal"}
}

// turn waits until no other change of the account is under way in this process.
func (s scope) turn(ctx context.Context) (done func(), err error) {
	made, _ := s.turns.LoadOrStore(s.token.Account, make(chan struct{}, 1))
	turn, _ := made.(chan struct{})
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func version(n int) string { return `W/"` + strconv.Itoa(n) + `"` }

// matches reports whether a header names the version, or every one.
func matches(header, etag string) bool {
	for v := range strings.SplitSeq(header, ",") {
		v = strings.TrimSpace(v)
		if v == "*" || strings.TrimPrefix(v, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}

// current refuses a change of something else than the caller has read.
func current(r *http.Request, etag string) error {
	if header := r.Header.Get("If-Match"); header != "" && !matches(header, etag) {
		return fault{http.StatusPreconditionFailed, "", "it has changed since it was read"}
	}
	return nil
}

// answer sends a resource, or nothing if the caller has it.
func answer(w http.ResponseWriter, r *http.Request, status int, etag string, body map[string]any) error {
	w.Header().Set("ETag", etag)
	if header := r.Header.Get("If-None-Match"); header != "" && r.Method == http.MethodGet && matches(header, etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if status == http.StatusCreated {
		meta, _ := body["meta"].(map[string]any)
		location, _ := meta["location"].(string)
		w.Header().Set("Location", location)
	}
	return write(w, status, body)
}

const (
	defaultCount = 100
	maxCount     = 200
)

// page returns the part of a list that a request asks for.
func page[T any](r *http.Request, list []T, resource func(T) map[string]any) (map[string]any, error) {
	start, err := number(r, "startIndex", 1)
	if err != nil {
		return nil, err
	}
	count, err := number(r, "count", defaultCount)
	if err != nil {
		return nil, err
	}
	start, count = max(start, 1), min(max(count, 0), maxCount)
	rest := list[min(start-1, len(list)):]
	resources := []any{}
	for _, v := range rest[:min(count, len(rest))] {
		resources = append(resources, resource(v))
	}
	return map[string]any{
		"schemas": []string{schemaList}, "totalResults": len(list), "startIndex": start, "itemsPerPage": len(resources), "Resources": resources,
	}, nil
}

func number(r *http.Request, name string, mean int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return mean, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, badValue(name + " is no number")
	}
	return int(n), nil
}
