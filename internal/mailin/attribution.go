package mailin

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	maxOver  = 4   // lines that say who is quoted
	maxBlank = 6   // empty lines below them
	maxLine  = 400 // bytes of one
)

// attributions finds the lines over quotes that say who wrote them and when.
func (s *splitter) attributions() {
	for i := range s.lines {
		if s.kinds[i] == PassageQuote && (i == 0 || s.kinds[i-1] == PassageOwn) && strings.HasPrefix(s.plain[i], ">") {
			s.over(i)
		}
	}
	for i := range s.lines {
		if s.kinds[i] != PassageOwn || s.plain[i] == "" {
			continue
		}
		if n := s.unmarked(i); n > 0 {
			s.mark(i, len(s.lines), PassageQuote)
			return
		}
	}
}

// over marks what belongs to the quote that begins at line i.
func (s *splitter) over(i int) {
	end := i
	for end > 0 && s.plain[end-1] == "" && i-end < maxBlank {
		end--
	}
	for n := 1; n <= maxOver && end-n >= 0; n++ {
		text := s.plain[end-n]
		if text == "" || len(text) > maxLine || s.kinds[end-n] != PassageOwn {
			return
		}
		if attributes(strings.Join(s.plain[end-n:end], " "), end == i) {
			s.mark(end-n, i, PassageQuote)
			return
		}
	}
}

// unmarked returns how many lines from i on say who wrote what follows, where no
// marks stand before that. They have to say it in words that we know.
func (s *splitter) unmarked(i int) int {
	if i > 0 && s.plain[i-1] != "" && !strings.HasPrefix(s.plain[i], "-") && !digits.MatchString(s.plain[i]) {
		return 0
	}
	for n := 1; n <= maxOver && i+n < len(s.lines); n++ {
		text := s.plain[i+n-1]
		if text == "" || len(text) > maxLine || s.kinds[i+n-1] != PassageOwn {
			return 0
		}
		if said(text) {
			joined := strings.Join(s.plain[i:i+n], " ")
			below := s.next(i + n)
			if dated(joined) && below < len(s.lines) && s.kinds[below] == PassageOwn {
				return n
			}
			return 0
		}
	}
	return 0
}

// attributes reports whether a line says who wrote what is quoted right below it:
// with a date, in whatever language, or in words that we know.
func attributes(text string, next bool) bool {
	ended := strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：")
	return dated(text) && (ended || said(text)) || next && said(text) && strings.Contains(text, "@")
}

var (
	digits  = regexp.MustCompile(`[\p{Nd}]+`)
	address = regexp.MustCompile(`<[^<>]*>|\S+@\S+`)
)

// dated reports whether there is a date: at least two numbers that are not in an address.
func dated(text string) bool {
	return len(digits.FindAllString(address.ReplaceAllString(text, " "), 3)) > 1
}

// said reports whether a line ends with words that mean "wrote".
func said(text string) bool {
	if !strings.HasSuffix(text, ":") && !strings.HasSuffix(text, "：") {
		return false
	}
	text = strings.ToLower(strings.TrimRightFunc(strings.TrimRight(text, ":："), invisible))
	return slices.ContainsFunc(wrote, func(w string) bool {
		rest, ok := strings.CutSuffix(text, w)
		return ok && (rest == "" || !unicode.IsLetter(lastRune(rest)) || !ascii(w))
	}) || slices.ContainsFunc(wrote, func(w string) bool { // "schrieb Ann Smith <ann@example.com>:"
		before, _, ok := strings.Cut(text, " "+w+" ")
		return ok && dated(before)
	})
}

func lastRune(s string) (last rune) {
	for _, r := range s[max(0, len(s)-4):] {
		last = r
	}
	return last
}
