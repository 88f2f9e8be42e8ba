package site

import (
	"context"
	"errors"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/report"
)

// draftRoutes are the page that makes an article of a conversation, of what people
// search for, or of a question that they ask again and again.
func (s *Site) draftRoutes() []route {
	return []route{
		{"GET /desk/draft", nothing + "what is to be made an article of, to who writes", s.draftPage},
		{"POST /desk/draft", nothing + "answers with what was sent", s.makeDraft},
	}
}

type draftParams struct {
	Gap      string `query:"gap" max:"300"`
	Question string `query:"question" max:"100"`
	Case     string `query:"case" max:"40"`
}

type draftBody struct {
	Ask    []input // to paste or upload a conversation; nil if there is a draft
	File   string  // what is wrong with the file
	Faults []string
	Draft  *draftForm
	Key    string
	Action string
}

// A draftForm is a draft that somebody reads before it is kept.
type draftForm struct {
	Inputs   []input
	Body     string
	BodyLang i18n.Locale
	Fault    string // of the body
	Hidden   []option
	Redacted []kb.Redaction
	Turns    []shownTurn
	Words    []string // with which people searched
}

// A shownTurn is what somebody said, with marks where something was taken out.
type shownTurn struct {
	Role string // message key
	Text template.HTML
}

func (s *Site) draftPage(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[draftParams](r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	switch {
	case q.Gap != "":
		one, err := s.searchedFor(ctx, v, report.QueryOf(q.Gap))
		if err != nil {
			return err
		}
		return s.draftOfGap(w, r, one)
	case q.Question != "":
		c, err := s.analyst.Candidate(ctx, v.By, q.Question)
		if err != nil {
			return err
		}
		conversation := c.Conversation()
		conversation.Locale = s.writtenIn(v, conversation.Locale)
		return s.draftOf(w, r, conversation)
	case q.Case != "":
		c, err := s.conversationOf(ctx, v, q.Case)
		if err != nil {
			return err
		}
		return s.draftOf(w, r, c)
	}
	return s.askConversation(w, r, http.StatusOK, nil)
}

// searchedFor returns what people searched for and an article is to answer: a gap,
// or for those who tune searches whatever enough people searched for.
func (s *Site) searchedFor(ctx context.Context, v *visit, q report.Query) (report.Question, error) {
	g, err := s.analyst.Gap(ctx, v.By, q)
	if !errors.Is(err, insight.ErrNotFound) {
		return g.Question, err
	}
	known, err := s.reporter.Asked(ctx, v.By, report.Filter{}, q)
	if one, ok := known[q.Folded().Key()]; ok || err != nil {
		return one, err
	}
	return report.Question{}, errs.NotFound
}

// draftOfGap begins an article with what people searched for.
func (s *Site) draftOfGap(w http.ResponseWriter, r *http.Request, g report.Question) error {
	locale := s.writtenIn(visitOf(r.Context()), g.Locale)
	t := s.library.Type(kb.KindFAQ)
	title := []rune(g.Text)
	d := kb.Drafted{Source: kb.Source{Kind: "gap", Ref: g.Key()}, Draft: kb.Draft{Locale: locale, Meta: kb.Meta{Kind: t.Kind}}}
	d.Draft.Title, d.Draft.Body = strings.ToUpper(string(title[:1]))+string(title[1:]), t.Template(locale)
	return s.showDraft(w, r, http.StatusOK, d, []string{g.Text}, nil)
}

func (s *Site) draftOf(w http.ResponseWriter, r *http.Request, c kb.Conversation) error {
	d, err := s.library.DraftFrom(r.Context(), visitOf(r.Context()).By, c)
	if err != nil {
		return s.askConversation(w, r, http.StatusUnprocessableEntity, err)
	}
	return s.showDraft(w, r, http.StatusOK, d, nil, nil)
}

// askConversation asks for a conversation, with what was typed.
func (s *Site) askConversation(w http.ResponseWriter, r *http.Request, status int, fault error) error {
	v := visitOf(r.Context())
	p := s.deskPage(r, v.P.T("draft.title"))
	b := draftBody{Key: s.memory.formKey, Action: v.link("/desk/draft")}
	wrong := map[string]string{}
	if fields, ok := errors.AsType[errs.Fields](fault); ok {
		wrong = v.P.Fields(fields)
		if wrong["text"] == "" {
			wrong["text"] = wrong["turns"]
		}
		b.Faults = []string{v.P.T("form.faults")}
	} else if fault != nil {
		return fault
	}
	typed := func(name string) string {
		if fault == nil {
			return ""
		}
		return r.PostFormValue(name)
	}
	kind := input{Name: "kind", Label: v.P.T("desk.kind"), Kind: "select", Value: cmpText(typed("kind"), string(kb.KindTroubleshooting)), Error: wrong["kind"]}
	for _, t := range s.library.Types() {
		kind.Choices = append(kind.Choices, option{string(t.Kind), t.Names.In(string(v.Locale))})
	}
	locale := input{Name: "locale", Label: v.P.T("desk.language"), Kind: "select", Value: cmpText(typed("locale"), string(v.Locale)), Error: wrong["locale"]}
	for _, l := range s.offered(v) {
		locale.Choices = append(locale.Choices, option{string(l), l.Name(v.Locale)})
	}
	b.File = wrong["file"]
	b.Ask = []input{
		{Name: "text", Label: v.P.T("draft.text"), Hint: v.P.T("draft.text_note"), Kind: "lines", Value: typed("text"), Error: wrong["text"]},
		{Name: "subject", Label: v.P.T("draft.subject"), Kind: "text", Value: typed("subject"), Max: kb.MaxTitle, Error: wrong["title"]},
		{Name: "names", Label: v.P.T("draft.names"), Hint: v.P.T("draft.names_note"), Kind: "lines", Value: typed("names")},
		{Name: "ref", Label: v.P.T("draft.ref"), Kind: "text", Value: typed("ref"), Max: kb.MaxTitle, Error: wrong["source"]}, kind, locale,
	}
	p.Body = b
	return s.show(w, r, status, "desk-draft", p)
}

// makeDraft reads a conversation, or keeps the draft that was made of one.
func (s *Site) makeDraft(w http.ResponseWriter, r *http.Request) error {
	if err := readable(r.ParseMultipartForm(maxForm)); err != nil {
		return err
	}
	if r.PostFormValue("do") == "create" {
		return s.createDraft(w, r)
	}
	v := visitOf(r.Context())
	text, err := conversationText(r)
	if err != nil {
		return s.askConversation(w, r, http.StatusUnprocessableEntity, err)
	}
	c, err := readConversation(text)
	if err != nil {
		return s.askConversation(w, r, http.StatusUnprocessableEntity, err)
	}
	c.Source = kb.Source{Kind: "upload", Ref: strings.TrimSpace(r.PostFormValue("ref"))}
	c.Title, c.Kind, c.Locale = cmpText(r.PostFormValue("subject"), c.Title), kb.Kind(r.PostFormValue("kind")), s.writtenIn(v, r.PostFormValue("locale"))
	for _, name := range strings.FieldsFunc(r.PostFormValue("names"), func(c rune) bool { return c == '\n' || c == ',' || c == '،' || c == '、' }) {
		c.People = append(c.People, strings.TrimSpace(name))
	}
	return s.draftOf(w, r, c)
}

// maxForm is how much of a form is kept in memory.
const maxForm = 1 << 20

// conversationText returns what was uploaded, or else what was pasted.
func conversationText(r *http.Request) (string, error) {
	if r.MultipartForm == nil || len(r.MultipartForm.File["file"]) == 0 || r.MultipartForm.File["file"][0].Size == 0 {
		return r.PostFormValue("text"), nil
	}
	head := r.MultipartForm.File["file"][0]
	if head.Size > kb.MaxConversation {
		return "", errs.Field("file", "error.field.too_long", map[string]any{"max": kb.MaxConversation})
	}
	f, err := head.Open()
	if err != nil {
		return "", errs.Field("file", "error.field.invalid", nil)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, kb.MaxConversation+1))
	if err != nil || !plainText(text) {
		return "", errs.Field("file", "draft.bad_file", nil)
	}
	return string(text), nil
}

func plainText(text []byte) bool {
	return strings.ToValidUTF8(string(text), "") == string(text) && !slices.Contains(text, 0)
}

// showDraft shows a draft with what was taken out of it. Nothing is kept yet.
func (s *Site) showDraft(w http.ResponseWriter, r *http.Request, status int, d kb.Drafted, words []string, fault error) error {
	ctx, v := r.Context(), visitOf(r.Context())
	form := &draftForm{Body: d.Draft.Body, BodyLang: i18n.Locale(d.Draft.Locale), Redacted: d.Redacted, Words: words}
	b := draftBody{Draft: form, Key: s.memory.formKey, Action: v.link("/desk/draft")}
	wrong := map[string]string{}
	if fields, ok := errors.AsType[errs.Fields](fault); ok {
		wrong, b.Faults = v.P.Fields(fields), []string{v.P.T("form.faults")}
	} else if fault != nil {
		b.Faults = []string{v.P.T("write.conflict")}
	}
	form.Fault = wrong["body"]
	places, err := s.library.Places(ctx, v.By, string(v.Wanted))
	if err != nil {
		return err
	}
	form.Inputs = []input{
		{Name: "title", Label: v.P.T("write.title"), Kind: "text", Value: d.Draft.Title, Required: true, Max: kb.MaxTitle, Error: wrong["title"]},
		{Name: "category", Label: v.P.T("desk.category"), Kind: "select", Value: d.Draft.Category, Required: true, Choices: append([]option{{}}, placeOptions(places)...), Error: wrong["category"]},
	}
	form.Hidden = []option{{"kind", string(d.Draft.Kind)}, {"locale", d.Draft.Locale}, {"source", d.Source.Kind}, {"ref", d.Source.Ref}}
	for _, t := range d.Turns {
		form.Turns = append(form.Turns, shownTurn{"draft.role_" + string(t.Role), withMarks(t)})
	}
	p := s.deskPage(r, v.P.T("draft.check"), crumb{Title: v.P.T("draft.title"), Href: v.link("/desk/draft")})
	p.Body = b
	return s.show(w, r, status, "desk-draft", p)
}

// withMarks returns what somebody said, with what stands for personal data marked.
func withMarks(t kb.RedactedTurn) template.HTML {
	var b strings.Builder
	done := 0
	for _, one := range t.Redacted {
		b.WriteString(template.HTMLEscapeString(t.Text[done:one.At]) + `<mark>` + template.HTMLEscapeString(one.Stands) + `</mark>`)
		done = one.At + len(one.Stands)
	}
	return template.HTML(b.String() + template.HTMLEscapeString(t.Text[done:]))
}

// sourcesOfDrafts are where a draft may come from.
var sourcesOfDrafts = []string{"upload", "gap", "faq", sourceCase}

// createDraft keeps a draft as somebody checked it. It is for staff until they
// say otherwise in the editor.
func (s *Site) createDraft(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r.Context())
	from := kb.Source{Kind: r.PostFormValue("source"), Ref: r.PostFormValue("ref")}
	if !slices.Contains(sourcesOfDrafts, from.Kind) {
		return errs.Invalid
	}
	d := kb.Drafted{Source: from, Draft: kb.Draft{
		Text: kb.Text{Title: r.PostFormValue("title"), Body: strings.ReplaceAll(r.PostFormValue("body"), "\r\n", "\n")},
		Meta: kb.Meta{Kind: kb.Kind(r.PostFormValue("kind")), Category: r.PostFormValue("category"), Audience: profile.NewAudience(profile.SegmentStaff), Owner: v.By.ID},
		Key:  r.PostFormValue("key"), Locale: s.writtenIn(v, r.PostFormValue("locale")),
	}}
	a, err := s.library.CreateFrom(ctx, v.By, d.Draft, from)
	if err != nil {
		if errors.Is(err, errs.Invalid) || errors.Is(err, errs.Conflict) {
			return s.showDraft(w, r, http.StatusUnprocessableEntity, d, nil, err)
		}
		return err
	}
	if err := s.settle(ctx, v, from); err != nil {
		return err
	}
	http.Redirect(w, r, v.link(editorPath(a.ID, a.Source))+"?done=saved", http.StatusSeeOther)
	return nil
}

// settle says of what an article was made from that somebody saw to it.
func (s *Site) settle(ctx context.Context, v *visit, from kb.Source) (err error) {
	switch from.Kind {
	case "gap":
		_, err = s.analyst.MarkGap(ctx, v.By, report.QueryOf(from.Ref), insight.GapHandled)
	case "faq":
		_, err = s.analyst.DecideCandidate(ctx, v.By, from.Ref, insight.CandidateApproved)
	}
	if errors.Is(err, insight.ErrNotFound) {
		return nil // it is none any more
	}
	return err
}
