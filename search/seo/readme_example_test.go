package seo_test

import (
	"fmt"

	"github.com/stoa-go/stoa/search/seo"
)

func Example_readme() {
	head := seo.Head{
		Title: "Reset your hub", Canonical: "https://help.example/en/reset", Default: "https://help.example/reset",
		Alternates: []seo.Alternate{{Lang: "en", Href: "https://help.example/en/reset"}, {Lang: "de", Href: "https://help.example/de/neu"}},
		Data:       []seo.Thing{seo.HowTo{Name: "Reset your hub", Steps: []seo.Step{{Position: 1, Text: "Hold the button for ten seconds."}}}},
	}
	html, err := head.HTML() // for a template, under a policy without inline scripts
	fmt.Println(len(html) > 0, err)
	data, _ := seo.Data(head.Data[0])
	fmt.Println(seo.CheckData(data)) // against the table of what search engines want
	for _, f := range seo.Audit(seo.Draft{Locale: "en", Title: head.Title, HTML: `<p><a href="/x"></a></p>`, Asked: []seo.Asked{{Text: "forgot password", N: 7}}}) {
		fmt.Println(f.Code, f.Message.Args["words"]) // in the author's language: catalog.In(locale).Message(f.Message)
	}
	// Output:
	// true <nil>
	// [description: it is recommended for HowTo inLanguage: it is recommended for HowTo]
	// title_short <nil>
	// description_missing <nil>
	// link_empty <nil>
	// text_thin <nil>
	// words_missing forgot, password
}
