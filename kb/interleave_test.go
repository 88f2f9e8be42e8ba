package kb_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// A hooked store does something before its nth call that reads, or after it.
type hooked struct {
	kb.Store
	nth   int
	after bool
	do    func()
}

func ask[T any](h *hooked, call func() (T, error)) (T, error) {
	h.nth--
	hit := h.nth == 0
	if hit && !h.after {
		h.do()
	}
	v, err := call()
	if hit && h.after {
		h.do()
	}
	return v, err
}

func (h *hooked) Article(ctx context.Context, id string) (kb.Article, error) {
	return ask(h, func() (kb.Article, error) { return h.Store.Article(ctx, id) })
}

func (h *hooked) Slug(ctx context.Context, slug string) (string, error) {
	return ask(h, func() (string, error) { return h.Store.Slug(ctx, slug) })
}

func (h *hooked) Revision(ctx context.Context, article, locale string, number int) (kb.Revision, error) {
	return ask(h, func() (kb.Revision, error) { return h.Store.Revision(ctx, article, locale, number) })
}

func (h *hooked) CountArticles(ctx context.Context) ([]kb.Count, error) {
	return ask(h, func() ([]kb.Count, error) { return h.Store.CountArticles(ctx) })
}

func (h *hooked) Articles(ctx context.Context, q kb.ArticleQuery) (page []kb.Article, next string, err error) {
	page, err = ask(h, func() ([]kb.Article, error) {
		list, token, err := h.Store.Articles(ctx, q)
		next = token
		return list, err
	})
	return page, next, err
}

func (h *hooked) Categories(ctx context.Context) (all []kb.Category, stamp string, err error) {
	all, err = ask(h, func() ([]kb.Category, error) {
		list, s, err := h.Store.Categories(ctx)
		stamp = s
		return list, err
	})
	return all, stamp, err
}

func (h *hooked) Stamps(ctx context.Context) (places, content string, err error) {
	places, err = ask(h, func() (string, error) {
		p, c, err := h.Store.Stamps(ctx)
		content = c
		return p, err
	})
	return places, content, err
}

// TestChangesWhileAPageIsMade has a change happen before and after each call to
// the store while a page is made. Whatever that page was, the next is the new one.
func TestChangesWhileAPageIsMade(t *testing.T) {
	changes := map[string]func(w *world, a kb.Article){
		"edit":   func(w *world, a kb.Article) { w.edit(a, "The new text.") },
		"rename": func(w *world, a kb.Article) { w.publish(w.renamed(a), "en") },
		"close": func(w *world, a kb.Article) {
			w.arrange(a, func(m *kb.Meta) { m.Audience = profile.NewAudience("staff") })
		},
		"related": func(w *world, a kb.Article) { w.edit(w.byTitle("About linked"), "Another text.") },
		"category": func(w *world, _ kb.Article) {
			c, err := w.CategoryDraft(w.ctx(), admin, "c")
			require.NoError(w.t, err)
			c.Audience = profile.NewAudience("partner")
			_, err = w.SaveCategory(w.ctx(), admin, c)
			require.NoError(w.t, err)
		},
	}
	for name, change := range changes {
		for _, after := range []bool{false, true} {
			hits := 0
			for nth := 1; ; nth++ {
				w := newWorld(t)
				w.place("c", "", "public")
				linked := w.show(draft("linked", "c", "public"))
				d := draft("hubs", "c", "public")
				d.Body, d.Related = "See [it](article:"+linked.ID+").", []string{linked.ID}
				a := w.show(d)
				done := false
				h := &hooked{Store: w.store, nth: nth, after: after, do: func() { w.tick(); change(w, a); done = true }}
				l := kb.NewLibrary(h, w.options())
				_, _ = l.Article(w.ctx(), ann, a.ID, "en")
				_, _ = l.Find(w.ctx(), ann, "en", "about-hubs")
				if !done {
					break
				}
				hits++
				fresh := w.again()
				for _, by := range []profile.Actor{ann, partner, agent} {
					want, wantErr := fresh.Article(w.ctx(), by, a.ID, "en")
					got, err := l.Article(w.ctx(), by, a.ID, "en")
					require.Equal(t, wantErr, err, "%s at call %d", name, nth)
					require.Equal(t, want, got, "%s at call %d", name, nth)
					wantFound, wantErr := fresh.Find(w.ctx(), by, "en", "about-hubs")
					found, err := l.Find(w.ctx(), by, "en", "about-hubs")
					require.Equal(t, wantErr, err, "%s at call %d", name, nth)
					require.Equal(t, wantFound, found, "%s at call %d", name, nth)
				}
			}
			require.Greater(t, hits, 8)
		}
	}
}

// renamed gives an article another address.
func (w *world) renamed(a kb.Article) kb.Article {
	w.t.Helper()
	a, err := w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: "Renamed", Slug: "renamed", Body: "x"})
	require.NoError(w.t, err)
	return a
}

// TestFindingAgainAsksOnce: an address that was found is found again with one
// question, whether anything has changed.
func TestFindingAgainAsksOnce(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	w.show(draft("hubs", "c", "public"))
	h := &hooked{Store: w.store}
	l := kb.NewLibrary(h, w.options())
	first, err := l.Find(w.ctx(), ann, "en", "about-hubs")
	require.NoError(t, err)
	h.nth = 0
	again, err := l.Find(w.ctx(), partner, "en", "about-hubs")
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Equal(t, -1, h.nth, "calls of the store")
}
