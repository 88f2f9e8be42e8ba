package kb

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

func (l *Library) serveBin(api *web.API) {
	write, publish, organise := byWriters, string(profile.PermissionContentPublish), string(profile.PermissionContentOrganise)
	own := publish + ", or its owner while readers never saw it"
	api.Handle(web.Op{
		Method: "DELETE", Path: "/manuscripts/{id}", Name: "kb.delete", Summary: "Puts an article into the bin, from where it can be taken out for some time.",
		Policy: own, Out: binnedWire{}, Update: true,
	}, l.serveDelete)
	api.Handle(web.Op{
		Method: "GET", Path: "/bin", Name: "kb.bin", Summary: "Lists what is in the bin, the last deleted first.",
		Policy: write, Params: binParams{}, Out: binWire{},
	}, l.serveBinned)
	api.Handle(web.Op{
		Method: "PUT", Path: "/bin/{id}/restoration", Name: "kb.undelete", Summary: "Takes an article out of the bin, as it was.",
		Policy: own, Out: manuscriptWire{}, Update: true,
	}, l.serveUndelete)
	api.Handle(web.Op{
		Method: "DELETE", Path: "/bin/{id}", Name: "kb.purge", Summary: "Removes an article in the bin for good.",
		Policy: organise, Update: true,
	}, l.servePurge)
}

type binnedWire struct {
	manuscriptWire
	DeletedAt time.Time `json:"deleted_at"`
	DeletedBy string    `json:"deleted_by"`
	PurgedAt  time.Time `json:"purged_at" doc:"when it is removed for good"`
}

type binWire struct {
	Articles []binnedWire `json:"articles"`
	Next     string       `json:"next,omitempty" doc:"token of the next page"`
}

type binParams struct {
	Title string `query:"title" max:"200" doc:"with a text that has this in its title"`
	After string `query:"after" doc:"token of the page before"`
	Limit int    `query:"limit" default:"50" clamp:"1,200"`
}

func (l *Library) binnedWire(a Article) binnedWire {
	return binnedWire{wireOfManuscript(a), a.DeletedAt, a.DeletedBy, l.PurgedAt(a)}
}

func (l *Library) serveBinned(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[binParams](r)
	if err != nil {
		return err
	}
	page, next, err := l.Manuscripts(r.Context(), profile.FromContext(r.Context()), ManuscriptQuery{Binned: true, Title: p.Title, After: p.After, Limit: p.Limit})
	if err != nil {
		return err
	}
	out := binWire{Articles: make([]binnedWire, 0, len(page)), Next: next}
	for _, a := range page {
		out.Articles = append(out.Articles, l.binnedWire(a))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

// versioned is what a change of an article without a body needs.
func versioned(r *http.Request) (id string, version int, err error) {
	if id, err = web.PathValue(r, "id"); err != nil {
		return "", 0, err
	}
	version, err = web.IfMatch(r)
	return id, version, err
}

func (l *Library) serveDelete(w http.ResponseWriter, r *http.Request) error {
	id, version, err := versioned(r)
	if err != nil {
		return err
	}
	a, err := l.Delete(r.Context(), profile.FromContext(r.Context()), id, version)
	if err != nil {
		return web.Stale(err)
	}
	w.Header().Set("ETag", web.ETag(a.Version))
	return web.JSON(w, r, http.StatusOK, l.binnedWire(a))
}

func (l *Library) serveUndelete(w http.ResponseWriter, r *http.Request) error {
	id, version, err := versioned(r)
	if err != nil {
		return err
	}
	a, err := l.Undelete(r.Context(), profile.FromContext(r.Context()), id, version)
	if err != nil {
		return web.Stale(err)
	}
	return l.answer(w, r, http.StatusOK, a)
}

func (l *Library) servePurge(w http.ResponseWriter, r *http.Request) error {
	id, version, err := versioned(r)
	if err != nil {
		return err
	}
	if err := l.Purge(r.Context(), profile.FromContext(r.Context()), id, version); err != nil {
		return web.Stale(err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
