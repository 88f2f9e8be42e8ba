package kb

import (
	"regexp"
	"strings"
)

// outsideCode returns Markdown with every part of it that is not code changed
// by f.
func outsideCode(body string, f func(string) string) string {
	s := codeScanner{f: f}
	for line := range strings.Lines(body) {
		s.line(line)
	}
	s.flush()
	return s.out.String()
}

// A codeScanner follows the lines of a text as far as is needed to tell code
// from prose: fences, indented blocks, <pre>, and spans within a paragraph.
type codeScanner struct {
	f      func(string) string
	out    strings.Builder
	prose  strings.Builder // lines of the paragraph so far
	fence  string          // what ends the block of code, or empty
	inList bool            // indented lines belong to a list
}

// container matches what quotes and lists put in front of a line.
var container = regexp.MustCompile(`^(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t]))*[ \t]*`)

var fenceStart = regexp.MustCompile("^(`{3,}|~{3,})(.*)")

var preStart = regexp.MustCompile(`(?i)^ {0,3}<(pre|script|style|textarea)(?:[\s>]|$)`)

var listItem = regexp.MustCompile(`^[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)`)

func (s *codeScanner) line(line string) {
	bare := strings.TrimRight(line, " \t\r\n")
	rest := bare[len(container.FindString(bare)):]
	switch {
	case s.fence != "":
		s.out.WriteString(line)
		if s.ends(bare, rest) {
			s.fence = ""
		}
	case s.starts(bare, rest):
		s.flush()
		s.out.WriteString(line)
	case bare == "":
		s.flush()
		s.out.WriteString(line)
	case s.prose.Len() == 0 && !s.inList && indented(line):
		s.out.WriteString(line)
	default:
		if s.prose.Len() == 0 && !indented(line) || listItem.MatchString(line) {
			s.inList = listItem.MatchString(line)
		}
		s.prose.WriteString(line)
	}
}

func indented(line string) bool {
	return strings.HasPrefix(line, "    ") || strings.HasPrefix(strings.TrimLeft(line[:min(3, len(line))], " "), "\t")
}

// starts reports whether a block of code begins with a line.
func (s *codeScanner) starts(bare, rest string) bool {
	if m := preStart.FindStringSubmatch(bare); m != nil {
		end := "</" + strings.ToLower(m[1])
		if !strings.Contains(strings.ToLower(bare), end) {
			s.fence = end
		}
		return true
	}
	m := fenceStart.FindStringSubmatch(rest)
	if m == nil || m[1][0] == '`' && strings.Contains(m[2], "`") {
		return false
	}
	s.fence = m[1]
	return true
}

// ends reports whether the block of code ends with a line.
func (s *codeScanner) ends(bare, rest string) bool {
	if s.fence[0] == '<' {
		return strings.Contains(strings.ToLower(bare), s.fence)
	}
	return strings.HasPrefix(rest, s.fence) && strings.Trim(rest, s.fence[:1]) == ""
}

// flush writes the paragraph, its spans of code as they are.
func (s *codeScanner) flush() {
	text := s.prose.String()
	s.prose.Reset()
	none := map[int]bool{} // lengths of runs of backticks that do not come again
	from, i := 0, 0
	for i < len(text) {
		switch text[i] {
		case '\\':
			i += 2
			continue
		case '`':
		default:
			i++
			continue
		}
		run := ticks(text[i:])
		end := -1
		if !none[run] {
			end = closing(text, i+run, run)
		}
		if end < 0 {
			none[run] = true
			i += run
			continue
		}
		s.out.WriteString(s.f(text[from:i]))
		s.out.WriteString(text[i:end])
		from, i = end, end
	}
	s.out.WriteString(s.f(text[from:]))
}

// ticks returns how many backticks text begins with.
func ticks(text string) int { return len(text) - len(strings.TrimLeft(text, "`")) }

// closing returns the end of the next run of exactly run backticks, or -1.
func closing(text string, from, run int) int {
	for i := from; i < len(text); {
		if text[i] != '`' {
			i++
			continue
		}
		n := ticks(text[i:])
		i += n
		if n == run {
			return i
		}
	}
	return -1
}
