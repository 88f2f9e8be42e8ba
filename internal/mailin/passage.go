package mailin

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A PassageKind says whose words a passage is.
type PassageKind string

// The kinds of passages.
const (
	PassageOwn       PassageKind = "own"
	PassageQuote     PassageKind = "quote"     // of a mail before, with the line over it
	PassageSignature PassageKind = "signature" // and what programs and lists add below
	PassageForward   PassageKind = "forward"   // a mail that is passed on
)

// A Passage is a part of a text. Those of a text, put together, are the text.
type Passage struct {
	Kind PassageKind
	Text string
}

// Hints are what else is known of a text. The zero value is nothing.
type Hints struct {
	Sender    string // name of who wrote it, who may sign with it
	Forwarded bool   // the subject says that something is passed on
}

// Split takes a text apart, whose lines end with "\n".
func Split(text string, h Hints) []Passage {
	s := newSplitter(text)
	s.quotes()
	s.below(h.Forwarded)
	s.attributions()
	s.signatures(h.Sender)
	return s.passages()
}

// Reply returns of passages what the person wrote; see [Message.Reply].
func Reply(list []Passage) string {
	own := func(p Passage) bool {
		return (p.Kind == PassageOwn || p.Kind == PassageForward) && strings.TrimSpace(p.Text) != ""
	}
	begin, end, count := -1, -1, 0
	for i, p := range list {
		if own(p) {
			if begin < 0 {
				begin = i
			}
			end, count = i, count+1
		}
	}
	if end < 0 {
		return onlyQuoted(list)
	}
	if count > 1 {
		begin = 0 // answers between the lines
	}
	var b strings.Builder
	for _, p := range list[begin : end+1] {
		if p.Kind != PassageSignature {
			b.WriteString(p.Text)
		}
	}
	return trimLines(b.String())
}

// onlyQuoted is the reply of who wrote nothing of their own.
func onlyQuoted(list []Passage) string {
	var signed, all strings.Builder
	for _, p := range list {
		all.WriteString(p.Text)
		if p.Kind == PassageSignature {
			signed.WriteString(p.Text)
		}
	}
	if text := trimLines(signed.String()); text != "" {
		return text
	}
	return trimLines(all.String())
}

// trimLines takes away empty lines around a text, and spaces at its end.
func trimLines(text string) string {
	text = strings.TrimRightFunc(text, unicode.IsSpace)
	for {
		line, rest, more := strings.Cut(text, "\n")
		if !more || strings.TrimSpace(line) != "" {
			return text
		}
		text = rest
	}
}

// A splitter says of each line what it is.
type splitter struct {
	lines []string // with their ends
	plain []string // without, and without spaces around them
	named []string // what field of a header it could be
	kinds []PassageKind
}

func newSplitter(text string) *splitter {
	s := &splitter{lines: strings.SplitAfter(text, "\n")}
	if s.lines[len(s.lines)-1] == "" {
		s.lines = s.lines[:len(s.lines)-1]
	}
	n := len(s.lines)
	s.plain, s.named, s.kinds = make([]string, n), make([]string, n), make([]PassageKind, n)
	for i, l := range s.lines {
		s.plain[i], s.kinds[i] = strings.TrimFunc(l, invisible), PassageOwn
		s.named[i] = labelled(s.plain[i])
	}
	return s
}

// invisible reports whether a letter is not to be seen at the end of a line: marks
// of direction stand around names in languages that are written from the right.
func invisible(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

func (s *splitter) mark(from, to int, kind PassageKind) {
	for i := from; i < to; i++ {
		s.kinds[i] = kind
	}
}

// quotes finds lines with a mark before them, and the empty ones between such.
func (s *splitter) quotes() {
	last := -1
	for i, text := range s.plain {
		if strings.HasPrefix(text, ">") {
			if last >= 0 {
				s.mark(last+1, i, PassageQuote)
			}
			s.kinds[i], last = PassageQuote, i
		} else if text != "" {
			last = -1
		}
	}
}

// below finds a mail that stands whole below the text, with a line or a header over
// it and no marks before its lines.
func (s *splitter) below(forwarded bool) {
	for i, text := range s.plain {
		if s.kinds[i] != PassageOwn || text == "" {
			continue
		}
		over := bare(text)
		passed := between(text) && slices.ContainsFunc(forwardedOver, func(p string) bool { return strings.HasPrefix(over, p) }) && s.heads(s.next(i+1))
		switch {
		case passed:
			s.mark(i, len(s.lines), PassageForward)
			return
		case ruled(text) && slices.Contains(originals, over), s.heads(i):
			kind := PassageQuote
			if forwarded {
				kind = PassageForward
			}
			s.mark(s.rule(i), len(s.lines), kind)
			return
		}
	}
}

// between reports whether a line is one over a mail: between dashes, or ended by a colon.
func between(text string) bool {
	return ruled(text) || strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：")
}

func ruled(text string) bool {
	return len(text) < 200 && (strings.HasPrefix(text, "--") || strings.HasPrefix(text, "__") || strings.HasPrefix(text, "*--"))
}

// bare is what a line says between dashes and stars.
func bare(text string) string {
	return strings.ToLower(strings.Trim(text, "-_*:： \u00a0"))
}

// next is the first line from i that is not empty.
func (s *splitter) next(i int) int {
	for i < len(s.plain) && s.plain[i] == "" {
		i++
	}
	return i
}

var label = regexp.MustCompile(`^[>\s]*\*{0,2}([^:：*]{1,30}?)\s*\*{0,2}\s*[:：]\s*\*{0,2}`)

// heads reports whether a header that a program wrote begins at line i: who, when,
// and to whom or of what. People who write of mails do not use all three.
func (s *splitter) heads(i int) bool {
	seen := map[string]bool{}
	if i >= len(s.plain) || s.named[i] == "" {
		return false
	}
	for j := i; j < min(i+10, len(s.plain)) && s.plain[j] != ""; j++ {
		seen[s.named[j]] = true // or what goes on from the line before
	}
	return seen["from"] && seen["date"] && (seen["to"] || seen["subject"]) || seen["from"] && seen["to"] && seen["subject"]
}

func labelled(text string) string {
	if len(text) > 1000 {
		return ""
	}
	m := label.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	for what, names := range labels {
		if named(m[1], names) {
			return what
		}
	}
	return ""
}

// rule is where the line begins that is drawn above line i.
func (s *splitter) rule(i int) int {
	above := i - 1
	for above >= 0 && s.plain[above] == "" && above > i-4 {
		above--
	}
	if above >= 0 && len(s.plain[above]) >= 5 && strings.Trim(s.plain[above], "-_*=— ") == "" {
		return above
	}
	return i
}

// passages joins lines of a kind.
func (s *splitter) passages() (list []Passage) {
	for i := 0; i < len(s.lines); {
		j := i
		for j < len(s.lines) && s.kinds[j] == s.kinds[i] {
			j++
		}
		list = append(list, Passage{s.kinds[i], strings.Join(s.lines[i:j], "")})
		i = j
	}
	return list
}
