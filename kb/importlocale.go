package kb

import (
	"cmp"
	"maps"
	"slices"
)

// written returns the languages that each article of the bundle is there in, by its
// external name.
func (im *importing) written() map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, item := range im.b.Items {
		if out[item.External] == nil {
			out[item.External] = map[string]bool{}
		}
		out[item.External][canonical(cmp.Or(item.Locale, im.opts.Source))] = true
	}
	return out
}

// settle returns the language that a text is kept in: where readers are offered
// "en" and no "en-US", a text in that is in English, unless there is another beside
// it that is, or would be.
func (im *importing) settle(locale string, beside map[string]bool) string {
	to := im.l.above(locale)
	if im.own || to == "" {
		return locale
	}
	for other := range beside {
		if other != locale && (other == to || im.l.above(other) == to) {
			return locale
		}
	}
	return to
}

// above returns the language offered to readers that locale is a region of, or ""
// if there is none or it is offered itself. Another script is no region.
func (l *Library) above(locale string) string {
	to := parent(locale)
	if slices.Contains(l.locales, locale) || !slices.Contains(l.locales, to) || len(locale)-len(to) > len("-419") {
		return ""
	}
	return to
}

// labels returns the labels of a category in the languages that they are kept in.
// That of no language is in that of the source.
func (im *importing) labels(given map[string]Label) map[string]Label {
	beside := map[string]bool{}
	for locale := range given {
		beside[canonical(cmp.Or(locale, im.opts.Source))] = true
	}
	out := map[string]Label{}
	names := slices.Sorted(maps.Keys(given))
	for _, locale := range slices.Backward(names) { // what names its language before what does not
		to := im.settle(canonical(cmp.Or(locale, im.opts.Source)), beside)
		if _, ok := out[to]; locale != "" || !ok {
			out[to] = given[locale]
		}
	}
	return out
}
