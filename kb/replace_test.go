package kb_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestReplacement: what is found is what was asked for, and nothing else changes.
func TestReplacement(t *testing.T) {
	body := "Hub, the HUB and hubs.\n\n```\nhub in code\n```\n\nA `hub` inline, größe Größe.\n"
	for _, tt := range []struct {
		name string
		r    kb.Replacement
		want string // the body afterwards
		hits int
	}{
		{"literal", kb.Replacement{Find: "hub", With: "box"}, "box, the box and boxs.\n\n```\nhub in code\n```\n\nA `hub` inline, größe Größe.\n", 3},
		{"case", kb.Replacement{Find: "Hub", With: "Box", Case: true}, strings.Replace(body, "Hub", "Box", 1), 1},
		{"word", kb.Replacement{Find: "hub", With: "box", Word: true}, strings.Replace(body, "Hub, the HUB", "box, the box", 1), 2},
		{"words of any letters", kb.Replacement{Find: "gr", With: "x", Word: true}, body, 0},
		{"any case of any letter", kb.Replacement{Find: "GRÖSSE", With: "x"}, body, 0},
		{"code", kb.Replacement{Find: "hub", With: "box", Code: true, Case: true}, "Hub, the HUB and boxs.\n\n```\nbox in code\n```\n\nA `box` inline, größe Größe.\n", 3},
		{"signs are signs", kb.Replacement{Find: "hubs.", With: "$1"}, strings.Replace(body, "hubs.", "$1", 1), 1},
		{"regexp", kb.Replacement{Find: `(hub)(s?)\b`, With: "<$2$1>", Regexp: true, Case: true}, strings.Replace(body, "hubs.", "<shub>.", 1), 1},
		{"beginning of a line", kb.Replacement{Find: `^A `, With: "The ", Regexp: true}, strings.Replace(body, "A `", "The `", 1), 1},
		{"nothing is not found", kb.Replacement{Find: `x*`, With: "y", Regexp: true}, body, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.place("open", "", "public")
			d := draft("hub", "open", "public")
			d.Body = body
			a := w.show(d)
			found, next, err := w.FindText(w.ctx(), author, kb.FindQuery{Replacement: tt.r})
			require.NoError(t, err)
			require.Empty(t, next)
			if tt.hits == 0 {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			require.Len(t, found[0].Hits, tt.hits)
			ask := kb.Replacing{Replacement: tt.r, Article: a.ID, Locale: "en", Version: found[0].Version, Head: found[0].Head, Note: "Words."}
			after, err := w.Replace(w.ctx(), author, ask)
			require.NoError(t, err)
			require.Equal(t, tt.want, w.body(after, "en"))
			again, err := w.Replace(w.ctx(), author, ask)
			require.NoError(t, err)
			require.Equal(t, after, again, "whoever lost the answer gets it")
			require.Equal(t, 1, after.Translations[0].Live, "readers see what they saw")
			back, err := w.Restore(w.ctx(), author, a.ID, "en", after.Version, 1, "")
			require.NoError(t, err)
			require.Equal(t, body, w.body(back, "en"))
		})
	}
}

// TestReplace: chosen hits change, titles when asked for, and readers see it only
// if whoever may publish says so.
func TestReplace(t *testing.T) {
	w := newWorld(t)
	w.place("open", "", "public")
	d := draft("hub", "open", "public")
	d.Body = "hub one\nhub two\nhub three"
	a := w.translate(w.show(d), "de", "Der hub")
	w.write(draft("hub secret", "open", "account:acme"))
	r := kb.Replacement{Find: "hub", With: "box", Titles: true}
	found, _, err := w.FindText(w.ctx(), author, kb.FindQuery{Replacement: r})
	require.NoError(t, err)
	require.Len(t, found, 2, "in two languages, and not in what the author does not see")
	found, _, err = w.FindText(w.ctx(), author, kb.FindQuery{Replacement: r, Locale: "en", Category: "open"})
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, kb.Hit{Number: 2, Line: 2, Found: "hub", With: "box", After: " two"}, found[0].Hits[2])
	require.True(t, found[0].Hits[0].Title)
	translated, _, err := w.FindText(w.ctx(), translator, kb.FindQuery{Replacement: r})
	require.NoError(t, err)
	require.Len(t, translated, 1, "translators change translations")
	require.Equal(t, "de", translated[0].Locale)

	ask := kb.Replacing{Replacement: r, Article: a.ID, Locale: "en", Version: a.Version, Head: 1, Only: []int{0, 2}, Publish: true}
	_, err = w.Replace(w.ctx(), author, ask)
	require.ErrorIs(t, err, kb.ErrForbidden, "authors do not publish")
	require.Contains(t, w.reads(anyone, a.ID).Text.HTML, "hub two")
	draft, err := w.Manuscript(w.ctx(), author, a.ID)
	require.NoError(t, err)
	require.Equal(t, "hub one\nbox two\nhub three", w.body(draft, "en"), "it is a draft")
	_, err = w.Replace(w.ctx(), reviewer, ask)
	require.ErrorIs(t, err, kb.ErrConflict, "somebody else was faster")
	ask.Version, ask.Head, ask.Only = draft.Version, 2, nil
	for range 2 {
		_, err = w.Replace(w.ctx(), reviewer, ask)
		require.NoError(t, err)
	}
	p := w.reads(anyone, a.ID)
	require.Equal(t, "About box", p.Title)
	require.Contains(t, p.Text.HTML, "box three")

	for _, bad := range []kb.Replacement{{}, {Find: "(", Regexp: true}, {Find: strings.Repeat("x", kb.MaxFind+1)}, {Find: "a{1001}", Regexp: true}} {
		_, _, err = w.FindText(w.ctx(), reviewer, kb.FindQuery{Replacement: bad})
		require.ErrorIs(t, err, kb.ErrInvalid, bad.Find)
	}
	_, _, err = w.FindText(w.ctx(), partner, kb.FindQuery{Replacement: r})
	require.ErrorIs(t, err, kb.ErrForbidden)
	_, err = w.Replace(w.ctx(), profile.Actor{}, ask)
	require.ErrorIs(t, err, kb.ErrNotFound)
}
