package kb

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

func (l *Library) serveReplacing(api *web.API) {
	write := byWriters + ", for translations " + string(profile.PermissionContentTranslate)
	api.Handle(web.Op{
		Method: "GET", Path: "/texts", Name: "kb.find_text", Summary: "Finds something in the texts that one may change, a few hundred articles at a time.",
		Policy: write, Params: findTextParams{}, Out: foundTextsWire{},
	}, l.serveFindText)
	api.Handle(web.Op{
		Method: "PUT", Path: "/manuscripts/{id}/texts/{locale}/replacement", Name: "kb.replace", Summary: "Replaces what was found in a text, as a new revision.",
		Policy: write, In: replaceWire{}, Out: manuscriptWire{}, Update: true,
	}, l.serveReplace)
}

type findTextParams struct {
	Find     string `query:"find" max:"500"`
	With     string `query:"with" max:"500"`
	Regexp   bool   `query:"regexp"`
	Case     bool   `query:"case" doc:"letters match only in the same case"`
	Word     bool   `query:"word" doc:"only whole words"`
	Code     bool   `query:"code" doc:"in code as well"`
	Titles   bool   `query:"titles" doc:"in titles as well"`
	Locale   string `query:"locale" max:"35"`
	Category string `query:"category" max:"100"`
	After    string `query:"after" doc:"token of the page before"`
}

func (p findTextParams) query() FindQuery {
	return FindQuery{
		Replacement: Replacement{Find: p.Find, With: p.With, Regexp: p.Regexp, Case: p.Case, Word: p.Word, Code: p.Code, Titles: p.Titles},
		Locale:      p.Locale, Category: p.Category, After: p.After,
	}
}

type hitWire struct {
	Number int    `json:"number"`
	Title  bool   `json:"title,omitempty"`
	Line   int    `json:"line"`
	Before string `json:"before"`
	Found  string `json:"found"`
	After  string `json:"after"`
	With   string `json:"with"`
}

type textHitsWire struct {
	Article   string    `json:"article"`
	Locale    string    `json:"locale"`
	Title     string    `json:"title"`
	Version   int       `json:"version" doc:"for If-Match"`
	Head      int       `json:"head"`
	Published bool      `json:"published"`
	Hits      []hitWire `json:"hits"`
}

type foundTextsWire struct {
	Texts []textHitsWire `json:"texts"`
	Next  string         `json:"next,omitempty" doc:"token of the next page"`
}

func (l *Library) serveFindText(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[findTextParams](r)
	if err != nil {
		return err
	}
	found, next, err := l.FindText(r.Context(), profile.FromContext(r.Context()), p.query())
	if err != nil {
		return err
	}
	out := foundTextsWire{Texts: make([]textHitsWire, 0, len(found)), Next: next}
	for _, t := range found {
		one := textHitsWire{Article: t.Article, Locale: t.Locale, Title: t.Title, Version: t.Version, Head: t.Head, Published: t.Published}
		for _, h := range t.Hits {
			one.Hits = append(one.Hits, hitWire{h.Number, h.Title, h.Line, h.Before, h.Found, h.After, h.With})
		}
		out.Texts = append(out.Texts, one)
	}
	return web.JSON(w, r, http.StatusOK, out)
}

type replaceWire struct {
	Find    string `json:"find"`
	With    string `json:"with"`
	Regexp  bool   `json:"regexp,omitempty"`
	Case    bool   `json:"case,omitempty"`
	Word    bool   `json:"word,omitempty"`
	Code    bool   `json:"code,omitempty"`
	Titles  bool   `json:"titles,omitempty"`
	Head    int    `json:"head" doc:"revision in which it was found"`
	Only    []int  `json:"only,omitempty" doc:"numbers of the hits; none means all"`
	Publish bool   `json:"publish,omitempty" doc:"show readers the new text, if they see the old one"`
	Note    string `json:"note,omitempty" doc:"why, for colleagues"`
}

func (l *Library) serveReplace(w http.ResponseWriter, r *http.Request) error {
	id, locale, version, in, err := change[replaceWire](w, r)
	if err != nil {
		return err
	}
	a, err := l.Replace(r.Context(), profile.FromContext(r.Context()), Replacing{
		Replacement: Replacement{Find: in.Find, With: in.With, Regexp: in.Regexp, Case: in.Case, Word: in.Word, Code: in.Code, Titles: in.Titles},
		Article:     id, Locale: locale, Version: version, Head: in.Head, Only: in.Only, Publish: in.Publish, Note: in.Note,
	})
	if err != nil {
		return web.Stale(err)
	}
	return l.answer(w, r, http.StatusOK, a)
}
