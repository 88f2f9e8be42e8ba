package scimprofile

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

func (s scope) readUser(w http.ResponseWriter, r *http.Request) error {
	p, err := s.person(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.sendUser(w, r, http.StatusOK, p)
}

func (s scope) sendUser(w http.ResponseWriter, r *http.Request, status int, p profile.Person) error {
	return answer(w, r, status, version(p.Version), s.resource(p))
}

func (s scope) listUsers(w http.ResponseWriter, r *http.Request) error {
	fits, err := userFilter(r.URL.Query().Get("filter"))
	if err != nil {
		return err
	}
	list, err := s.all(r.Context(), "")
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(p profile.Person) bool { return deleted(p) || !fits(p) })
	body, err := page(r, list, s.resource)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, body)
}

// userFilter returns what a filter selects. Addresses are compared as user
// names are, ids exactly.
func userFilter(text string) (func(profile.Person) bool, error) {
	if text == "" {
		return func(profile.Person) bool { return true }, nil
	}
	c, err := parseComparison(text)
	if err != nil {
		return nil, err
	}
	want, isText := c.value.(string)
	switch name := c.attr.full(); {
	case name == "active":
		return func(p profile.Person) bool { return c.value == !p.Disabled }, nil
	case !isText:
	case name == "username":
		return func(p profile.Person) bool { return same(userName(p), want) }, nil
	case name == "externalid":
		return func(p profile.Person) bool { return one(p, attrExternal) == want && want != "" }, nil
	case name == "id":
		return func(p profile.Person) bool { return p.ID == want }, nil
	case name == "emails" && (c.attr.sub == "" || c.attr.sub == "value"):
		return func(p profile.Person) bool { return same(p.Email, want) && want != "" }, nil
	}
	return nil, badFilter("users are found by userName, externalId, id, emails.value or active")
}

func (s scope) createUser(w http.ResponseWriter, r *http.Request) error {
	u, err := s.readNew(r)
	if err != nil {
		return err
	}
	done, err := s.turn(r.Context())
	if err != nil {
		return err
	}
	defer done()
	p, err := s.create(r.Context(), u)
	if err != nil {
		return err
	}
	return s.sendUser(w, r, http.StatusCreated, p)
}

func (s scope) readNew(r *http.Request) (user, error) {
	o, err := read(r)
	if err != nil {
		return user{}, err
	}
	u := s.userOf(profile.Person{})
	u.userName = ""
	if err := u.setAll("replace", "", o); err != nil {
		return u, err
	}
	return u.complete(), u.check()
}

// complete returns u with its address, which many providers use as the name.
func (u user) complete() user {
	if u.email == "" && strings.Contains(u.userName, "@") {
		u.email = u.userName
	} else if u.email == "" {
		return u
	}
	if plain, err := valid.Email(u.email); err == nil {
		u.email = plain
	} else if u.email == u.userName {
		u.email = ""
	}
	return u
}

// create adds u, or lets in again somebody whom the provider had deleted. The
// same user twice is one.
func (s scope) create(ctx context.Context, u user) (profile.Person, error) {
	list, err := s.all(ctx, "")
	if err != nil {
		return profile.Person{}, err
	}
	if err := free(list, u, ""); err != nil {
		return s.again(list, u, err)
	}
	for _, p := range list {
		if deleted(p) && same(userName(p), u.userName) {
			return s.revive(ctx, p, u)
		}
	}
	return s.add(ctx, list, u)
}

// free reports what of u somebody else has already.
func free(list []profile.Person, u user, except string) error {
	for _, p := range list {
		switch {
		case p.ID == except || deleted(p):
		case same(userName(p), u.userName):
			return taken("there is a user with this userName")
		case u.external != "" && one(p, attrExternal) == u.external:
			return taken("there is a user with this externalId")
		}
	}
	return nil
}

// again answers a create that was answered before, if nothing has changed since.
func (s scope) again(list []profile.Person, u user, err error) (profile.Person, error) {
	for _, p := range list {
		if p.Version == 1 && one(p, attrUserName) != "" && !deleted(p) && reflect.DeepEqual(s.userOf(p), u) {
			return p, nil
		}
	}
	return profile.Person{}, err
}

// revive lets a deleted user in again, as somebody new: the rights from before
// do not come back.
func (s scope) revive(ctx context.Context, p profile.Person, u user) (profile.Person, error) {
	made := u.onto(p, s.opts.Attributes)
	delete(made.Attributes, attrDeleted)
	made.Roles = slices.Clone(s.opts.Roles)
	return s.save(ctx, p, made)
}

func (s scope) add(ctx context.Context, list []profile.Person, u user) (profile.Person, error) {
	for n := range maxTries {
		p := u.onto(profile.Person{ID: userID(s.token.Account, u.userName, n), Account: s.token.Account, Roles: s.opts.Roles}, s.opts.Attributes)
		if slices.ContainsFunc(list, func(other profile.Person) bool { return other.ID == p.ID }) {
			continue // of somebody who was renamed
		}
		made, err := s.people.SavePerson(ctx, s.opts.Actor, p)
		switch {
		case err == nil && s.sees(made) && same(userName(made), u.userName):
			return made, nil
		case err != nil && !errors.Is(err, profile.ErrConflict):
			return profile.Person{}, err
		case err != nil:
			if other, e := s.person(ctx, p.ID); e == nil && same(userName(other), u.userName) {
				return profile.Person{}, taken("there is a user with this userName")
			}
		}
	}
	return profile.Person{}, taken("there is a user with this userName")
}

// userID makes the same id of the same name, so that of two instances that add
// a user at the same time one does.
func userID(account, userName string, n int) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("stoa scim 1\x00%s\x00%s\x00%d", account, strings.ToLower(userName), n)))
	return "scim-" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

func (s scope) replaceUser(w http.ResponseWriter, r *http.Request) error {
	o, err := read(r)
	if err != nil {
		return err
	}
	return s.changeUser(w, r, func(old user) (user, error) {
		u := s.userOf(profile.Person{})
		// What a provider does not say anything about stays where it opens or
		// closes the door, and where people choose it themselves.
		u.userName, u.active, u.locale, u.zone = "", old.active, old.locale, old.zone
		err := u.setAll("replace", "", o)
		return u.complete(), err
	})
}

func (s scope) patchUser(w http.ResponseWriter, r *http.Request) error {
	ops, err := operations(r)
	if err != nil {
		return err
	}
	return s.changeUser(w, r, func(u user) (user, error) {
		for _, op := range ops {
			if err := u.apply(op); err != nil {
				return u, err
			}
		}
		return u, nil
	})
}

func (s scope) changeUser(w http.ResponseWriter, r *http.Request, change func(user) (user, error)) error {
	ctx := r.Context()
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	p, err := s.change(ctx, r.PathValue("id"), func(p profile.Person) (profile.Person, error) {
		if err := current(r, version(p.Version)); err != nil {
			return p, err
		}
		before := s.userOf(p)
		u, err := change(before)
		if err == nil {
			err = u.check()
		}
		if err == nil && (!same(u.userName, before.userName) || u.external != before.external) {
			err = s.free(ctx, u, p.ID)
		}
		if err != nil {
			return p, err
		}
		return u.onto(p, s.opts.Attributes), nil
	})
	if err != nil {
		return err
	}
	return s.sendUser(w, r, http.StatusOK, p)
}

func (s scope) free(ctx context.Context, u user, except string) error {
	list, err := s.all(ctx, "")
	if err != nil {
		return err
	}
	return free(list, u, except)
}

func (s scope) deleteUser(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	done, err := s.turn(ctx)
	if err != nil {
		return err
	}
	defer done()
	if s.opts.Remove {
		err = s.remove(r, id)
	} else {
		_, err = s.change(ctx, id, func(p profile.Person) (profile.Person, error) {
			if p.Attributes == nil {
				p.Attributes = map[string][]string{}
			}
			p.Disabled, p.Attributes[attrDeleted] = true, []string{s.opts.Now().UTC().Format(time.RFC3339)}
			return p, current(r, version(p.Version))
		})
		if errors.Is(err, profile.ErrInvalid) {
			// Something else about them is wrong; that they have left comes first.
			_, err = s.people.DisablePerson(ctx, s.opts.Actor, id)
		}
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s scope) remove(r *http.Request, id string) error {
	p, err := s.person(r.Context(), id)
	if err == nil {
		err = current(r, version(p.Version))
	}
	if err != nil {
		return err
	}
	if err := s.staysAdministered(r.Context(), p, profile.Person{}); err != nil {
		return err
	}
	return s.people.RemovePerson(r.Context(), s.opts.Actor, id)
}
