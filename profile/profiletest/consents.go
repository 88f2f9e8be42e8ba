package profiletest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestConsentStore runs the contract of [profile.ConsentStore] as subtests. open
// must return an empty store each time it is called.
func TestConsentStore(t *testing.T, open func(t *testing.T) profile.ConsentStore) {
	suitetest.Run(t, []suitetest.Promise[profile.ConsentStore]{
		{"RoundTrip", "Consent and Consents return what AddConsent was given, without Key and with times in UTC", checkConsentRoundTrip},
		{"Taken", "AddConsent returns ErrConflict for an ID that exists, and changes nothing; of concurrent ones exactly one succeeds", checkConsentTaken},
		{"Pages", "following positions visits every record of the person and purpose once, the newest first, at one time refusals first, then by ID", checkConsentPages},
		{"Limit", "Consents returns at most Limit records, 50 if it is 0", checkConsentLimit},
		{"BadPosition", "a position that was not given out is ErrInvalid", checkConsentPosition},
		{"Current", "CurrentConsents returns the newest record of each purpose, of those at one time a refusal", checkConsentCurrent},
		{"Erase", "EraseConsents forgets one person's records, or puts the pseudonym in their place, and changes nothing else", checkConsentErase},
		{"Text", "text survives as it is; a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkConsentText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkConsentCancelled},
	}, open)
}

func newConsent(id string, change ...func(*profile.Consent)) profile.Consent {
	c := profile.Consent{ID: id, Person: "ann", Purpose: "newsletter", Wording: "newsletter-2026-11", Given: true, Via: "portal", At: t0}
	for _, f := range change {
		f(&c)
	}
	return c
}

func addConsents(t *testing.T, s profile.ConsentStore, list ...profile.Consent) {
	t.Helper()
	for _, c := range list {
		require.NoError(t, s.AddConsent(t.Context(), c))
	}
}

func consentIDs(t *testing.T, s profile.ConsentStore, q profile.ConsentQuery) []string {
	t.Helper()
	page, _, err := s.Consents(t.Context(), q)
	require.NoError(t, err)
	return idsOfConsents(page)
}

func idsOfConsents(list []profile.Consent) []string {
	out := []string{}
	for _, c := range list {
		out = append(out, c.ID)
	}
	return out
}

func checkConsentRoundTrip(t *testing.T, s profile.ConsentStore) {
	want := []profile.Consent{newConsent("c1"), newConsent("c2", func(c *profile.Consent) { c.Given, c.At = false, t0.Add(-time.Microsecond) })}
	for _, c := range want {
		c.At, c.Key = c.At.In(somewhere()), "key"
		addConsents(t, s, c)
	}
	for _, c := range want {
		got, err := s.Consent(t.Context(), c.ID)
		require.NoError(t, err)
		require.Equal(t, c, got)
	}
	page, next, err := s.Consents(t.Context(), profile.ConsentQuery{Person: "ann"})
	require.NoError(t, err)
	require.Empty(t, next)
	require.Equal(t, want, page)
	_, err = s.Consent(t.Context(), "C1")
	require.ErrorIs(t, err, profile.ErrNotFound)
	require.Empty(t, consentIDs(t, s, profile.ConsentQuery{Person: "Ann"}))
}

func checkConsentTaken(t *testing.T, s profile.ConsentStore) {
	suitetest.Race(t, profile.ErrConflict, func(int) error { return s.AddConsent(t.Context(), newConsent("c1")) })
	require.ErrorIs(t, s.AddConsent(t.Context(), newConsent("c1", func(c *profile.Consent) { c.Given = false })), profile.ErrConflict)
	got, err := s.Consent(t.Context(), "c1")
	require.NoError(t, err)
	require.Equal(t, newConsent("c1"), got)
	require.Equal(t, []string{"c1"}, consentIDs(t, s, profile.ConsentQuery{Person: "ann"}))
}

func checkConsentPages(t *testing.T, s profile.ConsentStore) {
	at := func(minutes int, given bool) func(*profile.Consent) {
		return func(c *profile.Consent) { c.At, c.Given = t0.Add(time.Duration(minutes)*time.Minute), given }
	}
	other := func(c *profile.Consent) { c.Purpose = "analytics" }
	addConsents(t, s,
		newConsent("b", at(1, true)), newConsent("z", at(1, false)), newConsent("new", at(2, true)), newConsent("old", at(0, false)),
		newConsent("a", at(1, true)), newConsent("y", at(1, false)), newConsent("B", at(1, true)), newConsent("other", at(1, true), other),
		newConsent("bob", func(c *profile.Consent) { c.Person = "bob" }))
	for _, c := range []struct {
		q    profile.ConsentQuery
		want []string
	}{
		{profile.ConsentQuery{Person: "ann"}, []string{"new", "y", "z", "B", "a", "b", "other", "old"}},
		{profile.ConsentQuery{Person: "ann", Purpose: "newsletter"}, []string{"new", "y", "z", "B", "a", "b", "old"}},
		{profile.ConsentQuery{Person: "ann", Purpose: "analytics"}, []string{"other"}},
		{profile.ConsentQuery{Person: "bob", Purpose: "analytics"}, []string{}},
	} {
		for _, limit := range []int{1, 2, 3, 7, 8, 9} {
			c.q.Limit = limit
			got := follow(t, limit, func(after string) ([]profile.Consent, string, error) {
				c.q.After = after
				return s.Consents(t.Context(), c.q)
			})
			require.Equal(t, c.want, idsOfConsents(got), "%+v", c.q)
		}
	}
}

func checkConsentLimit(t *testing.T, s profile.ConsentStore) {
	for i := range 51 {
		addConsents(t, s, newConsent(numbered("c", i)))
	}
	require.Len(t, consentIDs(t, s, profile.ConsentQuery{Person: "ann"}), profile.DefaultLimit)
	require.Len(t, consentIDs(t, s, profile.ConsentQuery{Person: "ann", Limit: 51}), 51)
}

func checkConsentPosition(t *testing.T, s profile.ConsentStore) {
	addConsents(t, s, newConsent("c1"))
	now := cursor.FormatTime(t0)
	for _, bad := range []string{"x", "!", cursor.Encode(now), cursor.Encode(now, "1"), cursor.Encode("then", "1", "c1"), cursor.Encode(now, "yes", "c1")} {
		_, _, err := s.Consents(t.Context(), profile.ConsentQuery{Person: "ann", After: bad})
		require.ErrorIs(t, err, profile.ErrInvalid, "%q", bad)
	}
}

func checkConsentCurrent(t *testing.T, s profile.ConsentStore) {
	said := func(id, purpose string, minutes int, given bool) profile.Consent {
		return newConsent(id, func(c *profile.Consent) {
			c.Purpose, c.At, c.Given = purpose, t0.Add(time.Duration(minutes)*time.Minute), given
		})
	}
	withdrawn, back, tied := said("a", "withdrawn", 5, false), said("m", "back", 9, true), said("z", "tied", 3, false)
	addConsents(t, s, said("b", "withdrawn", 4, true), withdrawn, said("l", "back", 8, false), back, said("k", "back", 7, true),
		said("x", "tied", 3, true), tied, newConsent("bob", func(c *profile.Consent) { c.Person = "bob" }))
	list, err := s.CurrentConsents(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, []profile.Consent{back, tied, withdrawn}, list)
	list, err = s.CurrentConsents(t.Context(), "nobody")
	require.NoError(t, err)
	require.Empty(t, list)
}

func checkConsentErase(t *testing.T, s profile.ConsentStore) {
	bob := newConsent("bob", func(c *profile.Consent) { c.Person = "ann2" })
	addConsents(t, s, newConsent("c1"), newConsent("c2"), bob)
	n, err := s.EraseConsents(t.Context(), "ann", "gone-1")
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Empty(t, consentIDs(t, s, profile.ConsentQuery{Person: "ann"}))
	got, err := s.Consent(t.Context(), "c1")
	require.NoError(t, err)
	require.Equal(t, newConsent("c1", func(c *profile.Consent) { c.Person = "gone-1" }), got)

	addConsents(t, s, newConsent("c3"))
	for _, want := range []int{1, 0} {
		n, err = s.EraseConsents(t.Context(), "ann", "")
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
	_, err = s.Consent(t.Context(), "c3")
	require.ErrorIs(t, err, profile.ErrNotFound)
	_, err = s.EraseConsents(t.Context(), "", "")
	require.ErrorIs(t, err, profile.ErrInvalid)
	require.Equal(t, []string{"c1", "c2"}, consentIDs(t, s, profile.ConsentQuery{Person: "gone-1"}))
	got, err = s.Consent(t.Context(), "bob")
	require.NoError(t, err)
	require.Equal(t, bob, got)
}

func checkConsentText(t *testing.T, s profile.ConsentStore) {
	for i, text := range suitetest.OddTexts() {
		want := newConsent(numbered("c", i), func(c *profile.Consent) { c.Person, c.Purpose, c.Wording, c.Via = text, text, text, text })
		addConsents(t, s, want)
		page, _, err := s.Consents(t.Context(), profile.ConsentQuery{Person: text, Purpose: text})
		require.NoError(t, err)
		require.Equal(t, []profile.Consent{want}, page, "text %q", text)
	}
	for _, bad := range []string{"a\x00b", "\xff"} {
		require.ErrorIs(t, s.AddConsent(t.Context(), newConsent("bad", func(c *profile.Consent) { c.Wording = bad })), profile.ErrInvalid)
		require.ErrorIs(t, s.AddConsent(t.Context(), newConsent("bad", func(c *profile.Consent) { c.Via = bad })), profile.ErrInvalid)
	}
	_, err := s.Consent(t.Context(), "bad")
	require.ErrorIs(t, err, profile.ErrNotFound)
}

func checkConsentCancelled(t *testing.T, s profile.ConsentStore) {
	addConsents(t, s, newConsent("c1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.AddConsent(ctx, newConsent("c2")), context.Canceled)
	_, err := s.Consent(ctx, "c1")
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = s.Consents(ctx, profile.ConsentQuery{Person: "ann"})
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.CurrentConsents(ctx, "ann")
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.EraseConsents(ctx, "ann", "")
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, []string{"c1"}, consentIDs(t, s, profile.ConsentQuery{Person: "ann"}))
}
