package hostiletest_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/internal/markdown/hostiletest"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// some returns n, or a tenth of it in a short run.
func some(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

func TestNothingRuns(t *testing.T) {
	r := markdown.New(&markdown.Options{Untrusted: true})
	ways := []struct {
		name   string
		inputs int
		render func(string) string
	}{
		{"markdown", 2000, func(s string) string {
			doc, err := r.Render(s)
			require.NoError(t, err)
			return string(doc.HTML)
		}},
		{"html", 400, func(s string) string { return string(r.Sanitize(s)) }},
		{"plain", 200, func(s string) string { return string(markdown.Plain(s)) }},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			report := hostiletest.Prove(t, hostiletest.Inputs(t, some(way.inputs)), way.render)
			t.Log(report)
			require.Empty(t, report.Ran)
			require.Empty(t, report.Tried)
			require.Empty(t, report.ScriptLinks)
			require.Empty(t, report.Foreign)
		})
	}
}

// Without a sanitiser such inputs run, or the test above proves nothing. Most of
// them are looked at alone in the end, which takes twenty times as long as what
// does nothing: a sample does.
func TestEverythingRunsWithoutSanitiser(t *testing.T) {
	engine := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote), goldmark.WithRendererOptions(html.WithUnsafe()))
	n := some(300)
	report := hostiletest.Prove(t, hostiletest.Inputs(t, n), func(s string) string {
		var b bytes.Buffer
		require.NoError(t, engine.Convert([]byte(s), &b))
		return b.String()
	})
	t.Log(report)
	require.Greater(t, len(report.Ran), n/10)
	require.Greater(t, len(report.Tried), n/10)
	require.NotEmpty(t, report.ScriptLinks)
	require.NotEmpty(t, report.Foreign)
}

// Inputs share frames until there is something about one, and none may hide
// another: neither by what it leaves open nor by what it closes.
func TestOneAmongMany(t *testing.T) {
	inputs := slices.Repeat([]string{"<p>nothing</p>"}, 80)
	hides := map[int]string{24: "<!-- ", 44: "</section></main><textarea>", 64: "<table><tr><td><select>"}
	attack := "<img src=x onerror=alert(1)>"
	for i, hide := range hides {
		inputs[i], inputs[i+1] = hide, fmt.Sprintf("%s<b>%d</b>", attack, i)
	}
	inputs[7] = attack
	report := hostiletest.Prove(t, inputs, func(s string) string { return s })
	var ran []string
	for _, f := range report.Ran {
		ran = append(ran, f.Input)
	}
	require.ElementsMatch(t, []string{attack, inputs[25], inputs[45], inputs[65]}, ran)
}
