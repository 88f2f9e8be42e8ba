package site

import (
	"context"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/markdown"
)

// An entryRow is one thing that was said or done about a case, as pages draw it.
type entryRow struct {
	Anchor   string
	Who      string
	Behalf   string // whom they acted for
	Staff    bool
	At       time.Time
	What     string // what it is, in words
	Body     template.HTML
	Internal bool
	Solution bool // it is the proposed solution that stands
	Channel  string
	Changes  []caseChange
	plain    string // the body as it was written
}

// A caseChange is one value that became another, in words.
type caseChange struct{ Name, From, To string }

// A narrator puts into words what happened to a case, for whoever reads it.
type narrator struct {
	s      *Site
	v      *visit
	c      cases.Case
	staff  bool
	names  map[string]string
	titles map[string]string
	drawer *markdown.Renderer
}

// narrate draws the entries of a case.
func (s *Site) narrate(ctx context.Context, v *visit, c cases.Case, entries []cases.Entry) ([]entryRow, error) {
	n := narrator{s: s, v: v, c: c, staff: s.helpdesk.Rights(v.By, c).Notes, names: map[string]string{}}
	n.drawer = markdown.New(&markdown.Options{
		TopLevel: 3, Untrusted: true, KeepTemplates: true, Image: func(string) (string, bool) { return "", false },
		Label: func(l markdown.Label) string { return s.word(string(v.Locale), string(l)) },
	})
	refs := slices.Clone(c.Articles)
	for _, e := range entries {
		for _, id := range append(peopleIn(e.Changes), e.Author, e.BehalfOf) {
			if err := s.nameIn(ctx, v, n.names, id); err != nil {
				return nil, err
			}
		}
		refs = append(refs, articlesIn(e.Changes)...)
	}
	var err error
	if n.titles, err = s.titles(ctx, v.By, refs); err != nil {
		return nil, err
	}
	out := make([]entryRow, len(entries))
	for i, e := range entries {
		out[i] = n.row(e)
	}
	return out, nil
}

func peopleIn(changes []cases.Change) (ids []string) {
	for _, c := range changes {
		if c.Field == "people" || c.Field == "assignee" {
			ids = append(ids, c.From, c.To)
		}
	}
	return ids
}

func articlesIn(changes []cases.Change) (refs []string) {
	for _, c := range changes {
		if c.Field == "articles" {
			refs = append(refs, c.From+c.To)
		}
	}
	return refs
}

func (n narrator) row(e cases.Entry) entryRow {
	row := entryRow{
		Anchor: "e-" + e.ID, Who: n.who(e), Staff: e.Side == cases.SideStaff, At: e.At, What: n.v.P.T("cases.did_" + string(e.Kind)),
		Internal: e.Internal, Solution: e.ID == n.c.Solution, plain: e.Body,
	}
	if e.BehalfOf != "" {
		row.Behalf = n.names[e.BehalfOf]
	}
	if e.Channel != "" && e.Channel != cases.ChannelPortal && e.Channel != cases.ChannelAPI && e.Channel != cases.ChannelTool {
		row.Channel = n.v.P.T("cases.channel_" + string(e.Channel))
	}
	if e.Body != "" {
		row.Body = n.draw(e)
	}
	for _, c := range e.Changes {
		if change, shown := n.change(e.Changes, c); shown {
			row.Changes = append(row.Changes, change)
		}
	}
	return row
}

// draw returns what somebody wrote as safe HTML; what cannot be rendered as it
// was typed.
func (n narrator) draw(e cases.Entry) template.HTML {
	doc, err := n.drawer.RenderPart(e.ID, e.Body)
	if err != nil {
		return markdown.Plain(e.Body)
	}
	return doc.HTML
}

func (n narrator) who(e cases.Entry) string {
	switch e.Author {
	case "":
		return n.v.P.T("cases.by_itself")
	case n.v.By.ID:
		return n.v.P.T("cases.you")
	}
	return n.names[e.Author]
}

// change puts a change into words. The status of a case says its state too.
func (n narrator) change(all []cases.Change, c cases.Change) (caseChange, bool) {
	if c.Field == "state" && slices.ContainsFunc(all, func(o cases.Change) bool { return o.Field == "status" }) {
		return caseChange{}, false
	}
	if name, ok := strings.CutPrefix(c.Field, fieldPrefix); ok {
		return n.fieldChange(name, c), true
	}
	if kind, ok := strings.CutPrefix(c.Field, "links."); ok {
		return caseChange{Name: n.v.P.T("cases.link_" + kind), To: n.v.P.T("cases.another")}, true
	}
	return caseChange{n.v.P.T("cases.field_" + c.Field), n.value(c.Field, c.From), n.value(c.Field, c.To)}, true
}

// value puts a value of a case into words.
func (n narrator) value(field, value string) string {
	if value == "" {
		return ""
	}
	switch field {
	case "status":
		return cmpText(n.s.statusName(n.v, cases.Key(value), n.staff), value)
	case "state", "priority", "urgency", "impact":
		return n.v.P.T("cases." + field + "_" + value)
	case "private", "escalated":
		return n.v.P.T("cases.yes")
	case "kind":
		return n.s.caseKind(n.v, cases.Key(value))
	case "queue":
		return n.s.caseQueue(n.v, cases.Key(value))
	case "people", "assignee":
		return cmpText(n.names[value], value)
	case "product":
		return n.s.productName(value)
	case "articles":
		return cmpText(n.titles[value], n.v.P.T("cases.an_article"))
	}
	return value
}

func (n narrator) fieldChange(name string, c cases.Change) caseChange {
	f, ok := n.s.fieldOfKind(n.c.Kind, name)
	if !ok {
		return caseChange{name, c.From, c.To}
	}
	chain := n.s.catalog.Chain(n.v.Locale)
	return caseChange{textIn(f.Label, chain), choiceLabel(f.Choices, chain, c.From), choiceLabel(f.Choices, chain, c.To)}
}

// fieldOfKind returns a question of a kind as the team has configured it.
func (s *Site) fieldOfKind(kind cases.Key, name string) (cases.Field, bool) {
	for _, k := range s.casework.Kinds {
		if i := slices.IndexFunc(k.Fields, func(f cases.Field) bool { return f.Name == name }); k.Key == kind && i >= 0 {
			return k.Fields[i], true
		}
	}
	return cases.Field{}, false
}

// caseDetails are the answers to the questions of a case's kind, and what it is
// about.
func (s *Site) caseDetails(v *visit, c cases.Case) []detail {
	var out []detail
	add := func(name, text string) {
		if text != "" {
			out = append(out, detail{Name: name, Text: text})
		}
	}
	chain := s.catalog.Chain(v.Locale)
	add(v.P.T("cases.product"), s.productName(c.Product))
	for _, k := range s.casework.Kinds {
		if k.Key != c.Kind {
			continue
		}
		for _, f := range k.Fields {
			var values []string
			for _, value := range c.Fields[f.Name] {
				values = append(values, choiceLabel(f.Choices, chain, value))
			}
			add(textIn(f.Label, chain), v.P.List(values...))
		}
	}
	add(v.P.T("cases.urgency"), v.P.T("cases.urgency_"+string(c.Urgency)))
	if c.Private {
		add(v.P.T("cases.private"), v.P.T("cases.yes"))
	}
	return out
}

// transcript writes what was said about a case as text, without what staff said
// among themselves, whoever asks for it.
func caseTranscriptOf(v *visit, c cases.Case, rows []entryRow) string {
	var b strings.Builder
	b.WriteString(c.Subject + "\n" + c.Reference + "\n")
	for _, row := range rows {
		if row.Internal {
			continue
		}
		b.WriteString("\n" + v.P.DateTime(row.At, i18n.StyleMedium) + " · " + row.Who + " · " + row.What + "\n")
		for _, one := range row.Changes {
			b.WriteString("  " + one.Name + ": " + cmpText(one.From, "–") + " → " + cmpText(one.To, "–") + "\n")
		}
		if row.plain != "" {
			b.WriteString("\n" + row.plain + "\n")
		}
	}
	return b.String()
}
