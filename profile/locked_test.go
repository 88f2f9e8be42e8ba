package profile_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// TestDisablingEndsSessions: who is disabled, or whose organisation is, is signed
// out for good, also if that is taken back before their browser asks again.
func TestDisablingEndsSessions(t *testing.T) {
	for what, disable := range map[string]func(t *testing.T, p *portal, disabled bool){
		"person": func(t *testing.T, p *portal, disabled bool) {
			call := p.EnablePerson
			if disabled {
				call = p.DisablePerson
			}
			_, err := call(t.Context(), root, "bob")
			require.NoError(t, err)
		},
		"form": func(t *testing.T, p *portal, disabled bool) {
			bob, err := p.Person(t.Context(), root, "bob")
			require.NoError(t, err)
			bob.Disabled, bob.LockedAt = disabled, time.Time{} // what a form says of the time counts for nothing
			_, err = p.SavePerson(t.Context(), root, bob)
			require.NoError(t, err)
		},
		"organisation": func(t *testing.T, p *portal, disabled bool) {
			acme, err := p.Account(t.Context(), root, "acme")
			require.NoError(t, err)
			acme.Disabled, acme.LockedAt = disabled, time.Time{}
			_, err = p.SaveAccount(t.Context(), root, acme)
			require.NoError(t, err)
		},
	} {
		t.Run(what, func(t *testing.T) {
			p := newPortal(t)
			made := p.now
			s, old, other := newSessions(p, profile.SessionOptions{}), newBrowser(t), newBrowser(t)
			signIn(t, s, old, profile.SignIn{Person: "bob"})
			signIn(t, s, other, profile.SignIn{Person: "carl"})
			p.now = p.now.Add(time.Second)
			disable(t, p, true)
			disable(t, p, false)
			require.Equal(t, "!", who(t, s, old))
			_, err := p.ActorSince(t.Context(), "bob", made)
			require.ErrorIs(t, err, profile.ErrNotFound, "what they made opens nothing either")
			by, err := p.ActorSince(t.Context(), "bob", p.now.Add(time.Second))
			require.NoError(t, err)
			require.Equal(t, "bob", by.ID)
			require.Equal(t, "carl", who(t, s, other))
			list, err := s.List(t.Context(), root, "bob")
			require.NoError(t, err)
			require.Empty(t, list)

			p.now = p.now.Add(time.Second)
			again := newBrowser(t)
			signIn(t, s, again, profile.SignIn{Person: "bob"})
			require.Equal(t, "bob", who(t, s, again))
			bob, err := p.Person(t.Context(), root, "bob")
			require.NoError(t, err)
			bob.Name = "Robert"
			_, err = p.SavePerson(t.Context(), root, bob)
			require.NoError(t, err)
			require.Equal(t, "bob", who(t, s, again), "another change signs nobody out")
		})
	}
}
