package kbtest_test

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
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
	return slices.Concat(broken, brokenDesks, brokenProcess, brokenBlocks, brokenWorking, brokenHandling, brokenNotes, brokenBin, brokenMedia, brokenLinks, brokenTargets)
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
	{"removes categories that are not empty", "CategoryRemoved", func(s kb.Store) faulty {
		return faulty{dropCategory: func(ctx context.Context, id string, version int, stamp string) error {
			err := s.RemoveCategory(ctx, id, version, stamp)
			if id == "full" {
				return nil
			}
			return err
		}}
	}},
	{"removes categories whatever others do", "CategoryRemoved", func(s kb.Store) faulty {
		return faulty{dropCategory: func(ctx context.Context, id string, version int, _ string) error {
			stamp, _, _ := s.Stamps(ctx)
			return s.RemoveCategory(ctx, id, version, stamp)
		}}
	}},
	{"puts articles into what was removed", "CategoryGone", func(s kb.Store) faulty {
		return faulty{saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
			err := s.SaveArticle(ctx, a, r...)
			all, _, _ := s.Categories(ctx)
			if errors.Is(err, kb.ErrConflict) && !slices.ContainsFunc(all, func(c kb.Category) bool { return c.ID == a.Category }) {
				return nil
			}
			return err
		}}
	}},
	{"puts one of several into what was removed", "CategoryGone", func(s kb.Store) faulty {
		return faulty{saveArticles: func(ctx context.Context, articles []kb.Article) error {
			for i := range articles {
				if err := s.SaveArticles(ctx, articles[i:i+1]); err != nil {
					return err
				}
			}
			return nil
		}}
	}},
	{"knows what was removed for ever", "CategoryGone", func(s kb.Store) faulty {
		var gone sync.Map
		return faulty{
			dropCategory: func(ctx context.Context, id string, version int, stamp string) error {
				err := s.RemoveCategory(ctx, id, version, stamp)
				if err == nil {
					gone.Store(id, true)
				}
				return err
			},
			saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
				if _, there := gone.Load(a.Category); there {
					return kb.ErrConflict
				}
				return s.SaveArticle(ctx, a, r...)
			},
		}
	}},
	{"keeps what it removes", "CategoryRemoved", func(kb.Store) faulty {
		return faulty{dropCategory: func(ctx context.Context, _ string, _ int, _ string) error { return ctx.Err() }}
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
	{"forgets old slugs", "Slugs", func(s kb.Store) faulty {
		return faulty{slug: func(ctx context.Context, slug string) (string, error) {
			id, err := s.Slug(ctx, slug)
			a, _ := s.Article(ctx, id)
			if err == nil && !slices.ContainsFunc(a.Translations, func(t kb.Translation) bool { return t.Slug == slug }) {
				return "", kb.ErrNotFound
			}
			return id, err
		}}
	}},
	{"finds what was never shown", "SlugsShown", func(s kb.Store) faulty {
		return faulty{slug: s.Holder}
	}},
	{"holds only what was shown", "SlugsShown", func(s kb.Store) faulty {
		return faulty{holder: s.Slug}
	}},
	{"has slugs for each language apart", "Slugs", func(s kb.Store) faulty {
		return faulty{saveArticle: func(ctx context.Context, a kb.Article, r ...kb.Revision) error {
			err := s.SaveArticle(ctx, a, r...)
			if a.ID == "a2" && errors.Is(err, kb.ErrConflict) && a.Translations[0].Slug != "zu-a2" {
				return nil
			}
			return err
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
	{"counts drafts among the visible", "Filters", asking(func(q *kb.ArticleQuery) { q.Visible = false })},
	{"takes no categories for all", "Filters", asking(func(q *kb.ArticleQuery) {
		if len(q.Categories) == 0 {
			q.Categories = nil
		}
	})},
	{"takes no IDs for all", "Filters", asking(func(q *kb.ArticleQuery) {
		if len(q.IDs) == 0 {
			q.IDs = nil
		}
	})},
	{"ignores products", "Filters", asking(func(q *kb.ArticleQuery) { q.Product = "" })},
	{"ignores kinds", "Filters", asking(func(q *kb.ArticleQuery) { q.Kinds = nil })},
	{"ignores the sight", "Sight", asking(func(q *kb.ArticleQuery) { q.Sight = nil })},
	{"takes + for or", "Sight", saving(func(a *kb.Article, _ *[]kb.Revision) {
		a.Audience = strings.Split(strings.Join(a.Audience, "+"), "+")
		if a.Audience[0] == "" {
			a.Audience = nil
		}
	})},
	{"counts what readers are not shown", "Counts", func(s kb.Store) faulty {
		return faulty{counts: func(ctx context.Context) ([]kb.Count, error) {
			page, _, err := s.Articles(ctx, kb.ArticleQuery{Limit: 1000})
			return counted(page), err
		}}
	}},
	{"counts without regard to the audience", "Counts", func(s kb.Store) faulty {
		return faulty{counts: func(ctx context.Context) ([]kb.Count, error) {
			page, _, err := s.Articles(ctx, kb.ArticleQuery{Visible: true, Limit: 1000})
			for i := range page {
				page[i].Audience = profile.Public()
			}
			return counted(page), err
		}}
	}},
	{"ends after a page", "Pages", paging(func(_ kb.ArticleQuery, page []kb.Article, _ string) ([]kb.Article, string) { return page, "" })},
	{"repeats where a page begins", "Pages", repeating},
	{"sorts by the rules of a language", "Pages", paging(func(_ kb.ArticleQuery, page []kb.Article, next string) ([]kb.Article, string) {
		slices.SortStableFunc(page, func(a, b kb.Article) int {
			return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(strings.ToLower(a.ID), strings.ToLower(b.ID)))
		})
		return page, next
	})},
	{"has one more on a page", "Pages", asking(func(q *kb.ArticleQuery) { q.Limit++ })},
	{"knows one order", "PagesUpdated", asking(func(q *kb.ArticleQuery) { q.Order = kb.OrderPlace })},
	{"starts over for a bad token", "BadToken", func(s kb.Store) faulty {
		return faulty{articles: func(ctx context.Context, q kb.ArticleQuery) ([]kb.Article, string, error) {
			page, next, err := s.Articles(ctx, q)
			if errors.Is(err, kb.ErrInvalid) {
				q.After = ""
				return s.Articles(ctx, q)
			}
			return page, next, err
		}}
	}},
	{"forgets to log a change", "Changes", func(s kb.Store) faulty {
		return faulty{changes: func(ctx context.Context, after string, limit int) ([]string, string, error) {
			ids, next, err := s.Changes(ctx, after, limit)
			return slices.DeleteFunc(ids, func(id string) bool { return id == "a3" }), next, err
		}}
	}},
	{"tells of changes out of order", "Changes", func(s kb.Store) faulty {
		return faulty{changes: func(ctx context.Context, after string, limit int) ([]string, string, error) {
			ids, next, err := s.Changes(ctx, after, limit)
			slices.Sort(ids)
			return ids, next, err
		}}
	}},
	{"logs nothing for a category", "ChangesOfCategory", placing(func(_ kb.Store, _ *kb.Category, _ *string, moved *[]string) { *moved = nil })},
	{"logs all for a category", "ChangesOfCategory", placing(func(_ kb.Store, _ *kb.Category, _ *string, moved *[]string) { *moved = []string{"c1", "c2"} })},
	{"starts over for a bad cursor", "ChangesBadCursor", func(s kb.Store) faulty {
		return faulty{changes: func(ctx context.Context, after string, limit int) ([]string, string, error) {
			if _, err := strconv.Atoi(after); err != nil {
				after = ""
			}
			return s.Changes(ctx, after, limit)
		}}
	}},
	{"waits for ever", "Wait", func(kb.Store) faulty {
		return faulty{wait: func(ctx context.Context, _ string) error { return nil }}
	}},
	{"has one stamp for ever", "Stamps", func(kb.Store) faulty {
		return faulty{stamps: func(ctx context.Context) (string, string, error) { return "1", "1", nil }}
	}},
	{"stamps articles only", "Stamps", func(s kb.Store) faulty {
		var at string
		return faulty{stamps: func(ctx context.Context) (string, string, error) {
			places, content, err := s.Stamps(ctx)
			if places == "0" {
				at = content
			}
			return places, at, err
		}}
	}},
	{"shares the labels of categories", "Categories", sharingLabels},
	{"drops a category's icon", "Categories", placing(func(_ kb.Store, c *kb.Category, _ *string, _ *[]string) { c.Order = 0 })},
	{"ignores the stamp", "CategoryStamp", placing(func(s kb.Store, _ *kb.Category, stamp *string, _ *[]string) {
		*stamp, _, _ = s.Stamps(context.Background())
	})},
	{"lets categories share slugs", "CategorySlugs", func(s kb.Store) faulty {
		return faulty{saveCategory: func(ctx context.Context, c kb.Category, stamp string, moved []string) error {
			if err := s.SaveCategory(ctx, c, stamp, moved); !errors.Is(err, kb.ErrConflict) {
				return err
			}
			return nil
		}}
	}},
	{"is another installation each time", "Installation", func(kb.Store) faulty {
		return faulty{installation: func(_ context.Context, fresh string) (string, error) { return fresh, nil }}
	}},
	{"keeps the first redirect", "Redirects", func(s kb.Store) faulty {
		first := map[string]kb.Redirect{}
		return faulty{redirect: func(ctx context.Context, from string) (kb.Redirect, error) {
			r, err := s.Redirect(ctx, from)
			if _, ok := first[from]; !ok {
				first[from] = r
			}
			return first[from], err
		}}
	}},
	{"names redirects to anything", "Redirects", func(s kb.Store) faulty {
		return faulty{redirectsTo: func(ctx context.Context, _ ...string) ([]kb.Redirect, error) {
			return s.RedirectsTo(ctx, "article/a1", "article/a2", "category/c1")
		}}
	}},
	{"names no former slug", "Former slugs", func(s kb.Store) faulty {
		return faulty{slugs: func(ctx context.Context, article string) ([]string, error) {
			all, err := s.Slugs(ctx, article)
			return all[:min(len(all), 1)], err
		}}
	}},
	{"keeps feedback twice", "Feedback", func(s kb.Store) faulty {
		return faulty{addFeedback: func(ctx context.Context, f kb.Feedback) error {
			if err := s.AddFeedback(ctx, f); !errors.Is(err, kb.ErrConflict) {
				return err
			}
			return nil
		}}
	}},
	{"pages of feedback end early", "FeedbackAmong", func(s kb.Store) faulty {
		return faulty{feedback: func(ctx context.Context, q kb.FeedbackQuery) ([]kb.Feedback, string, error) {
			all := q
			all.Among, all.Owner = nil, ""
			page, next, err := s.Feedback(ctx, all)
			kept, _, _ := s.Feedback(ctx, kb.FeedbackQuery{Article: q.Article, Among: q.Among, Owner: q.Owner, Limit: 1000})
			page = slices.DeleteFunc(page, func(f kb.Feedback) bool { return !slices.Contains(kept, f) })
			if len(page) == 0 {
				next = ""
			}
			return page, next, err
		}}
	}},
	{"counts every opinion", "Ratings", func(s kb.Store) faulty {
		return faulty{ratings: func(ctx context.Context, articles []string) (map[string]kb.Rating, error) {
			out, err := s.Ratings(ctx, articles)
			for id := range out {
				out[id] = kb.Rating{}
			}
			page, _, _ := s.Feedback(ctx, kb.FeedbackQuery{Limit: 1000})
			for _, f := range page {
				if r, ok := out[f.Article]; ok {
					if f.Helpful {
						r.Helpful++
					} else {
						r.Unhelpful++
					}
					out[f.Article] = r
				}
			}
			return out, err
		}}
	}},
	{"ignores among what", "FeedbackAmong", opining(func(q *kb.FeedbackQuery) { q.Among = nil })},
	{"ignores the owner", "FeedbackAmong", opining(func(q *kb.FeedbackQuery) { q.Owner = "" })},
	{"shares the bytes of media", "Media", func(s kb.Store) faulty {
		return faulty{media: func(ctx context.Context, name string) (kb.Media, error) {
			m, err := s.Media(ctx, name)
			m.Data = []byte(strings.ToValidUTF8(string(m.Data), "?"))
			return m, err
		}}
	}},
	{"takes all uses for live ones", "MediaUses", func(s kb.Store) faulty {
		return faulty{uses: func(ctx context.Context, name string) ([]kb.MediaUse, error) {
			uses, err := s.MediaUses(ctx, name)
			for i := range uses {
				uses[i].Live = true
			}
			return uses, err
		}}
	}},
	{"forgets who wrote what shows media", "MediaUses", func(s kb.Store) faulty {
		return faulty{uses: func(ctx context.Context, name string) ([]kb.MediaUse, error) {
			uses, err := s.MediaUses(ctx, name)
			for i := range uses {
				uses[i].Author = "ann"
			}
			return uses, err
		}}
	}},
	{"forgets who put media there", "Media", func(s kb.Store) faulty {
		return faulty{media: func(ctx context.Context, name string) (kb.Media, error) {
			m, err := s.Media(ctx, name)
			m.Owner = ""
			return m, err
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
