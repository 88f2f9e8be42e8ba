package search_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

func TestRestoredSource(t *testing.T) {
	b := newBench(t, helpCentre())
	require.Equal(t, 3, total(t, b.Engine, "hub"))
	b.source.Restore(1)
	b.source.Put(article("new", "Hub news", ""))
	require.NoError(t, b.Refresh(t.Context()))
	require.ElementsMatch(t, []string{"reset", "new"}, b.find(t, eve, "hub"), "what the backup did not have is gone")
	require.Equal(t, 2, b.Status(t.Context()).Documents)
	require.NoError(t, b.Refresh(t.Context()))
}

// A gated source yields nothing until its gate is opened.
type gated struct {
	*searchtest.Source

	open chan struct{}
}

func (g *gated) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	if after == "" { // only a rebuild or a first start begins there
		select {
		case <-g.open:
		case <-ctx.Done():
			return nil, "", ctx.Err()
		}
	}
	return g.Source.Changes(ctx, after, limit)
}

func TestOldIndexAnswersDuringRebuild(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kb := &gated{Source: searchtest.NewSource("kb"), open: make(chan struct{})}
		kb.Put(many(7)...)
		forum := searchtest.NewSource("forum")
		var steps []search.Progress
		e := search.NewEngine(memsearch.New(), &search.Options{
			Sources: []search.Source{kb, forum}, Batch: 2, Progress: func(p search.Progress) { steps = append(steps, p) },
		})
		close(kb.open)
		stop := running(t, e)
		synctest.Wait()
		require.Equal(t, 7, total(t, e, "lighthouse"))

		kb.open = make(chan struct{})
		require.ErrorIs(t, e.Rebuild(t.Context(), ann), search.ErrForbidden)
		require.NoError(t, e.Rebuild(t.Context(), eve))
		synctest.Wait()
		require.NotNil(t, e.Status(t.Context()).Rebuild)
		require.Equal(t, "asked for by eve", e.Status(t.Context()).Rebuild.Reason)
		require.Equal(t, 7, total(t, e, "lighthouse"))
		forum.Put(article("topic", "Lighthouse talk", ""))
		kb.Put(article("late", "Lighthouse news", ""))
		synctest.Wait()
		require.Equal(t, 9, total(t, e, "lighthouse"), "and is kept up to date")
		res, err := e.Search(t.Context(), nobody, search.Query{Text: "lighthouse"})
		require.NoError(t, err)
		require.False(t, res.Partial)

		close(kb.open)
		synctest.Wait()
		status := e.Status(t.Context())
		require.Nil(t, status.Rebuild)
		require.True(t, status.CaughtUp())
		require.Equal(t, 9, total(t, e, "lighthouse"))
		require.Equal(t, []int{2, 4, 6, 8, 9}, []int{steps[0].Changes, steps[1].Changes, steps[2].Changes, steps[3].Changes, steps[4].Changes})
		require.Equal(t, 7, steps[0].Expected)
		kb.Put(article("after", "Lighthouse again", ""))
		synctest.Wait()
		require.Equal(t, 10, total(t, e, "lighthouse"))
		require.Len(t, steps, 5, "there was one rebuild")
		stop()
	})
}

// TestNoStepBack changes a document all the time: nobody may ever see an older
// state after a newer one, also not when the rebuilt index takes over.
func TestNoStepBack(t *testing.T) {
	source := searchtest.NewSource("kb")
	put := func(n int) {
		source.Put(article("counter", "Lighthouse", fmt.Sprint("version ", n), func(d *search.Document) { d.Weight = float64(n) }))
	}
	put(1)
	e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{source}, Batch: 1, Retry: time.Millisecond})
	require.NoError(t, e.Refresh(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	last := 0.0
	for n := range 300 {
		put(n + 2)
		if n%20 == 0 {
			require.NoError(t, e.Rebuild(t.Context(), eve))
		}
		res, err := e.Search(t.Context(), nobody, search.Query{Text: "lighthouse"})
		require.NoError(t, err)
		require.GreaterOrEqual(t, res.Hits[0].Weight, last)
		last = res.Hits[0].Weight
	}
	cancel()
	require.NoError(t, <-done)
}

// TestBrokenIndex damages the index in each way it can say so.
func TestBrokenIndex(t *testing.T) {
	damaged := fmt.Errorf("segment 4: %w", search.ErrRebuild)
	for name, damage := range map[string]func(*wrapped){
		"search": func(w *wrapped) {
			w.search = func(context.Context, search.Request) (search.Response, error) { return search.Response{}, damaged }
		},
		"apply":   func(w *wrapped) { w.apply = func(context.Context, search.Batch) error { return damaged } },
		"cursors": func(w *wrapped) { w.cursor = func(context.Context) (map[string]string, error) { return nil, damaged } },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				index := &wrapped{Index: memsearch.New()}
				source := searchtest.NewSource("kb")
				source.Put(many(5)...)
				opts := &search.Options{Sources: []search.Source{source}}
				require.NoError(t, search.NewEngine(index, opts).Refresh(t.Context()))
				damage(index)
				index.fresh = func(ctx context.Context) (search.Index, error) {
					fresh, err := index.Index.Fresh(ctx)
					index.set(func() { index.search, index.apply, index.cursor = nil, nil, nil }) // the swap will heal it
					return fresh, err
				}
				e := search.NewEngine(index, opts)
				stop := running(t, e)
				synctest.Wait()
				source.Put(article("new", "Lighthouse", ""))
				_, _ = e.Search(t.Context(), nobody, search.Query{Text: "lighthouse"})
				time.Sleep(time.Minute)
				synctest.Wait()
				require.Equal(t, 6, total(t, e, "lighthouse"))
				require.True(t, e.Status(t.Context()).CaughtUp())
				stop()
			})
		})
	}
}

func TestRebuildThatFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		index := &wrapped{Index: memsearch.New()}
		source := searchtest.NewSource("kb")
		source.Put(many(5)...)
		e := search.NewEngine(index, &search.Options{Sources: []search.Source{source}, Batch: 2})
		stop := running(t, e)
		synctest.Wait()
		full := errors.New("disk full")
		attempts, closed := 0, 0
		index.set(func() {
			index.fresh = func(ctx context.Context) (search.Index, error) {
				if attempts++; attempts == 1 {
					return nil, full
				}
				fresh, err := index.Index.Fresh(ctx)
				if attempts == 2 {
					return &closeCounter{Index: fresh, closed: &closed, fail: full}, err
				}
				return fresh, err
			}
		})
		require.NoError(t, e.Rebuild(t.Context(), eve))
		synctest.Wait()
		require.Equal(t, 5, total(t, e, "lighthouse"))
		require.Equal(t, 1, e.Status(t.Context()).Rebuild.Attempts)
		source.Put(article("new", "Lighthouse", ""))
		synctest.Wait()
		require.Equal(t, 6, total(t, e, "lighthouse"), "a failed rebuild holds up nothing")
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, 3, attempts)
		require.Equal(t, 1, closed, "what was begun in vain is closed")
		require.Nil(t, e.Status(t.Context()).Rebuild)
		require.Equal(t, 6, total(t, e, "lighthouse"))
		stop()
	})
}

// A closeCounter is a fresh index that fails to be filled.
type closeCounter struct {
	search.Index

	closed *int
	fail   error
}

func (c *closeCounter) Apply(context.Context, search.Batch) error { return c.fail }
func (c *closeCounter) Close() error                              { *c.closed++; return c.Index.Close() }

// TestRebuildWaitsForItsSource does not begin anew because a database was down.
func TestRebuildWaitsForItsSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kb, forum := searchtest.NewSource("kb"), searchtest.NewSource("forum")
		kb.Put(many(5)...)
		forum.Put(article("topic", "Lighthouse talk", ""))
		e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{kb, forum}, Batch: 2})
		stop := running(t, e)
		synctest.Wait()
		forum.Fail(errors.New("database is down"))
		require.NoError(t, e.Rebuild(t.Context(), eve))
		time.Sleep(time.Hour)
		require.Equal(t, 6, total(t, e, "lighthouse"))
		kb.Put(article("new", "Lighthouse", ""))
		synctest.Wait()
		require.Equal(t, 7, total(t, e, "lighthouse"))
		require.Equal(t, 1, e.Status(t.Context()).Rebuild.Attempts)
		forum.Fail(nil)
		time.Sleep(2 * time.Minute)
		require.Nil(t, e.Status(t.Context()).Rebuild)
		require.Equal(t, 7, total(t, e, "lighthouse"))
		stop()
	})
}

// TestRemovedSource starts a program that has one source less than before.
func TestRemovedSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kb, forum := searchtest.NewSource("kb"), searchtest.NewSource("forum")
		kb.Put(many(5)...)
		forum.Put(article("topic", "Lighthouse talk", ""))
		index := memsearch.New()
		require.NoError(t, search.NewEngine(index, &search.Options{Sources: []search.Source{kb, forum}}).Refresh(t.Context()))
		for _, c := range []struct {
			sources      []search.Source
			found, built int
		}{{[]search.Source{forum, kb}, 6, 0}, {[]search.Source{kb}, 5, 1}, {[]search.Source{kb}, 5, 0}, {nil, 5, 0}} {
			built := 0
			e := search.NewEngine(index, &search.Options{Sources: c.sources, Progress: func(search.Progress) { built = 1 }})
			stop := running(t, e)
			synctest.Wait()
			require.Equal(t, c.found, total(t, e, "lighthouse"))
			require.Equal(t, c.built, built)
			stop()
		}
	})
}

// TestHopelessSource never gets anywhere, and Refresh says so.
func TestHopelessSource(t *testing.T) {
	b := newBench(t, helpCentre())
	b.source.Fail(search.ErrRebuild)
	require.ErrorIs(t, b.Refresh(t.Context()), search.ErrRebuild)
	require.Equal(t, 3, total(t, b.Engine, "hub"), "the old index still answers")
}

func TestRunStopsDuringRebuild(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kb := &gated{Source: searchtest.NewSource("kb"), open: make(chan struct{})}
		e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{kb}})
		stop := running(t, e)
		require.NoError(t, e.Rebuild(t.Context(), eve))
		synctest.Wait()
		stop()
	})
}

// TestPoisonDuringRebuild has a document that the index fails to take when it
// is filled anew.
func TestPoisonDuringRebuild(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		index := &wrapped{Index: memsearch.New()}
		source := searchtest.NewSource("kb")
		source.Put(append(many(30), article("poison", "Lighthouse", ""))...)
		e := search.NewEngine(index, &search.Options{Sources: []search.Source{source}})
		stop := running(t, e)
		synctest.Wait()
		require.Equal(t, 31, total(t, e, "lighthouse"))
		index.set(func() {
			index.fresh = func(ctx context.Context) (search.Index, error) {
				fresh, err := index.Index.Fresh(ctx)
				return &picky{fresh}, err
			}
		})
		require.NoError(t, e.Rebuild(t.Context(), eve))
		time.Sleep(time.Hour)
		require.Nil(t, e.Status(t.Context()).Rebuild)
		require.Equal(t, 30, total(t, e, "lighthouse"))
		stop()
	})
}

// A picky index fails to take one document, and is replaced by what it has.
type picky struct{ search.Index }

func (p *picky) Apply(ctx context.Context, b search.Batch) error {
	for _, c := range b.Changes {
		if c.Group == "article/poison" {
			return errors.New("panic in the analyser")
		}
	}
	return p.Index.Apply(ctx, b)
}

// A flickering source is down for a while after it was read to its end once
// more, which is between the two passes of a rebuild.
type flickering struct {
	*searchtest.Source

	ends, downAt int
}

func (f *flickering) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	c, next, err := f.Source.Changes(ctx, after, limit)
	if after == next {
		if f.ends++; f.ends >= f.downAt {
			return nil, "", errors.New("database is down")
		}
	}
	return c, next, err
}

// TestRebuildDoesNotHoldUpTheOthers has a source that fails when the rebuild is
// all but done and all feeds are stopped for it.
func TestRebuildDoesNotHoldUpTheOthers(t *testing.T) {
	kb, forum := searchtest.NewSource("kb"), &flickering{Source: searchtest.NewSource("forum"), downAt: 3}
	kb.Put(many(5)...)
	forum.Put(article("topic", "Lighthouse talk", ""))
	e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{kb, forum}})
	require.NoError(t, e.Refresh(t.Context()))
	require.NoError(t, e.Rebuild(t.Context(), eve))
	require.ErrorContains(t, e.Refresh(t.Context()), "database is down")
	require.Nil(t, e.Status(t.Context()).Rebuild, "the rebuild was done nevertheless")
	require.Equal(t, 6, total(t, e, "lighthouse"))
}

// TestFreshAtOnceAfterRebuild has a source go on right after the rebuild that
// it asked for, not after the pause that its errors have led to.
func TestFreshAtOnceAfterRebuild(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kb := &gated{Source: searchtest.NewSource("kb"), open: make(chan struct{})}
		close(kb.open)
		kb.Put(many(5)...)
		e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{kb}, Retry: time.Minute})
		stop := running(t, e)
		synctest.Wait()
		kb.open = make(chan struct{})
		kb.Restore(3)
		time.Sleep(time.Hour)
		close(kb.open)
		kb.Put(article("new", "Lighthouse", ""))
		synctest.Wait()
		require.Equal(t, 4, total(t, e, "lighthouse"))
		kb.Put(article("newer", "Lighthouse", ""))
		synctest.Wait()
		require.Equal(t, 5, total(t, e, "lighthouse"))
		stop()
	})
}

// TestLateComplaint has a search that was under way while the index was rebuilt
// say that the old one is damaged.
func TestLateComplaint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		index := &wrapped{Index: memsearch.New()}
		source := searchtest.NewSource("kb")
		source.Put(many(5)...)
		rebuilds := 0
		e := search.NewEngine(index, &search.Options{Sources: []search.Source{source}, Progress: func(search.Progress) { rebuilds++ }})
		stop := running(t, e)
		synctest.Wait()
		slow := make(chan struct{})
		index.set(func() {
			index.search = func(context.Context, search.Request) (search.Response, error) {
				<-slow
				return search.Response{}, search.ErrRebuild
			}
		})
		done := make(chan error, 1)
		go func() {
			_, err := e.Search(t.Context(), nobody, search.Query{Text: "lighthouse"})
			done <- err
		}()
		synctest.Wait()
		require.NoError(t, e.Rebuild(t.Context(), eve))
		synctest.Wait()
		require.Equal(t, 1, rebuilds)
		close(slow)
		require.ErrorIs(t, <-done, search.ErrUnavailable)
		synctest.Wait()
		require.Equal(t, 1, rebuilds, "what is repaired is not repaired again")
		_, err := e.Search(t.Context(), nobody, search.Query{Text: "lighthouse"})
		require.ErrorIs(t, err, search.ErrUnavailable)
		synctest.Wait()
		require.Equal(t, 2, rebuilds, "but what is damaged again is")
		stop()
	})
}
