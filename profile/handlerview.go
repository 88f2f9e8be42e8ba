package profile

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
)

// serveView serves the portal as somebody else sees it: what the session of the
// request is shown from then on, by pages and here.
func (h *Handler) serveView() {
	h.api.Handle(web.Op{
		Method: http.MethodPut, Path: "/people/{id}/view", Name: "profile.view", Summary: "Shows this session the portal as somebody sees it, who is told; nothing can be changed meanwhile.",
		Policy: string(PermissionImpersonate) + ", of those whose roles one may give, in a session",
	}, func(w http.ResponseWriter, r *http.Request) error {
		by, id, err := about(r, "id")
		if err == nil {
			err = h.opts.Sessions.View(r, by, id)
		}
		return h.viewed(w, err)
	})
	h.api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/me/view", Name: "profile.end_view", Summary: "Shows this session the portal as it is to oneself.",
		Policy: "everybody, of their own session",
	}, func(w http.ResponseWriter, r *http.Request) error {
		if FromContext(r.Context()).Anonymous() {
			return ErrForbidden
		}
		return h.viewed(w, h.opts.Sessions.EndView(r))
	})
}

// viewed answers, and takes away what the browser kept of somebody else's pages.
func (h *Handler) viewed(w http.ResponseWriter, err error) error {
	if err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return web.NoContent(w)
}
