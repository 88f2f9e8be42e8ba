package kbtest_test

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// A broke is a store with a fault, and the promise that finds it.
type broke struct {
	name, caughtBy string
	fault          breaking
}

// allBroken are the stores that the suite must not let pass.
func allBroken() []broke {
	return slices.Concat(broken, brokenCategories, brokenLists, brokenSlugs, brokenFeedback, brokenDesks, brokenProcess, brokenBlocks, brokenWorking, brokenHandling, brokenNotes, brokenBin, brokenMedia, brokenLinks, brokenTargets)
}

var broken = []broke{
	{"forgets revisions", "RoundTrip", saving(func(_ *kb.Article, r *[]kb.Revision) { *r = nil })},
	{"drops the input's hash", "RoundTrip", saving(func(a *kb.Article, _ *[]kb.Revision) { a.Input = "" })},
	{"drops what a revision is based on", "RoundTrip", saving(func(_ *kb.Article, r *[]kb.Revision) {
		for i := range *r {
			(*r)[i].Based = 7
		}
	})},
	{"drops what search engines are told", "RoundTrip", saving(func(_ *kb.Article, r *[]kb.Revision) {
		for i := range *r {
			(*r)[i].SEOTitle, (*r)[i].Description = "", ""
		}
	})},
	{"drops fields", "RoundTrip", saving(func(a *kb.Article, _ *[]kb.Revision) { a.Fields = nil })},
	{"adds fields to those it had", "Replace", func(s kb.Store) faulty {
		return faulty{saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
			if old, err := s.Article(ctx, a.ID); err == nil {
				fields := maps.Clone(old.Fields)
				maps.Copy(fields, a.Fields)
				a.Fields = fields
			}
			return s.SaveArticle(ctx, a, r...)
		}}
	}},
	{"shares its fields", "Aliasing", func(s kb.Store) faulty {
		kept := map[string]map[string]string{}
		return faulty{
			saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
				kept[a.ID] = a.Fields
				return s.SaveArticle(ctx, a, r...)
			},
			article: func(ctx context.Context, id string) (kb.Article, error) {
				a, err := s.Article(ctx, id)
				a.Fields = kept[id]
				return a, err
			},
		}
	}},
	{"answers in local time", "RoundTrip", reading(func(a *kb.Article) { a.UpdatedAt = a.UpdatedAt.In(time.FixedZone("X", 3600)) })},
	{"cuts times to seconds", "RoundTrip", saving(func(a *kb.Article, _ *[]kb.Revision) { a.ShownAt = a.ShownAt.Truncate(time.Second) })},
	{"forgets when there was news", "RoundTrip", saving(func(a *kb.Article, _ *[]kb.Revision) {
		for i := range a.Translations {
			a.Translations[i].NewsAt = time.Time{}
		}
	})},
	{"takes each showing for news", "RoundTrip", saving(func(a *kb.Article, _ *[]kb.Revision) {
		for i := range a.Translations {
			a.Translations[i].NewsAt = a.Translations[i].UpdatedAt
		}
	})},
	{"invents a first showing", "RoundTrip", saving(func(a *kb.Article, _ *[]kb.Revision) { a.ShownAt = a.CreatedAt })},
	{"keeps the first audience", "Replace", func(s kb.Store) faulty {
		first := map[string]profile.Audience{}
		return faulty{saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
			if _, ok := first[a.ID]; !ok {
				first[a.ID] = a.Audience
			}
			a.Audience = first[a.ID]
			return s.SaveArticle(ctx, a, r...)
		}}
	}},
	{"saves as many of several as it can", "Together", func(s kb.Store) faulty {
		return faulty{saveArticles: func(ctx context.Context, articles []kb.Article) error {
			for _, a := range articles {
				if err := s.SaveArticle(ctx, a); err != nil {
					return err
				}
			}
			return nil
		}}
	}},
	{"saves one of several", "Together", func(s kb.Store) faulty {
		return faulty{saveArticles: func(ctx context.Context, articles []kb.Article) error {
			return s.SaveArticles(ctx, articles[:min(1, len(articles))])
		}}
	}},
	{"keeps the audience of each of several", "Together", func(s kb.Store) faulty {
		return faulty{saveArticles: func(ctx context.Context, articles []kb.Article) error {
			articles = slices.Clone(articles)
			for i, a := range articles {
				if old, err := s.Article(ctx, a.ID); err == nil {
					articles[i].Audience = old.Audience
				}
			}
			return s.SaveArticles(ctx, articles)
		}}
	}},
	{"overwrites what is there", "Taken", func(s kb.Store) faulty {
		return faulty{saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
			if old, err := s.Article(ctx, a.ID); err == nil && a.Version == 1 {
				a.Version = old.Version + 1
			}
			return s.SaveArticle(ctx, a, r...)
		}}
	}},
	{"answers zero for what is not there", "Missing", func(s kb.Store) faulty {
		return faulty{article: func(ctx context.Context, id string) (kb.Article, error) {
			a, err := s.Article(ctx, id)
			if errors.Is(err, kb.ErrNotFound) {
				err = nil
			}
			return a, err
		}}
	}},
	{"takes feedback on nothing", "Missing", func(s kb.Store) faulty {
		return faulty{addFeedback: func(ctx context.Context, f kb.Feedback) error {
			if err := s.AddFeedback(ctx, f); !errors.Is(err, kb.ErrNotFound) {
				return err
			}
			return nil
		}}
	}},
	{"ignores versions", "Version", forgivingSave(func(err error) bool { return errors.Is(err, kb.ErrConflict) })},
	{"checks versions, then writes", "VersionRace", racing},
	{"keeps revisions of what it refuses", "Whole", keepingHalf},
	{"tells of what it refused", "Whole", func(s kb.Store) faulty {
		refused := false
		return faulty{
			saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
				err := s.SaveArticle(ctx, a, r...)
				refused = refused || err != nil
				return err
			},
			changes: func(ctx context.Context, after string, limit int) ([]string, string, error) {
				ids, next, err := s.Changes(ctx, after, limit)
				if refused && len(ids) > 0 {
					ids = append(ids, "a2")
				}
				return ids, next, err
			},
		}
	}},
	{"shares its slices", "Aliasing", sharing},
	{"shares the media of revisions", "Aliasing", func(s kb.Store) faulty {
		kept := map[int]kb.Revision{}
		return faulty{revision: func(ctx context.Context, article, locale string, number int) (kb.Revision, error) {
			if r, ok := kept[number]; ok {
				return r, nil
			}
			r, err := s.Revision(ctx, article, locale, number)
			kept[number] = r
			return r, err
		}}
	}},
	{"gives revisions with their bodies", "Revisions", listing(func(r *kb.Revision) { r.Body = "# Text\n\nof a1" })},
	{"lists old revisions first", "Revisions", func(s kb.Store) faulty {
		return faulty{revisions: func(ctx context.Context, article, locale string, before, limit int) ([]kb.Revision, error) {
			list, err := s.Revisions(ctx, article, locale, before, limit)
			slices.Reverse(list)
			return list, err
		}}
	}},
	{"lists revisions from the newest always", "Revisions", func(s kb.Store) faulty {
		return faulty{revisions: func(ctx context.Context, article, locale string, _, limit int) ([]kb.Revision, error) {
			return s.Revisions(ctx, article, locale, 0, limit)
		}}
	}},
	{"trims text", "OddText", saving(func(a *kb.Article, _ *[]kb.Revision) { a.Owner = strings.TrimSpace(a.Owner) })},
	{"escapes quotes", "OddText", saving(func(_ *kb.Article, r *[]kb.Revision) {
		for i := range *r {
			(*r)[i].Body = strings.ReplaceAll((*r)[i].Body, `'`, `''`)
		}
	})},
	{"repairs broken text", "BadText", saving(func(a *kb.Article, r *[]kb.Revision) {
		a.Owner = strings.ToValidUTF8(strings.ReplaceAll(a.Owner, "\x00", ""), "?")
	})},
	{"moves odd times into range", "BadTimes", saving(func(a *kb.Article, _ *[]kb.Revision) {
		if y := a.ShownAt.Year(); !a.ShownAt.IsZero() && (y < 1 || y > 9999) {
			a.ShownAt = time.Unix(0, 0)
		}
	})},
	{"does not notice a cancelled context", "Cancelled", func(s kb.Store) faulty {
		return faulty{saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
			return s.SaveArticle(context.WithoutCancel(ctx), a, r...)
		}}
	}},
}

// TestBroken feeds the suite a store for each fault.
func TestBroken(t *testing.T) {
	checks := kbtest.Checks()
	for _, b := range allBroken() {
		t.Run(b.name, func(t *testing.T) {
			check, ok := checks[b.caughtBy]
			require.True(t, ok, "there is no promise %s", b.caughtBy)
			require.True(t, fails(t, check, b.fault), "%s does not find it", b.caughtBy)
		})
	}
	t.Logf("%d faulty stores", len(allBroken()))
}

// TestSound shows that the harness itself is not what fails.
func TestSound(t *testing.T) {
	for name, check := range kbtest.Checks() {
		t.Run(name, func(t *testing.T) {
			require.False(t, fails(t, check, func(kb.Store) faulty { return faulty{} }))
		})
	}
}

// TestEveryPromiseIsTested requires a fault for each sentence of the contract.
func TestEveryPromiseIsTested(t *testing.T) {
	caught := map[string]bool{}
	for _, b := range allBroken() {
		caught[b.caughtBy] = true
	}
	for name := range kbtest.Checks() {
		require.True(t, caught[name], "no faulty store is caught by %s", name)
	}
}

// TestFailingCountsEveryCall calls each method of a failing store, with zero
// arguments.
func TestFailingCountsEveryCall(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	store := reflect.TypeFor[kb.Store]()
	for _, fault := range []kbtest.Fault{kbtest.FaultBefore, kbtest.FaultAfter} {
		f := kbtest.NewFailing(memkb.New(), 1, fault)
		for i := range store.NumMethod() {
			m := reflect.ValueOf(f).MethodByName(store.Method(i).Name)
			args := []reflect.Value{reflect.ValueOf(ctx)}
			for j := 1; j < m.Type().NumIn() && !(m.Type().IsVariadic() && j == m.Type().NumIn()-1); j++ {
				args = append(args, reflect.Zero(m.Type().In(j)))
			}
			out := m.Call(args)
			require.Equal(t, i+1, f.Calls(), store.Method(i).Name)
			if err, _ := out[len(out)-1].Interface().(error); i == 0 && fault == kbtest.FaultBefore {
				require.ErrorIs(t, err, kbtest.ErrInjected)
			}
		}
	}
}
