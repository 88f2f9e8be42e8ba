package semantic

import (
	"crypto/sha256"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-go/stoa/search"
)

const (
	passageBytes = 1000 // of a passage, about
	maxPassages  = 8    // of a document
)

// A key names what a passage says.
type key [sha256.Size]byte

// passages cuts a document into texts that are embedded, each with the title.
func passages(d search.Document) []string {
	title := strings.TrimSpace(d.Title)
	rest := strings.TrimSpace(d.Body)
	if rest == "" {
		rest = strings.TrimSpace(d.Summary)
	}
	if title == "" && rest == "" {
		return nil
	}
	if rest == "" {
		return []string{title}
	}
	var out []string
	for rest != "" && len(out) < maxPassages {
		end := passageEnd(rest)
		out = append(out, strings.TrimSpace(title+"\n"+strings.TrimSpace(rest[:end])))
		rest = strings.TrimSpace(rest[end:])
	}
	return out
}

// passageEnd returns where a passage ends: behind a line or a word, if there is
// one in the last half.
func passageEnd(text string) int {
	if len(text) <= passageBytes {
		return len(text)
	}
	end := passageBytes
	for !utf8.RuneStart(text[end]) {
		end--
	}
	if i := strings.LastIndexByte(text[:end], '\n'); i >= end/2 {
		return i + 1
	}
	if i := strings.LastIndexFunc(text[:end], unicode.IsSpace); i >= end/2 {
		return i + 1
	}
	return end
}
