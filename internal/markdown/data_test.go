package markdown_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/internal/markdown/hostiletest"
)

type article struct {
	ID, Lang string
	Body     string `json:"body_markdown"`
}

// leftover is what a reader would take for a mistake of the page.
var leftover = regexp.MustCompile(`\{%|\{\{|\{:|:::|\[!|\]\(|</?(div|p|td|tr|li|ul|ol|br|img|a|span|button|h[1-6])\b|\|[^\n]*\||&[a-z]+;`)

func TestHelpCentres(t *testing.T) {
	r := markdown.New(&markdown.Options{DropTitle: true})
	for _, name := range []string{"logingov-help", "projectops-multilang"} {
		for _, a := range hostiletest.Lines[article](t, "kb/"+name+"/articles.jsonl") {
			doc, err := r.Render(a.Body)
			require.NoError(t, err, a.ID)
			require.Empty(t, faults(string(doc.HTML)), a.ID)
			require.Equal(t, doc.HTML, r.Sanitize(string(doc.HTML)), a.ID)
			require.Empty(t, leftover.FindAllString(doc.Text, -1), "%s %s", a.ID, a.Lang)
			require.Empty(t, doc.Images != nil && strings.Contains(strings.Join(doc.Images, " "), "{"), a.ID)
			if doc.Dir != "" {
				require.Equal(t, a.Lang == "ar" || a.Lang == "he", doc.Dir == "rtl", "%s %s", a.ID, a.Lang)
			}
		}
	}
}

func TestRawSamples(t *testing.T) {
	files, err := filepath.Glob(hostiletest.DataDir(t, "kb/raw-samples/files/*.md"))
	require.NoError(t, err)
	require.Greater(t, len(files), 40)
	r := markdown.New(nil)
	withFront := 0
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		var front map[string]any
		body, line, err := markdown.FrontMatter(string(source), &front)
		require.NoError(t, err, file)
		if front != nil {
			withFront++
			require.NotEmpty(t, front["title"], file)
			require.Equal(t, "---", strings.TrimSpace(strings.Split(string(source), "\n")[line-2]), file)
		}
		doc, err := r.Render(body)
		require.NoError(t, err, file)
		require.NotEmpty(t, doc.Text, file)
		requireSafe(t, string(doc.HTML), file)
		require.Empty(t, leftover.FindAllString(doc.Text, -1), file)
	}
	require.Greater(t, withFront, 35)
}

// Whatever is in the corpus, the result is safe by the checker's own lists, on
// every way that text takes, and cleaning it once more changes nothing.
func TestCorpusIsSafe(t *testing.T) {
	r := markdown.New(&markdown.Options{Untrusted: true})
	for _, source := range hostiletest.Inputs(t, 6000) {
		doc, err := r.Render(source)
		require.NoError(t, err, "%q", source)
		clean := string(r.Sanitize(source))
		for _, fragment := range []string{string(doc.HTML), clean, string(markdown.Plain(source))} {
			requireSafe(t, fragment, source)
		}
		require.Equal(t, doc.HTML, r.Sanitize(string(doc.HTML)), "%q", source)
		require.Equal(t, clean, string(r.Sanitize(clean)), "%q", source)
	}
}

// The cases with an expected result say at least which harmless text is to
// stay.
func TestCorpusKeepsWhatIsHarmless(t *testing.T) {
	type vector struct{ ID, Markdown, Kind string }
	r := markdown.New(nil)
	for _, v := range hostiletest.Lines[vector](t, "attacks/markdown-vectors/vectors.jsonl") {
		doc, err := r.Render(v.Markdown)
		require.NoError(t, err, v.ID)
		if strings.HasPrefix(v.Markdown, "[click](") {
			require.Contains(t, doc.Text, "click", v.ID)
		}
		if v.Kind == "injection" && strings.HasPrefix(v.Markdown, "<p") {
			require.Equal(t, "x", doc.Text, v.ID)
		}
	}
}
