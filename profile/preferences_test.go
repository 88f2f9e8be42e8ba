package profile_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

func TestPreferencesAreOnesOwn(t *testing.T) {
	p := newPortal(t)
	ann := p.as(t, "ann")
	got, err := p.Preferences(t.Context(), ann, "ann")
	require.NoError(t, err)
	require.Zero(t, got, "who saved nothing has the portal's own way")

	saved, err := p.SavePreferences(t.Context(), ann, "ann", profile.Preferences{
		Theme: profile.ThemeDark, TextSize: 150, Notices: map[string][]string{"case.answered": {"sms", "mail", "sms"}, "news": nil},
		Digests: map[string]profile.Digest{"mail": profile.DigestDaily, "sms": ""}, Quiet: profile.Quiet{From: "22:00", To: "06:00"},
	})
	require.NoError(t, err)
	require.Equal(t, profile.Preferences{
		Theme: profile.ThemeDark, TextSize: 150, Notices: map[string][]string{"case.answered": {"sms", "mail"}, "news": {}},
		Digests: map[string]profile.Digest{"mail": profile.DigestDaily}, Quiet: profile.Quiet{From: "22:00", To: "06:00"},
		Version: 1, SavedAt: day,
	}, saved)
	got, err = p.Preferences(t.Context(), ann, "ann")
	require.NoError(t, err)
	require.Equal(t, saved, got)
	require.Equal(t, []string{"preferences.saved person/ann by ann"}, p.events.take())

	for name, version := range map[string]int{"somebody else was first": 0, "a version that is to come": 7} {
		_, err = p.SavePreferences(t.Context(), ann, "ann", profile.Preferences{Version: version})
		require.ErrorIs(t, err, profile.ErrConflict, name)
	}
	_, err = p.SavePreferences(t.Context(), p.as(t, "bob"), "bob", profile.Preferences{Version: 1})
	require.ErrorIs(t, err, profile.ErrConflict, "nothing was saved yet")
	require.Empty(t, p.events.take())
	got, err = p.SavePreferences(t.Context(), ann, "ann", profile.Preferences{Version: 1})
	require.NoError(t, err)
	require.Equal(t, profile.Preferences{Version: 2, SavedAt: day}, got)
}

func TestWhoMayPrefer(t *testing.T) {
	p := newPortal(t, func(o *profile.Options) {
		o.Policy = profile.DefaultPolicy()
		o.Policy["clerk"] = []profile.Permission{profile.PermissionDirectoryRead, profile.PermissionDirectoryWrite}
	})
	clerk := profile.Actor{ID: "clerk", Roles: []profile.Role{"clerk"}}
	viewed := p.as(t, "bob")
	viewed.Viewer = "root"
	for _, c := range []struct {
		name        string
		by          profile.Actor
		person      string
		read, write error
	}{
		{"oneself", p.as(t, "bob"), "bob", nil, nil},
		{"an administrator", root, "bob", nil, nil},
		{"one's manager", p.as(t, "ann"), "bob", profile.ErrForbidden, profile.ErrForbidden},
		{"an agent", p.as(t, "gus"), "bob", profile.ErrForbidden, profile.ErrForbidden},
		{"a colleague", p.as(t, "bob"), "ann", profile.ErrNotFound, profile.ErrNotFound},
		{"a stranger", p.as(t, "carl"), "bob", profile.ErrNotFound, profile.ErrNotFound},
		{"nobody", profile.Actor{}, "bob", profile.ErrNotFound, profile.ErrNotFound},
		{"nobody about nobody", profile.Actor{}, "", profile.ErrNotFound, profile.ErrNotFound},
		{"about who is not there", root, "somebody", profile.ErrNotFound, profile.ErrNotFound},
		{"who could not give the role", clerk, "root", nil, profile.ErrForbidden},
		{"who looks as somebody", viewed, "bob", nil, profile.ErrForbidden},
	} {
		_, err := p.Preferences(t.Context(), c.by, c.person)
		requireIs(t, err, c.read, c.name)
		before, err := p.Preferences(t.Context(), root, c.person)
		if err != nil {
			before = profile.Preferences{}
		}
		_, err = p.SavePreferences(t.Context(), c.by, c.person, profile.Preferences{Theme: profile.ThemeDark, Version: before.Version})
		requireIs(t, err, c.write, c.name)
	}
}

func requireIs(t *testing.T, err, want error, name string) {
	t.Helper()
	if want == nil {
		require.NoError(t, err, name)
		return
	}
	require.ErrorIs(t, err, want, name)
}

func TestPreferencesThatCannotBe(t *testing.T) {
	p := newPortal(t)
	bob := p.as(t, "bob")
	kinds, channels := map[string][]string{}, map[string]profile.Digest{}
	for i := range 101 {
		kinds["k"+strings.Repeat("x", i%60)+string(rune('a'+i/60))] = nil
		channels["c"+strings.Repeat("x", i%60)+string(rune('a'+i/60))] = profile.DigestDaily
	}
	for _, c := range []struct {
		field, key string
		p          profile.Preferences
	}{
		{"theme", "error.field.choice", profile.Preferences{Theme: "pink"}},
		{"contrast", "error.field.choice", profile.Preferences{Contrast: "less"}},
		{"motion", "error.field.choice", profile.Preferences{Motion: "x"}},
		{"clock", "error.field.choice", profile.Preferences{Clock: "h11"}},
		{"dates", "error.field.choice", profile.Preferences{Dates: "ydm"}},
		{"numbers", "error.field.choice", profile.Preferences{Numbers: "roman"}},
		{"text_size", "error.field.out_of_range", profile.Preferences{TextSize: 79}},
		{"text_size", "error.field.out_of_range", profile.Preferences{TextSize: 201}},
		{"text_size", "error.field.out_of_range", profile.Preferences{TextSize: -1}},
		{"notices.A b", "error.field.format", profile.Preferences{Notices: map[string][]string{"A b": nil}}},
		{"notices.news", "error.field.format", profile.Preferences{Notices: map[string][]string{"news": {"<b>"}}}},
		{"notices", "error.field.too_many", profile.Preferences{Notices: kinds}},
		{"digests.mail", "error.field.choice", profile.Preferences{Digests: map[string]profile.Digest{"mail": "hourly"}}},
		{"digests.", "error.field.format", profile.Preferences{Digests: map[string]profile.Digest{"": "daily"}}},
		{"digests", "error.field.too_many", profile.Preferences{Digests: channels}},
		{"quiet.from", "error.profile.clock", profile.Preferences{Quiet: profile.Quiet{From: "7:00", To: "08:00"}}},
		{"quiet.to", "error.profile.clock", profile.Preferences{Quiet: profile.Quiet{From: "07:00"}}},
		{"quiet.to", "error.profile.clock", profile.Preferences{Quiet: profile.Quiet{From: "07:00", To: "24:00"}}},
		{"quiet.to", "error.profile.quiet", profile.Preferences{Quiet: profile.Quiet{From: "07:00", To: "07:00"}}},
	} {
		_, err := p.SavePreferences(t.Context(), bob, "bob", c.p)
		require.ErrorIs(t, err, profile.ErrInvalid, "%+v", c)
		var fields errs.Fields
		require.ErrorAs(t, err, &fields)
		require.Equal(t, c.key, fields[c.field].Key, "%+v: %v", c, err)
	}
	require.Empty(t, p.events.take())
}

func TestPreferencesOnPages(t *testing.T) {
	for _, c := range []struct {
		p    profile.Preferences
		data map[string]string
		css  string
	}{
		{profile.Preferences{}, map[string]string{}, ""},
		{profile.Preferences{TextSize: 100}, map[string]string{}, ""},
		{profile.Preferences{Theme: profile.ThemeDark, Contrast: profile.ContrastMore, Motion: profile.MotionLess, TextSize: 125},
			map[string]string{"theme": "dark", "contrast": "more", "motion": "less", "text-size": "125"}, "color-scheme: dark; font-size: 125%;"},
		{profile.Preferences{Theme: `"><script>`, Contrast: "}", Motion: "x", TextSize: 100_000}, map[string]string{"text-size": "200"}, "font-size: 200%;"},
		{profile.Preferences{TextSize: -5}, map[string]string{"text-size": "80"}, "font-size: 80%;"},
	} {
		require.Equal(t, c.data, c.p.Data())
		require.Equal(t, c.css, c.p.CSS())
	}
}

func TestWhoIsRemovedTakesHabitsAlong(t *testing.T) {
	p := newPortal(t)
	bob := p.as(t, "bob")
	_, err := p.SavePreferences(t.Context(), bob, "bob", profile.Preferences{Theme: profile.ThemeDark})
	require.NoError(t, err)
	_, err = p.Shelve(t.Context(), bob, profile.ShelfItem{List: profile.ListFollows, Ref: "article/1"})
	require.NoError(t, err)
	_, err = p.Consent(t.Context(), bob, newsletter("bob", true))
	require.NoError(t, err)
	require.NoError(t, p.RemovePerson(t.Context(), root, "bob"))

	p.add(t, "bob", "acme", profile.RoleCustomer) // somebody else, by the same ID
	prefs, err := p.Preferences(t.Context(), bob, "bob")
	require.NoError(t, err)
	require.Zero(t, prefs)
	page, _, err := p.Shelf(t.Context(), bob, profile.ShelfQuery{List: profile.ListFollows})
	require.NoError(t, err)
	require.Empty(t, page)
	yes, err := p.Consented(t.Context(), bob, "bob", "newsletter")
	require.NoError(t, err)
	require.False(t, yes, "nobody inherits a consent")
	followers, _, err := p.Followers(t.Context(), "article/1", "", 0)
	require.NoError(t, err)
	require.Empty(t, followers)
}

// only is a store that keeps people and nothing else, as one on a CRM may.
type only struct{ profile.Store }

func TestWithoutStores(t *testing.T) {
	s := memprofile.New()
	d := profile.NewDirectory(only{s}, nil)
	bob := profile.Actor{ID: "bob"}
	_, err := d.Preferences(t.Context(), bob, "bob")
	require.ErrorIs(t, err, profile.ErrUnsupported)
	_, err = d.SavePreferences(t.Context(), bob, "bob", profile.Preferences{})
	require.ErrorIs(t, err, profile.ErrUnsupported)
	_, err = d.Consent(t.Context(), bob, newsletter("bob", true))
	require.ErrorIs(t, err, profile.ErrUnsupported)
	_, err = d.Consents(t.Context(), bob, "bob")
	require.ErrorIs(t, err, profile.ErrUnsupported)
	_, _, err = d.ConsentHistory(t.Context(), bob, profile.ConsentQuery{Person: "bob"})
	require.ErrorIs(t, err, profile.ErrUnsupported)
	yes, err := d.Consented(t.Context(), bob, "bob", "newsletter")
	require.NoError(t, err)
	require.False(t, yes)
	_, err = d.Shelve(t.Context(), bob, profile.ShelfItem{List: profile.ListFavourites, Ref: "article/1"})
	require.ErrorIs(t, err, profile.ErrUnsupported)
	_, _, err = d.Shelf(t.Context(), bob, profile.ShelfQuery{List: profile.ListFavourites})
	require.ErrorIs(t, err, profile.ErrUnsupported)
	require.ErrorIs(t, d.Unshelve(t.Context(), bob, profile.ListFavourites, "article/1"), profile.ErrUnsupported)
	_, _, err = d.Followers(t.Context(), "article/1", "", 0)
	require.ErrorIs(t, err, profile.ErrUnsupported)
	_, err = d.EraseEverything(t.Context(), bob, "bob", profile.EraseModeDelete)
	require.NoError(t, err)

	// A store of its own for each.
	d = profile.NewDirectory(only{s}, &profile.Options{Preferences: s, Consents: s, Shelf: s, Now: func() time.Time { return day }})
	_, err = d.SavePreferences(t.Context(), bob, "bob", profile.Preferences{Unnoted: true})
	require.NoError(t, err)
	_, err = d.Shelve(t.Context(), bob, profile.ShelfItem{List: profile.ListFavourites, Ref: "article/1"})
	require.NoError(t, err)
	_, err = d.Consent(t.Context(), bob, newsletter("bob", false))
	require.NoError(t, err)
}

// outOfReach is a store whose preferences are out of reach.
type outOfReach struct{ *memprofile.Store }

func (outOfReach) Preferences(context.Context, string) (profile.Preferences, error) {
	return profile.Preferences{}, profile.ErrUnavailable
}

func TestPreferencesOutOfReach(t *testing.T) {
	d := profile.NewDirectory(outOfReach{memprofile.New()}, nil)
	bob := profile.Actor{ID: "bob"}
	_, err := d.Preferences(t.Context(), bob, "bob")
	require.ErrorIs(t, err, profile.ErrUnavailable)
	_, err = d.Shelve(t.Context(), bob, profile.ShelfItem{List: profile.ListViewed, Ref: "article/1"})
	require.ErrorIs(t, err, profile.ErrUnavailable, "who may not want to be noted is not")
	page, _, err := d.Shelf(t.Context(), bob, profile.ShelfQuery{List: profile.ListViewed})
	require.NoError(t, err)
	require.Empty(t, page)
}
