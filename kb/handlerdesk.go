package kb

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

type manuscriptsParams struct {
	Category []string `query:"category" doc:"IDs of categories"`
	Below    bool     `query:"below" doc:"also the categories under them"`
	Kind     []Kind   `query:"kind"`
	Product  string   `query:"product" max:"100"`
	Owner    string   `query:"owner" max:"128"`
	Locale   string   `query:"locale" max:"35" doc:"with a text in this language"`
	Lacks    string   `query:"lacks" max:"35" doc:"without a text in this language"`
	Status   string   `query:"status" max:"20" doc:"with a text in this state"`
	Title    string   `query:"title" max:"200" doc:"with a text that has this in its title"`
	Ahead    bool     `query:"ahead" doc:"with a text whose newest revision readers do not see though they see another"`
	Stale    bool     `query:"stale" doc:"with a translation whose source has gone on since"`
	Order    string   `query:"order" max:"20" doc:"empty for the last changed first, \"oldest\", \"title\""`
	Count    bool     `query:"count" doc:"also count them"`
	After    string   `query:"after" doc:"token of the page before"`
	Limit    int      `query:"limit" default:"50" clamp:"1,200"`
}

func (p manuscriptsParams) query() ManuscriptQuery {
	return ManuscriptQuery{
		Categories: p.Category, Below: p.Below, Kinds: p.Kind, Product: p.Product, Owner: p.Owner, Locale: p.Locale, Lacks: p.Lacks,
		Status: Status(p.Status), Title: p.Title, Ahead: p.Ahead, Stale: p.Stale, Order: ManuscriptOrder(p.Order), After: p.After, Limit: p.Limit,
	}
}

type manuscriptsWire struct {
	Manuscripts []manuscriptWire `json:"manuscripts"`
	Count       *int             `json:"count,omitempty" doc:"at most 1000"`
	Next        string           `json:"next,omitempty" doc:"token of the next page"`
}

func (l *Library) serveManuscripts(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[manuscriptsParams](r)
	if err != nil {
		return err
	}
	by, q := profile.FromContext(r.Context()), p.query()
	page, next, err := l.Manuscripts(r.Context(), by, q)
	if err != nil {
		return err
	}
	out := manuscriptsWire{Manuscripts: make([]manuscriptWire, 0, len(page)), Next: next}
	for _, a := range page {
		out.Manuscripts = append(out.Manuscripts, wireOfManuscript(a))
	}
	if p.Count {
		n, err := l.CountManuscripts(r.Context(), by, q)
		if err != nil {
			return err
		}
		out.Count = &n
	}
	return web.JSON(w, r, http.StatusOK, out)
}

type restoreWire struct {
	Number int    `json:"number" doc:"revision whose text comes back"`
	Note   string `json:"note,omitempty" doc:"why, for colleagues"`
}

func (l *Library) serveRestore(w http.ResponseWriter, r *http.Request) error {
	id, locale, version, in, err := change[restoreWire](w, r)
	if err != nil {
		return err
	}
	a, err := l.Restore(r.Context(), profile.FromContext(r.Context()), id, locale, version, in.Number, in.Note)
	if err != nil {
		return web.Stale(err)
	}
	return l.answer(w, r, http.StatusOK, a)
}
