package kb

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// A Draft is what an author hands in for a new article.
type Draft struct {
	Text
	Meta
	Locale string // language it is written in; empty means the library's default
	Key    string // idempotency key: the same one again makes no second article
}

// A Text is what readers read, in one language.
type Text struct {
	Title   string
	Slug    string // empty means one made from the title
	Summary string
	Body    string // Markdown
	Note    string // why it is saved, for colleagues
}

// A Meta is what all languages of an article share.
type Meta struct {
	Category string
	Kind     Kind
	Audience profile.Audience
	Products []string
	Tags     []string
	Related  []string
	Order    int
	Owner    string // empty means whoever saves it
}

// Limits of what authors write, in characters unless said otherwise.
const (
	MaxTitle   = 200
	MaxSummary = 600
	MaxBody    = 512 << 10 // bytes
	MaxList    = 50        // products, tags, related articles
	MaxName    = 100       // a tag, a product key, an ID
)

func (t Text) check(f errs.Fields) {
	text(f, "title", t.Title, 1, MaxTitle)
	text(f, "summary", t.Summary, 0, MaxSummary)
	text(f, "note", t.Note, 0, MaxSummary)
	if len(t.Body) > MaxBody {
		f.Add("body", "error.field.too_long", map[string]any{"max": MaxBody})
	}
	if !clean(t.Body) {
		f.Add("body", "error.field.bad_text", nil)
	}
	if t.Slug != "" && Slugify(t.Slug) == "" {
		f.Add("slug", "error.field.bad_slug", nil)
	}
}

// text checks one line of text.
func text(f errs.Fields, field, s string, least, most int) {
	n := utf8.RuneCountInString(strings.TrimSpace(s))
	switch {
	case n < least:
		f.Add(field, "error.field.required", nil)
	case n > most:
		f.Add(field, "error.field.too_long", map[string]any{"max": most})
	case !clean(s) || strings.ContainsAny(s, "\n\r"):
		f.Add(field, "error.field.bad_text", nil)
	}
}

// clean reports whether s is valid text without control characters.
func clean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && r != '\r' && r != '\t' && unicode.IsControl(r)
	})
}

func (m Meta) check(f errs.Fields, forest *forest) {
	if _, ok := forest.byID[m.Category]; !ok {
		f.Add("category", "error.field.unknown_choice", map[string]any{"choices": ""})
	}
	if !knownKind(m.Kind) {
		f.Add("kind", "error.field.unknown_choice", map[string]any{"choices": fmt.Sprint(Kinds())})
	}
	if _, err := profile.ParseAudience(m.Audience); err != nil {
		valid.Note(f, "audience", err)
	}
	for name, list := range map[string][]string{"products": m.Products, "tags": m.Tags, "related": m.Related} {
		names(f, name, list)
	}
}

func knownKind(k Kind) bool {
	for _, known := range Kinds() {
		if k == known {
			return true
		}
	}
	return false
}

// checkLocale checks the language of a text.
func checkLocale(f errs.Fields, locale string) {
	if valid.Locale(locale) != nil {
		f.Add("locale", "error.field.bad_locale", nil)
	}
}

func names(f errs.Fields, field string, list []string) {
	if len(list) > MaxList {
		f.Add(field, "error.field.out_of_range", map[string]any{"min": 0, "max": MaxList})
	}
	for _, s := range list {
		text(f, field, s, 1, MaxName)
	}
}

const maxSlug = 100 // runes

// Slugify makes a slug from a title: accents are dropped from Latin letters,
// everything that is neither letter nor digit becomes a hyphen.
func Slugify(title string) string {
	var b strings.Builder
	runes, gap := 0, false
	for _, r := range norm.NFKD.String(strings.ReplaceAll(title, "ß", "ss")) {
		switch {
		case unicode.Is(unicode.Mn, r) && latinMark(r):
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if gap && runes > 0 {
				b.WriteByte('-')
				runes++
			}
			b.WriteRune(unicode.ToLower(r))
			runes++
			gap = false
		default:
			gap = true
		}
		if runes >= maxSlug {
			break
		}
	}
	return norm.NFC.String(b.String())
}

// latinMark reports whether r is an accent as Latin, Greek and Cyrillic letters
// have them. Marks of other scripts are part of their spelling.
func latinMark(r rune) bool { return r >= 0x0300 && r <= 0x036f }
