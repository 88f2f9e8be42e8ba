package i18n

import (
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// List joins items as the locale does, the last by its word for and: "a, b
// and c". Items are isolated like arguments of texts.
func (p *Printer) List(items ...string) string { return p.join("and", items) }

// OrList joins items, the last by the locale's word for or.
func (p *Printer) OrList(items ...string) string { return p.join("or", items) }

func (p *Printer) join(style string, items []string) string {
	r := renderer{p: p, in: p.tongue}
	r.items(style, items)
	return string(r.out)
}

// list writes a slice of any kind, and a text as it is.
func (r *renderer) list(style string, v any) error {
	switch items := v.(type) {
	case []string:
		r.items(style, items)
		return nil
	case string:
		r.isolated(items)
		return nil
	}
	slice := reflect.ValueOf(v)
	if slice.Kind() != reflect.Slice || slice.Type().Elem().Kind() == reflect.Uint8 {
		return errMismatch
	}
	items := make([]string, slice.Len())
	for i := range items {
		items[i] = plain(slice.Index(i).Interface())
	}
	r.items(style, items)
	return nil
}

func (r *renderer) items(style string, items []string) {
	join := r.conv().And
	if style == "or" {
		join = r.conv().Or
	}
	for i, item := range items {
		if i > 0 {
			r.text(soften(r.in.locale.Language(), join.between(i, len(items)), item))
		}
		r.isolated(item)
	}
}

// between returns what stands before item i of n.
func (j Joiner) between(i, n int) string {
	switch {
	case n == 2:
		return j.Pair
	case i == n-1:
		return j.Last
	}
	return j.Comma
}

// soften changes a joining word for the sound or script that follows it:
// "padre e hijo", "siete u ocho", "ו-Windows".
func soften(language, join, next string) string {
	switch language {
	case "es":
		return spanishJoin(join, strings.ToLower(next))
	case "he":
		first, _ := utf8.DecodeRuneInString(next)
		if strings.HasSuffix(join, " ו") && !unicode.Is(unicode.Hebrew, first) {
			return join + "-"
		}
	}
	return join
}

func spanishJoin(join, next string) string {
	begins := func(prefixes ...string) bool {
		for _, p := range prefixes {
			if strings.HasPrefix(next, p) {
				return true
			}
		}
		return false
	}
	switch {
	case join == " y " && begins("i", "í", "hi", "hí") && !begins("hia", "hie", "hio", "ia", "ie", "io"):
		return " e "
	case join == " o " && begins("o", "ó", "ho", "hó", "8"):
		return " u "
	}
	return join
}
