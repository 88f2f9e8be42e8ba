package kbtest_test

import (
	"context"
	"slices"
	"time"

	"github.com/stoa-go/stoa/kb"
)

// faultyBin are the faults that a store can have with what is removed for good.
type faultyBin struct {
	purge func(ctx context.Context, id string, version int, held []string) (bool, error)
}

func (f faulty) PurgeArticle(ctx context.Context, id string, version int, held []string) (bool, error) {
	return or(&f.purge, f.purge != nil, f.Store.PurgeArticle)(ctx, id, version, held)
}

// purging takes the place of removing an article for good.
func purging(do func(ctx context.Context, s kb.Store, id string, version int, held []string) (bool, error)) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyBin: faultyBin{purge: func(ctx context.Context, id string, version int, held []string) (bool, error) {
			return do(ctx, s, id, version, held)
		}}}
	}
}

var brokenBin = []broke{
	{"forgets what is in the bin", "Bin", reading(func(a *kb.Article) { a.DeletedAt = time.Time{} })},
	{"forgets who deleted", "Bin", saving(func(a *kb.Article, _ *[]kb.Revision) { a.DeletedBy = "" })},
	{"lists the bin at the desk", "Bin", atDesk(func(_ *kb.DeskScope, q *kb.ManuscriptQuery) { q.Binned = false })},
	{"counts the bin at the desk", "Bin", func(s kb.Store) faulty {
		return faulty{countDesk: func(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery, most int) (int, error) {
			n, err := s.CountManuscripts(ctx, scope, q, most)
			q.Binned = !q.Binned
			more, _ := s.CountManuscripts(ctx, scope, q, most)
			return n + more, err
		}}
	}},
	{"goes on listing plans", "BinQuiet", func(s kb.Store) faulty {
		var kept []kb.Plan
		return faulty{faultyProcess: faultyProcess{
			savePlan: func(ctx context.Context, p kb.Plan) error { kept = append(kept, p); return s.SavePlan(ctx, p) },
			plans:    func(context.Context, kb.PlanQuery) ([]kb.Plan, string, error) { return kept, "", nil },
		}}
	}},
	{"never lists again", "BinQuiet", func(s kb.Store) faulty {
		return faulty{faultyProcess: faultyProcess{reviews: func(ctx context.Context, q kb.ReviewQuery) ([]kb.Review, string, error) {
			page, next, err := s.Reviews(ctx, q)
			return slices.DeleteFunc(page, func(r kb.Review) bool { return r.Article == "a" }), next, err
		}}}
	}},
	{"empties without telling", "Purge", func(s kb.Store) faulty {
		return faulty{changes: func(ctx context.Context, after string, limit int) ([]string, string, error) {
			ids, next, err := s.Changes(ctx, after, limit)
			return slices.DeleteFunc(ids, func(id string) bool { _, err := s.Article(ctx, id); return err != nil }), next, err
		}}
	}},
	{"says that it emptied", "Purge", purging(func(context.Context, kb.Store, string, int, []string) (bool, error) { return true, nil })},
	{"keeps addresses for good", "Purge", func(s kb.Store) faulty {
		gone := map[string]bool{}
		return faulty{
			holder: func(ctx context.Context, slug string) (string, error) {
				if gone[slug] {
					return "a", nil
				}
				return s.Holder(ctx, slug)
			},
			faultyBin: faultyBin{purge: func(ctx context.Context, id string, version int, held []string) (bool, error) {
				a, _ := s.Article(ctx, id)
				for _, t := range a.Translations {
					gone[t.Slug] = true
				}
				return s.PurgeArticle(ctx, id, version, held)
			}},
		}
	}},
	{"purges whatever the version", "PurgeRefused", purging(func(ctx context.Context, s kb.Store, id string, version int, held []string) (bool, error) {
		if a, err := s.Article(ctx, id); err == nil {
			version = a.Version
		}
		return s.PurgeArticle(ctx, id, version, held)
	})},
	{"purges what is held", "PurgeRefused", purging(func(ctx context.Context, s kb.Store, id string, version int, _ []string) (bool, error) {
		return s.PurgeArticle(ctx, id, version, nil)
	})},
}
