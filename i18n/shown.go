package i18n

import (
	"fmt"
	"html/template"
	"slices"
)

// Shown says in which language a text is shown, and which was wanted. A page
// sets lang and dir from it around the text.
type Shown struct {
	In     Locale // the text's language
	Wanted Locale // the reader's
}

// Substitute reports whether the text is in another language than the one
// wanted, so that the reader deserves a notice. A relative of the wanted
// locale ("de" for "de-AT") is no other language; another script is.
func (s Shown) Substitute() bool {
	return base(s.In) != base(s.Wanted) || s.In.Script() != s.Wanted.Script()
}

// Attrs returns the attributes for the element around the text:
// lang="en" dir="ltr".
func (s Shown) Attrs() template.HTMLAttr {
	return template.HTMLAttr(fmt.Sprintf(`lang="%s" dir="%s"`, //nolint:gosec // escaped
		template.HTMLEscapeString(string(s.In)), s.In.Dir()))
}

// Notice returns a sentence that says so when the text is a substitute, and ""
// when it is not.
func (p *Printer) Notice(s Shown) string {
	if !s.Substitute() {
		return ""
	}
	return p.T("text.other_language", "wanted", s.Wanted, "shown", s.In)
}

// Choose returns which of the languages a content has is shown to a reader who
// wants one: it, its nearest relative in the same script, the fallbacks and
// the source language as for texts, and in the end the first it has. It
// reports false when there is none at all.
func (c *Catalog) Choose(wanted Locale, have ...Locale) (Shown, bool) {
	if len(have) == 0 {
		return Shown{}, false
	}
	for _, l := range wanted.lineage() {
		if slices.Contains(have, l) {
			return Shown{In: l, Wanted: wanted}, true
		}
	}
	for _, l := range have {
		if s := (Shown{In: l, Wanted: wanted}); !s.Substitute() {
			return s, true
		}
	}
	for _, l := range c.Chain(wanted) {
		if slices.Contains(have, l) {
			return Shown{In: l, Wanted: wanted}, true
		}
	}
	return Shown{In: have[0], Wanted: wanted}, true
}
