package i18n_test

import (
	"fmt"
	"io/fs"
	"testing/fstest"

	"github.com/stoa-go/stoa/i18n"
)

func Example_readme() {
	texts := fstest.MapFS{ // yours: an embed.FS with LANG.json
		"en.json": {Data: []byte(`{"cases.open": "{n, plural, =0 {No open cases} one {# open case} other {# open cases}}"}`)},
		"de.json": {Data: []byte(`{"cases.open": "{n, plural, =0 {Keine offenen Fälle} one {# offener Fall} other {# offene Fälle}}"}`)},
	}
	catalog, _ := i18n.New(&i18n.Options{Layers: []fs.FS{texts}})
	languages, _ := i18n.NewNegotiator("en", []i18n.Locale{"en", "de"}, nil)
	locale, _ := languages.Pick(i18n.Request{AcceptLanguage: "fr;q=0.5, de-AT"})
	p := catalog.In(locale)
	fmt.Println(p.T("cases.open", "n", 1), p.Money(i18n.Money{Amount: 123450, Currency: "EUR"}))
	// Output: 1 offener Fall 1.234,50 €
}
