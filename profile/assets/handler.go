package assets

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// Handler serves the JSON API under any prefix:
//
//	GET, POST          /products                      what the reader sees, and registering
//	GET, PUT, DELETE   /products/{id}                 one, changing and unregistering it
//	GET                /purchases, /purchases/{id}
//	GET                /entitlements, /entitlements/{id}
//	POST               /entitlements/{id}/spendings   using some of it up
//	GET                /cover                         what covers something
func (i *Inventory) Handler() http.Handler { return i.API().Handler() }

// API returns the operations that Handler serves, to be documented together
// with those of other capabilities.
func (i *Inventory) API() *web.API {
	api := web.NewAPI("assets", i.opts.Logger)
	api.LimitText(valid.MaxRunes)
	i.serveProducts(api)
	i.serveBought(api)
	return api
}

const (
	readers = "signed in, of what they see; of anybody with " + string(profile.PermissionAssetsRead)
	writers = "signed in, about what is theirs; of their organisation with " + string(profile.PermissionHoldingsWrite)
)

func (i *Inventory) serveProducts(api *web.API) {
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/products", Name: "assets.products", Summary: "Installed products, those registered last first.",
		Policy: readers, Params: listParams{}, Out: productsWire{},
	}, i.serveAssets)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/products/{id}", Name: "assets.product", Summary: "An installed product with its warranties.",
		Policy: readers, Params: idParams{}, Out: productWire{},
	}, i.serveAsset)
	api.Handle(web.Op{
		Method: http.MethodPost, Path: "/products", Name: "assets.register", Summary: "Registers a product by its serial number.",
		Policy: "signed in", In: registrationWire{}, Out: productWire{}, Create: true, Errors: []int{http.StatusTooManyRequests},
	}, i.serveRegister)
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/products/{id}", Name: "assets.change", Summary: "Changes what its holder says of a product, and moves it within the organisation.",
		Policy: writers, Params: idParams{}, In: changeWire{}, Out: productWire{}, Update: true,
	}, i.serveChange)
	api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/products/{id}", Name: "assets.unregister", Summary: "Forgets a product; its serial number is free again.",
		Policy: writers, Params: idParams{}, Update: true,
	}, i.serveUnregister)
}

func (i *Inventory) serveBought(api *web.API) {
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/purchases", Name: "assets.purchases", Summary: "Orders, the newest first.",
		Policy: readers, Params: listParams{}, Out: purchasesWire{},
	}, i.servePurchases)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/purchases/{id}", Name: "assets.purchase", Summary: "An order with its lines.",
		Policy: readers, Params: idParams{}, Out: purchaseWire{},
	}, i.servePurchase)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/entitlements", Name: "assets.entitlements", Summary: "Support packages, those that begin last first.",
		Policy: readers, Params: listParams{}, Out: entitlementsWire{},
	}, i.serveEntitlements)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/entitlements/{id}", Name: "assets.entitlement", Summary: "A support package and what is left of it.",
		Policy: readers, Params: idParams{}, Out: entitlementWire{},
	}, i.serveEntitlement)
	api.Handle(web.Op{
		Method: http.MethodPost, Path: "/entitlements/{id}/spendings", Name: "assets.spend", Summary: "Uses some of a support package up; the Idempotency-Key is needed.",
		Policy: string(profile.PermissionAssetsSpend), Params: idParams{}, In: useWire{}, Out: entitlementWire{}, Create: true, Errors: []int{http.StatusTooManyRequests},
	}, i.serveSpend)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/cover", Name: "assets.cover", Summary: "What covers something that the reader wants help with.",
		Policy: "signed in, of what they and their organisation have", Params: coverParams{}, Out: coverWire{},
	}, i.serveCover)
}

func (i *Inventory) serveAssets(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[listParams](r)
	if err != nil {
		return err
	}
	page, next, err := i.Assets(r.Context(), profile.FromContext(r.Context()), q.query())
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, productsWire{mapped(page, i.wireOfAsset), next})
}

func (i *Inventory) serveAsset(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	a, err := i.Asset(r.Context(), profile.FromContext(r.Context()), id)
	if err != nil {
		return err
	}
	return i.writeAsset(w, r, http.StatusOK, a)
}

func (i *Inventory) writeAsset(w http.ResponseWriter, r *http.Request, status int, a Asset) error {
	w.Header().Set("ETag", web.ETag(a.Version))
	return web.JSON(w, r, status, i.wireOfAsset(a))
}

func (i *Inventory) serveRegister(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[registrationWire](w, r, 0)
	if err != nil {
		return err
	}
	key, err := web.IdempotencyKey(r)
	if err != nil {
		return err
	}
	reg, err := in.registration()
	if err != nil {
		return err
	}
	reg.Key = key
	a, err := i.Register(r.Context(), profile.FromContext(r.Context()), reg)
	if err != nil {
		return err
	}
	return i.writeAsset(w, r, http.StatusCreated, a)
}

func (i *Inventory) serveChange(w http.ResponseWriter, r *http.Request) error {
	id, version, err := update(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[changeWire](w, r, 0)
	if err != nil {
		return err
	}
	c, err := in.change()
	if err != nil {
		return err
	}
	c.Version = version
	a, err := i.Change(r.Context(), profile.FromContext(r.Context()), id, c)
	if err != nil {
		return stale(err)
	}
	return i.writeAsset(w, r, http.StatusOK, a)
}

func (i *Inventory) serveUnregister(w http.ResponseWriter, r *http.Request) error {
	id, version, err := update(r)
	if err != nil {
		return err
	}
	if err := i.Unregister(r.Context(), profile.FromContext(r.Context()), id, version); err != nil {
		return stale(err)
	}
	return web.NoContent(w)
}

func (i *Inventory) servePurchases(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[listParams](r)
	if err != nil {
		return err
	}
	page, next, err := i.Purchases(r.Context(), profile.FromContext(r.Context()), q.query())
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, purchasesWire{mapped(page, wireOfPurchase), next})
}

func (i *Inventory) servePurchase(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	p, err := i.Purchase(r.Context(), profile.FromContext(r.Context()), id)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireOfPurchase(p))
}

func (i *Inventory) serveEntitlements(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[listParams](r)
	if err != nil {
		return err
	}
	page, next, err := i.Entitlements(r.Context(), profile.FromContext(r.Context()), q.query())
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, entitlementsWire{mapped(page, i.wireOfEntitlement), next})
}

func (i *Inventory) serveEntitlement(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	e, err := i.Entitlement(r.Context(), profile.FromContext(r.Context()), id)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, i.wireOfEntitlement(e))
}

func (i *Inventory) serveSpend(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	in, err := web.Decode[useWire](w, r, 0)
	if err != nil {
		return err
	}
	key, err := web.IdempotencyKey(r)
	if err != nil {
		return err
	}
	e, err := i.Spend(r.Context(), profile.FromContext(r.Context()), id, Use{Unit: in.Unit, N: in.N, Ref: in.Ref, Key: key})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusCreated, i.wireOfEntitlement(e))
}

func (i *Inventory) serveCover(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[coverParams](r)
	if err != nil {
		return err
	}
	by := profile.FromContext(r.Context())
	c, err := i.Covers(r.Context(), by, Matter{Asset: q.Asset, Product: q.Product, Channel: q.Channel})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, coverWire{Level: c.Level(), Why: c.Why, By: mapped(c.By, i.wireOfEntitlement)})
}

// update reads which version of which record is to be changed. Version 0 would
// add one.
func update(r *http.Request) (id string, version int, err error) {
	if id, err = web.PathValue(r, "id"); err != nil {
		return "", 0, err
	}
	if version, err = web.IfMatch(r); err == nil && version < 1 {
		err = web.ErrPrecondition
	}
	return id, version, err
}

// stale says of a version that is no longer there what HTTP calls it.
func stale(err error) error {
	if errors.Is(err, ErrConflict) {
		return fmt.Errorf("%w: %w", web.ErrPrecondition, err)
	}
	return err
}

func mapped[T, W any](list []T, as func(T) W) []W {
	out := make([]W, len(list))
	for n, v := range list {
		out[n] = as(v)
	}
	return out
}
