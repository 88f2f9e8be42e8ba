package kb_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// some returns an audience of n terms that have nothing to do with those of
// another prefix.
func some(prefix string, n int) profile.Audience {
	terms := make([]string, n)
	for i := range terms {
		terms[i] = fmt.Sprint(prefix, i)
	}
	return profile.NewAudience(terms...)
}

var tooMany = map[string]string{"audience": "error.audience.too_many"}

// TestEffectiveAudiencesAreBounded: nobody can write an audience that is more,
// within its categories, than the index keeps.
func TestEffectiveAudiencesAreBounded(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", some("c", 32)...)
		fits := w.show(draft("fits", "c", some("a", 32)...))
		_, err := w.Create(w.ctx(), reviewer, draft("more", "c", some("a", 33)...))
		require.Equal(t, tooMany, fields(t, err))
		_, err = w.Arrange(w.ctx(), reviewer, fits.ID, fits.Version, kb.Meta{Category: "c", Kind: kb.KindFAQ, Audience: some("a", 33)})
		require.Equal(t, tooMany, fields(t, err))

		c, err := w.CategoryDraft(w.ctx(), admin, "c")
		require.NoError(t, err)
		c.Audience = some("c", 33)
		_, err = w.SaveCategory(w.ctx(), admin, c)
		require.Equal(t, tooMany, fields(t, err), "an article in it would have too many")
		_, err = w.SaveCategory(w.ctx(), admin, kb.Category{ID: "below", Parent: "c", Audience: some("b", 33), Labels: label("B")})
		require.Equal(t, tooMany, fields(t, err))
		parent := w.place("up", "", "public")
		require.Equal(t, 1, parent.Version)
		c.Audience, c.Parent = some("c", 32), "up"
		_, err = w.SaveCategory(w.ctx(), admin, c)
		require.NoError(t, err)
		parent.Audience = some("u", 2)
		_, err = w.SaveCategory(w.ctx(), admin, parent)
		require.Equal(t, tooMany, fields(t, err), "nor may one above make it so")

		loose := w.place("loose", "", "public")
		d := w.write(draft("draft", "loose", some("a", 200)...))
		loose.Audience = some("c", 32)
		_, err = w.SaveCategory(w.ctx(), admin, loose)
		require.NoError(t, err, "what nobody is shown keeps nobody from it")
		_, err = w.Publish(w.ctx(), reviewer, d.ID, "en", d.Version)
		require.Equal(t, tooMany, fields(t, err))
	})
}

// TestImportOfTooManyTerms: it is reported, and the rest goes on.
func TestImportOfTooManyTerms(t *testing.T) {
	w := newWorld(t)
	r := w.importing(kb.Bundle{
		Name: "many",
		Categories: []kb.CategoryItem{
			{External: "c", Audience: some("c", 32), Labels: label("C")},
			{External: "d", Parent: "c", Audience: some("d", 33), Labels: label("D")},
		},
		Items: []kb.Item{
			{File: "a.md", Line: 1, External: "a", Category: "c", Title: "A", Body: "x", Audience: some("a", 33)},
			{File: "b.md", Line: 1, External: "b", Category: "c", Title: "B", Body: "x", Audience: some("a", 32)},
		},
	})
	require.Equal(t, []string{
		"category d: audience: error.audience.too_many",
		"a.md:1: audience: error.audience.too_many",
	}, reasons(r))
	require.Equal(t, 1, r.Created)
}

func reasons(r kb.ImportReport) []string {
	var out []string
	for _, p := range r.Problems {
		out = append(out, p.Error())
	}
	return out
}

// TestSearchOfTooManyTerms: what got into the store past the library is found
// by nobody, and stops nothing.
func TestSearchOfTooManyTerms(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", some("c", 256)...)
		a := w.show(draft("first", "c", "public"))
		a.Audience = some("a", 256)
		a.Version++
		require.NoError(t, w.store.SaveArticle(w.ctx(), a))
		b := w.show(draft("second", "c", "staff"))
		changes, _, err := w.Source().Changes(w.ctx(), "", 10)
		require.NoError(t, err)
		found := map[string]int{}
		for _, c := range changes {
			found[c.Group] = len(c.Documents)
		}
		require.Equal(t, map[string]int{"article/" + a.ID: 0, "article/" + b.ID: 1}, found)
	})
}
