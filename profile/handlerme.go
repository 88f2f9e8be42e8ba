package profile

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
)

// servePersonal adds what people keep for themselves to the API.
func (d *Directory) servePersonal(api *web.API) {
	const policy = "everybody who is signed in, about themselves"
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/me/preferences", Name: "profile.preferences", Summary: "What one prefers.",
		Policy: policy, Out: preferencesWire{},
	}, d.servePreferences)
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/me/preferences", Name: "profile.save_preferences", Summary: "Replaces what one prefers.",
		Policy: policy, In: preferencesWire{}, Out: preferencesWire{}, Update: true,
	}, d.serveSavePreferences)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/me/consents", Name: "profile.consents", Summary: "What one agreed to and refused.",
		Policy: policy, Params: consentsParams{}, Out: consentsWire{},
	}, d.serveConsents)
	api.Handle(web.Op{
		Method: http.MethodPost, Path: "/me/consents", Name: "profile.consent", Summary: "Agrees to something, refuses it or withdraws.",
		Policy: policy, In: newConsentWire{}, Out: consentWire{}, Create: true,
	}, d.serveConsent)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/me/shelf/{list}", Name: "profile.shelf", Summary: "What one has put on a list, the newest first.",
		Policy: policy, Params: shelfParams{}, Out: itemsWire{},
	}, d.serveShelf)
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/me/shelf/{list}", Name: "profile.shelve", Summary: "Puts something on a list, or changes what is there under the same reference.",
		Policy: policy, In: newItemWire{}, Out: itemWire{}, Errors: []int{http.StatusConflict},
	}, d.serveShelve)
	api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/me/shelf/{list}", Name: "profile.unshelve", Summary: "Takes something off a list.",
		Policy: policy, Params: unshelveParams{},
	}, d.serveUnshelve)
}

func (d *Directory) servePreferences(w http.ResponseWriter, r *http.Request) error {
	by := FromContext(r.Context())
	if by.Anonymous() {
		return ErrForbidden
	}
	p, err := d.Preferences(r.Context(), by, by.ID)
	if err != nil {
		return err
	}
	if web.NotModified(w, r, web.ETag(p.Version, by.ID)) {
		return nil
	}
	return web.JSON(w, r, http.StatusOK, preferencesAsWire(p))
}

func (d *Directory) serveSavePreferences(w http.ResponseWriter, r *http.Request) error {
	by := FromContext(r.Context())
	if by.Anonymous() {
		return ErrForbidden
	}
	version, err := web.IfMatch(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[preferencesWire](w, r, 0)
	if err != nil {
		return err
	}
	p := in.preferences()
	p.Version = version
	if p, err = d.SavePreferences(r.Context(), by, by.ID, p); err != nil {
		return web.Stale(err)
	}
	w.Header().Set("ETag", web.ETag(p.Version, by.ID))
	return web.JSON(w, r, http.StatusOK, preferencesAsWire(p))
}

type consentsParams struct {
	Purpose string `query:"purpose" max:"64" doc:"Of this purpose only."`
	After   string `query:"after" max:"8192" doc:"token of the page before"`
	Limit   int    `query:"limit" default:"50" clamp:"1,200"`
}

func (d *Directory) serveConsents(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[consentsParams](r)
	if err != nil {
		return err
	}
	by := FromContext(r.Context())
	if by.Anonymous() {
		return ErrForbidden
	}
	page, next, err := d.ConsentHistory(r.Context(), by, ConsentQuery{Person: by.ID, Purpose: p.Purpose, After: p.After, Limit: p.Limit})
	if err != nil {
		return err
	}
	out := consentsWire{Current: []consentWire{}, History: consentsAsWire(page), Next: next}
	if p.After == "" {
		current, err := d.Consents(r.Context(), by, by.ID)
		if err != nil {
			return err
		}
		out.Current = consentsAsWire(current)
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (d *Directory) serveConsent(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[newConsentWire](w, r, 0)
	if err != nil {
		return err
	}
	key, err := web.IdempotencyKey(r)
	if err != nil {
		return err
	}
	by := FromContext(r.Context())
	c, err := d.Consent(r.Context(), by, Consent{
		Person: by.ID, Purpose: in.Purpose, Wording: in.Wording, Given: in.Given, Via: "api", Key: key,
	})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusCreated, consentAsWire(c))
}

type shelfParams struct {
	Ref   string `query:"ref" max:"512" doc:"This item only, as kind/id."`
	After string `query:"after" max:"8192" doc:"token of the page before"`
	Limit int    `query:"limit" default:"50" clamp:"1,200"`
}

func (d *Directory) serveShelf(w http.ResponseWriter, r *http.Request) error {
	list, err := web.PathValue(r, "list")
	if err != nil {
		return err
	}
	p, err := web.Query[shelfParams](r)
	if err != nil {
		return err
	}
	page, next, err := d.Shelf(r.Context(), FromContext(r.Context()), ShelfQuery{List: list, Ref: p.Ref, After: p.After, Limit: p.Limit})
	if err != nil {
		return err
	}
	out := itemsWire{Items: make([]itemWire, len(page)), Next: next}
	for i, item := range page {
		out.Items[i] = itemAsWire(item)
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (d *Directory) serveShelve(w http.ResponseWriter, r *http.Request) error {
	list, err := web.PathValue(r, "list")
	if err != nil {
		return err
	}
	in, err := web.Decode[newItemWire](w, r, 0)
	if err != nil {
		return err
	}
	item, err := d.Shelve(r.Context(), FromContext(r.Context()), ShelfItem{List: list, Ref: in.Ref, Title: in.Title, Level: in.Level, Data: in.Data})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, itemAsWire(item))
}

type unshelveParams struct {
	Ref string `query:"ref" max:"512" doc:"What to take off, as kind/id; empty clears the list."`
}

func (d *Directory) serveUnshelve(w http.ResponseWriter, r *http.Request) error {
	list, err := web.PathValue(r, "list")
	if err != nil {
		return err
	}
	p, err := web.Query[unshelveParams](r)
	if err != nil {
		return err
	}
	if err := d.Unshelve(r.Context(), FromContext(r.Context()), list, p.Ref); err != nil {
		return err
	}
	return web.NoContent(w)
}
