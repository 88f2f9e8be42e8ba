package profile_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

type bouncing struct {
	*profile.Bounces
	store *memprofile.Store
	now   time.Time
	ann   profile.Actor
}

func newBouncing(t *testing.T) *bouncing {
	w := &bouncing{store: memprofile.New(), now: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC), ann: profile.Actor{ID: "ann"}}
	people := profile.NewDirectory(w.store, nil)
	for id, email := range map[string]string{"ann": "Ann@Acme.example", "bob": ""} {
		require.NoError(t, w.store.SavePerson(t.Context(), profile.Person{ID: id, Email: email, Version: 1}))
	}
	w.Bounces = profile.NewBounces(w.store, people, &profile.BounceOptions{Now: func() time.Time { return w.now }})
	return w
}

func (w *bouncing) report(t *testing.T, kind profile.Bounce, key string) {
	t.Helper()
	require.NoError(t, w.Note(t.Context(), profile.BounceReport{Address: "ann@ACME.example", Kind: kind, Status: "5.1.1", Key: key}))
}

func (w *bouncing) held(t *testing.T) bool {
	t.Helper()
	held, err := w.Held(t.Context(), "aNN@acme.example")
	require.NoError(t, err)
	return held
}

func TestBouncesHold(t *testing.T) {
	for kind, want := range map[profile.Bounce]bool{profile.BounceHard: true, profile.BounceComplaint: true, profile.BounceSoft: false} {
		w := newBouncing(t)
		require.False(t, w.held(t))
		w.report(t, kind, "m1")
		require.Equal(t, want, w.held(t), kind)
		mine, err := w.Mine(t.Context(), w.ann)
		require.NoError(t, err)
		require.Equal(t, kind, mine.Kind)
		require.Equal(t, w.now, mine.Since)
	}
}

// Soft bounces count each report once, in a row, and not for ever.
func TestSoftBouncesCount(t *testing.T) {
	w := newBouncing(t)
	for range 10 {
		w.report(t, profile.BounceSoft, "m1")
	}
	for i := range 3 {
		w.report(t, profile.BounceSoft, fmt.Sprint("n", i))
	}
	require.False(t, w.held(t), "four mails came back, one of them ten times")
	w.now = w.now.Add(15 * 24 * time.Hour)
	w.report(t, profile.BounceSoft, "later")
	require.False(t, w.held(t), "that was long ago")
	for i := range 4 {
		w.report(t, profile.BounceSoft, fmt.Sprint("o", i))
	}
	require.True(t, w.held(t))
	w.report(t, profile.BounceComplaint, "c")
	w.report(t, profile.BounceHard, "h")
	mine, err := w.Mine(t.Context(), w.ann)
	require.NoError(t, err)
	require.Equal(t, profile.BounceComplaint, mine.Kind, "what is worse stays")
}

func TestSoftBouncesAtOnce(t *testing.T) {
	w := newBouncing(t)
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() { w.report(t, profile.BounceSoft, fmt.Sprint(i)) })
	}
	wg.Wait()
	mine, err := w.Mine(t.Context(), w.ann)
	require.NoError(t, err)
	require.Equal(t, 3, mine.Soft)
}

func TestRetry(t *testing.T) {
	w := newBouncing(t)
	require.NoError(t, w.Retry(t.Context(), w.ann), "nothing to retry is no fault")
	w.report(t, profile.BounceHard, "m1")
	require.ErrorIs(t, w.Retry(t.Context(), profile.Actor{}), profile.ErrForbidden)
	require.ErrorIs(t, w.Retry(t.Context(), profile.Actor{ID: "ann", Viewer: "chief"}), profile.ErrForbidden)
	require.NoError(t, w.Retry(t.Context(), profile.Actor{ID: "bob"}), "who has no address has nothing held")
	require.True(t, w.held(t))
	require.NoError(t, w.Retry(t.Context(), w.ann))
	require.NoError(t, w.Retry(t.Context(), w.ann), "again is no fault")
	require.False(t, w.held(t))
	w.report(t, profile.BounceHard, "m1")
	require.False(t, w.held(t), "a report of before")
	w.report(t, profile.BounceHard, "m2")
	require.True(t, w.held(t))
	require.ErrorIs(t, w.Retry(t.Context(), w.ann), profile.ErrTooMany)
	w.now = w.now.Add(time.Hour)
	require.NoError(t, w.Retry(t.Context(), w.ann))
	require.False(t, w.held(t))
}

func TestBounceReportsAreChecked(t *testing.T) {
	w := newBouncing(t)
	for _, r := range []profile.BounceReport{
		{}, {Address: "ann@acme.example"}, {Address: "nobody", Kind: profile.BounceHard}, {Address: "ann@acme.example", Kind: "odd"},
		{Address: "ann@acme.example", Kind: profile.BounceHard, Status: "no such user"},
		{Address: "ann@acme.example", Kind: profile.BounceHard, Key: "a\x00b"},
	} {
		require.ErrorIs(t, w.Note(t.Context(), r), profile.ErrInvalid, "%+v", r)
	}
	require.False(t, w.held(t))
	_, err := w.Mine(t.Context(), profile.Actor{})
	require.ErrorIs(t, err, profile.ErrForbidden)
}
