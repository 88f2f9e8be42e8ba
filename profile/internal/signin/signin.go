// Package signin is what signing in with any identity provider shares: what
// readers are told, what a browser keeps on the way, and how the answer becomes
// a session.
package signin

import (
	"context"
	"errors"
	"net/http"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// A Door lets people in whom a provider vouches for.
type Door struct {
	People   *profile.Identities
	Sessions *profile.Sessions
	System   profile.Actor // who adds and links those that are welcome
}

// A Welcome says who somebody is that signs in for the first time.
type Welcome func(ctx context.Context) (profile.Person, error)

// Open begins a session for the subject of in. A nil welcome means that only
// people who were linked get in. [Access] says what the reader is told of an
// error.
func (d Door) Open(w http.ResponseWriter, r *http.Request, in profile.SignIn, welcome Welcome) error {
	ctx := r.Context()
	who, err := d.admit(ctx, in.Via, in.Subject, welcome)
	if err != nil {
		return err
	}
	in.Person = who.ID
	if _, err := d.Sessions.Start(w, r, in); err != nil {
		return err
	}
	// Unlinking ends sessions, and may have done so a moment too early for this one.
	if _, err := d.People.Actor(ctx, in.Via, in.Subject); err != nil {
		_, ended := d.Sessions.Forget(ctx, in.Via, in.Subject, "")
		return errors.Join(err, ended, d.Sessions.End(w, r))
	}
	return nil
}

// admit returns who a subject is, here.
func (d Door) admit(ctx context.Context, via, subject string, welcome Welcome) (profile.Actor, error) {
	who, err := d.People.Actor(ctx, via, subject)
	if welcome == nil || !errors.Is(err, profile.ErrNotFound) {
		return who, err
	}
	person, err := welcome(ctx)
	if err != nil {
		return profile.Actor{}, unwelcome{err}
	}
	who, err = d.People.Welcome(ctx, d.System, person, via, subject)
	if errors.Is(err, profile.ErrConflict) {
		return d.People.Actor(ctx, via, subject) // another tab was quicker
	}
	return who, err
}

// Page refuses requests that are not somebody's who opens a page: a picture or a
// frame elsewhere signs nobody in.
func Page(w http.ResponseWriter, r *http.Request, method string) error {
	if r.Method != method {
		w.Header().Set("Allow", method)
		return web.ErrMethod
	}
	if dest := r.Header.Get("Sec-Fetch-Dest"); dest != "" && dest != "document" {
		return errs.Say(errs.Forbidden, "error.cross_origin", nil)
	}
	return nil
}

// Back is the page to go to in the end: on this site, whatever was asked for.
func Back(asked, home string) string {
	if path := valid.ReturnPath(asked); asked != "" && path == asked {
		return path
	}
	return home
}
