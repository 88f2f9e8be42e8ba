package site

import (
	"cmp"
	"context"
	"errors"
	"unicode/utf8"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/seo"
)

// An outlook is what search engines may show of a text, and what could be better
// in it for them.
type outlook struct {
	Open     bool // everybody may read it
	Blank    bool // there is nothing to look at yet
	Title    string
	Address  string
	Summary  string
	Findings []finding
	Measured bool // how easy it reads is known for its language
}

// fillOutside says how a text is found from outside.
func (s *Site) fillOutside(ctx context.Context, v *visit, _ kb.Article, b *editorBody) error {
	out, err := s.outsideOf(ctx, v, b.Writing, b.Preview)
	if err != nil {
		return err
	}
	out.Address = v.Origin + i18n.JoinPath(i18n.Locale(b.Writing.Locale), "/articles/"+cmp.Or(b.Writing.Text.Slug, kb.Slugify(b.Writing.Text.Title)))
	b.Outside = &out
	return nil
}

// outsideOf looks at a text as search engines do. Of what is blank, and of what is
// not for everybody, nothing is said.
func (s *Site) outsideOf(ctx context.Context, v *visit, wr writing, preview kb.Preview) (outlook, error) {
	out := outlook{Open: wr.Meta.Audience.IsPublic(), Title: cmp.Or(wr.Text.SEOTitle, wr.Text.Title) + " – " + v.Brand.Name, Summary: cmp.Or(wr.Text.Description, wr.Text.Summary, preview.Summary), Measured: seo.Readable(wr.Locale)}
	out.Blank = wr.Text.Title == "" && wr.Text.Body == ""
	if !out.Open || out.Blank {
		return out, nil
	}
	d := seo.Draft{
		Locale: wr.Locale, Title: cmp.Or(wr.Text.SEOTitle, wr.Text.Title), Summary: out.Summary, HTML: string(preview.Text.HTML), Levels: true, AllowsShort: s.brief(wr.Meta),
	}
	var err error
	if d.Asked, err = s.askedFor(ctx, v, wr); err != nil {
		return out, err
	}
	if d.Others, err = s.titlesLike(ctx, v, wr); err != nil {
		return out, err
	}
	for _, f := range seo.Audit(d) {
		out.Findings = append(out.Findings, finding{string(f.Severity), v.P.Message(f.Message)})
	}
	return out, nil
}

// brief reports whether what there is to say is not in the text: it is to be
// watched, or takes place at a time.
func (s *Site) brief(m kb.Meta) bool {
	return m.Fields[sourceField] != "" || m.Fields[startsField] != "" || m.Kind == kb.KindSeries || m.Kind == kb.KindVideo
}

// askedFor returns the searches in the language of a text that led to it, as far
// as whoever writes may know them.
func (s *Site) askedFor(ctx context.Context, v *visit, wr writing) (out []seo.Asked, err error) {
	if wr.Article == "" {
		return nil, nil
	}
	leads, err := s.analyst.Leads(ctx, v.By, wr.Article, mostLeads)
	if errors.Is(err, kb.ErrNotFound) || errors.Is(err, kb.ErrForbidden) {
		return nil, nil
	}
	for _, l := range leads {
		if l.Clicks > 0 && l.Locale == wr.Locale {
			out = append(out, seo.Asked{Text: l.Text, N: l.Clicks})
		}
	}
	return out, err
}

// leastTitle is how long a title is that is looked for among others: a shorter one
// is in many.
const leastTitle = 8

// titlesLike returns the titles of other articles that have that of a text in
// them, of those that whoever writes sees at the desk.
func (s *Site) titlesLike(ctx context.Context, v *visit, wr writing) (out []string, err error) {
	if utf8.RuneCountInString(wr.Text.Title) < leastTitle || !s.mayAny(v.By, works) {
		return nil, nil
	}
	list, _, err := s.library.Manuscripts(ctx, v.By, kb.ManuscriptQuery{Title: wr.Text.Title, Locale: wr.Locale, Limit: 20})
	if errors.Is(err, profile.ErrForbidden) || errors.Is(err, kb.ErrInvalid) {
		return nil, nil
	}
	for _, a := range list {
		if t, ok := a.In(wr.Locale); ok && a.ID != wr.Article {
			out = append(out, t.Title)
		}
	}
	return out, err
}
