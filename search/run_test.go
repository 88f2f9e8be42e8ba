package search_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

// running starts Run in a bubble and returns how to end it.
func running(t *testing.T, e *search.Engine) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	return func() {
		cancel()
		require.NoError(t, <-done, "an engine that is told to stop has not failed")
	}
}

func total(t *testing.T, e *search.Engine, text string) int {
	t.Helper()
	res, err := e.Search(t.Context(), eve, search.Query{Text: text})
	require.NoError(t, err)
	return res.Total
}

func TestRunFollowsItsSources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kb, forum := searchtest.NewSource("kb"), searchtest.NewSource("forum")
		kb.Put(helpCentre()...)
		e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{kb, forum}})
		require.Zero(t, total(t, e, "hub"), "nothing runs before Run")
		stop := running(t, e)
		synctest.Wait()
		require.Equal(t, 3, total(t, e, "hub"))
		forum.Put(article("topic", "My hub hums", ""))
		synctest.Wait()
		require.Equal(t, 4, total(t, e, "hub"))
		kb.Remove("article/reset")
		kb.Put(article("e17", "Nothing", ""))
		synctest.Wait()
		require.Equal(t, 2, total(t, e, "hub"))
		status := e.Status(t.Context())
		require.True(t, status.CaughtUp())
		require.Equal(t, 4, status.Documents)
		require.Equal(t, "kb", status.Sources[0].Name)
		require.Equal(t, 6, status.Sources[0].Changes)
		require.Equal(t, 1, status.Sources[1].Changes)
		stop()
	})
}

// TestBatches looks at what reaches the index.
func TestBatches(t *testing.T) {
	index := &wrapped{Index: memsearch.New()}
	var sizes []int
	index.apply = func(ctx context.Context, b search.Batch) error {
		require.Len(t, b.Cursors, 1)
		require.NotEmpty(t, b.Cursors["kb"], "the cursor is in the same batch")
		require.False(t, b.Bulk)
		sizes = append(sizes, len(b.Changes))
		return index.Index.Apply(ctx, b)
	}
	source := searchtest.NewSource("kb")
	source.Put(many(1100)...)
	e := search.NewEngine(index, &search.Options{Sources: []search.Source{source}})
	require.NoError(t, e.Refresh(t.Context()))
	require.Equal(t, []int{500, 500, 100}, sizes)
	require.NoError(t, e.Refresh(t.Context()))
	require.Len(t, sizes, 3, "what is read is not read again")
	require.Equal(t, 1100, total(t, e, "lighthouse"))
}

// TestCrash kills an engine at each write in turn, once before it took effect
// and once after, and lets another engine go on.
func TestCrash(t *testing.T) {
	crash := errors.New("killed")
	for at := range 6 {
		for _, after := range []bool{false, true} {
			index := &wrapped{Index: memsearch.New()}
			writes := 0
			index.apply = func(ctx context.Context, b search.Batch) error {
				if writes++; writes-1 != at {
					return index.Index.Apply(ctx, b)
				}
				if after {
					if err := index.Index.Apply(ctx, b); err != nil {
						return err
					}
				}
				return crash
			}
			source := searchtest.NewSource("kb")
			source.Put(many(12)...)
			opts := &search.Options{Sources: []search.Source{source}, Batch: 2}
			require.ErrorIs(t, search.NewEngine(index, opts).Refresh(t.Context()), crash)
			source.Remove("article/0003")
			source.Put(article("0004", "Harbour", ""))
			next := search.NewEngine(index, opts)
			require.NoError(t, next.Refresh(t.Context()))
			require.Equal(t, 10, total(t, next, "lighthouse"), "killed at write %d, after %t", at, after)
			require.Equal(t, 1, total(t, next, "harbour"))
		}
	}
}

// TestCursorLost repeats everything after the loss of all cursors.
func TestCursorLost(t *testing.T) {
	b := newBench(t, many(12))
	require.NoError(t, b.index.Apply(t.Context(), search.Batch{Cursors: map[string]string{"kb": ""}}))
	again := search.NewEngine(b.index, &search.Options{Sources: []search.Source{b.source}, Batch: 5})
	require.NoError(t, again.Refresh(t.Context()))
	require.Equal(t, 12, total(t, again, "lighthouse"))
	require.Equal(t, 12, again.Status(t.Context()).Documents)
}

// TestWriteThatFails has an index that takes what it says it did not, or does
// not for a while.
func TestWriteThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		index := &wrapped{Index: memsearch.New()}
		failures := 0
		index.apply = func(ctx context.Context, b search.Batch) error {
			if failures++; failures%3 == 0 {
				return index.Index.Apply(ctx, b)
			}
			if failures%3 == 1 {
				_ = index.Index.Apply(ctx, b)
			}
			return errors.New("disk full")
		}
		source := searchtest.NewSource("kb")
		source.Put(many(20)...)
		e := search.NewEngine(index, &search.Options{Sources: []search.Source{source}, Batch: 3})
		stop := running(t, e)
		synctest.Wait()
		status := e.Status(t.Context())
		require.Contains(t, status.Sources[0].Error, "disk full")
		require.False(t, status.CaughtUp())
		time.Sleep(time.Hour)
		status = e.Status(t.Context())
		require.Empty(t, status.Sources[0].Error)
		require.True(t, status.CaughtUp())
		require.Equal(t, 20, total(t, e, "lighthouse"))
		stop()
	})
}

func TestSourceThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kb, forum := searchtest.NewSource("kb"), searchtest.NewSource("forum")
		kb.Fail(errors.New("database is down"))
		kb.Put(many(5)...)
		forum.Put(article("topic", "My hub hums", ""))
		e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{kb, forum}})
		stop := running(t, e)
		time.Sleep(10 * time.Minute)
		require.Equal(t, 1, total(t, e, "hub"), "the other source goes on")
		status := e.Status(t.Context())
		require.Contains(t, status.Sources[0].Error, "database is down")
		require.Equal(t, 10*time.Minute, status.Sources[0].Lag.Round(time.Minute))
		require.Empty(t, status.Sources[1].Error)
		require.Zero(t, status.Sources[1].Lag)
		res, err := e.Search(t.Context(), nobody, search.Query{Text: "hub"})
		require.NoError(t, err)
		require.True(t, res.Partial)
		kb.Fail(nil)
		time.Sleep(time.Minute)
		require.Equal(t, 5, total(t, e, "lighthouse"))
		require.True(t, e.Status(t.Context()).CaughtUp())
		kb.Fail(errors.New("database is down again"))
		kb.Remove("article/0001")
		synctest.Wait()
		kb.Fail(nil)
		time.Sleep(time.Second)
		require.Equal(t, 4, total(t, e, "lighthouse"), "a new failure does not wait as long as the last one did")
		stop()
	})
}

// A panicking source has a bug.
type panicking struct{ *searchtest.Source }

func (panicking) Changes(context.Context, string, int) ([]search.Change, string, error) {
	panic("index out of range")
}

func TestSourceThatPanics(t *testing.T) {
	e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{panicking{searchtest.NewSource("kb")}}})
	require.ErrorContains(t, e.Refresh(t.Context()), "index out of range")
}

// A restless source returns from Wait at once.
type restless struct {
	*searchtest.Source

	mu    sync.Mutex
	waits int
}

func (r *restless) Wait(context.Context, string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waits++
	return nil
}

func TestSourceThatDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &restless{Source: searchtest.NewSource("kb")}
		e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{source}})
		stop := running(t, e)
		time.Sleep(time.Minute)
		source.mu.Lock()
		waits := source.waits
		source.mu.Unlock()
		require.Less(t, waits, 100, "it is not asked without end")
		source.Put(many(3)...)
		time.Sleep(2 * time.Second)
		require.Equal(t, 3, total(t, e, "lighthouse"))
		stop()
	})
}

// A deaf source never returns from Wait by itself.
type deaf struct{ *searchtest.Source }

func (deaf) Wait(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }

func TestSourceThatDoesNotWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := deaf{searchtest.NewSource("kb")}
		e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{source}, Poll: 30 * time.Second})
		stop := running(t, e)
		synctest.Wait()
		source.Put(many(3)...)
		time.Sleep(31 * time.Second)
		require.Equal(t, 3, total(t, e, "lighthouse"))
		stop()
	})
}

// TestBadDocuments has one source with documents that no index can keep.
func TestBadDocuments(t *testing.T) {
	good := article("good", "Lighthouse", "by the sea")
	nameless, german := good, good
	nameless.ID, german.ID = "", "article/good@de"
	source := searchtest.NewSource("kb")
	source.Put(nameless, good, good, german)
	source.Put(article("odd", "Lighthouse \xff\x00", string(make([]byte, 3<<20)), func(d *search.Document) { d.Keywords = []string{"\xfe"} }))
	index := &wrapped{Index: memsearch.New()}
	index.apply = func(ctx context.Context, b search.Batch) error {
		for i, c := range b.Changes {
			for _, d := range c.Documents {
				require.LessOrEqual(t, len(d.Body), 1<<20)
				require.NotContains(t, d.Title+d.Body, "\x00")
			}
			if c.Group == "article/good" {
				require.Equal(t, []search.Document{good, german}, b.Changes[i].Documents)
			}
		}
		return index.Index.Apply(ctx, b)
	}
	e := search.NewEngine(index, &search.Options{Sources: []search.Source{source}})
	require.NoError(t, e.Refresh(t.Context()))
	require.Equal(t, 3, total(t, e, "lighthouse"))
}

// A confused source puts documents of one group into another.
type confused struct{ *searchtest.Source }

func (f confused) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	c, next, err := f.Source.Changes(ctx, after, limit)
	for i := range c {
		c[i].Documents = append(slices.Clone(c[i].Documents), article("other", "Lighthouse", ""))
	}
	return c, next, err
}

func TestDocumentsOfAnotherGroup(t *testing.T) {
	source := confused{searchtest.NewSource("kb")}
	source.Put(many(5)...)
	e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{source}})
	require.NoError(t, e.Refresh(t.Context()))
	require.Equal(t, 5, total(t, e, "lighthouse"))
}

func TestTwoEnginesOnOneSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := searchtest.NewSource("kb")
		source.Put(helpCentre()...)
		var engines []*search.Engine
		for range 2 {
			e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{source}})
			defer running(t, e)()
			engines = append(engines, e)
		}
		synctest.Wait()
		for i := range 5 {
			source.Put(article(fmt.Sprint("new", i), "Hub news", ""))
			synctest.Wait()
			for _, e := range engines {
				require.Equal(t, 4+i, total(t, e, "hub"))
			}
		}
	})
}

func TestSourcesWithOneName(t *testing.T) {
	require.Panics(t, func() {
		search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{searchtest.NewSource("kb"), searchtest.NewSource("kb")}})
	})
}

func TestRunWithoutSources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := search.NewEngine(memsearch.New(), nil)
		stop := running(t, e)
		synctest.Wait()
		require.ErrorIs(t, e.Rebuild(t.Context(), eve), search.ErrUnavailable)
		res, err := e.Search(t.Context(), nobody, search.Query{Text: "hub"})
		require.NoError(t, err)
		require.False(t, res.Partial)
		stop()
	})
}

// TestRefreshBesideRun has both read the same source.
func TestRefreshBesideRun(t *testing.T) {
	source := searchtest.NewSource("kb")
	e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{source}, Batch: 3})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	for _, docs := range slices.Collect(slices.Chunk(many(40), 4)) {
		source.Put(docs...)
		require.NoError(t, e.Refresh(t.Context()))
	}
	require.Equal(t, 40, total(t, e, "lighthouse"))
	cancel()
	require.NoError(t, <-done)
}

// TestPoison has a document that the index fails to take, alone and among
// others: first it is tried again, then left out.
func TestPoison(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		index := &wrapped{Index: memsearch.New()}
		attempts := 0
		poisoned := func(b search.Batch) bool {
			return slices.ContainsFunc(b.Changes, func(c search.Change) bool { return c.Group == "article/poison" })
		}
		index.apply = func(ctx context.Context, b search.Batch) error {
			if poisoned(b) {
				attempts++
				return errors.New("panic in the analyser")
			}
			return index.Index.Apply(ctx, b)
		}
		source := searchtest.NewSource("kb")
		source.Put(append(many(30), article("poison", "Lighthouse", ""))...)
		e := search.NewEngine(index, &search.Options{Sources: []search.Source{source}})
		stop := running(t, e)
		time.Sleep(5 * time.Second)
		require.Zero(t, total(t, e, "lighthouse"))
		time.Sleep(time.Minute)
		require.Equal(t, 30, total(t, e, "lighthouse"))
		status := e.Status(t.Context()).Sources[0]
		require.Equal(t, 1, status.Skipped)
		require.Equal(t, 30, status.Changes)
		require.True(t, status.CaughtUp)
		require.Empty(t, status.Error)
		source.Put(article("after", "Lighthouse", ""))
		synctest.Wait()
		require.Equal(t, 31, total(t, e, "lighthouse"))
		require.LessOrEqual(t, attempts, 10)
		stop()
	})
}

// TestFullDisk has an index that takes small batches but no documents: nothing
// may be left out for that.
func TestFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		index := &wrapped{Index: memsearch.New()}
		full := func(ctx context.Context, b search.Batch) error {
			if len(b.Changes) > 0 {
				return errors.New("no space left on device")
			}
			return index.Index.Apply(ctx, b)
		}
		source := searchtest.NewSource("kb")
		source.Put(many(29)...)
		e := search.NewEngine(index, &search.Options{Sources: []search.Source{source}})
		stop := running(t, e)
		synctest.Wait()
		index.set(func() { index.apply = full })
		source.Put(article("after", "Lighthouse", ""))
		time.Sleep(time.Hour)
		require.Zero(t, e.Status(t.Context()).Sources[0].Skipped)
		require.Equal(t, 29, total(t, e, "lighthouse"))
		index.set(func() { index.apply = nil })
		time.Sleep(2 * time.Minute)
		require.Equal(t, 30, total(t, e, "lighthouse"))
		stop()
	})
}

// A lagging source says how long changes wait before they can be read.
type lagging struct {
	*searchtest.Source

	err error
}

func (l lagging) Stalled(context.Context) (time.Duration, error) { return time.Minute, l.err }

func TestStatusOfWhatFails(t *testing.T) {
	index := &wrapped{Index: memsearch.New()}
	kb, forum := lagging{Source: searchtest.NewSource("kb")}, lagging{searchtest.NewSource("forum"), errors.New("no such view")}
	now := t0
	e := search.NewEngine(index, &search.Options{Sources: []search.Source{kb, forum}, Now: func() time.Time { return now }})
	require.False(t, e.Status(t.Context()).CaughtUp())
	require.NoError(t, e.Refresh(t.Context()))
	now = now.Add(time.Hour)
	require.Equal(t, search.Status{Sources: []search.SourceStatus{
		{Name: "kb", CaughtUp: true, Stalled: time.Minute, CheckedAt: t0},
		{Name: "forum", CaughtUp: true, Stalled: time.Minute, CheckedAt: t0, Error: "no such view"},
	}}, e.Status(t.Context()))
	forum.Fail(errors.New("database is down"))
	require.Error(t, e.Refresh(t.Context()))
	now = now.Add(time.Minute)
	require.Contains(t, e.Status(t.Context()).Sources[1].Error, "database is down", "the first cause is said")
	require.Equal(t, time.Minute, e.Status(t.Context()).Sources[1].Lag)
	require.True(t, e.Status(t.Context()).CaughtUp(), "it was, once")
	require.NoError(t, index.Close())
	require.Contains(t, e.Status(t.Context()).Error, "closed")
}

// A hopping source has changes that are not for searching, and skips them.
type hopping struct{ *searchtest.Source }

func (h hopping) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	c, next, err := h.Source.Changes(ctx, after, 1)
	return slices.DeleteFunc(c, func(c search.Change) bool { return len(c.Documents) > 0 && c.Documents[0].Kind != "faq" }), next, err
}

func TestBatchWithoutChanges(t *testing.T) {
	source := hopping{searchtest.NewSource("kb")}
	source.Put(append(many(5), article("reset", "Lighthouse", "", faq))...)
	e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{source}})
	require.NoError(t, e.Refresh(t.Context()))
	require.Equal(t, 1, total(t, e, "lighthouse"))
	require.NoError(t, e.Rebuild(t.Context(), eve))
	require.NoError(t, e.Refresh(t.Context()))
	require.Equal(t, 1, total(t, e, "lighthouse"))
}

// A stuck source yields the same for ever.
type stuck struct{ *searchtest.Source }

func (s stuck) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	c, _, err := s.Source.Changes(ctx, "", limit)
	return c, after, err
}

func TestSourceThatIsStuck(t *testing.T) {
	source := stuck{searchtest.NewSource("kb")}
	source.Put(many(5)...)
	e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{source}})
	require.ErrorContains(t, e.Refresh(t.Context()), "cursor")
}

// TestCursorsUnknown does not take an index that cannot say where it stands for
// an empty one.
func TestCursorsUnknown(t *testing.T) {
	index := &wrapped{Index: memsearch.New()}
	index.cursor = func(context.Context) (map[string]string, error) { return nil, errors.New("too many open files") }
	index.apply = func(context.Context, search.Batch) error { return errors.New("nothing should be written") }
	source := searchtest.NewSource("kb")
	source.Put(many(5)...)
	e := search.NewEngine(index, &search.Options{Sources: []search.Source{source}})
	require.ErrorContains(t, e.Refresh(t.Context()), "too many open files")
}
