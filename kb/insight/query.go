package insight

import (
	"strings"
	"unicode"

	"github.com/stoa-go/stoa/search/report"
)

// A Query is what people searched for: see [report.NewQuery].
type Query = report.Query

// words returns the words of a text that say what it is about.
func words(text string) []string {
	var out []string
	for _, w := range strings.Fields(report.NewQuery("", text).Text) {
		if len([]rune(w)) > 3 || !isLatin(w) {
			out = append(out, w)
		}
	}
	return out
}

func isLatin(w string) bool {
	for _, c := range w {
		if unicode.IsLetter(c) && !unicode.Is(unicode.Latin, c) {
			return false
		}
	}
	return true
}
