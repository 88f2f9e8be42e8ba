package site

import (
	"net/http"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

const binPath = "/desk/bin"

// binRoutes are the pages of what was deleted.
func (s *Site) binRoutes() []route {
	return []route{
		{"GET " + binPath, "desk", s.binPage},
		{"POST " + binPath + "/{id}/restore", nothing + "leads to the article", s.undelete},
		{"POST " + binPath + "/{id}/purge", nothing + "leads back", s.purge},
		{"GET /desk/articles/{id}/delete", "desk editor", s.deletePage},
		{"POST /desk/articles/{id}/delete", nothing + "leads to the bin", s.deleteArticle},
	}
}

type binBody struct {
	Rows  []binRow
	Done  string // message key
	Title string // asked for
	First string
	Next  string
}

// A binRow is an article in the bin.
type binRow struct {
	Title, Locale    string
	Kind             kb.Kind
	Who              string
	At, Until        time.Time
	Version          int
	Restore, Destroy string // addresses, "" for who may not
}

type binParams struct {
	Title string `query:"title" max:"200"`
	Done  string `query:"done" max:"20"`
	After string `query:"after"`
}

// binPage lists what was deleted, by whom, and until when it can be restored.
func (s *Site) binPage(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[binParams](r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	page, next, err := s.library.Manuscripts(ctx, v.By, kb.ManuscriptQuery{Binned: true, Title: q.Title, After: q.After, Limit: articlesPerDesk})
	if err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("bin.title"))
	b := binBody{Title: q.Title, Next: nextOf(p, "after", next)}
	if q.After != "" {
		b.First = p.With()
	}
	if q.Done == "deleted" || q.Done == "purged" {
		b.Done = "bin.done_" + q.Done
	}
	names := map[string]string{}
	for _, a := range page {
		if err := s.nameIn(ctx, v, names, a.DeletedBy); err != nil {
			return err
		}
		b.Rows = append(b.Rows, s.binRow(v, a, names[a.DeletedBy]))
	}
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-bin", p)
}

func (s *Site) binRow(v *visit, a kb.Article, who string) binRow {
	t := titleFor(v, a)
	row := binRow{Title: t.Title, Locale: t.Locale, Kind: a.Kind, Who: who, At: a.DeletedAt, Until: s.library.PurgedAt(a), Version: a.Version}
	at := v.link(binPath + "/" + escape(a.ID))
	if s.library.MayDelete(v.By, a) {
		row.Restore = at + "/restore"
	}
	if s.library.MayPurge(v.By) {
		row.Destroy = at + "/purge"
	}
	return row
}

// titleFor returns an article in the visitor's language, or in its own.
func titleFor(v *visit, a kb.Article) kb.Translation {
	t, ok := a.In(string(v.Wanted))
	if !ok {
		t, _ = a.In(a.Source)
	}
	return t
}

// versionPosted returns the article that a form is about, and its version.
func versionPosted(r *http.Request) (id string, version int, err error) {
	if err := r.ParseForm(); err != nil {
		return "", 0, errs.Invalid
	}
	id, err = web.PathValue(r, "id")
	if err != nil {
		return "", 0, err
	}
	version, err = strconv.Atoi(r.PostFormValue("version"))
	if err != nil {
		return "", 0, errs.Invalid
	}
	return id, version, nil
}

// undelete takes an article out of the bin.
func (s *Site) undelete(w http.ResponseWriter, r *http.Request) error {
	id, version, err := versionPosted(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	a, err := s.library.Undelete(r.Context(), v.By, id, version)
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link(editorPath(a.ID, titleFor(v, a).Locale))+"?done=undeleted", http.StatusSeeOther)
	return nil
}

// purge removes an article in the bin for good.
func (s *Site) purge(w http.ResponseWriter, r *http.Request) error {
	id, version, err := versionPosted(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	if err := s.library.Purge(r.Context(), v.By, id, version); err != nil {
		return err
	}
	http.Redirect(w, r, v.link(binPath)+"?done=purged", http.StatusSeeOther)
	return nil
}

type deleteBody struct {
	Title, Locale string
	Action, Back  string
	Version       int
	Shown         []string // languages that readers lose
	Until         time.Time
	Links         backlinkList
}

// deletePage says what deleting an article does, and asks whether to.
func (s *Site) deletePage(w http.ResponseWriter, r *http.Request) error {
	a, err := s.manuscript(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	if !s.library.MayDelete(v.By, a) {
		return kb.ErrForbidden
	}
	t := titleFor(v, a)
	at := v.link(editorPath(a.ID, t.Locale))
	b := deleteBody{Title: t.Title, Locale: t.Locale, Back: at, Action: v.link("/desk/articles/" + escape(a.ID) + "/delete"), Version: a.Version}
	for _, locale := range a.Live() {
		b.Shown = append(b.Shown, i18n.Locale(locale).Name(v.Locale))
	}
	a.DeletedAt = s.cfg.Now()
	b.Until = s.library.PurgedAt(a)
	if b.Links, err = s.backlinksBeside(r.Context(), v, a); err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("bin.delete"), s.articlesCrumb(v), crumb{Title: t.Title, Href: at, Locale: t.Locale})
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-delete", p)
}

// deleteArticle puts an article into the bin.
func (s *Site) deleteArticle(w http.ResponseWriter, r *http.Request) error {
	id, version, err := versionPosted(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	if _, err := s.library.Delete(r.Context(), v.By, id, version); err != nil {
		return err
	}
	http.Redirect(w, r, v.link(binPath)+"?done=deleted", http.StatusSeeOther)
	return nil
}
