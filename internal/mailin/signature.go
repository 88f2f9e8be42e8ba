package mailin

import (
	"regexp"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/words"
)

const maxSignature = 15 // lines of one that nothing else than its look tells

// signatures finds how people, and their programs, end what they wrote.
func (s *splitter) signatures(sender string) {
	for i := 0; i < len(s.lines); {
		j := i
		for j < len(s.lines) && s.kinds[j] == s.kinds[i] {
			j++
		}
		if s.kinds[i] == PassageOwn {
			s.mark(s.signature(i, j, sender), j, PassageSignature)
		}
		i = j
	}
}

// signature is where one begins between two lines, or the second of them.
func (s *splitter) signature(from, to int, sender string) int {
	at := to
	for i := from; i < to; i++ {
		if delimits(s.lines[i]) || listed(s.plain[i]) && s.alone(i, from) {
			at = i
			break
		}
	}
	for range 3 { // a program's line below a name
		if next := s.signed(from, at, sender); next < at {
			at = next
		}
	}
	return at
}

// delimits reports whether a line is what the standard puts before a signature, or
// what is left of it.
func delimits(line string) bool {
	line = strings.TrimRight(line, "\n")
	return line == "-- " || line == "--" || line == "—" || line == "-- \u00a0" || line == "--\u00a0"
}

// listed reports whether a line is what mailing lists put before their own.
func listed(text string) bool {
	return len(text) >= 10 && (strings.Trim(text, "_") == "" || strings.Trim(text, "━") == "" || strings.Trim(text, "─") == "")
}

// alone reports whether nothing stands right above a line.
func (s *splitter) alone(i, from int) bool { return i == from || s.plain[i-1] == "" }

// signed is where the last paragraph before a line begins, if it is a signature.
func (s *splitter) signed(from, to int, sender string) int {
	end := to
	for end > from && s.plain[end-1] == "" {
		end--
	}
	begin := end
	for begin > from && s.plain[begin-1] != "" {
		begin--
	}
	if begin == end || end-begin > maxSignature {
		return to
	}
	last := s.plain[end-1]
	switch {
	case slices.ContainsFunc(sentFrom, func(p *regexp.Regexp) bool { return p.MatchString(last) }) && len(strings.Fields(last)) <= 9:
		return end - 1
	case end-begin == 1 && dashed.MatchString(last):
		return begin
	}
	if i := s.name(begin, end, sender); i < end {
		return i
	}
	if begin > from && s.contacts(begin, end) {
		return s.ruledOff(from, begin, to)
	}
	return to
}

var (
	dashed  = regexp.MustCompile(`^-{1,2}\s?\p{Lu}[\p{L}.'-]+(\s\p{Lu}[\p{L}.'-]*){0,3}$`) // "-Ann Smith"
	contact = regexp.MustCompile(`(?i)(\+?\d[\d ().-]{6,}\d)|\S+@\S+\.\S+|https?://\S+|www\.\S+`)
)

// name is the line on which the sender's name begins a signature, or that of the
// regards right before it.
func (s *splitter) name(begin, end int, sender string) int {
	if sender == "" {
		return end
	}
	for i := begin; i < end; i++ {
		if !same(s.plain[i], sender) || i == begin && begin == 0 {
			continue
		}
		if i > begin && named(strings.TrimRight(s.plain[i-1], ",.!、。，"), regards) {
			i--
		}
		return i
	}
	return end
}

// same reports whether a line is a person's name, or the first of their names.
func same(line, sender string) bool {
	line, sender = words.Fold(strings.Trim(line, " ,.-*")), words.Fold(sender)
	given, _, _ := strings.Cut(sender, " ")
	return line != "" && (line == sender || line == given)
}

// contacts reports whether lines are ways to reach somebody, most of them.
func (s *splitter) contacts(begin, end int) bool {
	n := 0
	for _, text := range s.plain[begin:end] {
		if len(text) < 100 && contact.MatchString(text) {
			n++
		}
	}
	return n > 0 && 2*n >= end-begin
}

// ruledOff is the line of dashes above a paragraph that ends a text, or otherwise
// where it ends: without one, a way to reach somebody is what they write.
func (s *splitter) ruledOff(from, begin, otherwise int) int {
	for i := begin - 1; i >= from && i > begin-2*maxSignature; i-- {
		if text := s.plain[i]; len(text) >= 3 && strings.Trim(text, "-_=*~") == "" && s.alone(i, from) && i > from {
			return i
		}
	}
	return otherwise
}
