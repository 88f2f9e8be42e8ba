package site

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

type newArticleParams struct {
	Kind     string `query:"kind" max:"40"`
	Locale   string `query:"locale" max:"35"`
	Category string `query:"category" max:"100"`
}

// newArticle asks of what type a new article is to be, and then for the article.
func (s *Site) newArticle(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[newArticleParams](r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	if !s.library.MayCreate(v.By) {
		return profile.ErrNotFound
	}
	t, ok := s.typeOf(q.Kind)
	if !ok {
		p := s.deskPage(r, v.P.T("write.new"), s.articlesCrumb(v))
		p.Body = s.library.Types()
		return s.show(w, r, http.StatusOK, "desk-types", p)
	}
	locale := s.writtenIn(v, q.Locale)
	wr := writing{Locale: locale, Text: kb.Text{Body: t.Template(locale)}, Meta: kb.Meta{
		Kind: t.Kind, Category: q.Category, Audience: profile.Public(), Owner: v.By.ID,
	}}
	if wr, err = s.typedEarlier(r, wr); err != nil {
		return err
	}
	return s.showEditor(w, r, http.StatusOK, kb.Article{Source: locale, Owner: v.By.ID}, wr, editorView{})
}

// typeOf returns the type of content with a name.
func (s *Site) typeOf(kind string) (kb.Type, bool) {
	types := s.library.Types()
	i := slices.IndexFunc(types, func(t kb.Type) bool { return string(t.Kind) == kind })
	if i < 0 {
		return kb.Type{}, false
	}
	return types[i], true
}

// writtenIn returns the language that somebody asks to write in, if readers are
// offered it, and otherwise their own.
func (s *Site) writtenIn(v *visit, asked string) string {
	if slices.Contains(s.offered(v), i18n.Locale(asked)) {
		return asked
	}
	return string(v.Locale)
}

// createArticle makes an article of what was typed.
func (s *Site) createArticle(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if !s.library.MayCreate(v.By) {
		return profile.ErrNotFound
	}
	wr, err := s.typedWriting(r, writing{Meta: kb.Meta{Owner: v.By.ID}}, true)
	if err != nil {
		return err
	}
	wr.Locale = s.writtenIn(v, r.PostFormValue("locale"))
	blank := kb.Article{Source: wr.Locale, Owner: v.By.ID}
	if r.PostFormValue("do") == doAttach {
		return s.leaveForFile(w, r, blank, wr)
	}
	if view, only := s.onlyShows(r, &wr); only {
		return s.showEditor(w, r, http.StatusOK, blank, wr, view)
	}
	a, err := s.library.Create(r.Context(), v.By, kb.Draft{Text: wr.Text, Meta: wr.Meta, Locale: wr.Locale, Key: wr.Key})
	if err != nil {
		return s.editorAgain(w, r, blank, wr, err)
	}
	s.forgetTyped(r.Context(), v.By, "", wr.Locale)
	wr.Article = a.ID
	return s.afterWriting(w, r, a, wr)
}

// deskArticle leads to the text of an article in the visitor's language, or else
// to that in which it was written first.
func (s *Site) deskArticle(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	a, err := s.manuscript(r)
	if err != nil {
		return err
	}
	locale := a.Source
	if _, ok := a.In(string(v.Wanted)); ok {
		locale = string(v.Wanted)
	}
	http.Redirect(w, r, v.link(editorPath(a.ID, locale)), http.StatusFound)
	return nil
}

func editorPath(id, locale string) string {
	return "/desk/articles/" + escape(id) + "/" + escape(locale)
}

// manuscript returns the article that a request is about.
func (s *Site) manuscript(r *http.Request) (kb.Article, error) {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return kb.Article{}, err
	}
	return s.library.Manuscript(r.Context(), visitOf(r.Context()).By, id)
}

// openWriting returns the article that a request is about, with its newest text
// in the language of the path, which is empty if there is none yet.
func (s *Site) openWriting(r *http.Request) (kb.Article, writing, error) {
	a, err := s.manuscript(r)
	if err != nil {
		return a, writing{}, err
	}
	locale, err := web.PathValue(r, "locale")
	if err != nil {
		return a, writing{}, err
	}
	v := visitOf(r.Context())
	if _, ok := a.In(locale); !ok {
		if !slices.Contains(s.offered(v), i18n.Locale(locale)) {
			return a, writing{}, profile.ErrNotFound
		}
		return a, writingOf(a, locale, kb.Revision{}), nil
	}
	rev, err := s.library.Revision(r.Context(), v.By, a.ID, locale, 0)
	return a, writingOf(a, locale, rev), err
}

func (s *Site) editArticle(w http.ResponseWriter, r *http.Request) error {
	a, wr, err := s.openWriting(r)
	if err != nil {
		return err
	}
	if wr, err = s.typedEarlier(r, wr); err != nil {
		return err
	}
	return s.showEditor(w, r, http.StatusOK, a, wr, editorView{})
}

// saveArticle does with what was typed what the pressed button says.
func (s *Site) saveArticle(w http.ResponseWriter, r *http.Request) error {
	a, kept, err := s.openWriting(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	if !s.library.MayWrite(v.By, a, kept.Locale) {
		return profile.ErrForbidden
	}
	wr, err := s.typedWriting(r, kept, s.library.MayArrange(v.By, a))
	if err != nil {
		return err
	}
	if r.PostFormValue("do") == doAttach {
		return s.leaveForFile(w, r, a, wr)
	}
	if view, only := s.onlyShows(r, &wr); only {
		return s.showEditor(w, r, http.StatusOK, a, wr, view)
	}
	if err := s.relate(r.Context(), v, &wr); err != nil {
		return s.editorAgain(w, r, a, wr, err)
	}
	saved, err := s.keepWriting(r.Context(), v.By, &wr)
	if err != nil {
		return s.editorAgain(w, r, a, wr, err)
	}
	s.forgetTyped(r.Context(), v.By, wr.Article, wr.Locale)
	return s.afterWriting(w, r, saved, wr)
}

// onlyShows reports whether the pressed button changes nothing, and how the form
// is shown again.
func (s *Site) onlyShows(r *http.Request, wr *writing) (editorView, bool) {
	switch r.PostFormValue("do") {
	case "preview":
		return editorView{}, true
	case "relate":
		err := s.relate(r.Context(), visitOf(r.Context()), wr)
		wrong, _ := errors.AsType[errs.Fields](err)
		return editorView{Faults: visitOf(r.Context()).P.Fields(wrong)}, true
	}
	return editorView{}, false
}

// afterWriting goes on with an article that was saved.
func (s *Site) afterWriting(w http.ResponseWriter, r *http.Request, a kb.Article, wr writing) error {
	v, done := visitOf(r.Context()), "saved"
	var err error
	switch r.PostFormValue("do") {
	case "publish":
		done = "published"
		show := s.library.Publish
		if r.PostFormValue("minor") != "" {
			show = s.library.PublishMinor
		}
		_, err = show(r.Context(), v.By, a.ID, wr.Locale, a.Version)
	case "archive":
		done = "archived"
		_, err = s.library.Archive(r.Context(), v.By, a.ID, wr.Locale, a.Version)
	}
	if err != nil {
		rev, fault := s.library.Revision(r.Context(), v.By, a.ID, wr.Locale, 0)
		if fault != nil {
			return fault
		}
		return s.editorAgain(w, r, a, writingOf(a, wr.Locale, rev), err)
	}
	http.Redirect(w, r, v.link(editorPath(a.ID, wr.Locale))+"?done="+done, http.StatusSeeOther)
	return nil
}

// editorAgain shows what was typed again, with what is wrong. Nothing of it is
// lost.
func (s *Site) editorAgain(w http.ResponseWriter, r *http.Request, a kb.Article, wr writing, err error) error {
	v := visitOf(r.Context())
	view := editorView{Wrong: true}
	wrong, isFields := errors.AsType[errs.Fields](err)
	status := http.StatusUnprocessableEntity
	switch {
	case isFields:
		view.Faults = v.P.Fields(wrong)
	case errors.Is(err, kb.ErrConflict):
		if now, err := s.library.Manuscript(r.Context(), v.By, wr.Article); err == nil {
			return s.conflict(w, r, now, wr)
		}
		status, view.Others = http.StatusConflict, []string{v.P.T("write.conflict")}
	case errors.Is(err, kb.ErrForbidden):
		status, view.Others = http.StatusForbidden, []string{v.P.T("write.forbidden")}
	default:
		s.cfg.Log.ErrorContext(r.Context(), "article not saved", "article", wr.Article, "err", err)
		status, view.Others = http.StatusServiceUnavailable, []string{v.P.T("write.failed")}
	}
	return s.showEditor(w, r, status, a, wr, view)
}

// relate puts the article that was typed among the related ones: by its ID, its
// name in addresses, or an address of it.
func (s *Site) relate(ctx context.Context, v *visit, wr *writing) error {
	if wr.Add == "" {
		return nil
	}
	id, err := s.articleNamed(ctx, v, wr.Add)
	if err != nil {
		return errs.Field("add", "error.field.choice", map[string]any{"choices": ""})
	}
	wr.Add = ""
	if id != wr.Article && !slices.Contains(wr.Meta.Related, id) {
		wr.Meta.Related = append(wr.Meta.Related, id)
	}
	return nil
}
