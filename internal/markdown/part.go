package markdown

import (
	"regexp"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// A Segment is a piece of a source that has parts of its own, or stands for
// another text.
type Segment struct {
	Text    string    // Markdown, of a segment that is neither a part nor an inclusion
	Terms   []string  // of a part: whom it is for
	Staff   bool      // of a part: it is for those who work here
	Inner   []Segment // of a part: what is in it
	Include string    // of an inclusion: name of the other text
}

// Part reports whether s is a part.
func (s Segment) Part() bool { return s.Staff || len(s.Terms) > 0 }

// Limits of sources with parts.
const (
	maxPartDepth = 8
	maxSegments  = 400
	maxTerms     = 20
)

// Segments cuts a source into its parts:
//
//	:::for partner, account:acme
//	Only they read this.
//	:::
//
//	:::internal
//	Only those who work here read this.
//	:::
//
//	:::include safety
//
// Each sign stands on a line of its own, at its start, and not within a block of
// code between fences that stand at the start of their lines. What other systems
// write with colons is text. A source that says something else with these signs
// than it seems to is Invalid: text that was meant for few must not be shown to
// all by mistake.
func Segments(source string) ([]Segment, error) {
	if !strings.Contains(source, ":::") {
		return []Segment{{Text: source}}, nil
	}
	source = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source)
	c := cutter{open: []container{{}}}
	for line := range strings.Lines(source) {
		c.number++
		if err := c.line(line); err != nil {
			return nil, err
		}
	}
	c.flush()
	for _, open := range slices.Backward(c.open[1:]) {
		if open.segment.Part() {
			return nil, partFault("markdown.part_open", open.line)
		}
	}
	return c.open[0].segment.Inner, nil
}

// A container is a part, or something of another system, that is open.
type container struct {
	segment Segment
	other   string // name of what another system calls so
	line    int
}

type cutter struct {
	open    []container // the first is the source
	text    strings.Builder
	fence   string
	number  int // of the line
	total   int // segments
	unknown []Sign
}

// A Sign is a line that begins with colons and a word.
type Sign struct {
	Word string
	Line int
}

// UnknownSigns returns the signs in a source that mean nothing, neither here nor
// in the systems whose texts are understood: readers see them as they stand.
func UnknownSigns(source string) []Sign {
	if !strings.Contains(source, ":::") {
		return nil
	}
	source = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source)
	c := cutter{open: []container{{}}}
	for line := range strings.Lines(source) {
		c.number++
		if c.line(line) != nil {
			return c.unknown // which is told where the source is cut
		}
	}
	return c.unknown
}

// note keeps a sign that nobody knows.
func (c *cutter) note(word, bare string) {
	if !docfxBlock.MatchString(bare) {
		c.unknown = append(c.unknown, Sign{word, c.number})
	}
}

var (
	colons    = regexp.MustCompile(`^:{3,}[ \t]*([A-Za-z][A-Za-z0-9_-]*)?(.*)$`)
	embedded  = regexp.MustCompile(`^https?://[^\s<>]+$`)
	blockName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	codeFence = regexp.MustCompile("^(`{3,}|~{3,})(.*)$")
)

// IsBlockName reports whether a text can be included by a name.
func IsBlockName(name string) bool { return blockName.MatchString(name) }

func (c *cutter) line(line string) error {
	bare := strings.TrimRight(line, " \t\r\n")
	if c.inCode(bare) {
		c.text.WriteString(line)
		return nil
	}
	m := colons.FindStringSubmatch(bare)
	if m == nil {
		c.text.WriteString(line)
		return nil
	}
	rest := strings.TrimSpace(m[2])
	switch name := strings.ToLower(m[1]); {
	case name == "for" || name == "internal":
		return c.begin(name, rest)
	case name == "include":
		return c.include(rest)
	case name == "embed" && embedded.MatchString(rest):
		c.text.WriteString("\n<" + strings.TrimRight(rest, ": \t") + ">\n\n") // a link in a paragraph of its own
	case name == "" && rest == "":
		c.end(line)
	case name == "" || strings.HasSuffix(rest, ":::"):
		if name != "" {
			c.note(name, bare)
		}
		c.text.WriteString(line)
	case strings.HasSuffix(name, "-end"):
		c.endOther(strings.TrimSuffix(name, "-end"))
		c.text.WriteString(line)
	default:
		c.note(name, bare)
		c.open = append(c.open, container{other: name, line: c.number})
		c.text.WriteString(line)
	}
	return nil
}

// inCode reports whether a line belongs to a block of code, or begins or ends
// one.
func (c *cutter) inCode(bare string) bool {
	if c.fence != "" {
		trimmed := strings.TrimLeft(bare, " ")
		if len(bare)-len(trimmed) < 4 && strings.HasPrefix(trimmed, c.fence) && strings.Trim(trimmed, c.fence[:1]) == "" {
			c.fence = ""
		}
		return true
	}
	m := codeFence.FindStringSubmatch(bare)
	if m == nil || m[1][0] == '`' && strings.Contains(m[2], "`") {
		return false
	}
	c.fence = m[1]
	return true
}

// begin opens a part.
func (c *cutter) begin(name, rest string) error {
	if strings.Contains(rest, ":::") {
		return partFault("markdown.part_line", c.number)
	}
	s := Segment{Staff: name == "internal"}
	if !s.Staff {
		s.Terms = strings.FieldsFunc(rest, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' })
		if len(s.Terms) == 0 || len(s.Terms) > maxTerms {
			return partFault("markdown.part_terms", c.number)
		}
	}
	c.flush()
	c.open = append(c.open, container{segment: s, line: c.number})
	if c.total++; len(c.open) > maxPartDepth || c.total > maxSegments {
		return partFault("markdown.parts_many", c.number)
	}
	return nil
}

// end closes what was opened last; otherwise the line is text.
func (c *cutter) end(line string) {
	last := c.open[len(c.open)-1]
	if len(c.open) == 1 || last.other != "" {
		c.text.WriteString(line)
		if last.other != "" {
			c.open = c.open[:len(c.open)-1]
		}
		return
	}
	c.flush()
	last = c.open[len(c.open)-1]
	c.open = c.open[:len(c.open)-1]
	c.add(last.segment)
}

// endOther closes what another system opened under a name, if that was last.
func (c *cutter) endOther(name string) {
	if c.open[len(c.open)-1].other == name && name != "" {
		c.open = c.open[:len(c.open)-1]
	}
}

func (c *cutter) include(rest string) error {
	name := strings.TrimRight(strings.TrimRight(rest, ":"), " \t")
	if !blockName.MatchString(name) {
		return partFault("markdown.include_name", c.number)
	}
	c.flush()
	c.add(Segment{Include: name})
	if c.total++; c.total > maxSegments {
		return partFault("markdown.parts_many", c.number)
	}
	return nil
}

// flush ends the text that is being read.
func (c *cutter) flush() {
	if c.text.Len() > 0 {
		c.add(Segment{Text: c.text.String()})
		c.text.Reset()
	}
}

// add adds a segment to the part that is open, past whatever other systems have
// opened in it.
func (c *cutter) add(s Segment) {
	i := len(c.open) - 1
	for c.open[i].other != "" {
		i--
	}
	c.open[i].segment.Inner = append(c.open[i].segment.Inner, s)
}

func partFault(key string, line int) error {
	return errs.Say(errs.Invalid, key, map[string]any{"line": line})
}

// partSign matches in a rendered text what was meant to begin a part or an
// inclusion and did not.
var partSign = regexp.MustCompile(`(?im)^[ \t\p{Cf}]*:{3,}[ \t]*(?:for|internal|include)(?:[ \t\r\n:]|$)`)

// StrayPart reports whether a rendered text shows a sign of a part outside code:
// one that stood within a list or a quotation, where it means nothing.
func StrayPart(d Document) bool {
	return strings.Contains(string(d.HTML), ":::") && partSign.MatchString(outsideCode(string(d.HTML)))
}

// Unfold puts a text in the place of each sign in a source that includes another
// text by a name.
func Unfold(source, name, text string) string {
	source = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source)
	var out strings.Builder
	var c cutter
	for line := range strings.Lines(source) {
		bare := strings.TrimRight(line, " \t\r\n")
		m := colons.FindStringSubmatch(bare)
		if c.inCode(bare) || m == nil || strings.ToLower(m[1]) != "include" || strings.TrimRight(strings.TrimSpace(m[2]), ": \t") != name {
			out.WriteString(line)
			continue
		}
		out.WriteString("\n" + strings.Trim(text, "\n") + "\n\n")
	}
	return out.String()
}
