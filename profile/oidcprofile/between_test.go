package oidcprofile_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/oidcprofile"
)

// interrupted is a store of sessions in whose beginning something else happens.
type interrupted struct {
	profile.SessionStore
	before func()
}

func (s interrupted) StartSession(ctx context.Context, made profile.Session) error {
	s.before()
	return s.SessionStore.StartSession(ctx, made)
}

// Whoever is unlinked or disabled while they sign in does not stay.
func TestSomebodyLeavesWhileTheySignIn(t *testing.T) {
	for name, leave := range map[string]func(*world) error{
		"unlinked": func(w *world) error { return w.People.Unlink(w.T.Context(), system, w.provider.Via(), "s-ann") },
		"disabled": func(w *world) error {
			_, err := w.Directory.DisablePerson(w.T.Context(), system, "ann")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			store := interrupted{w.Store, func() { require.NoError(t, leave(w)) }}
			sessions := profile.NewSessions(store, w.Directory, &profile.SessionOptions{Now: w.Now})
			p, err := oidcprofile.New(profile.NewIdentities(w.Store, w.Directory, sessions), sessions, oidcprofile.Config{
				Issuer: w.fake.issuer(), Client: client, Secret: secret, Callback: w.Server.URL + "/third/callback",
			}, &w.options)
			require.NoError(t, err)
			w.Mux.Handle("/third/", http.StripPrefix("/third", p.Handler()))
			b := w.browser()
			got := b.Open(b.toProvider("/third/login"))
			w.requireNobody(got, b)
			require.Contains(t, got.Body, noAccess)
		})
	}
}

// A browser whose session has ended signs in again with the same cookies.
func TestSignInWithAnEndedSession(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.signIn()
	back := b.toProvider("/sign-in/login?return=/again")
	w.forgetAnn()
	first := b.Open(back)
	require.Equal(t, http.StatusSeeOther, first.Status, "the portal takes the cookie away and asks again")
	require.Equal(t, "/again", b.Open(first.Location).Location, w.Logs.String())
	require.Equal(t, "ann 2", b.Who())
}

// A session does not survive that somebody signs in over it.
func TestSignInOverAnotherSession(t *testing.T) {
	w := newWorld(t)
	w.link("s-bob", "bob")
	b := w.browser()
	b.signIn()
	before := b.Cookies()
	w.fake.user["sub"] = "s-bob"
	b.signIn()
	require.Equal(t, "bob 2", b.Who())
	require.NotEqual(t, before, b.Cookies())
	require.Len(t, w.AllSessions(), 1)
	stolen := w.browser()
	stolen.SetCookies(before)
	require.Equal(t, http.StatusSeeOther, stolen.Open("/who").Status, "the secret from before is worth nothing")
}
