package search

import (
	"slices"
	"strings"
	"unicode"
)

// correct returns the text with corrections in the places of the words they
// are for, everything else as it was typed; empty if that changes nothing.
func (p parsed) correct(corrections []Correction) string {
	byWord := make([]string, len(p.terms))
	for _, c := range corrections {
		if c.Word >= 0 && c.Word < len(p.terms) && !p.terms[c.Word].Exclude {
			byWord[c.Word] = plain(c.Text)
		}
	}
	text := p.text
	for i, t := range slices.Backward(p.terms) {
		if byWord[i] != "" {
			text = text[:t.start] + likeCase(t.Text, byWord[i]) + text[t.end:]
		}
	}
	if strings.EqualFold(text, p.text) {
		return ""
	}
	return text
}

// plain returns the words of a text without anything that has a meaning in a
// query.
func plain(text string) string {
	var words []string
	for _, t := range parse(text).terms {
		words = append(words, t.Text)
	}
	return strings.Join(words, " ")
}

// likeCase returns text in capitals where the model is.
func likeCase(model, text string) string {
	m, t := []rune(model), []rune(text)
	if len(m) == 0 || len(t) == 0 || !unicode.IsUpper(m[0]) {
		return text
	}
	if len(m) > 1 && strings.ToUpper(model) == model {
		return strings.ToUpper(text)
	}
	t[0] = unicode.ToUpper(t[0])
	return string(t)
}
