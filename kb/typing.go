package kb

import (
	"context"
	"fmt"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Types returns the types of content, in the order in which they are offered.
func (l *Library) Types() []Type { return slices.Clone(l.types) }

// Type returns what content of a kind consists of. Of a kind that the library
// has no type for, that is nothing but its name.
func (l *Library) Type(kind Kind) Type {
	for _, t := range l.types {
		if t.Kind == kind {
			return t
		}
	}
	return Type{Kind: kind, Names: Words{"en": string(kind)}}
}

// kinds returns the keys of all types.
func (l *Library) kinds() []Kind {
	var out []Kind
	for _, t := range l.types {
		out = append(out, t.Kind)
	}
	return out
}

// A Severity says how bad something is.
type Severity string

// The severities, worst first.
const (
	SeverityError   Severity = "error"   // it keeps an article from being published
	SeverityWarning Severity = "warning" // readers will stumble over it
	SeverityNote    Severity = "note"    // it could be better
)

// A Finding is something to mend in an article.
type Finding struct {
	Code     string       // what it is, such as "section_missing"
	Place    string       // field it is about, as the wire spells it: "body", "fields.starts"
	Ref      string       // key of the section or the field, ID of an article, or whatever else it is about
	Severity Severity     //
	Message  errs.Message // says it to authors
}

// Codes of findings that follow from the type of an article.
const (
	CodeSectionMissing = "section_missing" // the type requires it
	CodeSectionEmpty   = "section_empty"   // its heading is there and nothing below
	CodeFieldMissing   = "field_missing"   // the type requires it
)

// missing returns what a text and the fields of its article lack, by its type.
// Names are in locale.
func (t Type) missing(d *document, fields map[string]string, locale string) []Finding {
	var out []Finding
	full, empty := map[string]bool{}, map[string]bool{}
	for _, p := range d.parts {
		if s, ok := t.Section(p.Title); ok && p.ID != "" {
			full[s.Key] = full[s.Key] || !p.bare
			empty[s.Key] = true
		}
	}
	for _, s := range t.Sections {
		if f, ok := s.finding(full[s.Key], empty[s.Key], locale); ok {
			out = append(out, f)
		}
	}
	for _, f := range t.Fields {
		if f.Required && fields[f.Key] == "" {
			out = append(out, Finding{
				Code: CodeFieldMissing, Place: "fields." + f.Key, Ref: f.Key, Severity: SeverityError,
				Message: errs.Message{Key: "finding.field_missing", Args: map[string]any{"field": f.Names.In(locale)}},
			})
		}
	}
	return out
}

// finding says what is wrong with a section, if anything is.
func (s Section) finding(full, empty bool, locale string) (Finding, bool) {
	f := Finding{Place: "body", Ref: s.Key, Severity: SeverityError}
	f.Message.Args = map[string]any{"section": s.Names.In(locale)}
	switch {
	case full || !s.Required && !empty:
		return Finding{}, false
	case empty:
		f.Code, f.Message.Key = CodeSectionEmpty, "finding.section_empty"
	default:
		f.Code, f.Message.Key = CodeSectionMissing, "finding.section_missing"
	}
	if !s.Required {
		f.Severity = SeverityWarning
	}
	return f, true
}

// refuse returns the error of publishing in spite of findings, or nil if they
// allow it.
func refuse(findings []Finding) error {
	fields := errs.Fields{}
	var sections []string
	for _, f := range findings {
		switch {
		case f.Severity != SeverityError:
		case f.Place == "body":
			sections = append(sections, f.Message.Args["section"].(string))
		default:
			fields.Add(f.Place, "error.field.required", nil)
		}
	}
	if len(sections) > 0 {
		fields.Add("body", "error.article.sections", map[string]any{"sections": sections})
	}
	return fields.Err()
}

// ready checks that rev has all that the type of its article requires. Names in
// the error are in the language of by.
func (l *Library) ready(ctx context.Context, by profile.Actor, a Article, rev Revision) error {
	d, err := l.document(ctx, rev, everybody)
	if err != nil {
		return err
	}
	return refuse(l.Type(a.Kind).missing(d, a.Fields, spokenBy(by, rev.Locale)))
}

// spokenBy returns the language in which by is told things.
func spokenBy(by profile.Actor, otherwise string) string {
	if by.Locale != "" {
		return by.Locale
	}
	return otherwise
}

// Findings returns what is to be mended in the newest text of an article in a
// language, for those who work on it, the worst first. Names are in the language
// of by.
func (l *Library) Findings(ctx context.Context, by profile.Actor, id, locale string) ([]Finding, error) {
	a, err := l.manuscript(ctx, by, id)
	if err != nil {
		return nil, fmt.Errorf("article %s: %w", id, err)
	}
	t, ok := a.In(locale)
	if !ok {
		return nil, fmt.Errorf("article %s: language %s: %w", id, locale, ErrNotFound)
	}
	rev, err := l.store.Revision(ctx, id, locale, t.Head)
	if err != nil {
		return nil, fmt.Errorf("article %s: %w", id, err)
	}
	d, err := l.document(ctx, rev, everybody)
	if err != nil {
		return nil, fmt.Errorf("article %s: %w", id, err)
	}
	kind := l.Type(a.Kind)
	all, err := l.document(ctx, rev, authors)
	if err != nil {
		return nil, fmt.Errorf("article %s: %w", id, err)
	}
	films, err := l.filmFindings(ctx, kind, all, a.Fields, locale, spokenBy(by, locale))
	if err != nil {
		return nil, fmt.Errorf("article %s: %w", id, err)
	}
	broken, err := l.brokenFindings(ctx, by, a, rev)
	if err != nil {
		return nil, fmt.Errorf("article %s: %w", id, err)
	}
	return sorted(slices.Concat(kind.missing(d, a.Fields, spokenBy(by, locale)), l.embedFindings(kind, rev.Body, a.Fields), signFindings(rev.Body), films, broken)), nil
}

// sorted puts the worst first.
func sorted(findings []Finding) []Finding {
	rank := []Severity{SeverityError, SeverityWarning, SeverityNote}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return slices.Index(rank, a.Severity) - slices.Index(rank, b.Severity)
	})
	return findings
}

// A Preview is a text as it would be shown.
type Preview struct {
	Text     Rendered
	Parts    []Part
	Summary  string // start of the text, for those who write none
	Findings []Finding
}

// Preview shows those who work on articles how a text would look to them, and
// what is to be mended in it. Nothing is kept. Of m, Kind and Fields count.
func (l *Library) Preview(ctx context.Context, by profile.Actor, locale string, m Meta, body string) (Preview, error) {
	if !l.worksHere(by) {
		return Preview{}, fmt.Errorf("preview: %w", ErrForbidden)
	}
	fields := errs.Fields{}
	locale = canonical(locale)
	checkLocale(fields, "locale", locale)
	if Text.check(Text{Title: "-", Body: body}, fields); len(fields) > 0 {
		return Preview{}, fmt.Errorf("preview: %w", fields)
	}
	drafted, err := l.draw(locale, body)
	if err != nil {
		return Preview{}, fmt.Errorf("preview: %w", err)
	}
	d, err := l.preview(ctx, by, locale, body, drafted)
	if err != nil {
		return Preview{}, fmt.Errorf("preview: %w", err)
	}
	t := l.Type(m.Kind)
	values := t.fields(errs.Fields{}, m.Fields)
	films, err := l.filmFindings(ctx, t, d.all, values, locale, spokenBy(by, locale))
	if err != nil {
		return Preview{}, fmt.Errorf("preview: %w", err)
	}
	broken, err := l.previewFindings(ctx, by, drafted, d, locale, body)
	if err != nil {
		return Preview{}, fmt.Errorf("preview: %w", err)
	}
	p := Preview{Summary: d.open.summary(), Findings: sorted(slices.Concat(t.missing(d.open, values, spokenBy(by, locale)), signFindings(body), films, broken))}
	if p.Text, err = l.linked(ctx, by, d.all, locale, t); err != nil {
		return Preview{}, fmt.Errorf("preview: %w", err)
	}
	p.Parts = t.parts(p.Text)
	return p, nil
}

// preview renders a text that is not kept: as by sees it, and as everybody does.
func (l *Library) preview(ctx context.Context, by profile.Actor, locale, body string, d drawn) (drawn, error) {
	s, err := readScript(body)
	if err != nil {
		return drawn{}, err
	}
	if d.all, err = l.viewed(ctx, s, locale, viewerOf(by)); err == nil {
		d.open, err = l.viewed(ctx, s, locale, everybody)
	}
	return d, err
}

// viewed renders a text that is not kept as a viewer sees it.
func (l *Library) viewed(ctx context.Context, s *script, locale string, v viewer) (*document, error) {
	c, err := l.compose(ctx, s, locale, v)
	if err != nil {
		return nil, err
	}
	return l.ink(locale, c.text, true)
}

// parts cuts a text at its headings, and says which of them stand for sections.
func (t Type) parts(text Rendered) []Part {
	parts := outline(string(text.HTML))
	for i, p := range parts {
		if s, ok := t.Section(p.Title); ok && p.ID != "" {
			parts[i].Key = s.Key
		}
	}
	return parts
}
