package kb_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

func TestAudiences(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	w.place("partners", "open", "partner", "staff")
	for _, tt := range []struct {
		category string
		audience []string
		seenBy   []profile.Actor
		not      []profile.Actor
	}{
		{"open", []string{"public"}, []profile.Actor{anyone, ann, partner, agent}, nil},
		{"open", []string{"signed-in"}, []profile.Actor{ann, partner, agent}, []profile.Actor{anyone}},
		{"open", []string{"staff"}, []profile.Actor{agent, author}, []profile.Actor{anyone, ann, partner}},
		{"open", []string{"account:acme"}, []profile.Actor{ann}, []profile.Actor{anyone, partner, agent, admin}},
		{"partners", []string{"public"}, []profile.Actor{partner, agent}, []profile.Actor{anyone, ann}},
		{"partners", []string{"staff"}, []profile.Actor{agent}, []profile.Actor{anyone, ann, partner}},
	} {
		a := w.show(draft(fmt.Sprint(tt.category, tt.audience), tt.category, tt.audience...))
		for _, by := range tt.seenBy {
			require.True(t, w.sees(by, a), "%s %v: %s", tt.category, tt.audience, by.ID)
		}
		for _, by := range tt.not {
			require.False(t, w.sees(by, a), "%s %v: %s", tt.category, tt.audience, by.ID)
		}
	}
}

// TestChildrenAreNeverSeenMoreWidely puts articles into random trees and moves
// and closes categories at random. Whoever cannot see all of an article's way
// down cannot see the article, at once, on another instance too.
func TestChildrenAreNeverSeenMoreWidely(t *testing.T) {
	people := []profile.Actor{anyone, ann, partner, agent}
	terms := []string{"public", "signed-in", "partner", "staff", "account:acme", "partner+staff"}
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := newWorld(t)
		second := w.again()
		var tree []kb.Category
		for i := range 12 {
			parent := ""
			if i > 0 && r.IntN(4) > 0 {
				parent = tree[r.IntN(i)].ID
			}
			c, err := w.SaveCategory(w.ctx(), admin, kb.Category{
				ID: fmt.Sprint("c", i), Parent: parent, Audience: profile.NewAudience(terms[r.IntN(len(terms))]),
				Labels: map[string]kb.Label{"en": {Title: fmt.Sprint("C", i)}},
			})
			require.NoError(t, err)
			tree = append(tree, c)
		}
		var articles []kb.Article
		for i := range 12 {
			d := draft(fmt.Sprint(i), tree[r.IntN(len(tree))].ID, terms[r.IntN(len(terms))])
			articles = append(articles, w.show(d))
		}
		for range 10 {
			i := r.IntN(len(tree))
			c := tree[i]
			if r.IntN(2) == 0 {
				c.Audience = profile.NewAudience(terms[r.IntN(len(terms))])
			} else {
				c.Parent = tree[r.IntN(len(tree))].ID
			}
			if saved, err := w.SaveCategory(w.ctx(), admin, c); err == nil {
				tree[i] = saved
			} else {
				require.ErrorIs(t, err, kb.ErrInvalid, "a circle")
			}
			for _, a := range articles {
				for _, by := range people {
					_, err := second.Article(w.ctx(), by, a.ID, "en")
					require.Equal(t, mayRead(by, a, tree), err == nil, "seed %d: %s reads %s in %s", seed, by.ID, a.ID, a.Category)
				}
			}
		}
	}
}

// mayRead says by itself who may read an article.
func mayRead(by profile.Actor, a kb.Article, tree []kb.Category) bool {
	sight := by.Sight()
	if !sight.Admits(a.Audience) {
		return false
	}
	for id := a.Category; id != ""; {
		for _, c := range tree {
			if c.ID != id {
				continue
			}
			if !sight.Admits(c.Audience) {
				return false
			}
			id = c.Parent
			break
		}
	}
	return true
}

// a view is everything that an outsider can get from a library, as text.
func view(t *testing.T, w *world, by profile.Actor, ids []string) string {
	t.Helper()
	var b strings.Builder
	say := func(name string, v any, err error) {
		fmt.Fprintf(&b, "%s: %+v %v\n", name, v, err)
	}
	tree, err := w.Categories(w.ctx(), by, "en")
	say("categories", tree, err)
	for _, id := range []string{"open", "shut", "none"} {
		c, err := w.Category(w.ctx(), by, id, "de")
		say("category", c, err)
		way, err := w.CategoryPath(w.ctx(), by, id, "en")
		say("path", way, err)
		found, err := w.FindCategory(w.ctx(), by, "en", "category-"+id)
		say("find category", found, err)
	}
	for _, q := range []kb.Query{
		{}, {Order: kb.OrderUpdated}, {Category: "open", Below: true}, {Category: "shut"}, {Product: "hub"},
		{Kinds: []kb.Kind{kb.KindHowTo}}, {Limit: 1}, {Limit: 1, Order: kb.OrderUpdated}, {IDs: ids},
	} {
		for e, err := range w.All(w.ctx(), by, q) {
			say(fmt.Sprintf("articles %+v", q), e, err)
		}
		page, next, err := w.Articles(w.ctx(), by, q)
		say("page", page, err)
		say("next", next, nil)
	}
	for _, id := range ids {
		p, err := w.Article(w.ctx(), by, id, "en")
		say("article", p, err)
		v, err := w.Version(w.ctx(), by, id)
		say("version", v, err)
		_, err = w.Manuscript(w.ctx(), by, id)
		say("manuscript", nil, err)
		_, err = w.Rate(w.ctx(), by, kb.Opinion{Article: id, Reason: "no reason"})
		say("rate", nil, err)
	}
	for _, slug := range []string{"hidden-canary", "about-first", "plan"} {
		f, err := w.Find(w.ctx(), by, "en", slug)
		say("find", f, err)
	}
	for _, path := range []string{"/old/hidden", "/old/first", "/old/shut"} {
		ref, err := w.Redirect(w.ctx(), by, path, "en")
		say("redirect", ref, err)
	}
	for _, name := range []string{"secret.png", "shown.png"} {
		m, err := w.Media(w.ctx(), by, name)
		say("media", m, err)
	}
	return b.String()
}

// TestHiddenIsAsIfItDidNotExist compares, byte for byte, what outsiders get
// where something is hidden from them and where it was never written.
func TestHiddenIsAsIfItDidNotExist(t *testing.T) {
	const id = "qnoj64ankvmgjrsqsu66y2tyum" // by which the visible article links to what is hidden
	hide := map[string]func(w *world){
		"draft":    func(w *world) { w.write(hidden("open", "public")) },
		"audience": func(w *world) { w.show(hidden("open", "staff")) },
		"category": func(w *world) {
			w.place("shut", "open", "staff")
			w.show(hidden("shut", "public"))
			require.NoError(t, w.SaveRedirects(w.ctx(), admin, kb.Redirect{From: "/old/shut", To: "category/shut"}))
		},
		"archived": func(w *world) {
			a := w.show(hidden("open", "public"))
			_, err := w.Archive(w.ctx(), reviewer, a.ID, "en", a.Version)
			require.NoError(t, err)
		},
		"deep": func(w *world) {
			w.place("shut", "open", "staff")
			w.place("none", "shut", "public")
			w.show(hidden("none", "public"))
		},
	}
	for name, do := range hide {
		t.Run(name, func(t *testing.T) {
			without := built(t, func(*world) {})
			with := built(t, func(w *world) {
				do(w)
				ids := allIDs(t, w)
				require.Contains(t, ids, id, "the ID that the fixture links to")
				require.NoError(t, w.SaveRedirects(w.ctx(), admin, kb.Redirect{From: "/old/hidden", To: "article/" + id}))
				_, err := w.PutMedia(w.ctx(), author, "secret.png", picture)
				require.NoError(t, err)
			})
			for _, by := range []profile.Actor{anyone, ann, partner} {
				ids := append(allIDs(t, without), id)
				want := view(t, without, by, ids)
				require.NotContains(t, want, "canary-")
				require.Contains(t, want, "About first")
				sameLines(t, want, view(t, with, by, ids))
			}
		})
	}
}

// sameLines fails with the first line that differs.
func sameLines(t *testing.T, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		require.Equal(t, w[i], g[i])
	}
	require.Len(t, g, len(w))
}

// hidden returns a draft whose ID and words are known.
func hidden(category string, audience ...string) kb.Draft {
	d := draft("hidden canary", category, audience...)
	d.Title, d.Body, d.Slug = "canary-title", "canary-body ![x](media:secret.png)", "hidden-canary"
	d.Products, d.Key = []string{"hub"}, "hidden"
	return d
}

// built returns a world with something to see, in which something was hidden
// before.
func built(t *testing.T, hide func(*world)) *world {
	t.Helper()
	w := newWorldOn(t, memkb.New())
	w.place("open", "", "public")
	hide(w)
	w.tick()
	d := draft("first", "open", "public")
	d.Body = "See [the plan](article:qnoj64ankvmgjrsqsu66y2tyum#x) and ![shown](media:shown.png), [self](article:qnoj64ankvmgjrsqsu66y2tyum)."
	d.Products, d.Related = []string{"hub"}, []string{"qnoj64ankvmgjrsqsu66y2tyum"}
	a := w.show(d)
	w.show(draft("second", "open", "public"))
	_, err := w.PutMedia(w.ctx(), author, "shown.png", picture)
	require.NoError(t, err)
	require.NoError(t, w.SaveRedirects(w.ctx(), admin, kb.Redirect{From: "/old/first", To: "article/" + a.ID}))
	return w
}

func allIDs(t *testing.T, w *world) []string {
	t.Helper()
	page, _, err := w.store.Articles(t.Context(), kb.ArticleQuery{Limit: 1000})
	require.NoError(t, err)
	var ids []string
	for _, a := range page {
		ids = append(ids, a.ID)
	}
	return ids
}

// picture is the smallest of its kind.
var picture = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89")

func TestLinksToHiddenArticlesAreText(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	secret := w.show(draft("canary", "c", "staff"))
	open := w.show(draft("open", "c", "public"))
	d := draft("links", "c", "public")
	d.Body = fmt.Sprintf("Read [this](article:%s#part) and [that](article:%s) or [nothing](article:nope).", secret.ID, open.ID)
	d.Related = []string{secret.ID, open.ID}
	a := w.show(d)
	p := w.reads(ann, a.ID)
	require.Equal(t, `<p>Read this and <a href="/articles/about-open">that</a> or nothing.</p>`, strings.TrimSpace(string(p.Text.HTML)))
	require.Equal(t, []string{"About open"}, titles(p.Related))
	p = w.reads(agent, a.ID)
	require.Contains(t, string(p.Text.HTML), `<a href="/articles/about-canary#h-part">this</a>`)
	require.Equal(t, []string{"About canary", "About open"}, titles(p.Related))

	secret = w.arrange(secret, func(m *kb.Meta) { m.Audience = profile.Public() })
	require.Contains(t, string(w.reads(ann, a.ID).Text.HTML), "/articles/about-canary", "at once")
	w.arrange(secret, func(m *kb.Meta) { m.Audience = profile.NewAudience("staff") })
	require.NotContains(t, string(w.reads(ann, a.ID).Text.HTML), "canary")
}

func TestMediaFollowTheirArticles(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	sees := func(by profile.Actor, want bool) {
		t.Helper()
		m, err := w.Media(w.ctx(), by, "leds.png")
		if want {
			require.NoError(t, err, by.ID)
			require.Equal(t, picture, m.Data)
			return
		}
		require.ErrorIs(t, err, kb.ErrNotFound, by.ID)
	}
	_, err := w.PutMedia(w.ctx(), author, "leds.png", picture)
	require.NoError(t, err)
	sees(author, true) // nobody shows it yet: it is for who put it there, and who publishes
	sees(reviewer, true)
	sees(other, false)
	sees(ann, false)

	d := draft("leds", "c", "staff+region-eu")
	d.Body = "![LEDs](media:leds.png)"
	secret := w.show(d)
	sees(ann, false)
	sees(agent, false)
	sees(author, true) // it is theirs
	sees(other, false)
	sees(reviewer, true)

	a := w.show(draft("hubs", "c", "public"))
	a, err = w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: "T", Body: "[file](media:leds.png)"})
	require.NoError(t, err)
	sees(ann, false) // it is only in a draft
	sees(other, false)
	a = w.publish(a, "en")
	sees(anyone, true)
	require.Contains(t, string(w.reads(anyone, a.ID).Text.HTML), `<a href="/media/leds.png">file</a>`)
	a = w.edit(a, "Without.")
	sees(anyone, false)
	w.arrange(secret, func(m *kb.Meta) { m.Audience = profile.Public() })
	sees(anyone, true)
	require.Contains(t, string(w.reads(anyone, secret.ID).Text.HTML), `src="/media/leds.png"`)
}

// TestNamingAPictureOpensNothing: whoever writes the name of a picture into a
// draft has no more of it than before.
func TestNamingAPictureOpensNothing(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		_, err := w.PutMedia(w.ctx(), reviewer, "plan.png", picture)
		require.NoError(t, err)
		sees := func(by profile.Actor, name string) bool {
			t.Helper()
			_, err := w.Media(w.ctx(), by, name)
			if err != nil {
				require.ErrorIs(t, err, kb.ErrNotFound)
			}
			return err == nil
		}
		secret := draft("secret", "c", "account:acme")
		secret.Body = "![plan](media:plan.png)"
		a := w.show(secret)
		require.True(t, sees(ann, "plan.png"))
		require.False(t, sees(author, "plan.png"))

		naming := draft("naming", "c", "public")
		naming.Body = "![x](media:plan.png) ![y](media:next.png)"
		own, err := w.Create(w.ctx(), author, naming)
		require.NoError(t, err)
		require.False(t, sees(author, "plan.png"), "their own draft")
		require.False(t, sees(other, "plan.png"), "a draft that a colleague sees")
		_, err = w.PutMedia(w.ctx(), reviewer, "next.png", picture)
		require.NoError(t, err)
		require.False(t, sees(author, "next.png"), "named before it was there")

		// What is theirs counts, for those who see the draft as well.
		_, err = w.PutMedia(w.ctx(), author, "own.png", picture)
		require.NoError(t, err)
		own, err = w.Edit(w.ctx(), author, own.ID, "en", own.Version, kb.Text{Title: "T", Body: "![x](media:own.png) ![y](media:plan.png)"})
		require.NoError(t, err)
		require.True(t, sees(author, "own.png"))
		require.True(t, sees(other, "own.png"))
		require.False(t, sees(anyone, "own.png"))
		require.False(t, sees(agent, "own.png"))

		// And what a reviewer publishes is theirs to decide.
		w.publish(own, "en")
		require.True(t, sees(author, "plan.png"))
		require.True(t, sees(anyone, "own.png"))
		w.edit(a, "Without it.")
	})
}

func TestMediaChecks(t *testing.T) {
	w := newWorld(t)
	for name, want := range map[string]map[string]string{
		"../x.png":               {"name": "error.field.format"},
		"a..b.png":               {"name": "error.field.format"},
		"":                       {"name": "error.field.format"},
		"a b.png":                {"name": "error.field.format"},
		strings.Repeat("a", 121): {"name": "error.field.format"},
		"nul\x00.png":            {"name": "error.field.format"},
	} {
		_, err := w.PutMedia(w.ctx(), author, name, picture)
		require.Equal(t, want, fields(t, err), "%q", name)
		_, err = w.Media(w.ctx(), author, name)
		require.ErrorIs(t, err, kb.ErrNotFound)
	}
	for name, data := range map[string][]byte{
		"x.png": []byte("<html><script>"), "y.svg": []byte("<html><svg></svg>"), "z.png": []byte("<svg></svg>"), "w.exe": []byte("MZ\x90"),
	} {
		_, err := w.PutMedia(w.ctx(), author, name, data)
		require.Equal(t, map[string]string{"data": "error.media.not_a_picture"}, fields(t, err), name)
	}
	_, err := w.PutMedia(w.ctx(), author, "e.png", nil)
	require.Equal(t, map[string]string{"data": "error.field.required"}, fields(t, err))
	_, err = w.PutMedia(w.ctx(), author, "big.png", append(append([]byte{}, picture...), make([]byte, kb.MaxMedia)...))
	require.Equal(t, map[string]string{"data": "error.media.too_large"}, fields(t, err))
	_, err = w.PutMedia(w.ctx(), ann, "x.png", picture)
	require.ErrorIs(t, err, kb.ErrForbidden)

	m, err := w.PutMedia(w.ctx(), author, "e\u0301.svg", []byte(`<?xml version="1.0"?><svg xmlns="x"/>`))
	require.NoError(t, err)
	require.Equal(t, []string{"\u00e9.svg", "image/svg+xml"}, []string{m.Name, m.Type}, "names are kept in one form")
	_, err = w.PutMedia(w.ctx(), author, "\u00e9.svg", []byte(`<svg>other</svg>`))
	require.ErrorIs(t, err, kb.ErrForbidden, "only publishers replace what readers may see")
	_, err = w.PutMedia(w.ctx(), reviewer, "\u00e9.svg", []byte(`<svg>other</svg>`))
	require.NoError(t, err)
	_, err = w.PutMedia(w.ctx(), author, "\u00e9.svg", []byte(`<svg>other</svg>`))
	require.NoError(t, err, "the same bytes again replace nothing")
}
