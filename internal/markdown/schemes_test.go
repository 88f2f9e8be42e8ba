package markdown_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/markdown"
)

func TestSchemesOfTheApplication(t *testing.T) {
	meaning := func(s string) (string, bool) {
		name, ok := strings.CutPrefix(s, "article:")
		return "/articles/" + name, ok && name != "evil"
	}
	r := markdown.New(&markdown.Options{Link: meaning, Image: meaning, Schemes: []string{"article"}})
	for source, want := range map[string]string{
		"[hub](article:hub#leds)":                    `href="/articles/hub#leds"`,
		"![hub](article:hub.svg)":                    `src="/articles/hub.svg"`,
		"[x](article:evil)":                          "x",
		`<a href="ARTICLE:hub">hub</a>`:              "hub",
		"[x](other:hub)":                             "x",
		"[x](article://host/javascript:alert)":       `href="/articles///host/javascript:alert"`,
		"[x](article:javascript:alert(1))":           `href="/articles/javascript:alert(1)"`,
		`<a href="article:&quot; onclick=&quot;x">x`: "x",
	} {
		d, err := r.Render(source)
		require.NoError(t, err)
		require.Contains(t, string(d.HTML), want, source)
		require.NotContains(t, string(d.HTML), "evil")
		require.NotContains(t, string(d.HTML), `href="javascript`)
		require.NotContains(t, string(d.HTML), `" onclick`)
	}
	plain := markdown.New(nil)
	d, err := plain.Render("[hub](article:hub)")
	require.NoError(t, err)
	require.NotContains(t, string(d.HTML), "href")
}
