package site

import (
	"cmp"
	"errors"
	"net/http"
	"slices"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/search"
)

type articleBody struct {
	Page      kb.Page
	Related   []kb.Entry
	Rating    ratingForm
	Keeping   *keeping    // nil for those who cannot keep it
	Facts     []detail    // what there is to say of it beside its text
	Watch     []detail    // what there is to watch
	Files     []mediumRow // to download
	Questions []kb.Part   // of an FAQ that has several
	Calendar  string      // address of the file for calendars, "" for what does not take place
	Old       string      // that it may be out of date, or empty
	Share     string      // address where guests are let in, "" for those who may not
}

// Elsewhere reports whether anything of it is to be watched on other sites.
func (b articleBody) Elsewhere() bool {
	return slices.ContainsFunc(b.Watch, func(d detail) bool { return d.Frame == "" && d.Film == "" })
}

// A ratingForm is the form below an article as it was filled in.
type ratingForm struct {
	Suggest string // where to say what should be mended
	Action  string
	Key     string // the same form sent twice counts once
	Reasons []kb.Reason
	Reason  kb.Reason
	Comment string
	Open    bool // the part about what was wrong is open
	Thanks  bool
	Errors  map[string]string
}

type articleParams struct {
	Click  string `query:"c"`
	Thanks string `query:"thanks" max:"3"`
}

func (s *Site) article(w http.ResponseWriter, r *http.Request) error {
	found, moved, err := s.findArticle(w, r)
	if errors.Is(err, kb.ErrNotFound) {
		return s.noArticle(w, r)
	}
	if err != nil || moved {
		return err
	}
	v := visitOf(r.Context())
	params, err := web.Query[articleParams](r)
	if err != nil {
		return err
	}
	if params.Click != "" {
		// Counting a click must not keep anybody from reading.
		if err := s.engine.Clicked(r.Context(), v.By, params.Click); err != nil && !errors.Is(err, search.ErrInvalid) {
			s.cfg.Log.WarnContext(r.Context(), "click not recorded", "err", err)
		}
		http.Redirect(w, r, v.link(v.Path), http.StatusFound)
		return nil
	}
	if err := s.showArticle(w, r, http.StatusOK, found, ratingForm{Thanks: params.Thanks != ""}); err != nil {
		return err
	}
	s.looked(v.By, found.ID)
	return nil
}

// noArticle answers for a path that no article has. It may be an address that one
// had in another portal, or that of one that was deleted.
func (s *Site) noArticle(w http.ResponseWriter, r *http.Request) error {
	err := s.elsewhere(w, r)
	if errors.Is(err, kb.ErrNotFound) && s.library.Gone(r.Context(), visitOf(r.Context()).By, r.PathValue("slug")) == nil {
		return errs.Say(errs.Gone, "outside.gone", nil)
	}
	return err
}

// findArticle returns the article in a request's path. If it has moved, the
// reader is sent there and moved is true.
func (s *Site) findArticle(w http.ResponseWriter, r *http.Request) (found kb.Found, moved bool, err error) {
	v := visitOf(r.Context())
	slug, err := web.PathValue(r, "slug")
	if err != nil {
		return found, false, err
	}
	found, err = s.library.Find(r.Context(), v.By, string(v.Wanted), slug)
	if err != nil {
		return found, false, err
	}
	if found.Moved && r.Method != http.MethodPost {
		http.Redirect(w, r, v.link("/articles/"+escape(found.Slug)), http.StatusMovedPermanently)
		return found, true, nil
	}
	return found, false, nil
}

func (s *Site) showArticle(w http.ResponseWriter, r *http.Request, status int, found kb.Found, form ratingForm) error {
	v := visitOf(r.Context())
	a, err := s.library.Article(r.Context(), v.By, found.ID, string(v.Wanted))
	if err != nil {
		return err
	}
	lasts := relatedLasts
	if status != http.StatusOK {
		lasts = 0
	}
	html, err := s.builtOnce(r, lasts, func(r *http.Request) ([]byte, error) { return s.buildArticle(r, a, form) })
	if err != nil {
		return err
	}
	return s.send(w, r, status, v.By, html)
}

// buildArticle builds the page of an article, with a mark in the place of the
// key of its form.
func (s *Site) buildArticle(r *http.Request, a kb.Page, form ratingForm) ([]byte, error) {
	v := visitOf(r.Context())
	form.Action, form.Reasons, form.Key = v.link("/articles/"+escape(a.Slug)+"/feedback"), kb.Reasons(), s.memory.formKey
	form.Suggest = v.link("/articles/" + escape(a.Slug) + "/suggestion")
	p := s.newPage(r, cmp.Or(a.SEOTitle, a.Title))
	p.Description, p.Type, p.NoIndex = cmp.Or(a.Description, a.Summary, a.Start), "article", !a.Public && !openTo(v.By)
	p.Published, p.Modified = a.PublishedAt, a.UpdatedAt
	p.Crumbs = s.crumbs(v, a.Categories...)
	p.Alternates = alternatesOf("/articles/", a.Languages, s.offered(v), a.Slug)
	p.Canonical = s.canonical(v, a)
	p.Image = pictureOf(v, a)
	p.tell(s.articleData(v, p, a)...)
	keeping, err := s.keepingOf(r.Context(), v, a)
	if err != nil {
		return nil, err
	}
	body := articleBody{Page: a, Related: s.relatedTo(r.Context(), v, a), Rating: form, Keeping: keeping}
	body.Facts, body.Watch = s.factsOf(v, a.Kind, a.Fields)
	body.Watch = append(s.filmsOf(v, a), body.Watch...)
	body.Questions = questionsOf(a)
	for _, f := range a.Files {
		body.Files = append(body.Files, mediumRow{Name: f.Name, About: f.About, Source: f.Path, Ending: endingOf(f.Name), Size: v.P.T("media.size", "size", f.Size)})
	}
	if _, _, ok := s.event(a); ok {
		body.Calendar = v.link("/articles/" + escape(a.Slug) + "/calendar")
	}
	if a.Checked.Old(s.cfg.Now()) {
		body.Old = v.P.T("process.old", "when", v.P.Date(a.Checked.At, i18n.StyleLong))
	}
	if sharing(v.By, a) {
		body.Share = v.link("/articles/" + escape(a.Slug) + "/share")
	}
	p.Body = body
	return s.build("article", p)
}

// pictureOf returns the address of the picture that stands for an article: that of
// its film, or the first in it. There may be none.
func pictureOf(v *visit, a kb.Page) string {
	picture := firstPicture(a.Text.HTML)
	if len(a.Films) > 0 && a.Films[0].Poster != "" {
		picture = a.Films[0].Poster
	}
	if picture == "" {
		return ""
	}
	return v.Origin + picture
}

// canonical is the address of the text that is shown: where an article is shown
// in another language than asked for, that language's page.
func (s *Site) canonical(v *visit, a kb.Page) string {
	return v.Origin + s.path(kb.Ref{Kind: "article", Locale: a.Locale, Slug: a.Slug})
}

// rate takes the form below an article.
func (s *Site) rate(w http.ResponseWriter, r *http.Request) error {
	found, _, err := s.findArticle(w, r)
	if err != nil {
		return s.orTyped(w, r, err)
	}
	v := visitOf(r.Context())
	if err := readable(r.ParseForm()); err != nil {
		return err
	}
	o := kb.Opinion{
		Article: found.ID, Locale: found.Locale, Helpful: r.PostFormValue("helpful") == "yes",
		Reason: kb.Reason(r.PostFormValue("reason")), Comment: r.PostFormValue("comment"), Key: r.PostFormValue("key"),
	}
	if o.Helpful {
		o.Reason, o.Comment = "", ""
	}
	_, err = s.library.Rate(r.Context(), v.By, o)
	if fields, ok := errors.AsType[errs.Fields](err); ok {
		form := ratingForm{Reason: o.Reason, Comment: o.Comment, Open: true, Errors: v.P.Fields(fields)}
		return s.showArticle(w, r, http.StatusUnprocessableEntity, found, form)
	}
	if err != nil && !errors.Is(err, kb.ErrConflict) {
		return err
	}
	http.Redirect(w, r, v.link("/articles/"+escape(found.Slug))+"?thanks=1#feedback", http.StatusSeeOther)
	return nil
}
