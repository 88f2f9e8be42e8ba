package blevesearch_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// A world makes documents by chance, of which some are hidden from most.
type world struct {
	*rand.Rand
	words  []string
	secret []string // words that only hidden documents have
}

func newWorld(seed uint64) *world {
	all := vocabulary(600)
	return &world{Rand: rand.New(rand.NewPCG(seed, 1)), words: all[:500], secret: all[500:]}
}

func (w *world) text(n int, hidden bool) string {
	var out []string
	for range n {
		if hidden && w.IntN(4) == 0 {
			out = append(out, w.secret[w.IntN(len(w.secret))])
			continue
		}
		out = append(out, w.words[int(w.ExpFloat64()*40)%len(w.words)])
	}
	return strings.Join(out, " ")
}

func (w *world) document(n int, hidden bool) search.Document {
	id := fmt.Sprintf("a/%04d", n)
	tag := []string{"en", "en", "en", "de", "ja"}[w.IntN(5)]
	d := search.Document{
		ID: id + "@" + tag, Group: id, Kind: "faq", Locale: tag, Serves: []string{tag, "en"}, Title: w.text(1+w.IntN(6), hidden),
		Body: w.text(w.IntN(60), hidden), Audience: profile.Public(), UpdatedAt: t0.Add(time.Duration(w.IntN(50)) * time.Hour),
		Weight: []float64{0, 1, 1, 2, 0.5}[w.IntN(5)], Facets: map[string][]string{"kind": {fmt.Sprint("k", w.IntN(4))}},
	}
	if w.IntN(3) == 0 {
		d.Keywords = []string{w.text(1, hidden)}
	}
	switch {
	case hidden:
		d.ID, d.Group = "h"+d.ID, "h"+d.Group
		d.Audience = profile.NewAudience([]string{"staff", "person:other", "partner+region-mars", "account:other+beta"}[w.IntN(4)])
		d.Facets["secret"] = []string{"secretvalue"}
	case w.IntN(6) == 0:
		d.Audience = profile.NewAudience("partner+region-eu")
	}
	return d
}

// TestHiddenDocumentsLeaveNoTrace compares, byte by byte, what an outsider gets
// from an index with hidden documents, written in another order, in other
// batches and with detours, and from one without them.
func TestHiddenDocumentsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	seeds, questions := uint64(2), 150
	if testing.Short() {
		seeds, questions = 1, 100
	}
	for seed := range seeds {
		w := newWorld(seed)
		var open, mixed []search.Document
		for n := range 300 {
			d := w.document(n, false)
			open, mixed = append(open, d), append(mixed, d)
			if w.IntN(2) == 0 {
				mixed = append(mixed, w.document(n, true))
			}
		}
		w.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		without, with := openIn(t, t.TempDir(), nil), openIn(t, t.TempDir(), nil)
		require.NoError(t, without.Apply(t.Context(), batchOf("1", open...)))
		for len(mixed) > 0 {
			n := min(len(mixed), 1+w.IntN(80))
			detour := batchOf("1", mixed[:n]...)
			for i := range detour.Changes {
				detour.Changes[i].Documents = []search.Document{detour.Changes[i].Documents[0]}
				detour.Changes[i].Documents[0].Title = w.text(3, true)
			}
			require.NoError(t, with.Apply(t.Context(), detour))
			require.NoError(t, with.Apply(t.Context(), batchOf("1", mixed[:n]...)))
			mixed = mixed[n:]
		}
		compare(t, w, questions, without, with)
	}
}

func compare(t *testing.T, w *world, questions int, without, with search.Index) {
	t.Helper()
	outsiders := []profile.Actor{
		{}, {ID: "bob", Segments: []string{"partner", "region-eu"}}, {ID: "mal", Account: "acme", Segments: []string{"partner", "beta", "staff"}},
	}
	secret := map[string]bool{}
	for _, word := range w.secret {
		secret[word] = true
	}
	asJSON := func(v any, err error) string {
		require.NoError(t, err)
		out, err := json.Marshal(v)
		require.NoError(t, err)
		return string(out)
	}
	for range questions {
		sight := outsiders[w.IntN(len(outsiders))].Sight()
		r := search.Request{
			Sight: sight, Words: search.Parse(w.question()), Locale: []string{"", "en", "de", "ja"}[w.IntN(4)], Facets: []string{"kind", "secret"},
			Offset: w.IntN(3) * 7, Limit: 1 + w.IntN(60), Snippet: w.IntN(3) * 60, Correct: true, Explain: w.IntN(2) == 0, Rare: w.IntN(4) == 0,
		}
		if w.IntN(4) == 0 {
			r.Sort = search.SortUpdated
		}
		if w.IntN(4) == 0 {
			r.Filters = map[string][]string{"kind": {"k1", "k2"}}
		}
		got, err := with.Search(t.Context(), r)
		gotJSON := asJSON(got, err)
		want, err := without.Search(t.Context(), r)
		require.Equal(t, asJSON(want, err), gotJSON, "%+v", r)
		for _, word := range strings.Fields(strings.ReplaceAll(gotJSON, `"`, " ")) {
			if secret[word] {
				require.Fail(t, "a hidden word is shown", word)
			}
		}
		text := w.question()
		ask := search.SuggestRequest{Sight: sight, Text: text[:min(len(text), 1+w.IntN(8))], Locale: r.Locale, Limit: 1 + w.IntN(10)}
		suggested, err := with.Suggest(t.Context(), ask)
		gotJSON = asJSON(suggested, err)
		suggested, err = without.Suggest(t.Context(), ask)
		require.Equal(t, asJSON(suggested, err), gotJSON, "%+v", ask)
	}
}

// question asks for words that are there, hidden or misspelt.
func (w *world) question() string {
	var out []string
	for range 1 + w.IntN(3) {
		word := w.text(1, false)
		switch w.IntN(6) {
		case 0:
			word = w.secret[w.IntN(len(w.secret))]
		case 1:
			word = misspell(w, word)
		case 2:
			word = misspell(w, w.secret[w.IntN(len(w.secret))])
		}
		out = append(out, []string{"", "", "", "", "+", "-"}[w.IntN(6)]+word)
	}
	text := strings.Join(out, " ")
	if w.IntN(8) == 0 {
		return `"` + w.text(2, false) + `"`
	}
	return text
}

func misspell(w *world, word string) string {
	i := 1 + w.IntN(len(word)-1)
	switch w.IntN(3) {
	case 0:
		return word[:i] + "x" + word[i:]
	case 1:
		return word[:i] + "x" + word[i+1:]
	}
	return word[:i] + word[i+1:]
}
