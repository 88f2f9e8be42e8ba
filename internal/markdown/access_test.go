package markdown_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/internal/markdown"
)

// everything is a text with all that a text can have.
const everything = `Text with [a link](/x), ` + "`code`" + `, ~~old~~ and a footnote.[^1]

# First

> [!NOTE]
> Look.

> [!WARNING]
> Stop.

- [x] done
- [ ] open

### Deep, without a level between

| Name | Amount |
|:-----|-------:|
| One  | 1      |

` + "```go\nfunc main() {}\n```" + `

![A picture](/a.png) ![Far](https://far.example/b.png)

<details><summary>More</summary>

Term
: Definition

</details>

<ul>text<li>item<td>cell</td></ul><h4></h4><p></p>

[^1]: Foot.
`

// A page with a text is accessible and works under a strict policy, in
// both directions of writing.
func TestTextIsAccessible(t *testing.T) {
	right := "# عنوان المقالة\n\nمرحبا بكم في مركز المساعدة.\n\nThis sentence is not translated.\n\n"
	for name, source := range map[string]string{"left to right": everything, "right to left": right + everything} {
		doc, err := markdown.New(nil).Render(source)
		require.NoError(t, err)
		site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'")
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if r.URL.Path != "/" {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			_, _ = io.WriteString(w, `<!doctype html><html lang=en><title>t</title><main><h1>Title</h1><article dir="`+doc.Dir+`">`+string(doc.HTML)+`</article></main>`)
		}))
		p := browser.Open(t, &browser.Options{Width: 320})
		p.Go(site.URL)
		require.Empty(t, p.Axe("best-practice"), name)
		require.Empty(t, p.CSPViolations(), name)
		require.Empty(t, p.ThirdParty(), name)
		site.Close()
	}
}
