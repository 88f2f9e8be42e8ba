package site

import (
	"errors"
	"net/http"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/search"
)

const sourcesPath = "/desk/sources"

// pageKind is what readers call what is elsewhere.
const pageKind = "page"

// sourceRoutes are the pages of those who see to what is searched elsewhere.
func (s *Site) sourceRoutes() []route {
	return []route{
		{"GET " + sourcesPath, nothing + "addresses elsewhere, to those who tune searches", s.sourcesPage},
		{"POST " + sourcesPath + "/{name}", nothing + "leads back", s.readSource},
	}
}

type sourcesBody struct {
	Notice  string
	Sources []sourceView
}

// A sourceView is how a source stands.
type sourceView struct {
	Name, Where, State, Next string
	Running                  bool
	Pages, Trouble           int
	Facts                    []string
	Problems                 []sourceProblem
	Unread                   string // why the index does not have all of it, or empty
}

type sourceProblem struct {
	Where, Why string
	Status     int
}

// sourcesPage shows what is searched elsewhere, and how that goes.
func (s *Site) sourcesPage(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	b := sourcesBody{}
	if v.Query.Get("done") == "asked" {
		b.Notice = v.P.T("sources.asked")
	}
	states := s.engine.Status(r.Context()).Sources
	for _, e := range s.sources {
		view, err := e.view(r.Context(), v)
		if err != nil {
			return err
		}
		view.Name, view.Where = e.Name(), e.where
		if i := slices.IndexFunc(states, func(st search.SourceStatus) bool { return st.Name == e.Name() }); i >= 0 && states[i].Error != "" {
			view.Unread = v.P.T("sources.unread")
		}
		b.Sources = append(b.Sources, view)
	}
	p := s.deskPage(r, v.P.T("sources.title"))
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-sources", p)
}

// readSource reads a source at once.
func (s *Site) readSource(w http.ResponseWriter, r *http.Request) error {
	i := slices.IndexFunc(s.sources, func(e external) bool { return e.Name() == r.PathValue("name") })
	if i < 0 {
		return errs.NotFound
	}
	s.sources[i].ask()
	http.Redirect(w, r, visitOf(r.Context()).link(sourcesPath+"?done=asked"), http.StatusSeeOther)
	return nil
}

type outParams struct {
	Click string `query:"c" max:"4096"`
}

// searchOut leads to a hit that is read elsewhere. It leads nowhere else: the
// address is that of the document, for those who may see it.
func (s *Site) searchOut(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	params, err := web.Query[outParams](r)
	if err != nil {
		return err
	}
	d, err := s.engine.Followed(r.Context(), v.By, params.Click, string(v.Wanted))
	if errors.Is(err, search.ErrInvalid) {
		return errs.NotFound
	}
	if err != nil {
		return err
	}
	web.NoStore(w)
	w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	http.Redirect(w, r, s.relink(v, d.Path), http.StatusFound)
	return nil
}

// hitOf returns a hit with where it leads: to its page, or out.
func (s *Site) hitOf(v *visit, h search.Hit) hit {
	out := hit{Hit: h, Href: s.relink(v, h.Path) + "?c=" + h.Click}
	if h.Elsewhere() != "" {
		out.Href = v.link("/search/out?c=" + h.Click)
	}
	return out
}
