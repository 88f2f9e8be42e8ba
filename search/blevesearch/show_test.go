package blevesearch_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/blevesearch"
	"github.com/stoa-go/stoa/search/internal/lexis"
)

var staff = profile.Actor{ID: "eve", Roles: []profile.Role{profile.RoleAgent}}.Sight()

func joined(spans []search.Span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.Match {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestSnippets(t *testing.T) {
	body := "The first sentence says nothing. " + strings.Repeat("Filler words follow here. ", 20) +
		"A lamp is mentioned once. " + strings.Repeat("More of the same comes next. ", 20) +
		"Connect the lamp to the hub with both buttons. " + strings.Repeat("And so on to the end. ", 20)
	x := openIn(t, t.TempDir(), nil)
	require.NoError(t, x.Apply(t.Context(), batchOf("1",
		article("a/1", "Page", body, func(d *search.Document) { d.Summary = "What the page is about." }),
		article("a/2", "Other quay", "", func(d *search.Document) { d.Summary = "A summary of " + strings.Repeat("many words ", 50) }),
		article("a/3", "Seite", "Der Hub läßt sich zurücksetzen, wenn man die Taste drückt.", func(d *search.Document) { d.Locale, d.Serves = "de", []string{"de"} }))))
	snippet := func(text, locale string, length int) string {
		r := ask(text)
		r.Locale, r.Snippet = locale, length
		resp, err := x.Search(t.Context(), r)
		require.NoError(t, err)
		require.NotEmpty(t, resp.Hits, text)
		return joined(resp.Hits[0].Snippet)
	}
	require.Equal(t, "Connect the [lamp] to the [hub] with both", snippet("hub lamps", "en", 40), "where the words are together")
	require.Equal(t, "A [lamp] is [mentioned] once.", snippet("lamp mention", "en", 30), "from the beginning of the sentence")
	require.Equal(t, "What the [page] is about.", snippet("page", "en", 80), "nothing was found in the text")
	require.Equal(t, "A summary of many words many", snippet("quay", "en", 30))
	require.Equal(t, "Der [Hub] läßt sich [zurücksetzen],", snippet("hub zurucksetzen", "de", 35))
	require.Equal(t, "", snippet("hub", "en", 0))
}

func TestSnippetsOfAnyLength(t *testing.T) {
	t.Parallel()
	w := newWorld(5)
	x := openIn(t, t.TempDir(), nil)
	var docs []search.Document
	for n := range 40 {
		docs = append(docs, article(fmt.Sprint("a/", n), w.text(3, false), strings.ReplaceAll(w.text(200, false), "a", "ä")))
	}
	require.NoError(t, x.Apply(t.Context(), batchOf("1", docs...)))
	for range 200 {
		r := ask(w.text(2, false))
		r.Snippet = 1 + w.IntN(200)
		resp, err := x.Search(t.Context(), r)
		require.NoError(t, err)
		for _, h := range resp.Hits {
			text := strings.NewReplacer("[", "", "]", "").Replace(joined(h.Snippet))
			require.LessOrEqual(t, utf8.RuneCountInString(text), r.Snippet)
			require.True(t, utf8.ValidString(text))
			at := slices.IndexFunc(docs, func(d search.Document) bool { return d.ID == h.ID })
			require.Contains(t, docs[at].Body, text)
		}
	}
}

func TestSuggestions(t *testing.T) {
	x := openIn(t, t.TempDir(), nil)
	newer := func(d *search.Document) { d.UpdatedAt = t0.Add(time.Hour) }
	require.NoError(t, x.Apply(t.Context(), batchOf("1",
		article("a/reset", "Resetting the hub", ""), article("a/how", "How to reset a hub", ""), article("a/new", "How to reset a lamp", "", newer),
		article("a/heavy", "Why resetting helps", "", func(d *search.Document) { d.Weight = 4 }),
		article("a/eclair", "Éclairs & crème brûlée", ""), article("a/battery", "Batteries", ""), article("a/long", "Internationalization of names", ""),
		article("a/staff", "Resetting passwords of others", "", func(d *search.Document) { d.Audience = profile.NewAudience("staff") }))))
	offers := func(text string, limit int) []string {
		got, err := x.Suggest(t.Context(), search.SuggestRequest{Sight: anyone, Text: text, Locale: "en", Limit: limit})
		require.NoError(t, err)
		out := []string{}
		for _, s := range got {
			out = append(out, s.Group)
		}
		return out
	}
	require.Equal(t, []string{"a/reset", "a/heavy", "a/new", "a/how"}, offers("reset", 10), "beginning, then weight, then the newest")
	require.Equal(t, []string{"a/reset", "a/heavy"}, offers("res", 2))
	require.Equal(t, []string{"a/new", "a/how"}, offers("how to res", 10))
	require.Equal(t, []string{"a/eclair"}, offers("eclairs creme br", 10))
	require.Equal(t, []string{"a/eclair"}, offers("É", 10))
	require.Equal(t, []string{"a/battery"}, offers("battery", 10), "another form")
	require.Equal(t, []string{"a/battery"}, offers("batter", 10))
	require.Equal(t, []string{"a/long"}, offers("internationaliza", 10))
	require.Empty(t, offers("internationalizo", 10))
	require.Equal(t, []string{"a/how", "a/reset"}, offers("hub resetting", 10), "in any order")
	require.Empty(t, offers("reset", 0))
}

func TestCorrections(t *testing.T) {
	x := openIn(t, t.TempDir(), nil)
	var docs []search.Document
	for i := range 40 {
		docs = append(docs, article(fmt.Sprint("a/", i), "Settings of the lighthouse", "Where battery and notifications are shown."))
	}
	docs = append(docs, article("a/rare", "Litehouse", "A name."), article("a/secret", "Lighthause", "canary", func(d *search.Document) {
		d.Audience = profile.NewAudience("staff")
	}))
	require.NoError(t, x.Apply(t.Context(), batchOf("1", docs...)))
	corrected := func(text string, sight profile.Sight) []search.Correction {
		r := ask(text)
		r.Correct, r.Sight = true, sight
		resp, err := x.Search(t.Context(), r)
		require.NoError(t, err)
		return resp.Corrected
	}
	one := func(text string) []search.Correction { return []search.Correction{{Word: 0, Text: text}} }
	require.Equal(t, one("lighthouse"), corrected("lighthoise", anyone))
	require.Equal(t, one("lighthouse"), corrected("lighthause", anyone), "a hidden word is as unknown as any")
	require.Empty(t, corrected("lighthause", staff), "who may see it needs no correction")
	require.Equal(t, one("battery"), corrected("batery", anyone))
	require.Equal(t, one("settings"), corrected("settigns", anyone), "at the end of the word")
	require.Equal(t, one("notifications"), corrected("notificatoin", anyone), "the nearest form that people write")
	require.Empty(t, corrected("xighthouse", anyone), "the first letter is right")
	require.Empty(t, corrected("canari", anyone))
	require.Equal(t, []search.Correction{{Word: 1, Text: "battery"}}, corrected("lighthouse batery", anyone))
	require.Len(t, corrected("lighthoise batery settigns notificatoin", anyone), 3, "no more than three")
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"abc", "xabc", 1}, {"abc", "xyz", 3}, {"größe", "grösse", 2}, {"ca", "abc", 3}} {
		require.Equal(t, c.want, lexis.Distance(c.a, c.b), "%s %s", c.a, c.b)
		require.Equal(t, c.want, lexis.Distance(c.b, c.a), "%s %s", c.b, c.a)
	}
}

// TestNewest compares the order by time with one that was sorted.
func TestNewest(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	x := openIn(t, t.TempDir(), nil)
	var docs []search.Document
	for n := range 500 {
		at := t0.Add(time.Duration(r.IntN(20)) * time.Hour)
		switch r.IntN(4) {
		case 0:
			at = at.Add(time.Duration(r.IntN(5)) * time.Microsecond)
		case 1:
			at = time.Unix(r.Int64N(1<<33)-1<<32, int64(r.IntN(1000))*1e6).UTC()
		}
		docs = append(docs, article(fmt.Sprintf("a/%03d", n), "lighthouse", "", func(d *search.Document) { d.UpdatedAt = at }))
	}
	docs[7].UpdatedAt = time.Time{}
	for some := range slices.Chunk(docs, 130) {
		require.NoError(t, x.Apply(t.Context(), batchOf("1", some...)))
	}
	slices.SortFunc(docs, func(a, b search.Document) int {
		if c := b.UpdatedAt.Compare(a.UpdatedAt); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	for range 60 {
		q := ask([]string{"lighthouse", ""}[r.IntN(2)])
		q.Sort, q.Offset, q.Limit = search.SortUpdated, r.IntN(520), 1+r.IntN(60)
		resp, err := x.Search(t.Context(), q)
		require.NoError(t, err)
		want := docs[min(q.Offset, 500):min(q.Offset+q.Limit, 500)]
		require.Len(t, resp.Hits, len(want))
		for i, h := range resp.Hits {
			require.Equal(t, want[i].ID, h.ID)
			require.Equal(t, want[i].UpdatedAt, h.UpdatedAt)
		}
	}
}

func TestNumbersOrderTimes(t *testing.T) {
	times := []time.Time{
		{}, time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC), time.Unix(0, 0), time.Unix(0, 1000), t0, t0.Add(time.Microsecond),
		t0.Add(time.Second), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
	}
	for i := 1; i < len(times); i++ {
		require.Less(t, blevesearch.Number(times[i-1]), blevesearch.Number(times[i]), "%v %v", times[i-1], times[i])
	}
}

// TestFacetNames has facets whose names and values could be taken for each
// other's.
func TestFacetNames(t *testing.T) {
	x := openIn(t, t.TempDir(), nil)
	facets := map[string][]string{"a": {"bc", "b", ""}, "ab": {"c"}, "": {"abc"}, "a\x00": {"b"}, strings.Repeat("n", 300): {"v"}}
	require.NoError(t, x.Apply(t.Context(), batchOf("1", article("a/1", "lighthouse", "", func(d *search.Document) { d.Facets = facets }))))
	r := ask("lighthouse")
	r.Facets = nil
	for name := range facets {
		r.Facets = append(r.Facets, name)
	}
	resp, err := x.Search(t.Context(), r)
	require.NoError(t, err)
	for name, values := range facets {
		var got []string
		for _, c := range resp.Facets[name] {
			require.Equal(t, 1, c.Count)
			got = append(got, c.Value)
		}
		require.ElementsMatch(t, values, got, "%q", name)
	}
	r.Filters = map[string][]string{"a": {"c"}}
	resp, err = x.Search(t.Context(), r)
	require.NoError(t, err)
	require.Zero(t, resp.Total)
}
