package kb_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// pointing is a draft whose text leads to an article.
func pointing(topic string, to kb.Article, audience ...string) kb.Draft {
	d := draft(topic, "c", audience...)
	d.Body = "See [that](article:" + to.ID + "#leds), [there](https://example.com/a?b=1&c#d) and ![it](media:pic.png).\n"
	return d
}

// TestBacklinks: what leads to an article is known, to those who see it at the
// desk, and of the rest there is no trace.
func TestBacklinks(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		to := w.show(draft("to", "c", "public"))
		open, closed := w.show(pointing("open", to, "public")), w.show(pointing("closed", to, "account:acme"))
		d := draft("unsure", "c", "public")
		unsure := w.show(d)
		_, err := w.Edit(w.ctx(), reviewer, unsure.ID, "en", unsure.Version, kb.Text{Title: "Unsure", Body: "See [that](article:" + to.ID + ")."})
		require.NoError(t, err)
		w.show(draft("other", "c", "public"))
		w.block("pointer", "See [that](article:"+to.ID+").", "public")
		w.block("mute", "Nothing.", "public")
		w.edit(to, "[Myself](article:"+to.ID+")")

		texts := func(by profile.Actor) map[string]bool {
			found := map[string]bool{}
			for after := ""; ; {
				b, err := w.Backlinks(w.ctx(), by, to.ID, after, 1)
				require.NoError(t, err)
				require.Equal(t, []string{"pointer"}, b.Blocks)
				require.LessOrEqual(t, len(b.Texts), 1)
				for _, x := range b.Texts {
					found[x.Article] = x.Live
				}
				if after = b.Next; after == "" {
					return found
				}
			}
		}
		require.Equal(t, map[string]bool{open.ID: true, closed.ID: true, unsure.ID: false}, texts(reviewer))
		require.Equal(t, map[string]bool{open.ID: true, unsure.ID: false}, texts(other2), "closed is not theirs to see")
		_, err = w.Backlinks(w.ctx(), other2, closed.ID, "", 0)
		require.ErrorIs(t, err, kb.ErrNotFound)
		_, err = w.Backlinks(w.ctx(), ann, to.ID, "", 0)
		require.Error(t, err)
		_, err = w.Backlinks(w.ctx(), reviewer, to.ID, "odd", 0)
		require.ErrorIs(t, err, kb.ErrInvalid)

		rev, err := w.Revision(w.ctx(), reviewer, open.ID, "en", 0)
		require.NoError(t, err)
		require.Equal(t, []kb.Link{
			{Kind: kb.LinkAddress, To: "https://example.com/a?b=1&c"},
			{Kind: kb.LinkArticle, To: to.ID, Anchor: "leds"},
			{Kind: kb.LinkMedia, To: "pic.png"},
		}, rev.Links)

		_, err = w.Delete(w.ctx(), reviewer, open.ID, open.Version)
		require.NoError(t, err)
		require.NotContains(t, texts(reviewer), open.ID, "in the bin")
	})
}

// TestLinksOfOldTexts: what was saved before anybody looked for links is looked
// through, in steps.
func TestLinksOfOldTexts(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		to := w.show(draft("to", "c", "public"))
		for i := range 120 {
			id := fmt.Sprint("old-", i)
			a := kb.Article{ID: id, Category: "c", Kind: kb.KindFAQ, Audience: profile.Public(), Source: "en", CreatedAt: w.now, UpdatedAt: w.now, Version: 1,
				Translations: []kb.Translation{{Locale: "en", Slug: id, Status: kb.StatusDraft, Head: 1, Title: id}}}
			rev := kb.Revision{Article: id, Locale: "en", Number: 1, Title: id, Body: "[x](article:" + to.ID + ")", At: w.now}
			if i == 7 {
				rev.Body = ":::for nobody knows"
			}
			require.NoError(t, w.store.SaveArticle(w.ctx(), a, rev))
		}
		b, err := w.Backlinks(w.ctx(), reviewer, to.ID, "", 200)
		require.NoError(t, err)
		require.Empty(t, b.Texts)
		require.NoError(t, w.DoDue(w.ctx()))
		b, err = w.Backlinks(w.ctx(), reviewer, to.ID, "", 200)
		require.NoError(t, err)
		require.Len(t, b.Texts, 119, "one cannot be read")
		left, err := w.store.Unlinked(w.ctx(), 10)
		require.NoError(t, err)
		require.Empty(t, left)
	})
}
