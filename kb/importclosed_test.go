package kb_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestImportIsNoWiderThanAnyFile: what one language says of the readers holds
// for the article.
func TestImportIsNoWiderThanAnyFile(t *testing.T) {
	partners, staff := profile.NewAudience("partner"), profile.NewAudience("staff")
	for name, tt := range map[string]struct {
		en, de, opts profile.Audience
		want         string
	}{
		"nothing said":        {nil, nil, nil, "public"},
		"said by options":     {nil, nil, staff, "staff"},
		"the translation":     {profile.Public(), staff, nil, "staff"},
		"only the other":      {nil, staff, nil, "staff"},
		"each its own":        {partners, staff, nil, "partner+staff"},
		"silence and options": {nil, profile.Public(), staff, "staff"},
		"the source":          {staff, profile.Public(), nil, "staff"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			b := kb.Bundle{Name: "n", Items: []kb.Item{
				{External: "a", Locale: "en", Title: "A", Body: "x", Audience: tt.en},
				{External: "a", Locale: "de", Title: "A", Body: "x", Audience: tt.de},
			}}
			for i := range 2 {
				r, err := w.Import(w.ctx(), admin, b, &kb.ImportOptions{Audience: tt.opts})
				require.NoError(t, err)
				require.Empty(t, r.Problems)
				require.Equal(t, i, r.Unchanged)
			}
			require.Equal(t, tt.want, w.byTitle("A").Audience.String())
		})
	}
	w := newWorld(t)
	r := w.importing(kb.Bundle{Name: "n", Items: []kb.Item{
		{File: "a.md", External: "a", Locale: "en", Title: "A", Body: "x", Audience: some("a", 40)},
		{File: "a.de.md", External: "a", Locale: "de", Title: "A", Body: "x", Audience: some("b", 40)},
	}})
	require.Equal(t, []string{"a.md: audience: error.audience.too_many", "a.de.md: left out with its source, a.md"}, reasons(r))
}

// TestImportLeavesWhatItSaysNothingOf: who sees something and what was archived
// is settled in the portal, unless a file says otherwise.
func TestImportLeavesWhatItSaysNothingOf(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		b := kb.Bundle{
			Name:       "n",
			Categories: []kb.CategoryItem{{External: "named", Labels: label("Named")}},
			Items: []kb.Item{
				{External: "a", Locale: "en", Category: "named", Title: "A", Body: "x"},
				{External: "a", Locale: "de", Category: "named", Title: "A", Body: "x"},
				{External: "b", Locale: "en", Category: "made", Title: "B", Body: "x"},
			},
		}
		require.Empty(t, w.importing(b).Problems)
		a := w.byTitle("A")
		require.True(t, w.sees(anyone, a))
		made := w.byTitle("B").Category
		a = w.arrange(a, func(m *kb.Meta) { m.Audience = profile.NewAudience("staff") })
		_, err := w.Archive(w.ctx(), reviewer, a.ID, "de", a.Version)
		require.NoError(t, err)
		for _, id := range []string{a.Category, made} {
			c, err := w.CategoryDraft(w.ctx(), admin, id)
			require.NoError(t, err)
			c.Audience = profile.NewAudience("signed-in")
			if id == made {
				c.Labels, c.Order = label("Renamed"), 99
			}
			_, err = w.SaveCategory(w.ctx(), admin, c)
			require.NoError(t, err)
		}
		places, content, err := w.store.Stamps(w.ctx())
		require.NoError(t, err)
		w.tick()
		require.Equal(t, kb.ImportReport{Articles: 2, Texts: 3, Unchanged: 2}, w.importing(b))
		again, contentAgain, err := w.store.Stamps(w.ctx())
		require.NoError(t, err)
		require.Equal(t, []string{places, content}, []string{again, contentAgain}, "nothing was written")

		b.Items[1].Body, b.Items[0].Body = "y", "y"
		require.Equal(t, 1, w.importing(b).Updated)
		a = w.byTitle("A")
		require.Equal(t, "staff", a.Audience.String())
		require.Equal(t, []string{"en"}, a.Live(), "a new text of what was archived stays archived")
		require.False(t, w.sees(ann, a))

		b.Items[1].Status, b.Items[0].Audience, b.Items[1].Audience = kb.StatusPublished, profile.Public(), profile.Public()
		b.Categories[0].Audience = profile.Public()
		require.Empty(t, w.importing(b).Problems)
		a = w.byTitle("A")
		require.Equal(t, []string{"de", "en"}, a.Live())
		require.True(t, w.sees(anyone, a), "what is said counts")
		c, err := w.CategoryDraft(w.ctx(), admin, made)
		require.NoError(t, err)
		require.Equal(t, []any{"signed-in", "Renamed", 99}, []any{c.Audience.String(), c.Labels["en"].Title, c.Order})
	})
}

// TestImportedDraftsAreShownWhenNoFileSaysDraft: taking "draft" out of a file
// means that it is ready.
func TestImportedDraftsAreShownWhenNoFileSaysDraft(t *testing.T) {
	w := newWorld(t)
	b := kb.Bundle{Name: "n", Items: []kb.Item{{External: "a", Title: "A", Body: "x", Status: kb.StatusDraft}}}
	w.importing(b)
	require.False(t, w.sees(anyone, w.byTitle("A")))
	b.Items[0].Status = ""
	w.importing(b)
	require.True(t, w.sees(anyone, w.byTitle("A")))
}

// TestNobodyIsAnAudience: an audience without terms is not the same as none.
func TestNobodyIsAnAudience(t *testing.T) {
	w := newWorld(t)
	r := w.importing(kb.Bundle{
		Name:       "n",
		Categories: []kb.CategoryItem{{External: "c", Audience: profile.Audience{}, Labels: label("C")}},
		Items: []kb.Item{
			{External: "a", Title: "A", Body: "x", Audience: profile.Audience{}},
			{External: "b", Category: "c", Title: "B", Body: "x"},
		},
	})
	require.Empty(t, r.Problems)
	require.False(t, w.sees(admin, w.byTitle("A")))
	require.False(t, w.sees(admin, w.byTitle("B")))
}

// TestBundlesKeepTheirPictures: a picture of one bundle does not take the place
// of another's, and texts show their own.
func TestBundlesKeepTheirPictures(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		drawn := func(text string) []byte { return append(append([]byte{}, picture...), text...) }
		bundle := func(name, text string) kb.Bundle {
			return kb.Bundle{
				Name: name,
				Media: []kb.MediaItem{
					{Name: "pic.png", Path: "media/pic.png", Data: drawn(text)},
					{Name: "pic.png", Path: "more/media/pic.png", Data: drawn(text + " again")},
					{Name: "same.png", Path: "media/same.png", Data: picture},
					{Name: "not.png", Path: "media/not.png", Data: []byte("no picture")},
				},
				Items: []kb.Item{{External: "a", Title: name, Path: "a.md", Body: "![](media/pic.png) ![](more/media/pic.png) ![](media:pic.png) ![](media/same.png) ![](media/not.png)"}},
			}
		}
		shows := func(a kb.Article) []string {
			t.Helper()
			rev, err := w.Revision(w.ctx(), admin, a.ID, "en", 0)
			require.NoError(t, err)
			var out []string
			for _, part := range strings.Split(rev.Body, " ") {
				name, ok := strings.CutPrefix(strings.TrimSuffix(part, ")"), "![](media:")
				if !ok {
					out = append(out, part)
					continue
				}
				m, err := w.Media(w.ctx(), anyone, name)
				require.NoError(t, err)
				out = append(out, strings.TrimPrefix(string(m.Data), string(picture)))
			}
			return out
		}
		_, err := w.PutMedia(w.ctx(), reviewer, "staff.png", drawn("by hand"))
		require.NoError(t, err)
		want := map[string][]string{}
		for _, name := range []string{"one", "two"} {
			b := bundle(name, name)
			b.Media = append(b.Media, kb.MediaItem{Name: "staff.png", Data: drawn("from " + name)})
			for i := range 2 {
				r := w.importing(b)
				require.Equal(t, []string{"media/not.png: data: error.media.not_a_picture"}, reasons(r))
				require.Equal(t, i, r.Unchanged)
				require.Equal(t, i == 1, r.Media == 0)
			}
			want[name] = []string{name, name + " again", name, "", "![](media/not.png)"}
			require.Equal(t, want[name], shows(w.byTitle(name)))
		}
		require.Equal(t, want["one"], shows(w.byTitle("one")), "the second left the first alone")
		m, err := w.Media(w.ctx(), admin, "staff.png")
		require.NoError(t, err)
		require.Equal(t, drawn("by hand"), m.Data)

		r := w.importing(bundle("one", "uno"))
		require.Equal(t, []int{1, 2}, []int{r.Unchanged, r.Media}, "a bundle replaces its own")
		require.Equal(t, []string{"uno", "uno again", "uno", "", "![](media/not.png)"}, shows(w.byTitle("one")))
		require.Equal(t, want["two"], shows(w.byTitle("two")))
	})
}

// TestLongNamesOfPictures: those that are made are names as well.
func TestLongNamesOfPictures(t *testing.T) {
	w := newWorld(t)
	var items []kb.MediaItem
	for i, name := range []string{strings.Repeat("ä", 116) + ".png", "a." + strings.Repeat("p", 118), strings.Repeat("a", 120)} {
		for j := range 2 {
			items = append(items, kb.MediaItem{Name: name, Path: fmt.Sprint(i, j), Data: append(append([]byte{}, picture...), byte(j))})
		}
	}
	r := w.importing(kb.Bundle{Name: "n", Media: items})
	require.Empty(t, r.Problems)
	require.Equal(t, 6, r.Media)
}
