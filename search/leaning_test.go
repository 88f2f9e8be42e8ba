package search_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// leaning lets ann, and nobody else, be concerned with something.
func leaning(list ...search.Leaning) func(*search.Options) {
	return func(o *search.Options) {
		o.Leanings = func(_ context.Context, by profile.Actor) ([]search.Leaning, error) {
			if by.ID != "ann" {
				return nil, nil
			}
			return list, nil
		}
	}
}

func owns(product string) search.Leaning {
	return search.Leaning{Facet: "product", Value: product, Weight: 1, Because: "owned"}
}

func about(products ...string) func(*search.Document) {
	return func(d *search.Document) { d.Facets["product"] = products }
}

// gates are twelve documents that match alike, d00 first. The change is for those
// at some of the places.
func gates(at map[int]func(*search.Document)) (docs []search.Document) {
	for i := range 12 {
		d := article(fmt.Sprintf("d%02d", i), "How to "+string(rune('a'+i)), "Open the gate.")
		d.Facets = map[string][]string{"kind": {"how-to"}, "product": {"other"}}
		if f := at[i]; f != nil {
			f(&d)
		}
		docs = append(docs, d)
	}
	return docs
}

func order(t *testing.T, b *bench, by profile.Actor, q search.Query) string {
	t.Helper()
	res, err := b.Search(t.Context(), by, q)
	require.NoError(t, err)
	var out []string
	for _, slug := range slugs(res.Hits) {
		out = append(out, strings.TrimPrefix(slug, "d"))
	}
	return strings.Join(out, " ")
}

func TestLeanings(t *testing.T) {
	const usual = "00 01 02 03 04 05 06 07 08 09"
	german := func(d *search.Document) {
		d.Locale, d.Serves = "de", []string{"de", "en"}
		about("hub")(d)
	}
	titled := func(d *search.Document) { d.Title = "Gate" }
	for _, c := range []struct {
		name    string
		docs    map[int]func(*search.Document)
		leaning search.Leaning
		tuning  search.Tuning
		want    string
	}{
		{name: "what concerns nobody moves nothing", leaning: owns("hub"), want: usual},
		{name: "three places up at most", docs: map[int]func(*search.Document){7: about("hub")}, leaning: owns("hub"), want: "00 01 02 03 07 04 05 06 08 09"},
		{name: "to the top", docs: map[int]func(*search.Document){2: about("hub")}, leaning: owns("hub"), want: "02 00 01 03 04 05 06 07 08 09"},
		{name: "three places down at most", docs: map[int]func(*search.Document){1: about("hub"), 2: about("hub"), 3: about("hub"), 4: about("hub"), 5: about("hub")}, leaning: owns("hub"), want: "01 02 03 00 04 05 06 07 08 09"},
		{name: "all of them concern", docs: map[int]func(*search.Document){0: about("hub"), 1: about("hub")}, leaning: owns("hub"), want: usual},
		{name: "of further pages nothing moves in", docs: map[int]func(*search.Document){10: about("hub")}, leaning: owns("hub"), want: usual},
		{name: "less by what is about much", docs: map[int]func(*search.Document){7: about("hub", "a", "b")}, leaning: owns("hub"), want: "00 01 02 03 04 05 07 06 08 09"},
		{name: "by kind", docs: map[int]func(*search.Document){3: faq}, leaning: search.Leaning{Facet: "kind", Value: "faq", Weight: 0.4, Because: "role"}, want: "00 01 03 02 04 05 06 07 08 09"},
		{name: "a weight beyond all bounds", docs: map[int]func(*search.Document){9: about("hub")}, leaning: search.Leaning{Facet: "product", Value: "hub", Weight: 99}, want: "00 01 02 03 04 05 09 06 07 08"},
		{name: "a weight that is none", docs: map[int]func(*search.Document){9: about("hub")}, leaning: search.Leaning{Facet: "product", Value: "hub", Weight: -1}, want: usual},
		{name: "another language stays behind", docs: map[int]func(*search.Document){9: german}, leaning: owns("hub"), want: "00 01 02 03 04 05 06 07 08 10"},
		{
			name: "pins stay first", docs: map[int]func(*search.Document){3: about("hub")}, leaning: owns("hub"),
			tuning: search.Tuning{Pins: []search.Pin{pin(search.MatchExact, "gate", "d05", "d06")}}, want: "05 06 03 00 01 02 04 07 08 09",
		},
		{name: "what is called so is not passed", docs: map[int]func(*search.Document){4: titled, 3: about("hub")}, leaning: owns("hub"), want: "04 03 00 01 02 05 06 07 08 09"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := tunedBench(t, gates(c.docs), c.tuning, leaning(c.leaning))
			q := search.Query{Text: "gate", Locale: "en"}
			require.Equal(t, c.want, order(t, b, ann, q))
			plain := tunedBench(t, gates(c.docs), c.tuning)
			for name, other := range map[string]struct {
				by profile.Actor
				q  search.Query
			}{
				"visitors": {nobody, q}, "others": {eve, q},
				"without it": {ann, search.Query{Text: "gate", Locale: "en", Impersonal: true}}, "plain": {ann, search.Query{Text: "gate", Locale: "en", Plain: true}},
				"by date": {ann, search.Query{Text: "gate", Locale: "en", Sort: search.SortUpdated}}, "everything": {ann, search.Query{Locale: "en"}},
			} {
				require.Equal(t, order(t, plain, other.by, other.q), order(t, b, other.by, other.q), name)
			}
			for _, limit := range []int{3, 7, 10, 50} {
				var all []string
				for page := 1; page <= 4; page++ {
					q.Page, q.Limit = page, limit
					all = append(all, strings.Fields(order(t, b, ann, q))...)
				}
				require.Equal(t, strings.Fields(c.want), all[:10], "with %d on a page", limit)
				require.Len(t, slices.Compact(slices.Sorted(slices.Values(all))), 12, "each is on one page")
				require.Len(t, all, 12)
			}
		})
	}
}

// TestLeaningsBehind: nothing passes a document that matches far better.
func TestLeaningsBehind(t *testing.T) {
	docs := []search.Document{
		article("best", "Gate and gate keys", "The gate, the gate, and keys of the gate."),
		article("poor", "Walls", strings.Repeat("Of walls and other things that are long. ", 20)+"A gate.", about("hub")),
	}
	b := tunedBench(t, docs, search.Tuning{}, leaning(owns("hub")))
	require.Equal(t, []string{"best", "poor"}, b.find(t, ann, "gate keys"))
}

func TestLeaningsAreExplained(t *testing.T) {
	b := tunedBench(t, gates(map[int]func(*search.Document){2: about("hub")}), search.Tuning{}, leaning(owns("hub")), func(o *search.Options) {
		asked := o.Leanings
		o.Leanings = func(ctx context.Context, by profile.Actor) ([]search.Leaning, error) {
			by.ID = "ann"
			return asked(ctx, by)
		}
	})
	res, err := b.Search(t.Context(), eve, search.Query{Text: "gate", Locale: "en", Explain: true})
	require.NoError(t, err)
	require.Contains(t, fmt.Sprint(res.Hits[0].Explain), "{places, for what concerns the asker: product hub (owned) 2}")
	require.Contains(t, fmt.Sprint(res.Hits[1].Explain), "{places, for others that concern the asker -1}")
	require.NotContains(t, fmt.Sprint(res.Hits[3].Explain), "asker")
	require.Equal(t, []search.Leaning{owns("hub")}, res.Leanings())
	require.Equal(t, []search.Leaning{owns("hub")}, res.Hits[0].Leanings)
	require.Empty(t, res.Hits[1].Leanings)

	res, err = b.Search(t.Context(), eve, search.Query{Text: "gate", Locale: "en", Impersonal: true})
	require.NoError(t, err)
	require.Empty(t, res.Leanings())
}

// TestLeaningsInEvents: what was shown, and clicked, stands in events as it was
// shown, and nothing of why.
func TestLeaningsInEvents(t *testing.T) {
	b := tunedBench(t, gates(map[int]func(*search.Document){2: about("hub")}), search.Tuning{}, leaning(owns("hub")))
	b.events.take()
	res, err := b.Search(t.Context(), ann, search.Query{Text: "gate", Locale: "en"})
	require.NoError(t, err)
	require.NoError(t, b.Clicked(t.Context(), ann, res.Hits[0].Click))
	all := b.events.take()
	require.Equal(t, []string{search.EventPerformed, search.EventClicked}, names(all))
	require.True(t, strings.HasPrefix(all[0].Props[search.PropShown], "article/d02 article/d00 article/d01 article/d03 "))
	require.Equal(t, "article/d02", all[1].Subject)
	require.Equal(t, 1, all[1].Rank)
	require.NotContains(t, fmt.Sprint(all), "owned")
}

// TestLeaningsBySegment: what is written for few stands higher for them, and no
// segment is named to anybody.
func TestLeaningsBySegment(t *testing.T) {
	forPartners := func(d *search.Document) { d.Audience = profile.NewAudience("partner", profile.SegmentStaff) }
	b := tunedBench(t, gates(map[int]func(*search.Document){2: forPartners, 3: forStaff}), search.Tuning{}, leaning(search.Leaning{Facet: search.FacetAudience, Value: "partner", Weight: 1, Because: "segment"}))
	partner := ann
	partner.Segments = []string{"partner"}
	require.Equal(t, "00 02 01 04 05 06 07 08 09 10", order(t, b, partner, search.Query{Text: "gate", Locale: "en"}))
	require.Equal(t, "00 01 04 05 06 07 08 09 10 11", order(t, b, ann, search.Query{Text: "gate", Locale: "en"}))
	got := func(more string) string {
		w := httptest.NewRecorder()
		mounted(b.Engine).ServeHTTP(w, by(partner)(httptest.NewRequest(http.MethodGet, prefix+"/?q=gate&locale=en"+more, nil)))
		require.Equal(t, http.StatusOK, w.Code)
		return w.Body.String()
	}
	require.Contains(t, got(""), `"personal":[{"because":"segment","facet":"audience"}]`)
	require.NotContains(t, got(""), "partner")
	require.NotContains(t, got("&impersonal=true"), "personal")
}

// TestLeaningsFail: who does not know what concerns somebody takes no search
// down, and holds none up.
func TestLeaningsFail(t *testing.T) {
	want := order(t, tunedBench(t, gates(nil), search.Tuning{}), ann, search.Query{Text: "gate", Locale: "en"})
	for name, f := range map[string]func(context.Context, profile.Actor) ([]search.Leaning, error){
		"error": func(context.Context, profile.Actor) ([]search.Leaning, error) { return nil, errors.New("away") },
		"slow": func(ctx context.Context, _ profile.Actor) ([]search.Leaning, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		},
	} {
		b := tunedBench(t, gates(nil), search.Tuning{}, func(o *search.Options) { o.Leanings, o.Patience = f, 1 })
		require.Equal(t, want, order(t, b, ann, search.Query{Text: "gate", Locale: "en"}), name)
	}
	b := tunedBench(t, gates(nil), search.Tuning{}, func(o *search.Options) {
		o.Leanings = func(context.Context, profile.Actor) ([]search.Leaning, error) { panic("nobody may ask") }
	})
	order(t, b, nobody, search.Query{Text: "gate", Locale: "en"})
	order(t, b, ann, search.Query{Text: "gate", Locale: "en", Impersonal: true})
}

// TestLeaningsLeaveTheAnswer: what is quoted is the same for everybody.
func TestLeaningsLeaveTheAnswer(t *testing.T) {
	quoted := 0
	for _, question := range []string{"How do I change the battery of a sensor?", "Does the hub work with wifi?", "factory settings hub button", "hub"} {
		var said []string
		for _, change := range []func(*search.Options){leaning(), leaning(search.Leaning{Facet: "kind", Value: "faq", Weight: 1}), leaning(search.Leaning{Facet: "kind", Value: "how-to", Weight: 1})} {
			b, _ := newLibrary(t, change)
			res, err := b.Search(t.Context(), ann, search.Query{Text: question, Locale: "en"})
			require.NoError(t, err)
			if res.Answer == nil {
				said = append(said, "")
				continue
			}
			said = append(said, res.Answer.Hit.Group+fmt.Sprint(res.Answer.Lines))
			quoted++
		}
		require.Len(t, slices.Compact(said), 1, question)
	}
	require.Positive(t, quoted)
}
