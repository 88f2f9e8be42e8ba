package kb_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func label(title string) map[string]kb.Label { return map[string]kb.Label{"en": {Title: title}} }

func TestCategoriesAsReadersSeeThem(t *testing.T) {
	w := newWorld(t)
	w.place("top", "", "public")
	w.place("sub", "top", "public")
	w.place("secret", "top", "staff")
	w.show(draft("a", "top", "public"))
	w.show(draft("b", "sub", "public"))
	w.show(draft("c", "sub", "signed-in"))
	w.show(draft("d", "secret", "public"))
	w.write(draft("e", "sub", "public"))
	shape := func(by profile.Actor) string {
		t.Helper()
		tree, err := w.Categories(w.ctx(), by, "en")
		require.NoError(t, err)
		var say func([]kb.Place) string
		say = func(places []kb.Place) string {
			var parts []string
			for _, p := range places {
				parts = append(parts, fmt.Sprintf("%s:%d(%s)", p.ID, p.Articles, say(p.Children)))
			}
			return strings.Join(parts, " ")
		}
		return say(tree)
	}
	require.Equal(t, "top:2(sub:1())", shape(anyone))
	require.Equal(t, "top:3(sub:2())", shape(ann))
	require.Equal(t, "top:4(secret:1() sub:2())", shape(agent))
	p, err := w.Category(w.ctx(), anyone, "top", "de")
	require.NoError(t, err)
	require.Equal(t, []any{"Kategorie top", "kategorie-top", "de", 2, 1}, []any{p.Title, p.Slug, p.Locale, p.Articles, len(p.Children)})
	way, err := w.CategoryPath(w.ctx(), anyone, "sub", "en")
	require.NoError(t, err)
	require.Equal(t, []string{"top", "sub"}, []string{way[0].ID, way[1].ID})
	for _, id := range []string{"secret", "nope", ""} {
		_, err = w.Category(w.ctx(), anyone, id, "en")
		require.ErrorIs(t, err, kb.ErrNotFound)
		_, err = w.CategoryPath(w.ctx(), anyone, id, "en")
		require.ErrorIs(t, err, kb.ErrNotFound)
	}
	w.show(draft("f", "sub", "public"))
	require.Equal(t, "top:3(sub:2())", shape(anyone), "counts are as of now")
}

func TestSaveCategoryChecksWhatIsTyped(t *testing.T) {
	w := newWorld(t)
	w.place("top", "", "public")
	w.place("sub", "top", "public")
	for _, tt := range []struct {
		name       string
		c          kb.Category
		field, key string
	}{
		{"no label", kb.Category{ID: "x"}, "labels", "error.field.required"},
		{"no label in the source's language", kb.Category{ID: "x", Labels: label("X"), Source: "de"}, "labels", "error.field.required"},
		{"no title", kb.Category{ID: "x", Labels: label(" ")}, "labels.en.title", "error.field.required"},
		{"no language", kb.Category{ID: "x", Labels: map[string]kb.Label{"en": {Title: "X"}, "klingon": {Title: "X"}}}, "labels.klingon", "error.field.locale"},
		{"long description", kb.Category{ID: "x", Labels: map[string]kb.Label{"en": {Title: "X", Description: strings.Repeat("x", kb.MaxSummary+1)}}}, "labels.en.description", "error.field.too_long"},
		{"taken slug", kb.Category{ID: "x", Labels: map[string]kb.Label{"en": {Title: "X", Slug: "kategorie-top"}}}, "labels.en.slug", "error.field.taken"},
		{"bad ID", kb.Category{ID: "a/b", Labels: label("X")}, "id", "error.field.slug"},
		{"long ID", kb.Category{ID: strings.Repeat("x", 101), Labels: label("X")}, "id", "error.field.too_long"},
		{"long icon", kb.Category{ID: "x", Labels: label("X"), Icon: strings.Repeat("x", 101)}, "icon", "error.field.too_long"},
		{"order out of range", kb.Category{ID: "x", Labels: label("X"), Order: -1 << 40}, "order", "error.field.out_of_range"},
		{"bad audience", kb.Category{ID: "x", Labels: label("X"), Audience: profile.Audience{"No Such"}}, "audience", "error.audience.bad_term"},
		{"unknown parent", kb.Category{ID: "x", Labels: label("X"), Parent: "nope"}, "parent", "error.field.choice"},
		{"itself above", kb.Category{ID: "top", Version: 1, Labels: label("X"), Parent: "top"}, "parent", "error.category.loop"},
		{"its child above", kb.Category{ID: "top", Version: 1, Labels: label("X"), Parent: "sub"}, "parent", "error.category.loop"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := w.SaveCategory(w.ctx(), admin, tt.c)
			require.Equal(t, map[string]string{tt.field: tt.key}, fields(t, err))
		})
	}
	many := kb.Category{ID: "x", Labels: map[string]kb.Label{}}
	for i := range kb.MaxLabels + 1 {
		many.Labels[fmt.Sprintf("en-%03d", i)] = kb.Label{Title: "X"}
	}
	_, err := w.SaveCategory(w.ctx(), admin, many)
	require.Contains(t, fields(t, err), "labels")
	_, err = w.SaveCategory(w.ctx(), author, kb.Category{ID: "x", Labels: label("X")})
	require.ErrorIs(t, err, kb.ErrForbidden)
}

func TestCategoryVersionsAndRetries(t *testing.T) {
	w := newWorld(t)
	c, err := w.SaveCategory(w.ctx(), admin, kb.Category{Audience: profile.Public(), Labels: label("Billing")})
	require.NoError(t, err)
	require.Equal(t, "billing", c.ID)
	again, err := w.SaveCategory(w.ctx(), admin, kb.Category{Audience: profile.Public(), Labels: label("Billing")})
	require.NoError(t, err)
	require.Equal(t, c, again, "the same once more is the same")
	_, err = w.SaveCategory(w.ctx(), admin, kb.Category{ID: "billing", Audience: nil, Labels: label("Billing")})
	require.ErrorIs(t, err, kb.ErrConflict)

	change := c
	change.Labels = map[string]kb.Label{"en": {Title: "Payments", Slug: "payments"}}
	c, err = w.SaveCategory(w.ctx(), admin, change)
	require.NoError(t, err)
	w.tick()
	again, err = w.SaveCategory(w.ctx(), admin, change)
	require.NoError(t, err)
	require.Equal(t, c, again)
	change.Icon = "coin"
	_, err = w.SaveCategory(w.ctx(), admin, change)
	require.ErrorIs(t, err, kb.ErrConflict, "an old version")

	fresh, err := w.SaveCategory(w.ctx(), admin, kb.Category{Audience: profile.Public(), Labels: label("Billing")})
	require.NoError(t, err)
	require.NotEqual(t, "billing", fresh.ID, "the name is another's by now")
	emoji, err := w.SaveCategory(w.ctx(), admin, kb.Category{Audience: profile.Public(), Labels: label("🎉")})
	require.NoError(t, err)
	require.NotEmpty(t, emoji.ID)
	require.NotEmpty(t, emoji.Labels["en"].Slug)
	got, err := w.CategoryDraft(w.ctx(), admin, emoji.ID)
	require.NoError(t, err)
	require.Equal(t, emoji, got)
	got.Labels["en"] = kb.Label{Title: "mine"}
	got, err = w.CategoryDraft(w.ctx(), admin, emoji.ID)
	require.NoError(t, err)
	require.Equal(t, emoji, got)
	_, err = w.CategoryDraft(w.ctx(), admin, "nope")
	require.ErrorIs(t, err, kb.ErrNotFound)
	_, err = w.CategoryDraft(w.ctx(), author, emoji.ID)
	require.ErrorIs(t, err, kb.ErrForbidden)
}

func TestTreesHaveALimit(t *testing.T) {
	w := newWorld(t)
	parent := ""
	for i := range 8 {
		parent = w.place(fmt.Sprint("deep", i), parent, "public").ID
	}
	_, err := w.SaveCategory(w.ctx(), admin, kb.Category{ID: "deeper", Parent: parent, Labels: label("X")})
	require.Equal(t, map[string]string{"parent": "error.category.loop"}, fields(t, err))
	a := w.show(draft("hubs", parent, "public"))
	require.True(t, w.sees(anyone, a))
	require.Len(t, w.reads(anyone, a.ID).Categories, 8)
	w.place("other", "", "public")
	top, err := w.CategoryDraft(w.ctx(), admin, "deep0")
	require.NoError(t, err)
	top.Parent = "other"
	_, err = w.SaveCategory(w.ctx(), admin, top)
	require.Equal(t, map[string]string{"parent": "error.category.loop"}, fields(t, err), "what is below moves along")
}

// TestAudiencesOfManyTerms: what a chain of categories has in common is the
// product of their terms.
func TestAudiencesOfManyTerms(t *testing.T) {
	w := newWorld(t)
	save := func(id, parent string, audience profile.Audience) error {
		_, err := w.SaveCategory(w.ctx(), admin, kb.Category{ID: id, Parent: parent, Audience: audience, Labels: label(id)})
		return err
	}
	require.NoError(t, save("a", "", some("a", 32)))
	require.NoError(t, save("b", "a", some("b", 32)))
	require.Equal(t, map[string]string{"audience": "error.audience.too_many"}, fields(t, save("c", "b", some("c", 2))))
	require.Equal(t, map[string]string{"audience": "error.audience.too_many"}, fields(t, save("d", "a", some("c", 33))))
	top, err := w.CategoryDraft(w.ctx(), admin, "a")
	require.NoError(t, err)
	top.Audience = some("a", 33)
	_, err = w.SaveCategory(w.ctx(), admin, top)
	require.Equal(t, map[string]string{"audience": "error.audience.too_many"}, fields(t, err), "what is below counts")
	top.Audience = nil
	_, err = w.SaveCategory(w.ctx(), admin, top)
	require.NoError(t, err, "nobody is an audience, too")
}

// TestBrokenForests puts into the store what no library would: circles, missing
// parents, trees without end. Nobody sees them, and whoever may can mend them.
func TestBrokenForests(t *testing.T) {
	w := newWorld(t)
	put := func(id, parent string) {
		t.Helper()
		stamp, _, err := w.store.Stamps(w.ctx())
		require.NoError(t, err)
		require.NoError(t, w.store.SaveCategory(w.ctx(), kb.Category{
			ID: id, Parent: parent, Audience: profile.Public(), Labels: map[string]kb.Label{"en": {Title: id, Slug: id}}, Source: "en", UpdatedAt: start, Version: 1,
		}, stamp, nil))
	}
	w.place("fine", "", "public")
	put("self", "self")
	put("one", "two")
	put("two", "one")
	put("orphan", "gone")
	put("child", "orphan")
	parent := ""
	for i := range 20 {
		put(fmt.Sprint("d", i), parent)
		parent = fmt.Sprint("d", i)
	}
	for _, id := range []string{"self", "one", "two", "orphan", "child", "d9", "d19"} {
		_, err := w.Category(w.ctx(), admin, id, "en")
		require.ErrorIs(t, err, kb.ErrNotFound, id)
		_, err = w.FindCategory(w.ctx(), admin, "en", id)
		require.ErrorIs(t, err, kb.ErrNotFound, id)
		a := w.show(draft(id, id, "public"))
		require.False(t, w.sees(admin, a), id)
		_, _, err = w.Articles(w.ctx(), admin, kb.Query{Category: id, Below: true})
		require.NoError(t, err)
	}
	tree, err := w.Categories(w.ctx(), anyone, "en")
	require.NoError(t, err)
	require.Len(t, tree, 2) // "d0" and "fine"
	for _, id := range []string{"self", "one", "orphan"} {
		c, err := w.CategoryDraft(w.ctx(), admin, id)
		require.NoError(t, err)
		c.Parent = "fine"
		_, err = w.SaveCategory(w.ctx(), admin, c)
		require.NoError(t, err, id)
	}
	for _, id := range []string{"self", "one", "two", "orphan", "child"} {
		_, err := w.Category(w.ctx(), anyone, id, "en")
		require.NoError(t, err, id)
	}
	d0, err := w.CategoryDraft(w.ctx(), admin, "d0")
	require.NoError(t, err)
	d0.Parent = "fine"
	_, err = w.SaveCategory(w.ctx(), admin, d0)
	require.ErrorIs(t, err, kb.ErrInvalid)
}

// TestTwoMovesAtOnce lets two instances move two categories under each other.
func TestTwoMovesAtOnce(t *testing.T) {
	for range 50 {
		w := newWorld(t)
		a, b := w.place("a", "", "public"), w.place("b", "", "public")
		a.Parent, b.Parent = "b", "a"
		var errs [2]error
		var wg sync.WaitGroup
		for i, c := range []kb.Category{a, b} {
			l := w.again()
			wg.Go(func() { _, errs[i] = l.SaveCategory(w.ctx(), admin, c) })
		}
		wg.Wait()
		require.True(t, (errs[0] == nil) != (errs[1] == nil), "%v", errs)
		for _, id := range []string{"a", "b"} {
			_, err := w.Category(w.ctx(), anyone, id, "en")
			require.NoError(t, err)
		}
	}
}

func TestConflictsSayWhatToDo(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.write(draft("hubs", "c", "public"))
	_, err := w.Publish(w.ctx(), reviewer, a.ID, "en", 7)
	var says *errs.Says
	require.ErrorAs(t, err, &says)
	require.Equal(t, "error.conflict_changed", says.Message.Key)
}
