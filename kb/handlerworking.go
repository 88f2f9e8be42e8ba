package kb

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

func (l *Library) serveWorkingOn(api *web.API) {
	edits := byWriters + ", for translations " + string(profile.PermissionContentTranslate)
	const text = "/manuscripts/{id}/texts/{locale}"
	api.Handle(web.Op{
		Method: "GET", Path: "/unsaved", Name: "kb.workings", Summary: "Lists what the asker typed and did not save.",
		Policy: edits, Out: []workingWire{},
	}, l.serveWorkings)
	api.Handle(web.Op{
		Method: "GET", Path: text + "/unsaved", Name: "kb.working", Summary: "Returns what the asker typed and did not save.",
		Policy: edits, Out: workingWire{},
	}, l.serveWorking)
	api.Handle(web.Op{
		Method: "PUT", Path: text + "/unsaved", Name: "kb.keep_working", Summary: "Keeps what the asker typed and has not saved; no revision is made.",
		Policy: edits, In: workingWire{},
	}, l.serveKeepWorking)
	api.Handle(web.Op{
		Method: "DELETE", Path: text + "/unsaved", Name: "kb.drop_working", Summary: "Forgets what the asker typed and did not save.",
		Policy: edits,
	}, l.serveDropWorking)
	api.Handle(web.Op{
		Method: "GET", Path: "/manuscripts/{id}/locks", Name: "kb.holders", Summary: "Lists who is changing the texts of an article now.",
		Policy: edits, Out: []lockWire{},
	}, l.serveHolders)
	api.Handle(web.Op{
		Method: "PUT", Path: text + "/lock", Name: "kb.hold", Summary: "Says for a while that the asker is changing a text, and lists who else is. It keeps nobody out.",
		Policy: edits, In: leaseWire{}, Out: []lockWire{},
	}, l.serveHold)
	api.Handle(web.Op{
		Method: "DELETE", Path: text + "/lock", Name: "kb.release", Summary: "Says that the asker is no longer changing a text.",
		Policy: edits,
	}, l.serveRelease)
}

type workingWire struct {
	Article string    `json:"article,omitempty" doc:"empty for one that is not there yet"`
	Locale  string    `json:"locale,omitempty"`
	Version int       `json:"version,omitempty" doc:"of the article when they began"`
	Head    int       `json:"head,omitempty" doc:"newest revision of the text when they began"`
	Base    string    `json:"base,omitempty" doc:"whatever the client tells by what all languages shared then"`
	Text    textWire  `json:"text"`
	Meta    metaWire  `json:"meta"`
	At      time.Time `json:"at,omitzero"`
}

func wireOfWorking(w Working) workingWire {
	m := w.Meta
	return workingWire{
		Article: w.Article, Locale: w.Locale, Version: w.Version, Head: w.Head, Base: w.Base, Text: textWire(w.Text), At: w.At,
		Meta: metaWire{
			Category: m.Category, Kind: m.Kind, Audience: list(m.Audience), Products: m.Products, Tags: m.Tags, Related: m.Related,
			Fields: m.Fields, Order: m.Order, Owner: m.Owner,
		},
	}
}

// idAndLocale reads which text a request is about.
func idAndLocale(r *http.Request) (id, locale string, err error) {
	if id, err = web.PathValue(r, "id"); err != nil {
		return
	}
	locale, err = web.PathValue(r, "locale")
	return
}

func (l *Library) serveWorkings(w http.ResponseWriter, r *http.Request) error {
	list, err := l.Workings(r.Context(), profile.FromContext(r.Context()))
	if err != nil {
		return err
	}
	out := make([]workingWire, 0, len(list))
	for _, one := range list {
		out = append(out, wireOfWorking(one))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (l *Library) serveWorking(w http.ResponseWriter, r *http.Request) error {
	id, locale, err := idAndLocale(r)
	if err != nil {
		return err
	}
	one, err := l.Working(r.Context(), profile.FromContext(r.Context()), id, locale)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireOfWorking(one))
}

func (l *Library) serveKeepWorking(w http.ResponseWriter, r *http.Request) error {
	id, locale, err := idAndLocale(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[workingWire](w, r, 0)
	if err != nil {
		return err
	}
	err = l.KeepWorking(r.Context(), profile.FromContext(r.Context()), Working{
		Article: id, Locale: locale, Version: in.Version, Head: in.Head, Base: in.Base, Text: in.Text.text(), Meta: in.Meta.meta(),
	})
	return nothing(w, err)
}

// nothing answers that it is done.
func nothing(w http.ResponseWriter, err error) error {
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

func (l *Library) serveDropWorking(w http.ResponseWriter, r *http.Request) error {
	id, locale, err := idAndLocale(r)
	if err != nil {
		return err
	}
	return nothing(w, l.DropWorking(r.Context(), profile.FromContext(r.Context()), id, locale))
}

type leaseWire struct {
	Seconds int `json:"seconds" doc:"how long, unless it is said again; at most 3600"`
}

type lockWire struct {
	Locale string    `json:"locale"`
	Person string    `json:"person"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until"`
}

func wiresOfLocks(list []Lock) []lockWire {
	out := make([]lockWire, 0, len(list))
	for _, k := range list {
		out = append(out, lockWire{k.Locale, k.Person, k.Since, k.Until})
	}
	return out
}

func (l *Library) serveHolders(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	all, err := l.Holders(r.Context(), profile.FromContext(r.Context()), id)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wiresOfLocks(all))
}

func (l *Library) serveHold(w http.ResponseWriter, r *http.Request) error {
	id, locale, err := idAndLocale(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[leaseWire](w, r, 0)
	if err != nil {
		return err
	}
	lease := time.Duration(min(max(in.Seconds, 0), int(MostLease/time.Second))) * time.Second
	others, err := l.Hold(r.Context(), profile.FromContext(r.Context()), id, locale, lease)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wiresOfLocks(others))
}

func (l *Library) serveRelease(w http.ResponseWriter, r *http.Request) error {
	id, locale, err := idAndLocale(r)
	if err != nil {
		return err
	}
	return nothing(w, l.Release(r.Context(), profile.FromContext(r.Context()), id, locale))
}
