package searchtest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/search"
)

// TestTuning runs the contract of [search.TuningStore] as subtests. open must
// return a new empty store each time it is called.
func TestTuning(t *testing.T, open func(*testing.T) search.TuningStore) {
	suitetest.Run(t, tuningContract, open)
}

var tuningContract = []suitetest.Promise[search.TuningStore]{
	{Name: "TuningEmpty", Says: "a new store has no live version, no versions and no draft", Check: checkTuningEmpty},
	{Name: "TuningRoundTrip", Says: "a draft and a version come back as they were saved, times in UTC to the microsecond", Check: checkTuningRoundTrip},
	{Name: "TuningDraft", Says: "a draft is saved only over the one before it, and one that is not open takes it away and counts on", Check: checkTuningDraft},
	{Name: "TuningPublish", Says: "a version follows the live one, and takes the draft that it is from away", Check: checkTuningPublish},
	{Name: "TuningWhole", Says: "what is refused changes nothing", Check: checkTuningWhole},
	{Name: "TuningVersions", Says: "versions are kept and listed newest first, in pages, without their tunings", Check: checkTuningVersions},
	{Name: "TuningRace", Says: "of those who save or publish at once one is heard and the others have a conflict", Check: checkTuningRace},
	{Name: "TuningAliasing", Says: "changing what was given to or got from a store changes nothing inside it", Check: checkTuningAliasing},
	{Name: "TuningRename", Says: "a person's name is replaced wherever they saved something, and nobody else's", Check: checkTuningRename},
}

// elsewhere returns a time as somebody in another place has it, finer than it is
// kept.
func elsewhere(at time.Time) time.Time { return at.Add(789).In(time.FixedZone("elsewhere", 5*3600)) }

func tuning() search.Tuning {
	return search.Tuning{
		Synonyms: []search.Synonym{
			{Locale: "de", From: []string{"WLAN"}, To: []string{"wifi", "無線"}, TwoWay: true}, {From: []string{"sso"}, To: []string{"single sign on"}},
		},
		Pins: []search.Pin{{
			Locale: "en", Queries: []search.Pattern{{Text: "reset", Match: search.MatchWords}}, Groups: []string{"article/b", "article/a"}, From: t0,
			Until: t0.AddDate(0, 1, 0),
		}},
		StopWords: []search.StopWord{{Word: "please"}},
	}
}

func saveDraft(t *testing.T, s search.TuningStore, revision int) {
	t.Helper()
	require.NoError(t, s.SaveDraft(t.Context(), search.TuningDraft{Tuning: tuning(), Revision: revision, Open: true, By: "ann", At: t0}))
}

func publish(t *testing.T, s search.TuningStore, number, revision int) {
	t.Helper()
	require.NoError(t, s.Publish(t.Context(), search.TuningVersion{Tuning: tuning(), Number: number, By: "ann", At: t0}, revision))
}

func draftOf(t *testing.T, s search.TuningStore) search.TuningDraft {
	t.Helper()
	d, err := s.Draft(t.Context())
	require.NoError(t, err)
	return d
}

func live(t *testing.T, s search.TuningStore) int {
	t.Helper()
	n, err := s.LiveVersion(t.Context())
	require.NoError(t, err)
	return n
}

func checkTuningEmpty(t *testing.T, s search.TuningStore) {
	require.Zero(t, live(t, s))
	require.Equal(t, search.TuningDraft{}, draftOf(t, s))
	list, err := s.Versions(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Empty(t, list)
	for _, number := range []int{-1, 0, 1} {
		_, err = s.Version(t.Context(), number)
		require.ErrorIs(t, err, search.ErrNotFound)
	}
}

func checkTuningRoundTrip(t *testing.T, s search.TuningStore) {
	want := search.TuningDraft{Tuning: tuning(), Revision: 1, Open: true, By: "ann", At: t0}
	given := want
	given.At = elsewhere(t0)
	require.NoError(t, s.SaveDraft(t.Context(), given))
	require.Equal(t, want, draftOf(t, s))
	version := search.TuningVersion{Tuning: tuning(), Number: 1, By: "bob", At: t0, Note: "“quoted” 注", Restored: 7}
	other := version
	other.At = elsewhere(t0)
	require.NoError(t, s.Publish(t.Context(), other, 0))
	got, err := s.Version(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, version, got)
	require.Equal(t, want, draftOf(t, s), "a version that is not from the draft leaves it alone")
}

func checkTuningDraft(t *testing.T, s search.TuningStore) {
	save := func(revision int, open bool) error {
		return s.SaveDraft(t.Context(), search.TuningDraft{Tuning: tuning(), Revision: revision, Open: open, By: "ann", At: t0})
	}
	require.ErrorIs(t, save(2, true), search.ErrConflict)
	require.ErrorIs(t, save(0, true), search.ErrConflict)
	require.NoError(t, save(1, true))
	require.ErrorIs(t, save(1, true), search.ErrConflict)
	require.ErrorIs(t, save(3, true), search.ErrConflict)
	require.NoError(t, save(2, true))
	require.NoError(t, save(3, false))
	d := draftOf(t, s)
	require.False(t, d.Open)
	require.True(t, d.Empty(), "nothing is left of it")
	require.Equal(t, 3, d.Revision)
	require.ErrorIs(t, save(1, true), search.ErrConflict, "a form that was read before cannot be sent")
	require.NoError(t, save(4, true))
	require.True(t, draftOf(t, s).Open)
}

func checkTuningPublish(t *testing.T, s search.TuningStore) {
	saveDraft(t, s, 1)
	publish(t, s, 1, 1)
	require.Equal(t, 1, live(t, s))
	d := draftOf(t, s)
	require.False(t, d.Open)
	require.True(t, d.Empty())
	require.Equal(t, 1, d.Revision)
	v, err := s.Version(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, tuning(), v.Tuning)
	saveDraft(t, s, 2)
	publish(t, s, 2, 0)
	require.True(t, draftOf(t, s).Open)
	publish(t, s, 3, 2)
	require.Equal(t, 3, live(t, s))
	require.False(t, draftOf(t, s).Open)
}

func checkTuningWhole(t *testing.T, s search.TuningStore) {
	saveDraft(t, s, 1)
	saveDraft(t, s, 2)
	publish(t, s, 1, 0)
	for _, c := range []struct{ number, revision int }{{1, 2}, {3, 2}, {0, 2}, {2, 1}, {2, 3}, {1, 0}, {3, 0}} {
		err := s.Publish(t.Context(), search.TuningVersion{Tuning: tuning(), Number: c.number, By: "ann", At: t0}, c.revision)
		require.ErrorIs(t, err, search.ErrConflict, "version %d from revision %d", c.number, c.revision)
		require.Equal(t, 1, live(t, s))
		require.True(t, draftOf(t, s).Open)
		require.Equal(t, tuning(), draftOf(t, s).Tuning)
	}
	publish(t, s, 2, 2)
	err := s.Publish(t.Context(), search.TuningVersion{Number: 3, By: "ann", At: t0}, 2)
	require.ErrorIs(t, err, search.ErrConflict, "the draft is gone")
	require.Equal(t, 2, live(t, s))
}

func checkTuningVersions(t *testing.T, s search.TuningStore) {
	for n := 1; n <= 5; n++ {
		v := search.TuningVersion{Tuning: tuning(), Number: n, By: "ann", At: t0.Add(time.Duration(n) * time.Hour), Note: fmt.Sprint("note ", n)}
		require.NoError(t, s.Publish(t.Context(), v, 0))
	}
	for _, c := range []struct {
		before, limit int
		want          []int
	}{{0, 10, []int{5, 4, 3, 2, 1}}, {0, 2, []int{5, 4}}, {4, 2, []int{3, 2}}, {2, 2, []int{1}}, {1, 2, nil}, {99, 1, []int{5}}} {
		list, err := s.Versions(t.Context(), c.before, c.limit)
		require.NoError(t, err)
		var got []int
		for _, v := range list {
			got = append(got, v.Number)
			require.True(t, v.Empty())
			require.Equal(t, fmt.Sprint("note ", v.Number), v.Note)
			require.Equal(t, t0.Add(time.Duration(v.Number)*time.Hour), v.At)
		}
		require.Equal(t, c.want, got, "%d before %d", c.limit, c.before)
	}
	v, err := s.Version(t.Context(), 2)
	require.NoError(t, err)
	require.Equal(t, tuning(), v.Tuning, "what is not live any more is kept")
}

func checkTuningRace(t *testing.T, s search.TuningStore) {
	for round := 1; round <= 3; round++ {
		require.Equal(t, 1, heard(t, func(i int) error {
			return s.SaveDraft(t.Context(), search.TuningDraft{Tuning: tuning(), Revision: round, Open: true, By: fmt.Sprint("p", i), At: t0})
		}))
		require.Equal(t, 1, heard(t, func(i int) error {
			return s.Publish(t.Context(), search.TuningVersion{Tuning: tuning(), Number: round, By: fmt.Sprint("p", i), At: t0}, 0)
		}))
	}
	require.Equal(t, 3, live(t, s))
	require.Equal(t, 3, draftOf(t, s).Revision)
}

// heard calls f eight times at once and returns how often it had no conflict.
// A store that is busy is asked again.
func heard(t *testing.T, f func(i int) error) (n int) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() {
			errs[i] = search.ErrUnavailable
			for range 50 {
				if errs[i] = f(i); !errors.Is(errs[i], search.ErrUnavailable) {
					return
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err == nil {
			n++
			continue
		}
		require.ErrorIs(t, err, search.ErrConflict)
	}
	return n
}

func checkTuningAliasing(t *testing.T, s search.TuningStore) {
	given := tuning()
	require.NoError(t, s.SaveDraft(t.Context(), search.TuningDraft{Tuning: given, Revision: 1, Open: true, By: "ann", At: t0}))
	require.NoError(t, s.Publish(t.Context(), search.TuningVersion{Tuning: given, Number: 1, By: "ann", At: t0}, 0))
	spoil := func(t search.Tuning) {
		t.Synonyms[0].From[0], t.Pins[0].Groups[0], t.Pins[0].Queries[0].Text, t.StopWords[0].Word = "spoilt", "spoilt", "spoilt", "spoilt"
	}
	spoil(given)
	for range 2 {
		d := draftOf(t, s)
		require.Equal(t, tuning(), d.Tuning)
		v, err := s.Version(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, tuning(), v.Tuning)
		spoil(d.Tuning)
		spoil(v.Tuning)
	}
}

func checkTuningRename(t *testing.T, s search.TuningStore) {
	save := func(n int, by string) {
		require.NoError(t, s.Publish(t.Context(), search.TuningVersion{Number: n, By: by, At: t0}, 0))
	}
	save(1, "ann")
	save(2, "bob")
	save(3, "ann")
	saveDraft(t, s, 1)
	n, err := s.RenameTuner(t.Context(), "ann", "former-1")
	require.NoError(t, err)
	require.Equal(t, 3, n)
	list, err := s.Versions(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Equal(t, []string{"former-1", "bob", "former-1"}, []string{list[0].By, list[1].By, list[2].By})
	require.Equal(t, "former-1", draftOf(t, s).By)
	n, err = s.RenameTuner(t.Context(), "ann", "")
	require.NoError(t, err)
	require.Zero(t, n)
}
