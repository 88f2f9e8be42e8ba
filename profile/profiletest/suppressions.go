package profiletest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestSuppressionStore runs the contract of [profile.SuppressionStore] as
// subtests. open must return an empty store each time it is called.
func TestSuppressionStore(t *testing.T, open func(t *testing.T) profile.SuppressionStore) {
	suitetest.Run(t, []suitetest.Promise[profile.SuppressionStore]{
		{"RoundTrip", "Suppression returns what SaveSuppression was given, with times in UTC", checkSuppressionRoundTrip},
		{"Versions", "SaveSuppression keeps the rules of versions, of concurrent changes to one version exactly one succeeds", checkSuppressionVersions},
		{"Remove", "RemoveSuppression forgets one address, or returns ErrNotFound", checkSuppressionRemove},
		{"NoAliasing", "changing a slice given to or got from a store changes nothing inside it", checkSuppressionAliasing},
		{"Text", "text survives as it is; a NUL or what is not UTF-8 is ErrInvalid and nothing is kept", checkSuppressionText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkSuppressionCancelled},
	}, open)
}

func newSuppression(address string, change ...func(*profile.Suppression)) profile.Suppression {
	s := profile.Suppression{
		Address: address, Kind: profile.BounceHard, Held: true, Soft: 3, Status: "5.1.1", Keys: []string{"m2@x", "m1@x"},
		Since: t0, At: t0.Add(time.Hour), RetriedAt: t0.Add(time.Minute), Version: 1,
	}
	for _, f := range change {
		f(&s)
	}
	return s
}

func requireSuppression(t *testing.T, s profile.SuppressionStore, want profile.Suppression) {
	t.Helper()
	got, err := s.Suppression(t.Context(), want.Address)
	require.NoError(t, err)
	want.Since, want.At, want.RetriedAt = want.Since.UTC(), want.At.UTC(), want.RetriedAt.UTC()
	if len(want.Keys)+len(got.Keys) == 0 {
		want.Keys, got.Keys = nil, nil
	}
	require.Equal(t, want, got)
}

func checkSuppressionRoundTrip(t *testing.T, s profile.SuppressionStore) {
	_, err := s.Suppression(t.Context(), "ann@acme.example")
	require.ErrorIs(t, err, profile.ErrNotFound)
	full := newSuppression("ann@acme.example", func(s *profile.Suppression) {
		s.Since, s.At, s.RetriedAt = s.Since.In(somewhere()), s.At.In(somewhere()), s.RetriedAt.In(somewhere())
	})
	bare := profile.Suppression{Address: "bob@acme.example", At: t0, Version: 1}
	for _, one := range []profile.Suppression{full, bare} {
		require.NoError(t, s.SaveSuppression(t.Context(), one))
	}
	requireSuppression(t, s, full)
	requireSuppression(t, s, bare)
}

func checkSuppressionVersions(t *testing.T, s profile.SuppressionStore) {
	require.ErrorIs(t, s.SaveSuppression(t.Context(), newSuppression("ann@x.example", func(s *profile.Suppression) { s.Version = 2 })), profile.ErrNotFound)
	first := newSuppression("ann@x.example")
	require.NoError(t, s.SaveSuppression(t.Context(), first))
	require.ErrorIs(t, s.SaveSuppression(t.Context(), first), profile.ErrConflict)
	require.ErrorIs(t, s.SaveSuppression(t.Context(), newSuppression("ann@x.example", func(s *profile.Suppression) { s.Version = 3 })), profile.ErrConflict)
	var wg sync.WaitGroup
	faults := make([]error, 8)
	for i := range faults {
		wg.Go(func() {
			faults[i] = s.SaveSuppression(t.Context(), newSuppression("ann@x.example", func(s *profile.Suppression) { s.Version, s.Soft = 2, i }))
		})
	}
	wg.Wait()
	done := 0
	for _, err := range faults {
		if err == nil {
			done++
			continue
		}
		require.ErrorIs(t, err, profile.ErrConflict)
	}
	require.Equal(t, 1, done)
}

func checkSuppressionRemove(t *testing.T, s profile.SuppressionStore) {
	other := newSuppression("ann@x.example.com")
	require.NoError(t, s.SaveSuppression(t.Context(), newSuppression("ann@x.example")))
	require.NoError(t, s.SaveSuppression(t.Context(), other))
	require.NoError(t, s.RemoveSuppression(t.Context(), "ann@x.example"))
	require.ErrorIs(t, s.RemoveSuppression(t.Context(), "ann@x.example"), profile.ErrNotFound)
	_, err := s.Suppression(t.Context(), "ann@x.example")
	require.ErrorIs(t, err, profile.ErrNotFound)
	requireSuppression(t, s, other)
}

func checkSuppressionAliasing(t *testing.T, s profile.SuppressionStore) {
	one := newSuppression("ann@x.example")
	require.NoError(t, s.SaveSuppression(t.Context(), one))
	one.Keys[0] = "changed"
	got, err := s.Suppression(t.Context(), "ann@x.example")
	require.NoError(t, err)
	require.Equal(t, []string{"m2@x", "m1@x"}, got.Keys)
	got.Keys[0] = "changed"
	requireSuppression(t, s, newSuppression("ann@x.example"))
}

func checkSuppressionText(t *testing.T, s profile.SuppressionStore) {
	odd := "o'\"?$1%_\\\u0647\U0001f600@x.example"
	require.NoError(t, s.SaveSuppression(t.Context(), newSuppression(odd, func(s *profile.Suppression) { s.Keys = []string{odd} })))
	requireSuppression(t, s, newSuppression(odd, func(s *profile.Suppression) { s.Keys = []string{odd} }))
	for _, bad := range []string{"a\x00b", "a\xffb"} {
		for _, change := range []func(*profile.Suppression){
			func(s *profile.Suppression) { s.Address = bad }, func(s *profile.Suppression) { s.Kind = profile.Bounce(bad) },
			func(s *profile.Suppression) { s.Status = bad }, func(s *profile.Suppression) { s.Keys = []string{bad} },
		} {
			require.ErrorIs(t, s.SaveSuppression(t.Context(), newSuppression("bad@x.example", change)), profile.ErrInvalid)
		}
	}
	_, err := s.Suppression(t.Context(), "bad@x.example")
	require.ErrorIs(t, err, profile.ErrNotFound)
}

func checkSuppressionCancelled(t *testing.T, s profile.SuppressionStore) {
	require.NoError(t, s.SaveSuppression(t.Context(), newSuppression("ann@x.example")))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Suppression(ctx, "ann@x.example")
	require.ErrorIs(t, err, ctx.Err())
	require.ErrorIs(t, s.SaveSuppression(ctx, newSuppression("bob@x.example")), ctx.Err())
	require.ErrorIs(t, s.RemoveSuppression(ctx, "ann@x.example"), ctx.Err())
	requireSuppression(t, s, newSuppression("ann@x.example"))
	_, err = s.Suppression(t.Context(), "bob@x.example")
	require.ErrorIs(t, err, profile.ErrNotFound)
}
