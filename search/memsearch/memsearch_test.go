package memsearch_test

import (
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
