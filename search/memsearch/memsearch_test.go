package memsearch_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

func TestIndex(t *testing.T) {
	searchtest.TestIndex(t, func(*testing.T) search.Index { return memsearch.New() },
		searchtest.FeatureUnspaced, searchtest.FeatureCorrection)
}

// filled returns an index of documents that are no more than a title.
func filled(t *testing.T, titles ...string) *memsearch.Index {
	t.Helper()
	x := memsearch.New()
	for _, title := range titles {
		d := search.Document{ID: title, Group: title, Title: title, Audience: profile.Public()}
		require.NoError(t, x.Apply(t.Context(), search.Batch{Changes: []search.Change{{Group: title, Documents: []search.Document{d}}}}))
	}
	return x
}

func find(t *testing.T, x search.Index, text string) search.Response {
	t.Helper()
	resp, err := x.Search(t.Context(), search.Request{Sight: profile.Actor{}.Sight(), Words: search.Parse(text), Limit: 10, Correct: true})
	require.NoError(t, err)
	return resp
}

// TestWords says beyond the contract what this index takes for the same word.
func TestWords(t *testing.T) {
	for _, c := range []struct {
		title, text string
		found       bool
	}{
		{"Crème brûlée", "creme brulee", true},
		{"Straße", "STRASSE", true},
		{"Ёлка", "елка", true},
		{"कि", "की", false}, // vowels, not accents
		{"คา", "คำ", false},
		{"飲料水です", "水", true},
		{"飲料水です", "料です", true},
		{"飲料水です", "+料", true},
		{"飲料水です", "+ス", false},
		{"水", "水", true},
		{"水", "飲料水", false},
		{"設定abc画面", "abc", true},
		{"設定abc画面", "画面", true},
		{"設定abc画面", "定画", false},
		{"ab", "+b", false},
		{"ab", "b", false},
		{"a1b2", "a1b2", true},
		{"a1 b2", "a1b2", false},
	} {
		require.Equal(t, c.found, find(t, filled(t, c.title), c.text).Total > 0, "%q in %q", c.text, c.title)
	}
}

func TestCorrections(t *testing.T) {
	x := filled(t, "lamp", "lamp here", "camp", "ramp", "password", "Über", "hub", "swap pairs")
	for text, want := range map[string]string{
		"xamp": "lamp", // the most frequent
		"famp": "lamp", "cramp": "camp", "passwrod": "password", "pasword": "password", "passworld": "password", "qassword": "password",
		"passwordx": "password", "Übr": "", "üxer": "über", "hubb": "hub", "hbu": "", "pass": "", "passwordreset": "", "wordpass": "", "pawssrod": "",
		"swpa": "swap", "piars": "pairs", "wsap": "swap", "zzzz": "",
	} {
		var got string
		if c := find(t, x, text).Corrected; len(c) > 0 {
			got = c[0].Text
		}
		require.Equal(t, want, got, "%q", text)
	}
	require.Equal(t, []search.Correction{{Word: 1, Text: "camp"}}, find(t, filled(t, "camp", "damp"), "camp xamp").Corrected, "of equals the first")
}

func TestSuggestionsThatBeginSo(t *testing.T) {
	got, err := filled(t, "a new lamp", "lamp, new", "lamps").Suggest(t.Context(), search.SuggestRequest{
		Sight: profile.Actor{}.Sight(), Text: "Lamp", Limit: 10,
	})
	require.NoError(t, err)
	var titles []string
	for _, s := range got {
		titles = append(titles, s.Group)
	}
	require.Equal(t, []string{"lamp, new", "lamps", "a new lamp"}, titles)
}

// library returns an index of documents that have a few words of their own each.
func library(t *testing.T, n int) *memsearch.Index {
	t.Helper()
	var batch search.Batch
	for i := range n {
		var body strings.Builder
		for j := range 40 {
			fmt.Fprintf(&body, "word%05d ", i*40+j)
		}
		id := fmt.Sprint("a/", i)
		d := search.Document{ID: id, Group: id, Title: "lighthouse", Body: body.String(), Audience: profile.Public()}
		batch.Changes = append(batch.Changes, search.Change{Group: id, Documents: []search.Document{d}})
	}
	x := memsearch.New()
	require.NoError(t, x.Apply(t.Context(), batch))
	return x
}

const unknown = "lighthuose aaaaaa bbbbbb cccccc dddddd eeeeee ffffff gggggg hhhhhh iiiiii jjjjjj kkkkkk llllll mmmmmm nnnnnn oooooo"

func TestCorrectionsReadTheTextsOnce(t *testing.T) {
	x := library(t, 500)
	require.Equal(t, []search.Correction{{Word: 0, Text: "lighthouse"}}, find(t, x, unknown).Corrected)
	allocations := testing.AllocsPerRun(2, func() { find(t, x, unknown) })
	require.Less(t, allocations, 1000.0, "20,000 words are looked at, but not collected again")
	require.NoError(t, x.Apply(t.Context(), search.Batch{Changes: []search.Change{{Group: "a/new", Documents: []search.Document{
		{ID: "a/new", Group: "a/new", Title: "aaaaab", Audience: profile.Public()},
	}}}}))
	require.Equal(t, search.Correction{Word: 1, Text: "aaaaab"}, find(t, x, unknown).Corrected[1], "the words are those of now")
}

// expiring is a context that is done after it was looked at a few times.
type expiring struct {
	context.Context
	left int
}

func (e *expiring) Err() error {
	if e.left--; e.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestContextIsLookedAtUnderway ends searches after each of the first looks.
func TestContextIsLookedAtUnderway(t *testing.T) {
	x := library(t, 500)
	r := search.Request{Sight: profile.Actor{}.Sight(), Words: search.Parse(unknown), Limit: 10, Correct: true}
	for looks := range 20 {
		_, err := x.Search(&expiring{t.Context(), looks}, r)
		require.ErrorIs(t, err, context.Canceled, "%d looks", looks)
	}
	for looks := range 6 {
		_, err := x.Suggest(&expiring{t.Context(), looks}, search.SuggestRequest{Sight: r.Sight, Text: "li", Limit: 10})
		require.ErrorIs(t, err, context.Canceled, "%d looks", looks)
	}
	_, err := x.Search(t.Context(), r)
	require.NoError(t, err, "what was ended does no harm to others")
}

func TestClosed(t *testing.T) {
	x := filled(t, "lamp")
	fresh, err := x.Fresh(t.Context())
	require.NoError(t, err)
	require.NoError(t, x.Swap(t.Context(), fresh))
	require.ErrorIs(t, fresh.Apply(t.Context(), search.Batch{}), search.ErrUnavailable, "swapped away")
	require.Error(t, x.Swap(t.Context(), fresh), "twice")
	require.NoError(t, x.Close())
	require.NoError(t, x.Close())
	_, err = x.Search(t.Context(), search.Request{})
	require.ErrorIs(t, err, search.ErrUnavailable)
	_, err = x.Fresh(t.Context())
	require.ErrorIs(t, err, search.ErrUnavailable)
}
