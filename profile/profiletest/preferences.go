package profiletest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestPreferenceStore runs the contract of [profile.PreferenceStore] as
// subtests. open must return an empty store each time it is called.
func TestPreferenceStore(t *testing.T, open func(t *testing.T) profile.PreferenceStore) {
	suitetest.Run(t, []suitetest.Promise[profile.PreferenceStore]{
		{"RoundTrip", "Preferences returns what SavePreferences was given, with times in UTC and no channels apart from a missing kind", checkPreferencesRoundTrip},
		{"Versions", "SavePreferences keeps the rules of versions, of concurrent changes to one version exactly one succeeds", checkPreferencesVersions},
		{"Remove", "RemovePreferences forgets those of one person, or returns ErrNotFound", checkPreferencesRemove},
		{"NoAliasing", "changing a map or slice given to or got from a store changes nothing inside it", checkPreferencesAliasing},
		{"Text", "text survives as it is; a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkPreferencesText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkPreferencesCancelled},
	}, open)
}

func newPreferences(change ...func(*profile.Preferences)) profile.Preferences {
	p := profile.Preferences{
		Theme: profile.ThemeDark, Contrast: profile.ContrastMore, Motion: profile.MotionLess, TextSize: 125, Clock: profile.Clock24, Dates: profile.DatesYearFirst, Numbers: profile.NumbersSpace,
		Notices: map[string][]string{"case.answered": {"sms", "email"}, "article.changed": {}},
		Digests: map[string]profile.Digest{"email": profile.DigestWeekly},
		Quiet:   profile.Quiet{From: "22:00", To: "07:30"}, Unnoted: true, Version: 1, SavedAt: t0,
	}
	for _, f := range change {
		f(&p)
	}
	return p
}

// asKept makes lists comparable that may be nil when empty.
func asKept(p profile.Preferences) profile.Preferences {
	p = p.Clone()
	for kind, channels := range p.Notices {
		p.Notices[kind] = append([]string{}, channels...)
	}
	if len(p.Notices) == 0 {
		p.Notices = nil
	}
	if len(p.Digests) == 0 {
		p.Digests = nil
	}
	return p
}

func requirePreferences(t *testing.T, s profile.PreferenceStore, person string, want profile.Preferences) {
	t.Helper()
	got, err := s.Preferences(t.Context(), person)
	require.NoError(t, err)
	require.Equal(t, asKept(want), asKept(got))
}

func checkPreferencesRoundTrip(t *testing.T, s profile.PreferenceStore) {
	want := newPreferences()
	given := want.Clone()
	given.SavedAt = want.SavedAt.In(somewhere())
	require.NoError(t, s.SavePreferences(t.Context(), "ann", given))
	bare := profile.Preferences{Version: 1, SavedAt: t0.Add(time.Second)}
	require.NoError(t, s.SavePreferences(t.Context(), "Ann", bare))
	requirePreferences(t, s, "ann", want)
	requirePreferences(t, s, "Ann", bare)
	for _, unknown := range []string{"", "ANN", "bob"} {
		_, err := s.Preferences(t.Context(), unknown)
		require.ErrorIs(t, err, profile.ErrNotFound, unknown)
	}
}

func checkPreferencesVersions(t *testing.T, s profile.PreferenceStore) {
	second := profile.Preferences{Theme: profile.ThemeLight, Version: 2, SavedAt: t0.Add(time.Hour)}
	require.ErrorIs(t, s.SavePreferences(t.Context(), "ann", second), profile.ErrNotFound)
	suitetest.Race(t, profile.ErrConflict, func(int) error { return s.SavePreferences(t.Context(), "ann", newPreferences()) })
	skipped := newPreferences(func(p *profile.Preferences) { p.Version = 3 })
	require.ErrorIs(t, s.SavePreferences(t.Context(), "ann", skipped), profile.ErrConflict)
	requirePreferences(t, s, "ann", newPreferences())
	suitetest.Race(t, profile.ErrConflict, func(int) error { return s.SavePreferences(t.Context(), "ann", second) })
	requirePreferences(t, s, "ann", second)
}

func checkPreferencesRemove(t *testing.T, s profile.PreferenceStore) {
	require.NoError(t, s.SavePreferences(t.Context(), "ann", newPreferences()))
	require.NoError(t, s.SavePreferences(t.Context(), "anna", newPreferences()))
	require.NoError(t, s.RemovePreferences(t.Context(), "ann"))
	require.ErrorIs(t, s.RemovePreferences(t.Context(), "ann"), profile.ErrNotFound)
	_, err := s.Preferences(t.Context(), "ann")
	require.ErrorIs(t, err, profile.ErrNotFound)
	requirePreferences(t, s, "anna", newPreferences())
	require.NoError(t, s.SavePreferences(t.Context(), "ann", newPreferences()))
}

func checkPreferencesAliasing(t *testing.T, s profile.PreferenceStore) {
	spoil := func(p profile.Preferences) {
		require.Equal(t, newPreferences().Notices["case.answered"], p.Notices["case.answered"])
		require.Equal(t, newPreferences().Digests, p.Digests)
		p.Notices["case.answered"][0] = "spoilt"
		p.Notices["spoilt"], p.Digests["spoilt"] = nil, "spoilt"
	}
	given := newPreferences()
	require.NoError(t, s.SavePreferences(t.Context(), "ann", given))
	spoil(given)
	got, err := s.Preferences(t.Context(), "ann")
	require.NoError(t, err)
	spoil(got)
	requirePreferences(t, s, "ann", newPreferences())
}

func checkPreferencesText(t *testing.T, s profile.PreferenceStore) {
	for i, text := range suitetest.OddTexts() {
		want := newPreferences(func(p *profile.Preferences) {
			p.Theme, p.Quiet.From = profile.Theme(text), text
			p.Notices, p.Digests = map[string][]string{text: {text}}, map[string]profile.Digest{text: profile.Digest(text)}
		})
		require.NoError(t, s.SavePreferences(t.Context(), numbered("p", i)+text, want))
		requirePreferences(t, s, numbered("p", i)+text, want)
	}
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		for i, change := range []func(*profile.Preferences){
			func(p *profile.Preferences) { p.Clock = profile.Clock(bad) },
			func(p *profile.Preferences) { p.Dates = profile.DateOrder(bad) },
			func(p *profile.Preferences) { p.Numbers = profile.NumberStyle(bad) },
			func(p *profile.Preferences) { p.Notices = map[string][]string{bad: {"email"}} },
			func(p *profile.Preferences) { p.Notices = map[string][]string{"x": {bad}} },
			func(p *profile.Preferences) { p.Digests = map[string]profile.Digest{bad: "daily"} },
			func(p *profile.Preferences) { p.Quiet.To = bad },
		} {
			require.ErrorIs(t, s.SavePreferences(t.Context(), "bad", newPreferences(change)), profile.ErrInvalid, "%q in place %d", bad, i)
		}
		require.ErrorIs(t, s.SavePreferences(t.Context(), bad, newPreferences()), profile.ErrInvalid)
	}
	_, err := s.Preferences(t.Context(), "bad")
	require.ErrorIs(t, err, profile.ErrNotFound)
}

func checkPreferencesCancelled(t *testing.T, s profile.PreferenceStore) {
	require.NoError(t, s.SavePreferences(t.Context(), "ann", newPreferences()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Preferences(ctx, "ann")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.SavePreferences(ctx, "bob", newPreferences()), context.Canceled)
	require.ErrorIs(t, s.RemovePreferences(ctx, "ann"), context.Canceled)
	requirePreferences(t, s, "ann", newPreferences())
	_, err = s.Preferences(t.Context(), "bob")
	require.ErrorIs(t, err, profile.ErrNotFound)
}
