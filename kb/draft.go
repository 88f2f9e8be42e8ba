package kb

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
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

	SEOTitle    string // what search engines are told in the place of Title; empty means that
	Description string // and in the place of Summary
}

// A Meta is what all languages of an article share.
type Meta struct {
	Category string
	Kind     Kind
	Audience profile.Audience
	Products []string
	Tags     []string
	Related  []string
	Fields   map[string]string // by the keys of the fields of the type
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
	MaxOwner   = 128       // a person's ID
)

func (t Text) check(f errs.Fields) {
	text(f, "title", t.Title, 1, MaxTitle)
	text(f, "summary", t.Summary, 0, MaxSummary)
	text(f, "note", t.Note, 0, MaxSummary)
	text(f, "seo_title", t.SEOTitle, 0, MaxTitle)
	text(f, "description", t.Description, 0, MaxSummary)
	if len(t.Body) > MaxBody {
		f.Add("body", "markdown.too_long", map[string]any{"bytes": len(t.Body), "max": MaxBody})
	}
	if !clean(t.Body) {
		f.Add("body", "error.field.characters", nil)
	}
	text(f, "slug", t.Slug, 0, MaxTitle)
	if t.Slug != "" && Slugify(t.Slug) == "" {
		f.Add("slug", "error.field.slug", nil)
	}
}

// same reports whether r is what saving t made.
func (t Text) same(r Revision) bool {
	return r.Title == strings.TrimSpace(t.Title) && r.Summary == strings.TrimSpace(t.Summary) && r.Body == t.Body &&
		r.SEOTitle == strings.TrimSpace(t.SEOTitle) && r.Description == strings.TrimSpace(t.Description)
}

// text checks one line of text.
func text(f errs.Fields, field, s string, least, most int) {
	n := utf8.RuneCountInString(strings.TrimSpace(s))
	switch {
	case n < least:
		f.Add(field, "error.field.required", nil)
	case n > most:
		f.Add(field, "error.field.too_long", map[string]any{"max": most})
	case !clean(s) || strings.ContainsFunc(s, breaksLine):
		f.Add(field, "error.field.characters", nil)
	}
}

// breaksLine reports what ends a line, or turns around the text that follows it.
func breaksLine(r rune) bool {
	return r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e'
}

// clean reports whether s is valid text without control characters.
func clean(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && r != '\r' && r != '\t' && unicode.IsControl(r)
	})
}

func (l *Library) checkShared(f errs.Fields, m Meta, forest *forest) {
	if _, ok := forest.byID[m.Category]; !ok {
		f.Add("category", "error.field.choice", map[string]any{"choices": ""})
	}
	if kinds := l.kinds(); !slices.Contains(kinds, m.Kind) {
		f.Add("kind", "error.field.choice", map[string]any{"choices": listed(kinds)})
	} else {
		l.Type(m.Kind).fields(f, m.Fields)
	}
	checkAudience(f, m.Audience)
	text(f, "owner", m.Owner, 0, MaxOwner)
	position(f, m.Order)
	names(f, "products", m.Products)
	names(f, "tags", m.Tags)
	names(f, "related", m.Related)
}

// checkAudience returns an audience as it is kept.
func checkAudience(f errs.Fields, terms profile.Audience) profile.Audience {
	audience, err := profile.ParseAudience(terms)
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		maps.Copy(f, wrong)
	} else if err != nil {
		f.Add("audience", "error.field.invalid", nil)
	}
	return audience
}

// listed returns choices as messages spell them.
func listed[T ~string](choices []T) string {
	var b strings.Builder
	for i, c := range choices {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(c))
	}
	return b.String()
}

// position checks a place in an order, which every store must be able to keep.
func position(f errs.Fields, order int) {
	if order < -maxOrder || order > maxOrder {
		f.Add("order", "error.field.out_of_range", map[string]any{"min": -maxOrder, "max": maxOrder})
	}
}

const maxOrder = 1_000_000_000

// checkLocale checks the language of a text.
func checkLocale(f errs.Fields, field, locale string) {
	if l, err := i18n.ParseLocale(locale); err != nil || string(l) != locale {
		f.Add(field, "error.field.locale", nil)
	}
}

// canonical returns a language as it is kept, "pt-br" as "pt-BR", or as it is if
// there is no such language.
func canonical(locale string) string {
	if l, err := i18n.ParseLocale(locale); err == nil {
		return string(l)
	}
	return locale
}

func names(f errs.Fields, field string, list []string) {
	if len(list) > MaxList {
		f.Add(field, "error.field.too_many", map[string]any{"max": MaxList})
	}
	for _, s := range list {
		text(f, field, s, 1, MaxName)
	}
}
