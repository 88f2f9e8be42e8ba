package matrix_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
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
		finding("Search/pinned", func(ctx context.Context, w *world, by profile.Actor) (any, []string, error) {
			res, err := w.engine.Search(ctx, by, search.Query{Text: "pinned things", Limit: 50})
			return res, groupsOf(res.Hits), err
		}),
		finding("Search/impersonal", func(ctx context.Context, w *world, by profile.Actor) (any, []string, error) {
			res, err := w.engine.Search(ctx, by, search.Query{Text: "guide", Limit: 50, Impersonal: true})
			return res, groupsOf(res.Hits), err
		}),
		finding("Titles", func(ctx context.Context, w *world, by profile.Actor) (any, []string, error) {
			titles, err := w.engine.Titles(ctx, by, w.groups())
			return titles, slices.Collect(maps.Keys(titles)), err
		}),
		{name: "search.Followed", on: "article", call: func(ctx context.Context, w *world, by profile.Actor, state string) (any, bool, error) {
			token, found := w.clicks["article/"+w.article[state].ID]
			if !found { // by nobody
				return nil, false, nil
			}
			d, err := w.engine.Followed(ctx, by, token, "en")
			if errors.Is(err, search.ErrNotFound) {
				return nil, false, nil
			}
			return d, true, err
		}},
		overall("search.Clicked", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.engine.Clicked(ctx, by, w.clicks["article/"+w.article["published"].ID])
		}, "search.click"),
		overall("search.Answered", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.engine.Answered(ctx, by, w.answer, true)
		}, "search.answered"),
		overall("search.Rebuild", func(ctx context.Context, w *world, by profile.Actor) error { return w.engine.Rebuild(ctx, by) }),
		overall("search.Search/explain", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.engine.Search(ctx, by, search.Query{Text: "guide", Explain: true})
			return err
		}),
		overall("search.LiveTuning", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.engine.LiveTuning(ctx, by)
			return err
		}, "search.tuning"),
		overall("search.TuningDraft", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.engine.TuningDraft(ctx, by)
			return err
		}, "search.tuning"),
		overall("search.SaveTuning", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.engine.SaveTuning(ctx, by, search.Tuning{}, w.draft(ctx))
			return err
		}, "search.save_tuning"),
		overall("search.DropTuning", func(ctx context.Context, w *world, by profile.Actor) error {
			return w.engine.DropTuning(ctx, by, w.draft(ctx))
		}, "search.drop_tuning"),
		overall("search.PublishTuning", func(ctx context.Context, w *world, by profile.Actor) error {
			revision := w.draft(ctx) + 1
			d := search.TuningDraft{Tuning: w.pinning(), Revision: revision, Open: true}
			if slices.Contains(by.Roles, profile.RoleAdmin) {
				if err := w.tunings.SaveDraft(ctx, d); err != nil {
					return err
				}
			}
			live, err := w.tunings.LiveVersion(ctx)
			if err != nil {
				return err
			}
			_, err = w.engine.PublishTuning(ctx, by, revision, live, "")
			return err
		}, "search.publish_tuning"),
		overall("search.RestoreTuning", func(ctx context.Context, w *world, by profile.Actor) error {
			live, err := w.tunings.LiveVersion(ctx)
			if err != nil {
				return err
			}
			_, err = w.engine.RestoreTuning(ctx, by, 1, live, "")
			return err
		}, "search.restore_tuning"),
		overall("search.TuningVersion", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.engine.TuningVersion(ctx, by, 1)
			return err
		}, "search.tuning_version"),
		overall("search.TuningVersions", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.engine.TuningVersions(ctx, by, 0, 9)
			return err
		}, "search.tuning_versions"),
		overall("search.Preview", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.engine.Preview(ctx, by, search.Rehearsal{Tuning: w.pinning(), Queries: []string{"guide"}, Own: true})
			return err
		}, "search.preview_tuning"),
		overall("search.Trials", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.engine.Trials(ctx, by, 9)
			return err
		}, "search.trials"),
		overall("search.BeginTrial", func(ctx context.Context, w *world, by profile.Actor) error {
			if slices.Contains(by.Roles, profile.RoleAdmin) {
				d := search.TuningDraft{Tuning: w.pinning(), Revision: w.draft(ctx) + 1, Open: true}
				if err := w.tunings.SaveDraft(ctx, d); err != nil {
					return err
				}
				w.stopTrial(ctx)
			}
			_, err := w.engine.BeginTrial(ctx, by, search.TrialTuning, 100)
			w.stopTrial(ctx)
			return err
		}, "search.begin_trial"),
		overall("search.StopTrial", func(ctx context.Context, w *world, by profile.Actor) error {
			if slices.Contains(by.Roles, profile.RoleAdmin) {
				list, err := w.trials.Trials(ctx, 1000)
				if err == nil {
					err = w.trials.BeginTrial(ctx, search.Trial{Number: len(list) + 1, Kind: search.TrialPlain, Share: 1})
				}
				if err != nil {
					return err
				}
				return w.engine.StopTrial(ctx, by, len(list)+1)
			}
			return w.engine.StopTrial(ctx, by, 1)
		}, "search.stop_trial"),
		overall("search.Rankings", func(ctx context.Context, w *world, by profile.Actor) error {
			_, _, err := w.engine.Rankings(ctx, by, search.TrialPlain, "guide", "en")
			return err
		}, "search.trial_rankings"),
		overall("search.Preview/draft", func(ctx context.Context, w *world, by profile.Actor) error {
			_, err := w.engine.Preview(ctx, by, search.Rehearsal{})
			return err
		}, "search.preview_tuning"),
	}
}

// groups returns what the index calls the articles.
func (w *world) groups() []string {
	var out []string
	for _, a := range w.article {
		out = append(out, "article/"+a.ID)
	}
	return out
}

// pinning pins every article: whoever may not see one must not find it.
func (w *world) pinning() search.Tuning {
	return search.Tuning{Pins: []search.Pin{{Queries: []search.Pattern{{Text: "pinned things", Match: search.MatchExact}}, Groups: w.groups()}}}
}

func (w *world) tune(t *testing.T) {
	w.tunings, w.trials = &memsearch.Tunings{}, &memsearch.Trials{}
	require.LessOrEqual(t, len(w.groups()), 10, "no more can be pinned")
	require.NoError(t, w.tunings.Publish(t.Context(), search.TuningVersion{Tuning: w.pinning(), Number: 1, At: w.now.time()}, 0))
}

// draft returns the revision of the draft.
func (w *world) draft(ctx context.Context) int {
	d, _ := w.tunings.Draft(ctx)
	return d.Revision
}

// stopTrial stops the trial that is running, if any.
func (w *world) stopTrial(ctx context.Context) {
	list, _ := w.trials.Trials(ctx, 1)
	for _, t := range list {
		_ = w.engine.StopTrial(ctx, people["admin"], t.Number)
	}
}
