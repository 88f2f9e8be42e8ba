package analyticstest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
)

// ifExpirer skips what only an Expirer promises.
func ifExpirer(check func(*testing.T, analytics.Expirer)) func(*testing.T, analytics.Store) {
	return func(t *testing.T, s analytics.Store) {
		e, ok := s.(analytics.Expirer)
		if !ok {
			t.Skip("the store forgets all old events at once")
		}
		check(t, e)
	}
}

func checkExpire(t *testing.T, s analytics.Expirer) {
	by := func(id, user, session, subject string, hours int) analytics.Event {
		return newEvent(id, func(e *analytics.Event) {
			e.User, e.Session, e.Subject, e.At = user, session, subject, t0.Add(time.Duration(hours)*time.Hour)
		})
	}
	add(t, s,
		by("own", "ann", "s1", "article/a", 0), by("about", "bob", "s2", "person/ann", 1), by("before", "", "s1", "article/a", 2), by("later", "ann", "", "article/a", 9),
		by("bob1", "bob", "s2", "article/a", 3), by("bob2", "bob", "s2", "person/anna", 4), by("nobody", "", "", "", 5), by("young", "bob", "s2", "article/a", 8),
	)
	e := analytics.Expiry{Before: t0.Add(8 * time.Hour), Held: []string{"ann"}, Limit: 2}
	left := []string{"own", "about", "before", "later", "nobody", "young"}
	for _, dry := range []bool{true, false} {
		e.Dry = dry
		n, err := s.Expire(t.Context(), e)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		all := ids(scan(t, s, analytics.Range{}))
		if dry {
			require.Len(t, all, 8)
		} else {
			require.ElementsMatch(t, left, all, "the oldest first")
		}
	}
	n, err := s.Expire(t.Context(), e)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	e.Held, e.Limit = nil, 10
	n, err = s.Expire(t.Context(), e)
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.ElementsMatch(t, []string{"later", "young"}, ids(scan(t, s, analytics.Range{})))
	_, err = s.Expire(t.Context(), analytics.Expiry{Before: t0.AddDate(1, 0, 0)})
	require.ErrorIs(t, err, analytics.ErrInvalid)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Expire(ctx, analytics.Expiry{Before: t0.AddDate(1, 0, 0), Limit: 1})
	require.ErrorIs(t, err, context.Canceled)
}
