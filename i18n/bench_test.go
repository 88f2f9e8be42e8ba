package i18n_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
)

// BenchmarkNew loads the library's texts: five languages.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, err := i18n.New(nil)
		require.NoError(b, err)
	}
}

// chained returns a catalog in which every text of de-AT is found only after
// four other locales, in the source language.
func chained(b *testing.B) *i18n.Catalog {
	b.Helper()
	var texts strings.Builder
	for i := range 500 {
		fmt.Fprintf(&texts, `"k%d": "Text {n, plural, one {# thing} other {# things}} by {who}",`, i)
	}
	return newCatalog(b, &i18n.Options{
		Layers:   []fs.FS{layer("en.json", `{`+texts.String()+`"last": "x"}`, "pl.json", `{"last": "x"}`, "cs.json", `{"last": "x"}`, "it.json", `{"last": "x"}`)},
		Fallback: map[i18n.Locale][]i18n.Locale{"de": {"nl", "pl", "cs", "it"}},
	})
}

// BenchmarkT compares the source language with a locale at the end of a long
// fallback chain; fmt.Sprintf is the floor.
func BenchmarkT(b *testing.B) {
	c := chained(b)
	b.Run("floor", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = fmt.Sprintf("Text %d things by %s", 1234, "Ana")
		}
	})
	for _, l := range []i18n.Locale{"en", "de-AT"} {
		p := c.In(l)
		b.Run(string(l), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.T("k250", "n", 1234, "who", "Ana")
			}
		})
	}
	b.Run("html", func(b *testing.B) {
		p := c.In("en")
		b.ReportAllocs()
		for b.Loop() {
			p.HTML("k250", "n", 1234, "who", "Ana")
		}
	})
}

func BenchmarkFormats(b *testing.B) {
	p := newCatalog(b, nil).In("de")
	for name, f := range map[string]func(){
		"number": func() { p.Number(1234567.5) },
		"money":  func() { p.Money(i18n.Money{Amount: 123450, Currency: "EUR"}) },
		"date":   func() { p.Date(noon, i18n.StyleLong) },
		"list":   func() { p.List("a", "b", "c") },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		})
	}
}
