package oidcprofile_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

func TestSignIn(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	got := b.signIn()
	require.Equal(t, http.StatusSeeOther, got.status, got.body+w.logs.String())
	require.Equal(t, "/after", got.location)
	require.Equal(t, "no-store", got.header.Get("Cache-Control"))
	require.Equal(t, "ann 2", b.who())
	list := w.allSessions()
	require.Len(t, list, 1)
	require.Equal(t, []string{"ann", "oidc:" + w.fake.issuer(), "s-ann", "sid-1"}, []string{list[0].Person, list[0].Via, list[0].Subject, list[0].Ticket})
	require.Equal(t, profile.AssuranceSignIn, list[0].Assurance)
	require.Len(t, b.cookies(), 1, "nothing of the flow is left")
	w.requireNoSecrets(got.body)
}
