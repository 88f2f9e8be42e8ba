package layout

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// Handler serves the JSON API of the arrangement under any prefix: for
// administrators rules, promotions and a preview, for everybody what they want
// of it. The actor comes from [profile.FromContext] and the visit from
// [VisitOf].
func (a *Arranger) Handler() http.Handler { return a.API().Handler() }

// API returns the operations that Handler serves, to be documented together
// with those of other capabilities.
func (a *Arranger) API() *web.API {
	api := web.NewAPI("layout", a.opts.Logger)
	api.LimitText(valid.MaxRunes)
	a.serveRules(api)
	a.servePromotions(api)
	a.servePeople(api)
	return api
}

const write = string(profile.PermissionSegmentsWrite)

func (a *Arranger) serveRules(api *web.API) {
	api.Handle(web.Op{
		Method: "GET", Path: "/rules", Name: "layout.rules", Summary: "Returns the rules, in their order.",
		Policy: write, Out: rulesWire{},
	}, a.serveRuleList)
	api.Handle(web.Op{
		Method: "POST", Path: "/rules", Name: "layout.add_rule", Summary: "Adds a rule, for visits that begin a moment later.",
		Policy: write, In: Rule{}, Out: Rule{}, Create: true,
	}, a.serveAddRule)
	api.Handle(web.Op{
		Method: "PUT", Path: "/rules/{id}", Name: "layout.save_rule", Summary: "Changes a rule, for visits that begin a moment later.",
		Policy: write, In: Rule{}, Out: Rule{}, Update: true,
	}, a.serveSaveRule)
	api.Handle(web.Op{
		Method: "DELETE", Path: "/rules/{id}", Name: "layout.remove_rule", Summary: "Forgets a rule, for visits that begin a moment later.",
		Policy: write, Update: true,
	}, a.serveRemoveRule)
	api.Handle(web.Op{
		Method: "POST", Path: "/preview", Name: "layout.preview", Summary: "Returns what somebody would see of a page.",
		Policy: write, In: previewWire{}, Out: layoutWire{},
	}, a.servePreview)
}

func (a *Arranger) servePromotions(api *web.API) {
	api.Handle(web.Op{
		Method: "GET", Path: "/promotions", Name: "layout.promotions", Summary: "Returns all promotions.",
		Policy: write, Out: promotionsWire{},
	}, a.servePromotionList)
	api.Handle(web.Op{
		Method: "POST", Path: "/promotions", Name: "layout.add_promotion", Summary: "Adds a promotion.",
		Policy: write, In: Promotion{}, Out: Promotion{}, Create: true,
	}, a.serveAddPromotion)
	api.Handle(web.Op{
		Method: "PUT", Path: "/promotions/{id}", Name: "layout.save_promotion", Summary: "Changes a promotion.",
		Policy: write, In: Promotion{}, Out: Promotion{}, Update: true,
	}, a.serveSavePromotion)
	api.Handle(web.Op{
		Method: "DELETE", Path: "/promotions/{id}", Name: "layout.remove_promotion", Summary: "Forgets a promotion.",
		Policy: write,
	}, a.serveRemovePromotion)
}

func (a *Arranger) servePeople(api *web.API) {
	api.Handle(web.Op{
		Method: "GET", Path: "/pages/{page}", Name: "layout.arrangement", Summary: "Returns the menus and the blocks of a page as they stand for the reader, with the reasons; promotions in it count as shown.",
		Policy: "what the reader's audience admits", Public: true, Out: layoutWire{},
	}, a.serveArrangement)
	api.Handle(web.Op{
		Method: "GET", Path: "/choice", Name: "layout.choice", Summary: "Returns whether pages are arranged for the reader.",
		Policy: "signed in, about themselves", Out: choiceWire{},
	}, a.serveChoice)
	api.Handle(web.Op{
		Method: "PUT", Path: "/choice", Name: "layout.choose", Summary: "Switches the arrangement on or off, and forgets what was used.",
		Policy: "signed in, about themselves", In: choiceWire{}, Out: choiceWire{},
	}, a.serveChoose)
	api.Handle(web.Op{
		Method: "POST", Path: "/reset", Name: "layout.reset", Summary: "Forgets what was used, so that everything stands as declared.",
		Policy: "signed in, about themselves",
	}, a.serveReset)
	api.Handle(web.Op{
		Method: "POST", Path: "/used", Name: "layout.used", Summary: "Counts that an item or a block was used.",
		Policy: "everybody, about themselves", Public: true, In: usedWire{}, Status: http.StatusNoContent,
	}, a.serveUsed)
	api.Handle(web.Op{
		Method: "POST", Path: "/promotions/{id}/click", Name: "layout.click", Summary: "Says that a promotion was followed.",
		Policy: "everybody who sees it", Public: true,
	}, a.serveAnswer(a.Clicked))
	api.Handle(web.Op{
		Method: "POST", Path: "/promotions/{id}/dismissal", Name: "layout.dismiss", Summary: "Takes a promotion out of sight for good.",
		Policy: "everybody who sees it", Public: true,
	}, a.serveAnswer(a.Dismiss))
}

func (a *Arranger) serveRuleList(w http.ResponseWriter, r *http.Request) error {
	book, err := a.Rules(r.Context(), profile.FromContext(r.Context()))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, rulesWire{Rules: append([]Rule{}, book.Rules...), From: book.From, Revision: book.Revision})
}

func (a *Arranger) serveAddRule(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[Rule](w, r, 0)
	if err != nil {
		return err
	}
	in.Version = 0
	saved, err := a.SaveRule(r.Context(), profile.FromContext(r.Context()), in)
	if err != nil {
		return err
	}
	return versioned(w, r, http.StatusCreated, saved.Version, saved)
}

func (a *Arranger) serveSaveRule(w http.ResponseWriter, r *http.Request) error {
	id, version, in, err := update[Rule](w, r)
	if err != nil {
		return err
	}
	in.ID, in.Version = id, version
	saved, err := a.SaveRule(r.Context(), profile.FromContext(r.Context()), in)
	if err != nil {
		return stale(err)
	}
	return versioned(w, r, http.StatusOK, saved.Version, saved)
}

func (a *Arranger) serveRemoveRule(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	version, err := web.IfMatch(r)
	if err != nil {
		return err
	}
	if err := a.RemoveRule(r.Context(), profile.FromContext(r.Context()), id, version); err != nil {
		return stale(err)
	}
	return web.NoContent(w)
}

func (a *Arranger) servePreview(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[previewWire](w, r, 0)
	if err != nil {
		return err
	}
	l, err := a.Preview(r.Context(), profile.FromContext(r.Context()), in.actor(), in.Brand, in.Page)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireOf(l))
}

func (a *Arranger) servePromotionList(w http.ResponseWriter, r *http.Request) error {
	list, err := a.Promotions(r.Context(), profile.FromContext(r.Context()))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, promotionsWire{Promotions: append([]Promotion{}, list...)})
}

func (a *Arranger) serveAddPromotion(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[Promotion](w, r, 0)
	if err != nil {
		return err
	}
	in.Version = 0
	saved, err := a.SavePromotion(r.Context(), profile.FromContext(r.Context()), in)
	if err != nil {
		return err
	}
	return versioned(w, r, http.StatusCreated, saved.Version, saved)
}

func (a *Arranger) serveSavePromotion(w http.ResponseWriter, r *http.Request) error {
	id, version, in, err := update[Promotion](w, r)
	if err != nil {
		return err
	}
	in.ID, in.Version = id, version
	saved, err := a.SavePromotion(r.Context(), profile.FromContext(r.Context()), in)
	if err != nil {
		return stale(err)
	}
	return versioned(w, r, http.StatusOK, saved.Version, saved)
}

func (a *Arranger) serveRemovePromotion(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	if err := a.RemovePromotion(r.Context(), profile.FromContext(r.Context()), id); err != nil {
		return err
	}
	return web.NoContent(w)
}

func (a *Arranger) serveArrangement(w http.ResponseWriter, r *http.Request) error {
	page, err := web.PathValue(r, "page")
	if err != nil {
		return err
	}
	ctx := r.Context()
	l := a.Arrange(ctx, profile.FromContext(ctx), VisitOf(ctx, a.Brand(r.Host).ID), page)
	return web.JSON(w, r, http.StatusOK, wireOf(l))
}

func (a *Arranger) serveChoice(w http.ResponseWriter, r *http.Request) error {
	c, err := a.Choice(r.Context(), profile.FromContext(r.Context()))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, choiceWire{Personal: !c.Off})
}

func (a *Arranger) serveChoose(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[choiceWire](w, r, 0)
	if err != nil {
		return err
	}
	c, err := a.Personal(r.Context(), profile.FromContext(r.Context()), in.Personal)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, choiceWire{Personal: !c.Off})
}

func (a *Arranger) serveReset(w http.ResponseWriter, r *http.Request) error {
	if err := a.Reset(r.Context(), profile.FromContext(r.Context())); err != nil {
		return err
	}
	return web.NoContent(w)
}

func (a *Arranger) serveUsed(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[usedWire](w, r, 0)
	if err != nil {
		return err
	}
	a.Used(r.Context(), profile.FromContext(r.Context()), in.Ref)
	return web.NoContent(w)
}

// serveAnswer serves what a visitor does with a promotion.
func (a *Arranger) serveAnswer(answer func(context.Context, profile.Actor, Visit, string) error) web.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := web.PathValue(r, "id")
		if err != nil {
			return err
		}
		brand := a.Brand(r.Host).ID
		if err := answer(r.Context(), profile.FromContext(r.Context()), VisitOf(r.Context(), brand), id); err != nil {
			return err
		}
		return web.NoContent(w)
	}
}

// update reads what a change of a record needs.
func update[T any](w http.ResponseWriter, r *http.Request) (id string, version int, in T, err error) {
	if id, err = web.PathValue(r, "id"); err != nil {
		return
	}
	if version, err = web.IfMatch(r); err != nil {
		return
	}
	// Version 0 would add what somebody meant to change.
	if version < 1 {
		err = web.ErrPrecondition
		return
	}
	in, err = web.Decode[T](w, r, 0)
	return
}

// stale says of a version that is no longer there what HTTP calls it.
func stale(err error) error {
	if errors.Is(err, ErrConflict) {
		return fmt.Errorf("%w: %w", web.ErrPrecondition, err)
	}
	return err
}

func versioned(w http.ResponseWriter, r *http.Request, status, version int, v any) error {
	w.Header().Set("ETag", web.ETag(version))
	return web.JSON(w, r, status, v)
}
