package kb

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

func (l *Library) serveOrganising(api *web.API) {
	organise := string(profile.PermissionContentOrganise)
	api.Handle(web.Op{
		Method: "POST", Path: "/categories", Name: "kb.create_category", Summary: "Creates a category.",
		Policy: organise, In: newCategoryWire{}, Out: settingsWire{}, Create: true,
	}, l.serveCreateCategory)
	api.Handle(web.Op{
		Method: "GET", Path: "/categories/{id}/settings", Name: "kb.category_settings", Summary: "Returns a category as those who arrange the library see it.",
		Policy: organise, Out: settingsWire{},
	}, l.serveCategorySettings)
	api.Handle(web.Op{
		Method: "PUT", Path: "/categories/{id}/settings", Name: "kb.save_category", Summary: "Changes a category.",
		Policy: organise, In: categoryWire{}, Out: settingsWire{}, Update: true,
	}, l.serveSaveCategory)
	clears := organise + " and " + string(profile.PermissionContentPublish)
	api.Handle(web.Op{
		Method: "POST", Path: "/categories/{id}/emptying", Name: "kb.empty_category", Summary: "Moves all articles that stand in a category into another one: all or none.",
		Policy: clears, In: emptyingWire{}, Out: emptiedWire{}, Errors: []int{http.StatusConflict},
	}, l.serveEmptyCategory)
	api.Handle(web.Op{
		Method: "DELETE", Path: "/categories/{id}", Name: "kb.remove_category", Summary: "Removes a category that nothing stands in.",
		Policy: clears, Update: true, Errors: []int{http.StatusConflict},
	}, l.serveRemoveCategory)
}

func (l *Library) serveCreateCategory(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[newCategoryWire](w, r, 0)
	if err != nil {
		return err
	}
	key, err := web.IdempotencyKey(r)
	if err != nil {
		return err
	}
	by := profile.FromContext(r.Context())
	if in.ID == "" && key != "" {
		in.ID = idem.ID("kb.category", by.ID, key)
	}
	c, err := l.SaveCategory(r.Context(), by, in.category(in.ID, 0))
	if err != nil {
		return err
	}
	return l.answerCategory(w, r, http.StatusCreated, c)
}

func (l *Library) answerCategory(w http.ResponseWriter, r *http.Request, status int, c Category) error {
	w.Header().Set("ETag", web.ETag(c.Version))
	return web.JSON(w, r, status, wireOfCategory(c))
}

func (l *Library) serveCategorySettings(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	c, err := l.CategoryDraft(r.Context(), profile.FromContext(r.Context()), id)
	if err != nil {
		return err
	}
	return l.answerCategory(w, r, http.StatusOK, c)
}

func (l *Library) serveSaveCategory(w http.ResponseWriter, r *http.Request) error {
	id, _, version, in, err := change[categoryWire](w, r)
	if err != nil {
		return err
	}
	if version == 0 {
		return web.ErrPrecondition // an update creates nothing
	}
	c, err := l.SaveCategory(r.Context(), profile.FromContext(r.Context()), in.category(id, version))
	if err != nil {
		return web.Stale(err)
	}
	return l.answerCategory(w, r, http.StatusOK, c)
}

type emptyingWire struct {
	Into string `json:"into" doc:"ID of the category that they stand in from then on"`
	Lead bool   `json:"lead,omitempty" doc:"addresses of the category lead there for whoever does not see it"`
}

type emptiedWire struct {
	Moved int `json:"moved" doc:"how many articles"`
}

func (l *Library) serveEmptyCategory(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	in, err := web.Decode[emptyingWire](w, r, 0)
	if err != nil {
		return err
	}
	moved, err := l.EmptyCategory(r.Context(), profile.FromContext(r.Context()), id, in.Into, in.Lead)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, emptiedWire{moved})
}

func (l *Library) serveRemoveCategory(w http.ResponseWriter, r *http.Request) error {
	id, version, err := versioned(r)
	if err != nil {
		return err
	}
	if err := l.RemoveCategory(r.Context(), profile.FromContext(r.Context()), id, version); err != nil {
		return web.Stale(err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
