package search_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// shown returns a passage with what was found in brackets.
func shown(spans []search.Span) string {
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

// TestBlocksStayApartInSnippets has texts whose lines are headings, items and
// paragraphs.
func TestBlocksStayApartInSnippets(t *testing.T) {
	for body, want := range map[string]string{
		"Before you start\nThe lamp blinks.":                    "Before you start · The [lamp] blinks.",
		"About the lamp\n\nText":                                "About the [lamp] · Text",
		"Red\nlamp\nGreen":                                      "Red · [lamp] · Green",
		"lamp\nlamp":                                            "[lamp] · [lamp]",
		"Code\tMeaning\nE-17\tNo lamp":                          "Code · Meaning · E-17 · No [lamp]",
		"A sentence ends. \n The lamp blinks!\r\n\r\nYes\n":     "A sentence ends. The [lamp] blinks! Yes",
		"Steps:\nHold  the lamp":                                "Steps: Hold the [lamp]",
		"設定する。\nlamp を押します\n次へ":                                 "設定する。 [lamp] を押します · 次へ",
		"هل يعمل المصباح؟\nlamp\u2028نعم":                       "هل يعمل المصباح؟ [lamp] · نعم",
		"\n\n  lamp  \n":                                        "[lamp]",
		"Hold the lamp, wait for a moment and then release it.": "Hold the [lamp], wait for a moment and then release it.",
	} {
		b := newBench(t, []search.Document{article("1", "Title", body)})
		res, err := b.Search(t.Context(), nobody, search.Query{Text: "lamp"})
		require.NoError(t, err)
		require.Equal(t, want, shown(res.Hits[0].Snippet), "%q", body)
	}
}

func TestTitlesStayAsTheyAre(t *testing.T) {
	b := newBench(t, []search.Document{article("1", "The  lamp", "", func(d *search.Document) { d.Audience = profile.Public() })})
	res, err := b.Search(t.Context(), nobody, search.Query{Text: "lamp"})
	require.NoError(t, err)
	require.Equal(t, "The  [lamp]", shown(res.Hits[0].Titles))
	require.Empty(t, res.Hits[0].Snippet)
}
