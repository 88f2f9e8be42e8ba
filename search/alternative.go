package search

import (
	"cmp"
	"slices"
	"strings"
)

// An Alternative is another way to say a word of a request, or several words.
// A document that has it is found as if it had these. It is scored by them or
// by the alternative, whichever is best and never by both, and an alternative is
// worth no more than what it stands in for.
type Alternative struct {
	Text   string  // one word, or several that must stand next to each other
	Words  int     // how many words of the request it stands in for, from the one that has it on; 0 means that one
	Weight float64 // what its score is multiplied by, at most 1; 0 means 1
}

// A Choice is some neighbouring words of a request with what stands in for all
// of them.
type Choice struct {
	From, To int // the words, without the one at To
	Also     []Alternative
	Inner    []Choice // choices about some of these words, in order
}

// Choices returns what alternatives stand in for, in order, for implementations
// of [Index]. What is quoted, required or excluded is looked for as it is
// written: an alternative to it is left out, and so is one that stands in for a
// part of what another one does and for something beside that.
func Choices(words []Word) []Choice {
	var flat []Choice
	for i, w := range words {
		for _, a := range w.Also {
			flat = appendChoice(flat, words, i, a)
		}
	}
	if flat == nil {
		return nil
	}
	slices.SortStableFunc(flat, func(a, b Choice) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(b.To, a.To)) })
	return nest(flat)
}

func appendChoice(flat []Choice, words []Word, from int, a Alternative) []Choice {
	to := from + max(a.Words, 1)
	literal := func(w Word) bool { return w.Phrase || w.Required || w.Exclude }
	if strings.TrimSpace(a.Text) == "" || to > len(words) || slices.ContainsFunc(words[from:to], literal) {
		return flat
	}
	if a.Weight <= 0 || a.Weight > 1 {
		a.Weight = 1
	}
	for i := range flat {
		if flat[i].From == from && flat[i].To == to {
			flat[i].Also = append(flat[i].Also, a)
			return flat
		}
	}
	return append(flat, Choice{From: from, To: to, Also: []Alternative{a}})
}

// nest puts choices into those that they are about a part of. They are sorted by
// where they begin, the longest first.
func nest(flat []Choice) []Choice {
	var out []Choice
	for _, c := range flat {
		last := len(out) - 1
		switch {
		case last < 0 || c.From >= out[last].To:
			out = append(out, c)
		case c.To <= out[last].To:
			out[last].Inner = nest(append(out[last].Inner, c))
		}
	}
	return out
}
