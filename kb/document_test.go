package kb_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

// TestReferences renders what authors write. Every address in it is one that
// the library gave.
func TestReferences(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	shown := w.show(draft("shown", "c", "public"))
	secret := w.show(draft("canary", "c", "staff"))
	for body, want := range map[string]string{
		"[a](article:SHOWN)":                                    `<a href="/articles/about-shown">a</a>`,
		"[a](ARTICLE:SHOWN#part)":                               `<a href="/articles/about-shown#h-part">a</a>`,
		`[a](article:SHOWN "title")`:                            `<a href="/articles/about-shown" title="title">a</a>`,
		"[*a* `b`](article:SHOWN)":                              `<a href="/articles/about-shown"><em>a</em> <code>b</code></a>`,
		"[a](article:SECRET) [b](article:SHOWN)":                `a <a href="/articles/about-shown">b</a>`,
		"[*a* `b`](article:SECRET)":                             `<em>a</em> <code>b</code>`,
		"[![x](media:m.png)](article:SECRET)":                   `<img src="/media/m.png" alt="x" loading="lazy"/>`,
		"[![x](media:m.png)](article:SHOWN)":                    `<a href="/articles/about-shown"><img src="/media/m.png" alt="x" loading="lazy"/></a>`,
		`<a id="here" href="article:SECRET">a</a>`:              `<a id="h-here">a</a>`,
		`<a title="t" href="article:SECRET">a</a>`:              `<p>a</p>`,
		`<a title="t" href='article:SHOWN' onclick="x">a</a>`:   `href="/articles/about-shown"`,
		"<article:SHOWN>":                                       `<a href="/articles/about-shown">article:`,
		"[r]\n\n[r]: article:SHOWN":                             `<a href="/articles/about-shown">r</a>`,
		"`[a](article:SHOWN)`":                                  `<code>[a](article:SHOWN)</code>`,
		"```\n[a](article:SHOWN) article:SHOWN\n```":            "[a](article:SHOWN) article:SHOWN\n</code>",
		"```html\n<a href=\"/-/article/SHOWN\">x</a>\n```":      `&lt;a href=&#34;/-/article/SHOWN&#34;&gt;`,
		"![x](media:m.png)":                                     `<img src="/media/m.png" alt="x" loading="lazy"/>`,
		`![src="/-/media/m.png"](media:m.png)`:                  `alt="src=&#34;/-/media/m.png&#34;"`,
		"[file](media:m.pdf)":                                   `<a href="/media/m.pdf">file</a>`,
		"![x](article:SHOWN)":                                   `<p>x</p>`,
		"[x](/-/article/SHOWN)":                                 `<p>x</p>`,
		"[x](\\-\\article\\SECRET)":                             `x`,
		"[x](/-/{{y}}article/SECRET)":                           `<p>x</p>`,
		"![x](/-/media/m.png)":                                  `<p>x</p>`,
		"[x](article:)":                                         `<p>x</p>`,
		"[x](article:%53ECRET)":                                 `<p>x</p>`,
		"[x](article:../../etc)":                                `<p>x</p>`,
		"[x](article://host/javascript:alert)":                  `<p>x</p>`,
		"[x](media:a/b\"onload=x)":                              `<a href="/media/a%2Fb%22onload=x">x</a>`,
		`<!-- <a href="article:SECRET">canary-comment</a> -->x`: `x`,
	} {
		t.Run(body, func(t *testing.T) {
			fill := strings.NewReplacer("SHOWN", shown.ID, "SECRET", secret.ID, "%53ECRET", "%"+fmt.Sprintf("%X", secret.ID[0])+secret.ID[1:])
			d := draft("links", "c", "public")
			d.Key, d.Body = body[:min(len(body), 9)]+url.QueryEscape(fmt.Sprint(len(body))), fill.Replace(body)
			d.Key = strings.Map(func(r rune) rune {
				if r < ' ' || r > '~' {
					return '.'
				}
				return r
			}, d.Key)
			a := w.show(d)
			html := string(w.reads(ann, a.ID).Text.HTML)
			require.Contains(t, html, fill.Replace(want))
			require.NotContains(t, html, "canary")
			require.NotContains(t, strings.ReplaceAll(html, "&#34;/-/", ""), `"/-/`)
		})
	}
}

// FuzzReferences: neither title nor slug of what a reader may not see
// is anywhere in what they get, whatever the author tried.
func FuzzReferences(f *testing.F) {
	f.Add("[a](article:SECRET)")
	f.Add("<a href='article:SECRET'><a href=article:SHOWN>x</a></a>")
	f.Add("[a][b]\n\n[b]: <article:SECRET#x> 'y'")
	f.Add("![a](media:x) [b](media:SECRET) </a><a href=\"/-/article/SECRET\">")
	f.Add("<details><summary><a href=\"article:SECRET\">x</summary></a></details>")
	w := newWorld(f)
	w.place("c", "", "public")
	shown := w.show(draft("shown", "c", "public"))
	d := draft("xyzzy", "c", "staff")
	secret := w.show(d)
	f.Fuzz(func(t *testing.T, body string) {
		if strings.Contains(strings.ToLower(body), "xyzzy") || len(body) > 2000 {
			t.Skip("the author knows")
		}
		body = strings.NewReplacer("SHOWN", shown.ID, "SECRET", secret.ID).Replace(body)
		d := draft("links", "c", "public")
		d.Key, d.Body = "", body
		a, err := w.Create(t.Context(), reviewer, d)
		if err != nil {
			require.ErrorIs(t, err, kb.ErrInvalid)
			return
		}
		a, err = w.Publish(t.Context(), reviewer, a.ID, "en", a.Version)
		require.NoError(t, err)
		p, err := w.Article(t.Context(), ann, a.ID, "en")
		require.NoError(t, err)
		require.NotContains(t, string(p.Text.HTML), "xyzzy")
		require.NotContains(t, string(p.Text.HTML), `href="/-/`)
		require.NotContains(t, string(p.Text.HTML), `src="/-/`)
	})
}

func TestUnrenderableTextsAreShownAsTyped(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	a := w.show(draft("hubs", "c", "public"))
	// A store may hold what a later version of the library no longer renders.
	a.Version, a.Translations[0].Live, a.Translations[0].Head = a.Version+1, 2, 2
	require.NoError(t, w.store.SaveArticle(w.ctx(), a, kb.Revision{
		Article: a.ID, Locale: "en", Number: 2, Title: "Huge", Body: strings.Repeat("<b>", 1<<20), At: start,
	}))
	require.Contains(t, string(w.reads(anyone, a.ID).Text.HTML), "&lt;b&gt;")
	changes, _, err := w.Source().Changes(w.ctx(), "", 10)
	require.NoError(t, err, "one bad text does not stop the index")
	require.NotEmpty(t, changes)
}

func TestHeadings(t *testing.T) {
	w := newWorld(t)
	w.place("c", "", "public")
	d := draft("hubs", "c", "public")
	d.Body = "# About hubs\n\n## One\n\n### Two\n\n## One\n"
	p := w.reads(anyone, w.show(d).ID)
	require.Equal(t, []kb.Heading{{Level: 2, ID: "h-one", Text: "One"}, {Level: 3, ID: "h-two", Text: "Two"}, {Level: 2, ID: "h-one-2", Text: "One"}}, p.Text.Headings)
	require.NotContains(t, string(p.Text.HTML), "<h1")
}
