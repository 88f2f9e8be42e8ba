package markdown_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/internal/markdown/hostiletest"
)

type example struct {
	Example        int
	Section        string
	Markdown, HTML string
}

// differing are the examples of CommonMark that come out otherwise, and why.
var differing = map[int]string{
	186: "raw HTML goes on after a blank line, indented or not",
	193: "raw HTML goes on after a blank line, indented or not",
	610: "bare addresses are links",
	613: "bare addresses are links",
	614: "bare addresses are links",
}

func TestCommonMark(t *testing.T) {
	r := markdown.New(nil)
	examples := hostiletest.Lines[example](t, "attacks/commonmark-spec/spec.jsonl")
	passed := 0
	for _, e := range examples {
		got, err := r.Convert(e.Markdown)
		require.NoError(t, err)
		if normal(got) == normal(e.HTML) {
			passed++
			require.NotContains(t, differing, e.Example)
			continue
		}
		require.Contains(t, differing, e.Example, "%s\n%s\nwant %s\ngot  %s", e.Section, e.Markdown, e.HTML, got)
	}
	t.Logf("%d of %d examples pass, the others differ on purpose", passed, len(examples))
	require.Equal(t, len(examples)-len(differing), passed)
}

var blanksBeforeBreak = regexp.MustCompile(` +<br>`)

// normal evens out what no reader sees: how empty elements are closed, and
// blanks before the end of a line.
func normal(fragment string) string {
	fragment = strings.ReplaceAll(strings.TrimSpace(fragment), " />", ">")
	return blanksBeforeBreak.ReplaceAllString(fragment, "<br>")
}

// The extensions write some HTML differently, so their examples show only how
// much of GitHub's dialect is understood the same way.
func TestGitHubDialect(t *testing.T) {
	r := markdown.New(nil)
	for file, least := range map[string]float64{"gfm-spec/spec": 0.97, "gfm-spec/extensions": 0.6, "gfm-spec/cmark-regression": 0.65} {
		examples := hostiletest.Lines[example](t, "attacks/"+file+".jsonl")
		passed := 0
		for _, e := range examples {
			got, err := r.Convert(e.Markdown)
			require.NoError(t, err)
			if normal(got) == normal(e.HTML) {
				passed++
			}
		}
		t.Logf("%s: %d of %d", file, passed, len(examples))
		require.GreaterOrEqual(t, float64(passed), least*float64(len(examples)), file)
	}
}
