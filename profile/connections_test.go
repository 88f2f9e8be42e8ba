package profile_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// A junction is connections with a clock.
type junction struct {
	*profile.Connections
	store *memprofile.Store
	now   time.Time
}

func newJunction(t *testing.T, secret string) *junction {
	j := &junction{store: memprofile.New(), now: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)}
	require.NoError(t, j.store.SaveAccount(t.Context(), profile.Account{ID: "acme", Name: "Acme", Version: 1}))
	require.NoError(t, j.store.SavePerson(t.Context(), profile.Person{ID: root.ID, Name: "Root", Roles: root.Roles, Version: 1}))
	j.Connections = profile.NewConnections(j.store, profile.NewDirectory(j.store, nil), &profile.ConnectionOptions{
		Secret: []byte(secret), Now: func() time.Time { return j.now },
	})
	return j
}

const portalSecret = "0123456789abcdef"

func TestConnection(t *testing.T) {
	j := newJunction(t, portalSecret)
	secret, made, err := j.Make(t.Context(), root, profile.ConnectionDraft{Kind: profile.ConnectionDirectory, Name: " Okta ", Account: "acme"})
	require.NoError(t, err)
	require.Equal(t, []string{"Okta", "acme", "root", ""}, []string{made.Name, made.Account, made.MadeBy, made.Secret})
	require.GreaterOrEqual(t, len(secret), 32)

	// The store has the hash, lists have not even that.
	stored, err := j.store.Connection(t.Context(), made.ID)
	require.NoError(t, err)
	require.Regexp(t, `^[0-9a-f]{64}$`, stored.Secret)
	require.NotContains(t, stored.Secret, hex.EncodeToString([]byte(secret)))
	list, err := j.List(t.Context(), root)
	require.NoError(t, err)
	require.Equal(t, []profile.Connection{made}, list)

	// A use is noted, exact to five minutes.
	for _, step := range []struct {
		after time.Duration
		seen  time.Time
	}{{time.Minute, j.now.Add(time.Minute)}, {2 * time.Minute, j.now.Add(time.Minute)}, {5 * time.Minute, j.now.Add(8 * time.Minute)}} {
		j.now = j.now.Add(step.after)
		_, err := j.With(t.Context(), profile.ConnectionDirectory, secret)
		require.NoError(t, err)
		now, err := j.store.Connection(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, step.seen, now.UsedAt)
	}

	// What is sent twice is made once.
	twice := profile.ConnectionDraft{Kind: profile.ConnectionDirectory, Name: "Entra", Account: "acme", Key: "k1"}
	_, _, err = j.Make(t.Context(), root, twice)
	require.NoError(t, err)
	_, _, err = j.Make(t.Context(), root, twice)
	require.ErrorIs(t, err, profile.ErrConflict)
	list, err = j.List(t.Context(), root)
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.NoError(t, j.End(t.Context(), root, list[0].ID))

	// It is good for nothing else, and for nothing once it has ended.
	for _, wrong := range []string{"", secret + "x", strings.ToLower(secret), stored.Secret, made.ID} {
		_, err := j.With(t.Context(), profile.ConnectionDirectory, wrong)
		require.ErrorIs(t, err, profile.ErrNotFound)
	}
	_, err = j.With(t.Context(), profile.ConnectionWidget, secret)
	require.ErrorIs(t, err, profile.ErrNotFound)
	_, _, err = j.Key(t.Context(), made.ID)
	require.ErrorIs(t, err, profile.ErrNotFound)
	require.NoError(t, j.End(t.Context(), root, made.ID))
	require.ErrorIs(t, j.End(t.Context(), root, made.ID), profile.ErrNotFound)
	_, err = j.With(t.Context(), profile.ConnectionDirectory, secret)
	require.ErrorIs(t, err, profile.ErrNotFound)
	list, err = j.List(t.Context(), root)
	require.NoError(t, err)
	require.Equal(t, j.now, list[1].EndedAt, "it is known that there was one")
}

func TestConnectionThatSigns(t *testing.T) {
	j := newJunction(t, portalSecret)
	secret, made, err := j.Make(t.Context(), root, profile.ConnectionDraft{Kind: profile.ConnectionWidget, Name: "Shop", Account: "acme"})
	require.NoError(t, err)
	got, key, err := j.Key(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, made, got)
	require.Equal(t, secret, string(key))
	stored, err := j.store.Connection(t.Context(), made.ID)
	require.NoError(t, err)
	require.NotContains(t, stored.Secret, secret[5:])

	// A copy of the database opens nothing, nor does one row in another's place.
	thief := profile.NewConnections(j.store, profile.NewDirectory(j.store, nil), &profile.ConnectionOptions{Secret: []byte("another secret of 16")})
	_, _, err = thief.Key(t.Context(), made.ID)
	require.Error(t, err)
	swapped := stored
	swapped.ID = "swapped"
	other := memprofile.New()
	require.NoError(t, other.MakeConnection(t.Context(), swapped))
	moved := profile.NewConnections(other, profile.NewDirectory(other, nil), &profile.ConnectionOptions{Secret: []byte(portalSecret)})
	_, _, err = moved.Key(t.Context(), "swapped")
	require.Error(t, err)

	j.Used(t.Context(), got)
	now, err := j.store.Connection(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, j.now, now.UsedAt)
	require.NoError(t, j.End(t.Context(), root, made.ID))
	_, _, err = j.Key(t.Context(), made.ID)
	require.ErrorIs(t, err, profile.ErrNotFound)

	bare := newJunction(t, "")
	_, _, err = bare.Make(t.Context(), root, profile.ConnectionDraft{Kind: profile.ConnectionWidget, Name: "Shop", Account: "acme"})
	require.ErrorIs(t, err, profile.ErrUnsupported)
	_, _, err = bare.Key(t.Context(), made.ID)
	require.ErrorIs(t, err, profile.ErrUnsupported)
}

func TestConnectionsAreForAdministrators(t *testing.T) {
	j := newJunction(t, portalSecret)
	good := profile.ConnectionDraft{Kind: profile.ConnectionDirectory, Name: "Okta", Account: "acme"}
	_, made, err := j.Make(t.Context(), root, good)
	require.NoError(t, err)
	for _, by := range []profile.Actor{{}, {ID: "ann", Account: "acme", Roles: []profile.Role{profile.RoleManager}}, {ID: "jon", Roles: []profile.Role{profile.RoleAgent}}} {
		_, _, err := j.Make(t.Context(), by, good)
		require.ErrorIs(t, err, profile.ErrForbidden)
		_, err = j.List(t.Context(), by)
		require.ErrorIs(t, err, profile.ErrForbidden)
		require.ErrorIs(t, j.End(t.Context(), by, made.ID), profile.ErrForbidden)
	}
	for field, change := range map[string]func(*profile.ConnectionDraft){
		"name":     func(d *profile.ConnectionDraft) { d.Name = " " },
		"name ":    func(d *profile.ConnectionDraft) { d.Name = strings.Repeat("n", 500) },
		"kind":     func(d *profile.ConnectionDraft) { d.Kind = "door" },
		"account":  func(d *profile.ConnectionDraft) { d.Account = "" },
		"account ": func(d *profile.ConnectionDraft) { d.Account = "nowhere" },
	} {
		d := good
		change(&d)
		_, _, err := j.Make(t.Context(), root, d)
		var wrong errs.Fields
		require.ErrorAs(t, err, &wrong)
		require.Contains(t, wrong, strings.TrimSpace(field))
	}
	_, _, err = j.Make(t.Context(), root, profile.ConnectionDraft{Kind: profile.ConnectionDirectory, Name: "Ours", Staff: true})
	require.NoError(t, err, "the company's own needs no account")
	for range 98 {
		_, _, err = j.Make(t.Context(), root, good)
		require.NoError(t, err)
	}
	_, _, err = j.Make(t.Context(), root, good)
	require.ErrorIs(t, err, profile.ErrInvalid, "there is an end to it")
}

// TestOpenConnectionsAreListed: what lets somebody in can be found and ended,
// however many others came and went.
func TestOpenConnectionsAreListed(t *testing.T) {
	j := newJunction(t, portalSecret)
	draft := profile.ConnectionDraft{Kind: profile.ConnectionDirectory, Name: "Old", Staff: true}
	_, old, err := j.Make(t.Context(), root, draft)
	require.NoError(t, err)
	for range 210 {
		j.now = j.now.Add(time.Second)
		_, c, err := j.Make(t.Context(), root, draft)
		require.NoError(t, err)
		require.NoError(t, j.End(t.Context(), root, c.ID))
	}
	list, err := j.List(t.Context(), root)
	require.NoError(t, err)
	require.Equal(t, old.ID, list[0].ID)
	require.Len(t, list, 201)

	// Whoever made it leaves: it works, and the list says that nobody answers for it.
	require.False(t, list[0].Unowned)
	p, err := j.store.Person(t.Context(), root.ID)
	require.NoError(t, err)
	p.Disabled, p.Version = true, p.Version+1
	require.NoError(t, j.store.SavePerson(t.Context(), p))
	list, err = j.List(t.Context(), root)
	require.NoError(t, err)
	require.True(t, list[0].Unowned)
	require.False(t, list[1].Unowned, "what has ended needs nobody")
}

// TestConnectionsGiveNoMore: nobody makes a connection that may do what they may
// not.
func TestConnectionsGiveNoMore(t *testing.T) {
	store := memprofile.New()
	require.NoError(t, store.SaveAccount(t.Context(), profile.Account{ID: "acme", Name: "Acme", Version: 1}))
	clerk := func(more ...profile.Permission) (profile.Actor, *profile.Connections) {
		policy := profile.Policy{"clerk": append([]profile.Permission{profile.PermissionDirectoryRead, profile.PermissionDirectoryWrite}, more...)}
		d := profile.NewDirectory(store, &profile.Options{Policy: policy})
		return profile.Actor{ID: "clara", Roles: []profile.Role{"clerk"}}, profile.NewConnections(store, d, &profile.ConnectionOptions{Secret: []byte(portalSecret)})
	}
	for _, tt := range []struct {
		kind  profile.ConnectionKind
		staff bool
		needs profile.Permission
	}{
		{profile.ConnectionDirectory, false, profile.PermissionRolesGrant}, {profile.ConnectionDirectory, true, profile.PermissionRolesGrant},
		{profile.ConnectionWidget, false, profile.PermissionImpersonate},
	} {
		draft := profile.ConnectionDraft{Kind: tt.kind, Name: "C", Account: "acme", Staff: tt.staff}
		by, connections := clerk()
		_, _, err := connections.Make(t.Context(), by, draft)
		require.ErrorIs(t, err, profile.ErrForbidden)
		by, connections = clerk(tt.needs)
		_, _, err = connections.Make(t.Context(), by, draft)
		require.NoError(t, err)
	}
	by, connections := clerk(profile.PermissionImpersonate)
	_, _, err := connections.Make(t.Context(), by, profile.ConnectionDraft{Kind: profile.ConnectionWidget, Name: "C", Account: "acme", Staff: true})
	require.ErrorIs(t, err, profile.ErrForbidden)
}
