package profile

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

// A Handler serves the JSON API of a Directory and of what goes with it, under
// any prefix. Who may do what is decided by them, as for pages; the actor comes
// from [FromContext]: mount it behind [Middleware].
//
//	/me              who is asking, their preferences, consents, shelf and sessions
//	/people          people, what they may do, their export and erasure
//	/accounts        organisations
//	/roles           roles, those that a team makes included
//	/segments        segments, what they would change, /segment-facts to write rules with
//	/fields          what the portal asks of people and organisations, /form-rules for forms
//	/invitations     who is asked in
//	/connections     other programs that are let in
//	/identities      who people are elsewhere
//	/address-suggestions   postal addresses, looked up
type Handler struct {
	people *Directory
	opts   HandlerOptions
	api    *web.API
	serve  http.Handler
}

// HandlerOptions adjust a Handler. The zero value serves the Directory alone.
type HandlerOptions struct {
	Sessions    *Sessions    // nil means that the host has sessions of its own
	Invitations *Invitations // nil means that nobody is invited
	Connections *Connections // nil means that no other programs are let in
	Identities  *Identities  // nil means that nobody is known elsewhere
	Bounces     *Bounces     // nil means that no address is held
	Addresses   *Addresses   // nil means that no postal address is looked up

	// Sure is how surely somebody must be who they claim before they take out or
	// erase what is known of people, make somebody staff or let other programs
	// in. Zero means AssuranceStrong; a host whose people cannot prove more than
	// that they signed in says AssuranceSignIn.
	Sure Assurance
}

// NewHandler returns the Handler of a directory. Nil opts mean that it serves
// the directory alone.
func NewHandler(people *Directory, opts *HandlerOptions) *Handler {
	h := &Handler{people: people, api: web.NewAPI("profile", people.log)}
	if opts != nil {
		h.opts = *opts
	}
	if h.opts.Sure == AssuranceNone {
		h.opts.Sure = AssuranceStrong
	}
	h.serveSelf()
	people.servePersonal(h.api)
	// Browsers keep nothing of what follows: it is about other people too.
	h.api.Wrap(func(_ web.Op, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			web.NoStore(w)
			next.ServeHTTP(w, r)
		})
	})
	h.servePeople()
	h.serveAccounts()
	h.serveSegments()
	h.serveFields()
	h.servePrivacy()
	h.serveRoles()
	h.serveOthers()
	h.serve = h.api.Handler()
	return h
}

// serveOthers serves what goes with the directory, as far as there is any.
func (h *Handler) serveOthers() {
	for _, one := range []struct {
		there bool
		serve func()
	}{
		{h.opts.Sessions != nil, h.serveSessions},
		{h.opts.Sessions != nil, h.serveView},
		{h.opts.Invitations != nil, h.serveInvitations},
		{h.opts.Connections != nil, h.serveConnections},
		{h.opts.Identities != nil, h.serveIdentities},
		{h.opts.Bounces != nil, h.serveBounces},
		{h.opts.Addresses != nil, h.serveAddresses},
	} {
		if one.there {
			one.serve()
		}
	}
}

// ServeHTTP serves the API.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.serve.ServeHTTP(w, r) }

// API returns the operations that are served, to be documented together with
// those of other capabilities.
func (h *Handler) API() *web.API { return h.api }

// Handler serves the JSON API of the directory alone, see [NewHandler].
func (d *Directory) Handler() http.Handler { return NewHandler(d, nil) }

// API returns the operations that Handler serves.
func (d *Directory) API() *web.API { return NewHandler(d, nil).API() }

// surely refuses whoever has not just proved who they are.
func (h *Handler) surely(by Actor) error {
	if !by.Anonymous() && by.Assurance < h.opts.Sure {
		return errs.Say(errs.Forbidden, "error.profile.assurance", nil)
	}
	return nil
}

// makesStaff reports whether roles has one of staff that was not there before.
func makesStaff(before, roles []Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return r.Staff() && !slices.Contains(before, r) })
}

// created reads what a create needs.
func created[T any](w http.ResponseWriter, r *http.Request) (by Actor, in T, key string, err error) {
	if in, err = web.Decode[T](w, r, 0); err == nil {
		key, err = web.IdempotencyKey(r)
	}
	return FromContext(r.Context()), in, key, err
}

// changed reads what a change of the record in the path needs.
func changed[T any](w http.ResponseWriter, r *http.Request, name string) (by Actor, id string, version int, in T, err error) {
	by = FromContext(r.Context())
	if id, err = web.PathValue(r, name); err != nil {
		return
	}
	if version, err = web.IfMatch(r); err != nil {
		return
	}
	// Version 0 would add what somebody meant to change.
	if version < 1 {
		err = web.ErrPrecondition
		return
	}
	in, err = web.Decode[T](w, r, 0)
	return
}

// about reads who asks about the record in the path.
func about(r *http.Request, name string) (by Actor, id string, err error) {
	id, err = web.PathValue(r, name)
	return FromContext(r.Context()), id, err
}

// outdated says of a version that is no longer there what HTTP calls it.
func outdated(err error) error {
	if errors.Is(err, ErrConflict) {
		return fmt.Errorf("%w: %w", web.ErrPrecondition, err)
	}
	return err
}

// versioned answers with a record that can be changed.
func versioned(w http.ResponseWriter, r *http.Request, status, version int, v any) error {
	w.Header().Set("ETag", web.ETag(version))
	return web.JSON(w, r, status, v)
}

// mapped returns a list as the wire spells it, never null.
func mapped[T, W any](list []T, as func(T) W) []W {
	out := make([]W, len(list))
	for i, v := range list {
		out[i] = as(v)
	}
	return out
}

// filled returns a list that the wire shows as such, never as null.
func filled[T any](list []T) []T { return append([]T{}, list...) }
