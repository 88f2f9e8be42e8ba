package words

import (
	"strings"
	"unicode"
)

// Sentences cuts a text where sentences end: behind a full stop or its like that
// a space follows, or the end, or, in scripts without spaces, anything. A stop
// before a small letter is that of an abbreviation.
func Sentences(text string) (out []string) {
	runes := []rune(text)
	start := 0
	for i, r := range runes {
		if i+1 < len(runes) && !ends(r, runes[i+1:]) {
			continue
		}
		if s := strings.TrimSpace(string(runes[start : i+1])); s != "" {
			out = append(out, s)
		}
		start = i + 1
	}
	return out
}

// ends reports whether a sentence ends with r, which is followed by rest.
func ends(r rune, rest []rune) bool {
	switch {
	case strings.ContainsRune("。！？", r):
		return !strings.ContainsRune("」』）。！？", rest[0])
	case !unicode.Is(unicode.Sentence_Terminal, r) || !unicode.IsSpace(rest[0]):
		return false
	}
	for _, next := range rest {
		if !unicode.IsSpace(next) {
			return r != '.' || !unicode.IsLower(next)
		}
	}
	return true
}
