package i18n

import (
	"maps"
	"slices"
	"strings"
)

// Words are a text by language, as a team writes one into its configuration.
type Words map[string]string

// In returns the words in locale, in the language it belongs to, in English, or
// else in the first language there is.
func (w Words) In(locale string) string {
	for tag := locale; tag != ""; tag = tag[:max(0, strings.LastIndexByte(tag, '-'))] {
		if s, ok := w[tag]; ok {
			return s
		}
	}
	if s, ok := w["en"]; ok || len(w) == 0 {
		return s
	}
	return w[slices.Min(slices.Collect(maps.Keys(w)))]
}
