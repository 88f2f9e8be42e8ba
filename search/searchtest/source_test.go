package searchtest_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/searchtest"
)

// fixture drives the source in memory.
func fixture(s *searchtest.Source) searchtest.Fixture {
	return searchtest.Fixture{
		Put: func(key, text string) (string, error) {
			group := "note/" + key
			s.Put(search.Document{
				ID: group + "@en", Group: group, Kind: "note", Locale: "en", Serves: []string{"en"}, Title: key, Body: text,
				Path: "/en/" + key, Audience: profile.Public(), UpdatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
			})
			return group, nil
		},
		Remove:  func(key string) error { s.Remove("note/" + key); return nil },
		Reopen:  func() search.Source { return s },
		Restore: func() error { s.Restore(0); return nil },
	}
}

func TestSource(t *testing.T) {
	searchtest.TestSource(t, func(*testing.T) (search.Source, searchtest.Fixture) {
		s := searchtest.NewSource("notes")
		return s, fixture(s)
	})
}

// A faultySource has a fault in each function that is set.
type faultySource struct {
	*searchtest.Source

	changes func(ctx context.Context, after string, limit int) ([]search.Change, string, error)
	wait    func(ctx context.Context, after string) error
}

func (f *faultySource) Changes(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
	if f.changes != nil {
		return f.changes(ctx, after, limit)
	}
	return f.Source.Changes(ctx, after, limit)
}

func (f *faultySource) Wait(ctx context.Context, after string) error {
	if f.wait != nil {
		return f.wait(ctx, after)
	}
	return f.Source.Wait(ctx, after)
}

// changing returns a fault that changes what is yielded.
func changing(change func(after string, c []search.Change, next string) ([]search.Change, string)) func(*faultySource) {
	return func(f *faultySource) {
		f.changes = func(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
			c, next, err := f.Source.Changes(ctx, after, limit)
			if err != nil {
				return nil, "", err
			}
			c, next = change(after, c, next)
			return c, next, nil
		}
	}
}

// eachDocument returns a fault that changes documents.
func eachDocument(change func(*search.Document)) func(*faultySource) {
	return changing(func(_ string, c []search.Change, next string) ([]search.Change, string) {
		for i := range c {
			c[i].Documents = slices.Clone(c[i].Documents)
			for j := range c[i].Documents {
				change(&c[i].Documents[j])
			}
		}
		return c, next
	})
}

var brokenSources = []struct {
	name, caughtBy string
	fault          func(*faultySource)
}{
	{"has no name", "Name", func(f *faultySource) { f.Source = searchtest.NewSource("") }},
	{"never stops", "EmptyStart", changing(func(after string, c []search.Change, _ string) ([]search.Change, string) { return c, after + "x" })},
	{"leaves out the group", "Documents", eachDocument(func(d *search.Document) { d.Group = "" })},
	{"writes addresses that are none", "Documents", eachDocument(func(d *search.Document) { d.Path = "javascript:alert(1)//" + d.Path })},
	{"has audiences that are not canonical", "Documents", eachDocument(func(d *search.Document) { d.Audience = profile.Audience{"staff", "public"} })},
	{"serves nobody", "Documents", eachDocument(func(d *search.Document) { d.Serves = nil })},
	{"starts again each time", "Incremental", func(f *faultySource) {
		f.changes = func(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
			c, next, err := f.Source.Changes(ctx, "", limit)
			if next == after {
				c = nil
			}
			return c, next, err
		}
	}},
	{"ignores the limit", "Limit", func(f *faultySource) {
		f.changes = func(ctx context.Context, after string, _ int) ([]search.Change, string, error) {
			return f.Source.Changes(ctx, after, 1000)
		}
	}},
	{"yields the first state for ever", "Latest", firstState},
	{"does not tell of removals", "Removal", changing(func(_ string, c []search.Change, next string) ([]search.Change, string) {
		return slices.DeleteFunc(c, func(c search.Change) bool { return len(c.Documents) == 0 }), next
	})},
	{"yields each change once", "Repeat", once},
	{"takes any cursor", "BadCursor", func(f *faultySource) {
		f.changes = func(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
			c, next, err := f.Source.Changes(ctx, after, limit)
			if err != nil && ctx.Err() == nil {
				return f.Source.Changes(ctx, "", limit)
			}
			return c, next, err
		}
	}},
	{"has cursors without an epoch", "Restored", withoutEpoch},
	{"waits although there is something", "WaitReady", func(f *faultySource) {
		f.wait = func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }
	}},
	{"does not wake", "WaitChange", func(f *faultySource) {
		f.wait = func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }
	}},
	{"waits for ever", "WaitContext", func(f *faultySource) {
		f.wait = func(ctx context.Context, after string) error { return f.Source.Wait(context.WithoutCancel(ctx), after) }
	}},
	{"ignores the context", "Canceled", func(f *faultySource) {
		f.changes = func(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
			return f.Source.Changes(context.WithoutCancel(ctx), after, limit)
		}
	}},
	{"skips some", "Writers", func(f *faultySource) {
		n := 0
		changing(func(_ string, c []search.Change, next string) ([]search.Change, string) {
			if n++; len(c) > 2 {
				return c[:2], next
			}
			return c, next
		})(f)
	}},
}

func TestBrokenSources(t *testing.T) {
	checks := searchtest.SourceChecks()
	for _, b := range brokenSources {
		t.Run(b.name, func(t *testing.T) {
			f := &faultySource{Source: searchtest.NewSource("notes")}
			b.fault(f)
			fix := fixture(f.Source)
			fix.Patience = 300 * time.Millisecond
			fix.Reopen = func() search.Source { return f }
			require.True(t, suitetest.Fails(t, func(t testing.TB) { checks[b.caughtBy](t, f, fix) }), "%s does not find it", b.caughtBy)
		})
	}
}

func TestEverySourcePromiseIsTested(t *testing.T) {
	caught := map[string]bool{"Restart": true} // BadCursor and Repeat find what a restart would
	for _, b := range brokenSources {
		caught[b.caughtBy] = true
	}
	for name := range searchtest.SourceChecks() {
		require.True(t, caught[name], "no broken source is caught by %s", name)
	}
}

// firstState yields what a group was at first.
func firstState(f *faultySource) {
	first := map[string][]search.Document{}
	changing(func(_ string, c []search.Change, next string) ([]search.Change, string) {
		for i := range c {
			if _, ok := first[c[i].Group]; !ok {
				first[c[i].Group] = c[i].Documents
			}
			c[i].Documents = first[c[i].Group]
		}
		return c, next
	})(f)
}

// once forgets what it has yielded.
func once(f *faultySource) {
	var mu sync.Mutex
	seen := map[string]bool{}
	changing(func(after string, c []search.Change, next string) ([]search.Change, string) {
		mu.Lock()
		defer mu.Unlock()
		if seen[after] && len(c) > 0 {
			return nil, next
		}
		seen[after] = true
		return c, next
	})(f)
}

// withoutEpoch goes on from a number that was given before a restore.
func withoutEpoch(f *faultySource) {
	inner := "0"
	f.changes = func(ctx context.Context, after string, limit int) ([]search.Change, string, error) {
		translated := after
		if after != "" {
			translated = inner + "/" + after
		}
		c, next, err := f.Source.Changes(ctx, translated, limit)
		if err != nil {
			// After a restore: find the epoch, and believe the number.
			_, at, first := f.Source.Changes(ctx, "", 1000)
			if first != nil {
				return nil, "", first
			}
			epoch, end, _ := strings.Cut(at, "/")
			inner = epoch
			n, _ := strconv.Atoi(after)
			last, _ := strconv.Atoi(end)
			c, next, err = f.Source.Changes(ctx, fmt.Sprintf("%s/%d", epoch, min(n, last)), limit)
		}
		_, number, _ := strings.Cut(next, "/")
		return c, number, err
	}
}
