package i18n_test

import (
	"fmt"
	"io/fs"
	"testing/fstest"
	"time"

	"github.com/stoa-go/stoa/i18n"
)

// A small portal in two languages of its own, for a reader who has not said
// which one to use.
func Example() {
	texts := fstest.MapFS{
		"en.json": {Data: []byte(`{
			"cases.open":  "{n, plural, =0 {You have no open cases.} one {You have # open case.} other {You have # open cases.}}",
			"cases.owner": "{name} will answer by {when, date, long}.",
			"cases.guide": "Read <a href={url}>the guide</a> first, {name}."
		}`)},
		"de.json": {Data: []byte(`{
			"cases.open":  "{n, plural, =0 {Sie haben keine offenen Fälle.} one {Sie haben # offenen Fall.} other {Sie haben # offene Fälle.}}",
			"cases.owner": "{name} antwortet bis {when, date, long}."
		}`)},
	}
	catalog, err := i18n.New(&i18n.Options{Layers: []fs.FS{texts}})
	if err != nil {
		fmt.Println(err)
		return
	}
	offered, err := i18n.NewNegotiator("en", []i18n.Locale{"en", "de"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	locale, why := offered.Pick(i18n.Request{Path: "/cases", AcceptLanguage: "de-CH, fr;q=0.8"})
	fmt.Println(locale, why)

	p := catalog.In(locale)
	fmt.Println(p.T("cases.open", "n", 1))
	fmt.Println(p.T("cases.open", "n", 1200))
	fmt.Println(p.T("cases.owner", "name", "Ana", "when", time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)))
	fmt.Println(p.HTML("cases.guide", "name", "<Ana>", "url", "/guide")) // no German text yet
	fmt.Println(p.Money(i18n.Money{Amount: 123450, Currency: "EUR"}))
	fmt.Println(p.List("Ana", "Bo", "Cem"))
	// Output:
	// de header
	// Sie haben 1 offenen Fall.
	// Sie haben 1.200 offene Fälle.
	// Ana antwortet bis 30. November 2026.
	// Read <a href="/guide">the guide</a> first, &lt;Ana&gt;.
	// 1.234,50 €
	// Ana, Bo und Cem
}

// The library's own texts and formats, in ten lines.
func ExampleNew() {
	catalog, err := i18n.New(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, locale := range catalog.Locales() {
		p := catalog.In(locale)
		fmt.Println(locale.Autonym(), p.T("relative.day.past", "n", 3), p.Number(1234.5), p.Time(time.Unix(0, 0), "short"))
	}
	// Output:
	// العربية قبل 3 أيام 1,234.5 12:00 ص
	// Deutsch vor 3 Tagen 1.234,5 00:00
	// English 3 days ago 1,234.5 12:00 AM
	// Español hace 3 días 1234,5 0:00
	// 日本語 3 日前 1,234.5 0:00
}

func ExampleNegotiator_SplitPath() {
	n, _ := i18n.NewNegotiator("en", []i18n.Locale{"en", "pt-BR"}, nil)
	locale, rest, ok := n.SplitPath("/pt-br/articles/primeiros-passos")
	fmt.Println(locale, rest, ok)
	fmt.Println(i18n.JoinPath("pt-BR", rest))
	// Output:
	// pt-BR /articles/primeiros-passos true
	// /pt-br/articles/primeiros-passos
}

func ExampleCatalog_Choose() {
	catalog, _ := i18n.New(nil)
	shown, _ := catalog.Choose("de", "ja", "en") // an article that is there in Japanese and English
	fmt.Println(shown.In, shown.Substitute())
	fmt.Println(shown.Attrs())
	fmt.Println(catalog.In("de").Notice(shown))
	// Output:
	// en true
	// lang="en" dir="ltr"
	// Diesen Text gibt es noch nicht auf Deutsch. Sie lesen ihn auf Englisch.
}

func ExampleConventionsFor() {
	hungary, _ := i18n.ConventionsFor("hu")
	hungary.DateShort = "y.MM.dd."
	catalog, _ := i18n.New(&i18n.Options{Locales: map[i18n.Locale]i18n.Conventions{"hu": hungary}})
	fmt.Println(catalog.In("hu").Date(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), i18n.StyleShort))
	// Output: 2026.11.01.
}

func ExampleSortBy() {
	people := []struct{ Name string }{{"Zoë"}, {"Åsa"}, {"Anna"}}
	i18n.SortBy(i18n.NewSorter("sv"), people, func(p struct{ Name string }) string { return p.Name })
	fmt.Println(people)
	// Output: [{Anna} {Zoë} {Åsa}]
}
