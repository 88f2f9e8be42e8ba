package matrix_test

import (
	"context"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// finding returns an operation of the engine that should find an article.
func finding(name string, find func(ctx context.Context, w *world, by profile.Actor) (got any, groups []string, err error), routes ...string) operation {
	return operation{name: "search." + name, on: "article", routes: routes, call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
		got, groups, err := find(ctx, w, by)
		return got, lists(groups, func(g string) bool { return g == "article/"+w.article[state].ID }), err
	}}
}

func groupsOf(hits []search.Hit) []string {
	var out []string
	for _, h := range hits {
		out = append(out, h.Group)
	}
	return out
}

func engineOperations() []operation {
	return []operation{
		finding("Search", func(ctx context.Context, w *world, by profile.Actor) (any, []string, error) {
			res, err := w.engine.Search(ctx, by, search.Query{Text: "guide", Facets: []string{"category"}, Limit: 50})
			return res, groupsOf(res.Hits), err
		}, "search.search"),
		finding("Suggest", func(ctx context.Context, w *world, by profile.Actor) (any, []string, error) {
			list, err := w.engine.Suggest(ctx, by, "gui", "en", 20)
			var groups []string
			for _, s := range list {
				groups = append(groups, s.Group)
			}
			return list, groups, err
		}, "search.suggestions"),
		finding("Related", func(ctx context.Context, w *world, by profile.Actor) (any, []string, error) {
			hits, err := w.engine.Related(ctx, by, search.Like{Group: "article/none", Title: "guide", Locale: "en", Limit: 50})
			return hits, groupsOf(hits), err
		}),
		overall("search.Clicked", func(ctx context.Context, w *world, by profile.Actor) error { return w.engine.Clicked(ctx, by, w.click) }, "search.click"),
		overall("search.Rebuild", func(ctx context.Context, w *world, by profile.Actor) error { return w.engine.Rebuild(ctx, by) }),
		overall("search.Search/explain", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.engine.Search(ctx, by, search.Query{Text: "guide", Explain: true})
			return err
		}),
	}
}
