package kb

import (
	"context"

	"github.com/stoa-go/stoa/analytics"
)

// A gathering stands for a store while many articles are changed: it has read
// them all at once, and keeps what is written and recorded for later. It serves one
// call.
type gathering struct {
	Store
	categories, content string // stamps
	read                map[string]Article
	kept                []Article
	events              []analytics.Event
}

// gather reads articles of a store, and its stamps.
func (l *Library) gather(ctx context.Context, store Store, ids []string) (*gathering, error) {
	g := &gathering{Store: store, read: map[string]Article{}}
	var err error
	if g.categories, g.content, err = store.Stamps(ctx); err != nil || len(ids) == 0 {
		return g, err
	}
	page, _, err := store.Articles(ctx, ArticleQuery{IDs: ids, Limit: len(ids)})
	for _, a := range page {
		g.read[a.ID] = a
	}
	return g, err
}

// over returns a library with the rules of l that keeps to a store.
func (l *Library) over(g *gathering) *Library {
	return NewLibrary(g, &Options{
		Events: g, Policy: l.policy, Logger: l.log, Now: l.now, Locales: l.locales, Types: l.types, Choose: l.choose, Path: l.path, Word: l.word,
		Process: l.process, Actor: l.actor,
	})
}

// Stamps implements [CategoryStore].
func (g *gathering) Stamps(context.Context) (categories, content string, err error) {
	return g.categories, g.content, nil
}

// Article implements [ArticleStore].
func (g *gathering) Article(ctx context.Context, id string) (Article, error) {
	if a, ok := g.read[id]; ok {
		return a.clone(), nil
	}
	return g.Store.Article(ctx, id)
}

// SaveArticle implements [ArticleStore]: it is saved later. Whoever changes one
// twice is told then.
func (g *gathering) SaveArticle(_ context.Context, a Article, _ ...Revision) error {
	g.read[a.ID] = a.clone()
	g.kept = append(g.kept, a.clone())
	return nil
}

// Record implements [analytics.Recorder]: it is recorded later.
func (g *gathering) Record(_ context.Context, e analytics.Event) { g.events = append(g.events, e) }

// An untouched store takes verifications and keeps none.
type untouched struct{ Store }

// SaveVerification implements [ProcessStore]: it does nothing.
func (untouched) SaveVerification(context.Context, Verification) error { return nil }
