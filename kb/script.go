package kb

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/profile"
)

// A text may have parts that only some of its readers see. What a reader may not
// see is taken out of the source, before anything is made of it: it leaves no
// trace in what is rendered, listed, counted or indexed.

// A script is the source of a text, cut into its parts.
type script struct {
	lines    []scriptLine
	includes []string // names of the blocks that it includes, sorted
}

// A scriptLine is a piece of a script.
type scriptLine struct {
	text     string
	part     bool
	staff    bool
	audience profile.Audience // of a part
	inner    []scriptLine     // of a part
	include  string           // name of a block
}

// readScript cuts a text into its parts. What is wrong with it is told of the
// field "body".
func readScript(body string) (*script, error) {
	segments, err := markdown.Segments(body)
	if err != nil {
		return nil, inBody(err)
	}
	s := &script{}
	if s.lines, err = s.read(segments); err != nil {
		return nil, err
	}
	slices.Sort(s.includes)
	s.includes = slices.Compact(s.includes)
	return s, nil
}

func (s *script) read(segments []markdown.Segment) ([]scriptLine, error) {
	var out []scriptLine
	for _, seg := range segments {
		line := scriptLine{text: seg.Text, part: seg.Part(), staff: seg.Staff, include: seg.Include}
		if seg.Include != "" {
			s.includes = append(s.includes, seg.Include)
		}
		if line.part {
			var err error
			if line.audience, err = partAudience(seg); err != nil {
				return nil, err
			}
			if line.inner, err = s.read(seg.Inner); err != nil {
				return nil, err
			}
		}
		out = append(out, line)
	}
	return out, nil
}

// partAudience returns whom a part is for. People are not named in texts, which
// never change: nobody could be forgotten.
func partAudience(seg markdown.Segment) (profile.Audience, error) {
	if seg.Staff {
		return profile.NewAudience(profile.SegmentStaff), nil
	}
	for _, term := range seg.Terms {
		if strings.Contains(term, profile.SegmentPerson) {
			return nil, errs.Field("body", "error.audience.bad_term", map[string]any{"term": term})
		}
	}
	audience, err := profile.ParseAudience(seg.Terms)
	if err != nil {
		return nil, errs.Field("body", "error.audience.bad_term", map[string]any{"term": strings.Join(seg.Terms, " ")})
	}
	return audience, nil
}

// scriptOf returns the script of a revision. One that cannot be read is for
// nobody but staff.
func (l *Library) scriptOf(ctx context.Context, rev Revision) *script {
	key := l.textKey(rev, "")
	if s, ok := l.scripts.Load(key); ok {
		return s
	}
	s, err := readScript(rev.Body)
	if err != nil {
		l.log.WarnContext(ctx, "parts of an article cannot be read", "article", rev.Article, "locale", rev.Locale, "revision", rev.Number, "err", err)
		closed := scriptLine{part: true, staff: true, audience: profile.NewAudience(profile.SegmentStaff), inner: []scriptLine{{text: rev.Body}}}
		s = &script{lines: []scriptLine{closed}}
	}
	l.scripts.Store(key, s)
	return s
}

// CodeSignUnknown is the code of findings about lines that look like the sign of a
// part and mean nothing.
const CodeSignUnknown = "sign_unknown"

// signFindings returns the signs in a text that mean nothing.
func signFindings(body string) (out []Finding) {
	for _, sign := range markdown.UnknownSigns(body) {
		out = append(out, Finding{Code: CodeSignUnknown, Place: "body", Ref: sign.Word, Severity: SeverityWarning,
			Message: errs.Message{Key: "finding.sign_unknown", Args: map[string]any{"line": sign.Line, "word": sign.Word}}})
	}
	return out
}

// A viewer is who a text is composed for.
type viewer struct {
	admits func(profile.Audience) bool
	boxed  bool // parts are marked as such
}

// everybody sees what all see who see an article at all.
var everybody = viewer{admits: profile.Audience.IsPublic}

// authors see all there is.
var authors = viewer{admits: func(profile.Audience) bool { return true }}

// viewerOf returns what by sees.
func viewerOf(by profile.Actor) viewer { return viewer{admits: by.Sight().Admits, boxed: true} }

// A composed text is a script as a viewer sees it.
type composed struct {
	text    string
	variant string             // equal for viewers who see the same, and see it the same way
	asked   []profile.Audience // whose members see something else than others
}

// compose puts together what a viewer sees of s in a language, with the blocks
// that it includes as they are now.
func (l *Library) compose(ctx context.Context, s *script, locale string, v viewer) (composed, error) {
	if len(s.includes) == 0 {
		return l.composeFrom(nil, s, locale, v), nil
	}
	set, err := l.blockSet(ctx)
	if err != nil {
		return composed{}, err
	}
	return l.composeFrom(set, s, locale, v), nil
}

// composeFrom is compose with blocks from a set; with nil, none are included.
func (l *Library) composeFrom(set *blockSet, s *script, locale string, v viewer) composed {
	if len(s.lines) == 1 && !s.lines[0].part && s.lines[0].include == "" {
		return composed{text: s.lines[0].text}
	}
	c := composing{l: l, set: set, locale: locale, viewer: v}
	var text strings.Builder
	c.write(&text, s.lines)
	return composed{text: text.String(), variant: c.variant.String(), asked: c.asked}
}

type composing struct {
	l       *Library
	set     *blockSet // nil means that nothing is included
	locale  string
	viewer  viewer
	within  []string // blocks that are being written
	bytes   int      // that blocks have added
	variant strings.Builder
	asked   []profile.Audience // all there are, whoever views: pages are kept by them
	hidden  int                // parts around that the viewer does not see
}

func (c *composing) write(to *strings.Builder, lines []scriptLine) {
	for _, line := range lines {
		switch {
		case line.part:
			c.part(to, line)
		case line.include != "":
			c.include(to, line.include)
		default:
			to.WriteString(line.text)
		}
	}
}

// maxIncluded is how much blocks may add to a text, in bytes.
const maxIncluded = 256 << 10

// desk are those who are told of a block that is missing.
var desk = profile.Audience{"role:admin", "role:author", "role:reviewer", "role:translator"}

// include writes a block. One that is not there, or would not end, is told to
// authors alone.
func (c *composing) include(to *strings.Builder, name string) {
	if c.set == nil {
		return
	}
	b, ok := c.set.byName[name]
	if !ok || slices.Contains(c.within, name) || len(c.within) >= maxBlockDepth || c.bytes > maxIncluded {
		says := c.l.drawer(c.locale).Label(markdown.LabelBlock) + " `" + name + "`"
		c.part(to, scriptLine{part: true, audience: desk, inner: []scriptLine{{text: says + "\n"}}})
		return
	}
	have := first(slices.Sorted(maps.Keys(b.scripts)), b.Source)
	locale := c.l.pick(c.locale, have)
	c.variant.WriteString(name + "@" + strconv.Itoa(b.Version))
	c.bytes += len(b.Texts[locale])
	c.within = append(c.within, name)
	to.WriteString("\n\n")
	if b.Audience.IsPublic() {
		c.write(to, b.scripts[locale].lines)
	} else {
		c.part(to, scriptLine{part: true, audience: b.Audience, staff: slices.Equal(b.Audience, profile.Audience{profile.SegmentStaff}), inner: b.scripts[locale].lines})
	}
	to.WriteString("\n\n")
	c.within = c.within[:len(c.within)-1]
}

func (c *composing) part(to *strings.Builder, line scriptLine) {
	c.asked = append(c.asked, line.audience)
	admitted := c.hidden == 0 && c.viewer.admits(line.audience)
	if !admitted {
		c.variant.WriteByte('0')
		c.hidden++
		c.write(&strings.Builder{}, line.inner)
		c.hidden--
		to.WriteString("\n\n")
		return
	}
	boxed := c.viewer.boxed && !line.audience.IsPublic()
	c.variant.WriteByte(map[bool]byte{false: '1', true: 'b'}[boxed])
	var inner strings.Builder
	c.write(&inner, line.inner)
	if !boxed {
		to.WriteString("\n\n" + inner.String() + "\n\n")
		return
	}
	to.WriteString(c.l.boxer.Marked(inner.String(), line.staff))
}
