package kb

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

type sectionWire struct {
	Key      string `json:"key"`
	Name     string `json:"name" doc:"the heading"`
	Required bool   `json:"required" doc:"nothing is published without"`
	Help     string `json:"help,omitempty"`
}

type choiceWire struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

type fieldWire struct {
	Key      string       `json:"key"`
	Kind     FieldKind    `json:"kind"`
	Name     string       `json:"name"`
	Required bool         `json:"required" doc:"nothing is published without"`
	Help     string       `json:"help,omitempty"`
	Choices  []choiceWire `json:"choices,omitempty"`
}

type typeWire struct {
	Kind       Kind          `json:"kind"`
	Name       string        `json:"name"`
	Sections   []sectionWire `json:"sections"`
	Fields     []fieldWire   `json:"fields"`
	Template   string        `json:"template" doc:"Markdown to begin with"`
	Discussion bool          `json:"discussion"`
	Process    string        `json:"process,omitempty"`
}

type findingWire struct {
	Code     string         `json:"code"`
	Place    string         `json:"place"`
	Ref      string         `json:"ref,omitempty"`
	Severity Severity       `json:"severity"`
	Message  string         `json:"message" doc:"key of a text"`
	Args     map[string]any `json:"args,omitempty"`
}

type previewWire struct {
	Kind   Kind              `json:"kind"`
	Fields map[string]string `json:"fields,omitempty"`
	Locale string            `json:"locale,omitempty"`
	Body   string            `json:"body" doc:"Markdown"`
}

type previewedWire struct {
	HTML     string        `json:"html" doc:"the text, sanitised"`
	Headings []headingWire `json:"headings"`
	Summary  string        `json:"summary" doc:"start of the text"`
	Findings []findingWire `json:"findings"`
}

func (l *Library) serveTyping(api *web.API) {
	desk := string(profile.PermissionContentWrite) + " or " + string(profile.PermissionContentTranslate)
	api.Handle(web.Op{
		Method: "GET", Path: "/types", Name: "kb.types", Summary: "Lists the types of content, with names in the reader's language.",
		Policy: "everybody", Public: true, Params: articleParams{}, Out: []typeWire{},
	}, l.serveTypes)
	api.Handle(web.Op{
		Method: "GET", Path: "/manuscripts/{id}/texts/{locale}/findings", Name: "kb.findings", Summary: "Lists what is to be mended in the newest text, the worst first.",
		Policy: desk, Out: []findingWire{},
	}, l.serveFindings)
	api.Handle(web.Op{
		Method: "POST", Path: "/previews", Name: "kb.preview", Summary: "Shows how a text would look. Nothing is kept.",
		Policy: desk, In: previewWire{}, Out: previewedWire{},
	}, l.servePreview)
}

func (l *Library) serveTypes(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[articleParams](r)
	if err != nil {
		return err
	}
	locale := reader(profile.FromContext(r.Context()), p.Locale)
	out := make([]typeWire, 0, len(l.types))
	for _, t := range l.types {
		out = append(out, wireOfType(t, locale))
	}
	return tagged(w, r, out)
}

func wireOfType(t Type, locale string) typeWire {
	out := typeWire{
		Kind: t.Kind, Name: t.Names.In(locale), Template: t.Template(locale), Discussion: t.Discussion, Process: t.Process,
		Sections: []sectionWire{}, Fields: []fieldWire{},
	}
	for _, s := range t.Sections {
		out.Sections = append(out.Sections, sectionWire{Key: s.Key, Name: s.Names.In(locale), Required: s.Required, Help: s.Help.In(locale)})
	}
	for _, f := range t.Fields {
		field := fieldWire{Key: f.Key, Kind: f.Kind, Name: f.Names.In(locale), Required: f.Required, Help: f.Help.In(locale)}
		for _, c := range f.Choices {
			field.Choices = append(field.Choices, choiceWire{Key: c.Key, Name: c.Names.In(locale)})
		}
		out.Fields = append(out.Fields, field)
	}
	return out
}

func (l *Library) serveFindings(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	locale, err := web.PathValue(r, "locale")
	if err != nil {
		return err
	}
	findings, err := l.Findings(r.Context(), profile.FromContext(r.Context()), id, locale)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireOfFindings(findings))
}

func wireOfFindings(findings []Finding) []findingWire {
	out := make([]findingWire, 0, len(findings))
	for _, f := range findings {
		out = append(out, findingWire{f.Code, f.Place, f.Ref, f.Severity, f.Message.Key, f.Message.Args})
	}
	return out
}

func (l *Library) servePreview(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[previewWire](w, r, 0)
	if err != nil {
		return err
	}
	if in.Locale == "" {
		in.Locale = l.locales[0]
	}
	p, err := l.Preview(r.Context(), profile.FromContext(r.Context()), in.Locale, Meta{Kind: in.Kind, Fields: in.Fields}, in.Body)
	if err != nil {
		return err
	}
	out := previewedWire{HTML: string(p.Text.HTML), Headings: []headingWire{}, Summary: p.Summary, Findings: wireOfFindings(p.Findings)}
	for _, h := range p.Text.Headings {
		out.Headings = append(out.Headings, headingWire{Level: h.Level, ID: h.ID, Text: h.Text, Section: Page{Parts: p.Parts}.sectionAt(h.ID)})
	}
	return web.JSON(w, r, http.StatusOK, out)
}
