package kb

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A Replacement says what is looked for in texts, and what takes its place.
type Replacement struct {
	Find   string
	With   string // with Regexp, "$1" or "${name}" stands for what a group matched, and "$$" for a dollar
	Regexp bool   // Find is a regular expression as Go has them, which take time in proportion to the text
	Case   bool   // letters match only in the same case
	Word   bool   // only whole words
	Code   bool   // in code as well
	Titles bool   // in titles as well
}

// Limits of what is looked for.
const (
	MaxFind  = 500 // characters
	MostHits = 100 // of a text that are told of
)

// A Hit is a place in a text that matches.
type Hit struct {
	Number        int    // of the text's hits, in order, the title's first
	Title         bool   // it is in the title
	Line          int    // of the body, from 1
	Before, After string // what stands around it, in its line
	Found         string
	With          string // what would take its place
}

// A TextHits is a text with places that match.
type TextHits struct {
	Article, Locale, Title string
	Version, Head          int // of the article and of the text, as it was looked at
	Published              bool
	Hits                   []Hit // at most MostHits
}

// A FindQuery selects the texts to look in.
type FindQuery struct {
	Replacement
	Locale   string // only in texts in this language
	Category string // only in articles of this category and below
	After    string // page token from an earlier answer to the same query
}

// foundAtOnce is how many articles are looked through for a page of hits.
const foundAtOnce = 200

// FindText returns the texts in which something is found that by may change, of
// the next few articles, and a token to go on from, empty when all have been
// looked through. It looks at the newest revision of each text.
func (l *Library) FindText(ctx context.Context, by profile.Actor, q FindQuery) (found []TextHits, next string, err error) {
	m, err := q.matcher()
	if err != nil {
		return nil, "", fmt.Errorf("find: %w", err)
	}
	mq := ManuscriptQuery{Locale: q.Locale, Order: ManuscriptsTitle, After: q.After, Limit: foundAtOnce}
	if q.Category != "" {
		mq.Categories, mq.Below = []string{q.Category}, true
	}
	page, next, err := l.Manuscripts(ctx, by, mq)
	if err != nil {
		return nil, "", fmt.Errorf("find: %w", err)
	}
	for _, a := range page {
		for _, t := range a.Translations {
			if q.Locale != "" && t.Locale != q.Locale || !l.MayWrite(by, a, t.Locale) {
				continue
			}
			rev, err := l.store.Revision(ctx, a.ID, t.Locale, t.Head)
			if err != nil {
				return nil, "", fmt.Errorf("find: article %s: %w", a.ID, err)
			}
			if hits := m.hits(rev); len(hits) > 0 {
				found = append(found, TextHits{a.ID, t.Locale, t.Title, a.Version, t.Head, t.Visible(), hits[:min(len(hits), MostHits)]})
			}
		}
	}
	return found, next, nil
}

// A Replacing is what is to be replaced in one text.
type Replacing struct {
	Replacement
	Article, Locale string
	Version, Head   int    // as the hits were found
	Only            []int  // numbers of the hits; nil means all
	Publish         bool   // show readers the new text, if they see the old one
	Note            string // why, for colleagues
}

// Replace puts something in the place of what was found in a text, as a new
// revision, which [Library.Restore] takes back. It takes what [Library.Edit]
// takes and, to publish, what [Library.Publish] takes: what is refused of the
// latter leaves the new revision as a draft. Doing it again with the same version,
// because the answer was lost, does nothing twice.
func (l *Library) Replace(ctx context.Context, by profile.Actor, r Replacing) (Article, error) {
	a, err := l.replace(ctx, by, r)
	if err != nil {
		return a, fmt.Errorf("replace in article %s: %w", r.Article, err)
	}
	return a, nil
}

func (l *Library) replace(ctx context.Context, by profile.Actor, r Replacing) (Article, error) {
	m, err := r.matcher()
	if err != nil {
		return Article{}, err
	}
	a, err := l.editable(ctx, by, r.Article, r.Locale)
	if err != nil {
		return Article{}, err
	}
	t, _ := a.In(r.Locale)
	old, err := l.store.Revision(ctx, r.Article, r.Locale, r.Head)
	if err != nil {
		return Article{}, err
	}
	text := m.replaced(old, r.Only)
	text.Note = r.Note
	if text.same(old) {
		return a, nil
	}
	a, err = l.replacedOnce(ctx, by, a, t, r, text)
	if err != nil || !r.Publish || !t.Visible() {
		return a, err
	}
	b, err := l.publish(ctx, by, r.Article, r.Locale, a.Version, showing{})
	if err != nil {
		return a, err
	}
	return b, nil
}

// replacedOnce saves a text, unless it is what was saved after the revision that
// it was made from.
func (l *Library) replacedOnce(ctx context.Context, by profile.Actor, a Article, t Translation, r Replacing, text Text) (Article, error) {
	if t.Head == r.Head+1 {
		rev, err := l.store.Revision(ctx, r.Article, r.Locale, t.Head)
		if err == nil && text.same(rev) && rev.Author == by.ID && rev.Note == text.Note {
			return a, nil
		}
	}
	return l.edit(ctx, by, r.Article, r.Locale, r.Version, text)
}

// A matcher finds what a Replacement looks for.
type matcher struct {
	Replacement
	re *regexp.Regexp
}

func (r Replacement) matcher() (matcher, error) {
	f := errs.Fields{}
	text(f, "find", r.Find, 1, MaxFind)
	text(f, "with", r.With, 0, MaxFind)
	if err := f.Err(); err != nil {
		return matcher{}, err
	}
	pattern := r.Find
	if !r.Regexp {
		pattern = regexp.QuoteMeta(pattern)
	}
	flags := "(?m"
	if !r.Case {
		flags += "i"
	}
	re, err := regexp.Compile(flags + ")" + pattern)
	if bad, ok := errors.AsType[*syntax.Error](err); ok {
		return matcher{}, errs.Field("find", "error.find.regexp", map[string]any{"part": bad.Expr})
	}
	return matcher{r, re}, err
}

// spans returns where in a text something is found: no empty places, whole words
// and no code where that is asked for.
func (m matcher) spans(s string, code bool) [][]int {
	var inCode [][2]int
	if code && !m.Code {
		inCode = codeIn(s)
	}
	return slices.DeleteFunc(m.re.FindAllStringSubmatchIndex(s, -1), func(at []int) bool {
		return at[0] == at[1] || m.Word && !wholeWord(s, at[0], at[1]) ||
			slices.ContainsFunc(inCode, func(c [2]int) bool { return at[0] < c[1] && c[0] < at[1] })
	})
}

func wholeWord(s string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	after, _ := utf8.DecodeRuneInString(s[to:])
	return !isWord(before) && !isWord(after)
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '_')
}

// with returns what takes the place of a match.
func (m matcher) with(s string, at []int) string {
	if !m.Regexp {
		return m.With
	}
	return string(m.re.ExpandString(nil, m.With, s, at))
}

// hits returns where in a revision something is found.
func (m matcher) hits(rev Revision) []Hit {
	var out []Hit
	add := func(s string, title bool) {
		for _, at := range m.spans(s, !title) {
			before, after := around(s, at[0], at[1])
			out = append(out, Hit{
				Number: len(out), Title: title, Line: 1 + strings.Count(s[:at[0]], "\n"),
				Before: before, After: after, Found: s[at[0]:at[1]], With: m.with(s, at),
			})
		}
	}
	if m.Titles {
		add(rev.Title, true)
	}
	add(rev.Body, false)
	return out
}

const widestAround = 60 // runes

// around returns what stands before and after a place in its lines.
func around(s string, from, to int) (before, after string) {
	before, after = s[strings.LastIndexByte(s[:from], '\n')+1:from], s[to:]
	if i := strings.IndexByte(after, '\n'); i >= 0 {
		after = after[:i]
	}
	if r := []rune(before); len(r) > widestAround {
		before = "…" + string(r[len(r)-widestAround:])
	}
	if r := []rune(after); len(r) > widestAround {
		after = string(r[:widestAround]) + "…"
	}
	return before, after
}

// replaced returns the text of a revision with the hits of the numbers replaced.
func (m matcher) replaced(rev Revision, only []int) Text {
	number := -1
	change := func(s string, title bool) string {
		var b strings.Builder
		last := 0
		for _, at := range m.spans(s, !title) {
			if number++; only != nil && !slices.Contains(only, number) {
				continue
			}
			b.WriteString(s[last:at[0]] + m.with(s, at))
			last = at[1]
		}
		return b.String() + s[last:]
	}
	out := Text{Title: rev.Title, Summary: rev.Summary, Body: rev.Body, SEOTitle: rev.SEOTitle, Description: rev.Description}
	if m.Titles {
		out.Title = change(rev.Title, true)
	}
	out.Body = change(rev.Body, false)
	return out
}

// codeIn returns where in Markdown there is code: between fences, and between
// backticks of a line.
func codeIn(s string) (out [][2]int) {
	at, fence, from := 0, "", 0
	for line := range strings.Lines(s) {
		bare := strings.TrimLeft(line, " \t>")
		mark := bare[:len(bare)-len(strings.TrimLeft(bare, "`~"))]
		switch {
		case fence == "" && len(mark) >= 3 && (strings.Count(mark, "`") == len(mark) || strings.Count(mark, "~") == len(mark)):
			fence, from = mark, at
		case fence != "" && strings.HasPrefix(mark, fence):
			out, fence = append(out, [2]int{from, at + len(line)}), ""
		case fence == "":
			out = append(out, ticksIn(line, at)...)
		}
		at += len(line)
	}
	if fence != "" {
		out = append(out, [2]int{from, len(s)})
	}
	return out
}

// ticksIn returns where in a line there is code between as many backticks.
func ticksIn(line string, at int) (out [][2]int) {
	for i := 0; i < len(line); {
		open := strings.IndexByte(line[i:], '`')
		if open < 0 {
			break
		}
		i += open
		rest := strings.TrimLeft(line[i:], "`")
		ticks := line[i : len(line)-len(rest)]
		end := strings.Index(rest, ticks)
		if end < 0 {
			i += len(ticks)
			continue
		}
		to := i + len(ticks) + end + len(ticks)
		out, i = append(out, [2]int{at + i, at + to}), to
	}
	return out
}
