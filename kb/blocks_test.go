package kb_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// block saves a block with a text in English.
func (w *world) block(name, body string, audience ...string) kb.Block {
	w.t.Helper()
	b := kb.Block{Name: name, Audience: profile.NewAudience(audience...), Source: "en", Texts: kb.Words{"en": body}}
	if old, err := w.Block(w.ctx(), reviewer, name); err == nil {
		b.Version = old.Version
	}
	b, err := w.SaveBlock(w.ctx(), reviewer, b)
	require.NoError(w.t, err)
	return b
}

// TestBlocks: what a block says now is in every page that includes it, in the
// index and in the feed of changes, for those whom it is for.
func TestBlocks(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		w.block("safety", "Wear **gloves**.", "public")
		w.block("price", "Costs 5, see ![x](media:price.png).\n\n:::include safety", "partner")
		_, err := w.PutMedia(w.ctx(), reviewer, "price.png", picture)
		require.NoError(t, err)
		d := draft("a", "c", "public")
		d.Body = "Before.\n\n:::include safety\n\nBetween.\n\n:::include price\n\n:::include nowhere\n\nAfter."
		a := w.show(d)
		other := w.show(draft("other", "c", "public"))
		html := func(by profile.Actor) string { return string(w.reads(by, a.ID).Text.HTML) }
		for range 2 {
			require.Contains(t, html(anyone), "<p>Wear <strong>gloves</strong>.</p>")
			require.NotContains(t, html(anyone), "Costs")
			require.NotContains(t, html(anyone), "nowhere", "a block that is missing is told to authors alone")
			require.Contains(t, html(partner), "Costs 5")
			require.Equal(t, 2, strings.Count(html(partner), "gloves"))
			require.Contains(t, html(author), "There is no such block: <code>nowhere</code>")
		}
		_, err = w.Media(w.ctx(), anyone, "price.png")
		require.ErrorIs(t, err, kb.ErrNotFound)
		_, err = w.Media(w.ctx(), partner, "price.png")
		require.NoError(t, err)
		require.Contains(t, indexed(t, w.Library, a.ID), "Wear gloves.")
		require.NotContains(t, indexed(t, w.Library, a.ID), "Costs")

		version, err := w.Version(w.ctx(), anyone, a.ID)
		require.NoError(t, err)
		_, cursor, err := w.Source().Changes(w.ctx(), "", 1000)
		require.NoError(t, err)
		for {
			changes, next, err := w.Source().Changes(w.ctx(), cursor, 1000)
			require.NoError(t, err)
			if cursor = next; len(changes) == 0 {
				break
			}
		}
		again := w.again()
		_, err = again.Article(w.ctx(), anyone, a.ID, "en")
		require.NoError(t, err)
		w.block("safety", "Wear a hat.", "public")
		require.Contains(t, html(anyone), "Wear a hat.")
		require.NotContains(t, html(anyone), "gloves")
		p, err := again.Article(w.ctx(), anyone, a.ID, "en")
		require.NoError(t, err)
		require.Contains(t, p.Text.HTML, "Wear a hat.", "on another instance too")
		changes, _, err := w.Source().Changes(w.ctx(), cursor, 1000)
		require.NoError(t, err)
		require.Len(t, changes, 1)
		require.Equal(t, "article/"+a.ID, changes[0].Group)
		require.Contains(t, changes[0].Documents[0].Body, "Wear a hat.")
		now, err := w.Version(w.ctx(), anyone, a.ID)
		require.NoError(t, err)
		require.NotEqual(t, version, now, "pages that watch are told")

		uses, err := w.BlockUses(w.ctx(), author, "safety")
		require.NoError(t, err)
		require.Equal(t, []kb.BlockUse{{Article: a.ID, Locale: "en", Live: true}}, uses)
		w.arrange(a, func(m *kb.Meta) { m.Audience = profile.NewAudience("account:acme") })
		uses, err = w.BlockUses(w.ctx(), other2, "safety")
		require.NoError(t, err)
		require.Empty(t, uses, "of an article that they do not see at the desk")
		require.NotEqual(t, a.ID, other.ID)
	})
}

// other2 is an author who owns nothing.
var other2 = profile.Actor{ID: "otto", Roles: []profile.Role{profile.RoleAuthor}}

// TestBlockLanguages: a block speaks the language of the text around it, or its
// own.
func TestBlockLanguages(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	_, err := w.SaveBlock(w.ctx(), reviewer, kb.Block{Name: "b", Audience: profile.Public(), Source: "de", Texts: kb.Words{"de": "Deutsch.", "es": "Español."}})
	require.NoError(t, err)
	d := draft("a", "c", "public")
	d.Body = "English.\n\n:::include b\n"
	a := w.show(d)
	require.Contains(t, w.reads(anyone, a.ID).Text.HTML, "Deutsch.")
	a, err = w.Edit(w.ctx(), reviewer, a.ID, "es", a.Version, kb.Text{Title: "E", Body: ":::include b"})
	require.NoError(t, err)
	w.publish(a, "es")
	p, err := w.Article(w.ctx(), anyone, a.ID, "es")
	require.NoError(t, err)
	require.Contains(t, p.Text.HTML, "Español.")
}

// TestBadBlocks: blocks in a circle, too deep, or that no page could show, are
// refused, and nothing is kept.
func TestBadBlocks(t *testing.T) {
	w := newWorld(t)
	w.block("a", ":::include b\n\nA", "public")
	w.block("b", ":::for partner\n:::include c\n:::", "public")
	save := func(b kb.Block) error {
		if b.Audience == nil {
			b.Audience = profile.Public()
		}
		_, err := w.SaveBlock(w.ctx(), reviewer, b)
		return err
	}
	for name, c := range map[string]struct {
		block kb.Block
		fault string
	}{
		"a circle":        {kb.Block{Name: "c", Texts: kb.Words{"en": "x\n\n:::include a"}}, "texts error.block.loop"},
		"itself":          {kb.Block{Name: "z", Texts: kb.Words{"de": ":::include z"}}, "texts error.block.loop"},
		"an odd name":     {kb.Block{Name: "Z z", Texts: kb.Words{"en": "x"}}, "name error.field.slug"},
		"no text":         {kb.Block{Name: "z"}, "texts error.field.required"},
		"an odd language": {kb.Block{Name: "z", Texts: kb.Words{"english": "x"}}, "texts.english error.field.locale"},
		"an open part":    {kb.Block{Name: "z", Texts: kb.Words{"en": ":::internal\nx"}}, "texts.en markdown.part_open"},
		"a person":        {kb.Block{Name: "z", Audience: profile.NewAudience("person:ann"), Texts: kb.Words{"en": "x"}}, "audience error.audience.bad_term"},
		"a taken name":    {kb.Block{Name: "a", Texts: kb.Words{"en": "x"}}, "name error.field.taken"},
	} {
		var told []string
		for field, key := range fields(t, save(c.block)) {
			told = append(told, field+" "+key)
		}
		require.Equal(t, []string{c.fault}, told, name)
	}
	for _, step := range []string{"d5", "d4", "d3", "d2"} {
		w.block(step, "x\n\n:::include "+map[string]string{"d5": "d6", "d4": "d5", "d3": "d4", "d2": "d3"}[step], "public")
	}
	require.Equal(t, map[string]string{"texts": "error.block.loop"}, fields(t, save(kb.Block{Name: "d1", Texts: kb.Words{"en": ":::include d2"}})), "six deep with what is to come")
	all, err := w.Blocks(w.ctx(), author)
	require.NoError(t, err)
	require.Len(t, all, 6)

	a, err := w.Block(w.ctx(), author, "a")
	require.NoError(t, err)
	again, err := w.SaveBlock(w.ctx(), reviewer, kb.Block{Name: "a", Audience: profile.Public(), Source: "en", Texts: kb.Words{"en": ":::include b\n\nA"}})
	require.NoError(t, err, "the answer was lost")
	require.Equal(t, a, again)
	_, err = w.SaveBlock(w.ctx(), author, a)
	require.ErrorIs(t, err, kb.ErrForbidden)
	a.Texts = kb.Words{"en": "other"}
	a, err = w.SaveBlock(w.ctx(), reviewer, a)
	require.NoError(t, err)
	a.Version, a.Texts = 1, kb.Words{"en": "older"}
	_, err = w.SaveBlock(w.ctx(), reviewer, a)
	require.ErrorIs(t, err, kb.ErrConflict)
	versions, err := w.BlockVersions(w.ctx(), author, "a", 0, 0)
	require.NoError(t, err)
	require.Equal(t, "other", versions[0].Texts["en"])
	require.Len(t, versions, 2)
	for _, by := range []profile.Actor{anyone, ann, partner} {
		_, err := w.Blocks(w.ctx(), by)
		require.ErrorIs(t, err, kb.ErrForbidden)
		_, err = w.Block(w.ctx(), by, "a")
		require.ErrorIs(t, err, kb.ErrForbidden)
	}
}

// TestTwoCloseACircle: of two who would close a circle at the same time, one is
// refused.
func TestTwoCloseACircle(t *testing.T) {
	w := newWorld(t)
	w.block("a", "A", "public")
	w.block("b", "B", "public")
	stale := w.again()
	_, err := stale.Blocks(w.ctx(), reviewer)
	require.NoError(t, err)
	w.block("a", ":::include b", "public")
	b, err := w.Block(w.ctx(), reviewer, "b")
	require.NoError(t, err)
	b.Texts = kb.Words{"en": ":::include a"}
	_, err = stale.SaveBlock(w.ctx(), reviewer, b)
	require.Equal(t, map[string]string{"texts": "error.block.loop"}, fields(t, err))
}
