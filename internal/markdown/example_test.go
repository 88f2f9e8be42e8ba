package markdown_test

import (
	"fmt"
	"strings"

	"github.com/stoa-go/stoa/internal/markdown"
)

func ExampleRenderer_Render() {
	r := markdown.New(&markdown.Options{
		DropTitle: true,
		Link: func(href string) (string, bool) {
			return strings.TrimSuffix(href, ".md"), true
		},
	})
	doc, err := r.Render(`# Reset your password

Open [Settings](settings.md). ![](https://tracker.example/pixel.gif)

## If that fails <script>alert(1)</script>

> [!TIP]
> Ask a colleague.
`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(doc.Title, doc.Headings)
	fmt.Print(doc.HTML)
	// Output:
	// Reset your password [{2 h-if-that-fails If that fails}]
	//
	// <p>Open <a href="settings">Settings</a>. <a href="https://tracker.example/pixel.gif" rel="noopener">Image pixel.gif</a></p>
	// <h2 id="h-if-that-fails">If that fails</h2>
	// <aside class="note note-tip" role="note">
	// <p class="note-title">Tip</p>
	// <p>Ask a colleague.</p>
	// </aside>
}

func ExampleFrontMatter() {
	var front struct{ Title string }
	body, line, err := markdown.FrontMatter("---\ntitle: Printers\n---\nTurn it off.", &front)
	fmt.Printf("%s, %q from line %d, %v\n", front.Title, body, line, err)

	_, _, err = markdown.FrontMatter("---\ntitle: [\n---\n", &front)
	fmt.Println(err)
	// Output:
	// Printers, "Turn it off." from line 4, <nil>
	// line 3: did not find expected node content
}
