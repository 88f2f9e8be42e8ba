package search_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
)

// corrected returns DidYouMean for a text where the index offers corrections.
func corrected(t *testing.T, text string, corrections ...search.Correction) string {
	t.Helper()
	index := &wrapped{Index: memsearch.New()}
	index.search = func(context.Context, search.Request) (search.Response, error) {
		return search.Response{Corrected: corrections}, nil
	}
	res, err := search.NewEngine(index, nil).Search(t.Context(), nobody, search.Query{Text: text})
	require.NoError(t, err)
	return res.DidYouMean
}

func TestCorrectionsAreAssembled(t *testing.T) {
	for name, c := range map[string]struct {
		text, want  string
		corrections []search.Correction
	}{
		"several":       {"rset teh hub", "reset the hub", []search.Correction{{Word: 1, Text: "the"}, {Word: 0, Text: "reset"}}},
		"same":          {"reset", "", []search.Correction{{Word: 0, Text: "Reset"}}},
		"none":          {"reset", "", nil},
		"out of range":  {"reset", "", []search.Correction{{Word: 1, Text: "x"}, {Word: -1, Text: "y"}}},
		"empty":         {"reset", "", []search.Correction{{Word: 0, Text: " "}}},
		"into two":      {"resethub now", "reset hub now", []search.Correction{{Word: 0, Text: "reset hub"}}},
		"phrase":        {`my "teh hub"`, `my "the hub"`, []search.Correction{{Word: 1, Text: "the hub"}}},
		"excluded":      {"hub -lmap", "", []search.Correction{{Word: 1, Text: "lamp"}}},
		"required":      {"hub +lmap", "hub +lamp", []search.Correction{{Word: 1, Text: "lamp"}}},
		"operators":     {"lmap", "lamp", []search.Correction{{Word: 0, Text: `-"lamp"`}}},
		"capital":       {"Ärgr", "Ärger", []search.Correction{{Word: 0, Text: "ärger"}}},
		"capitals":      {"ÄRGR", "ÄRGER", []search.Correction{{Word: 0, Text: "ärger"}}},
		"one letter":    {"A", "Be", []search.Correction{{Word: 0, Text: "be"}}},
		"error code":    {"E-71", "E-17", []search.Correction{{Word: 0, Text: "e-17"}}},
		"same word":     {"lmap lmap", "lamp lmap", []search.Correction{{Word: 0, Text: "lamp"}}},
		"Japanese":      {"「設定画画」方法", "「設定画面」方法", []search.Correction{{Word: 0, Text: "設定画面"}}},
		"spaces around": {"  lmap ,  hub ", "lamp , hub", []search.Correction{{Word: 0, Text: "lamp"}}},
	} {
		require.Equal(t, c.want, corrected(t, c.text, c.corrections...), name)
	}
}

// FuzzDidYouMean checks that a correction is a query again, and of the same
// form.
func FuzzDidYouMean(f *testing.F) {
	f.Add("rset hub", 0, "reset")
	f.Add(`+"a b" -c`, 1, "d")
	f.Add("「z」 ‘x’", 1, "「y")
	f.Fuzz(func(t *testing.T, text string, word int, replacement string) {
		got := corrected(t, text, search.Correction{Word: word, Text: replacement})
		require.True(t, utf8.ValidString(got))
		if got == "" {
			return
		}
		require.NotContains(t, got, "  ")
		before, after := search.Parse(text), search.Parse(got)
		require.NotEmpty(t, after)
		require.False(t, before[word].Exclude, "an excluded word is left alone")
		require.False(t, strings.EqualFold(got, text))
	})
}
