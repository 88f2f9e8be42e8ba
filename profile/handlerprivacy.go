package profile

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
)

func (h *Handler) servePrivacy() {
	const policy = "oneself, " + string(PermissionDirectoryWrite) + " for others; having just proved who one is"
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/people/{id}/export", Name: "profile.export", Summary: "Hands over all that is known of somebody, as one document.",
		Policy: policy, Produces: "application/json",
	}, h.serveExport)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/people/{id}/erasure", Name: "profile.erase", Summary: "Forgets all that is kept of somebody. It cannot be undone, and may be repeated until it succeeds.",
		Policy: policy + "; those who may erase others have another of them do it", In: erasureWire{}, Out: erasedWire{},
	}, h.serveErase)
}

func (h *Handler) serveExport(w http.ResponseWriter, r *http.Request) error {
	by, id, err := about(r, "id")
	if err == nil {
		err = h.surely(by)
	}
	if err != nil {
		return err
	}
	out := &begun{ResponseWriter: w}
	err = h.people.Export(r.Context(), by, id, out)
	if err != nil && out.any {
		// Nobody must take a half for the whole.
		h.people.log.ErrorContext(r.Context(), "export cut off", "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

// A begun sends a document as one of JSON, from its first byte on.
type begun struct {
	http.ResponseWriter
	any bool
}

// Write sends p.
func (b *begun) Write(p []byte) (int, error) {
	if !b.any {
		b.any = true
		b.Header().Set("Content-Type", "application/json")
		b.Header().Set("X-Content-Type-Options", "nosniff")
	}
	return b.ResponseWriter.Write(p)
}

type erasureWire struct {
	Mode EraseMode `json:"mode" validate:"required" doc:"delete, so that nothing stays, or pseudonymise, so that what others rely on stays and does not tell whose it was."`
}

type erasedWire struct {
	Erased []erasedRecordsWire `json:"erased"`
}

type erasedRecordsWire struct {
	Kept    string `json:"kept" doc:"What was kept, as an export names it."`
	Removed int    `json:"removed" doc:"Records that are gone."`
	Renamed int    `json:"renamed" doc:"Records that a pseudonym stands in."`
}

func (h *Handler) serveErase(w http.ResponseWriter, r *http.Request) error {
	by, id, err := about(r, "id")
	if err != nil {
		return err
	}
	in, err := web.Decode[erasureWire](w, r, 0)
	if err == nil {
		err = h.surely(by)
	}
	if err != nil {
		return err
	}
	report, err := h.people.EraseEverything(r.Context(), by, id, in.Mode)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, erasedWire{Erased: mapped(report, func(e Erased) erasedRecordsWire { return erasedRecordsWire{e.Keeper, e.Removed, e.Renamed} })})
}

func (h *Handler) serveBounces() {
	const self = "everybody who is signed in, about themselves"
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/me/address", Name: "profile.my_address", Summary: "Returns whether mails reach one's address.",
		Policy: self, Out: addressWire{},
	}, h.serveMyAddress)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/me/address/retry", Name: "profile.retry_my_address", Summary: "Has one's address written to again.",
		Policy: self, Errors: []int{http.StatusTooManyRequests},
	}, h.serveRetryAddress)
}

type addressWire struct {
	Held  bool       `json:"held" doc:"Nothing is sent there, because mails came back."`
	Kind  Bounce     `json:"kind" doc:"What became of them: soft, hard or complaint; empty if nothing is held against it."`
	Since *time.Time `json:"since"`
}

func (h *Handler) serveMyAddress(w http.ResponseWriter, r *http.Request) error {
	s, err := h.opts.Bounces.Mine(r.Context(), FromContext(r.Context()))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, addressWire{s.Held, s.Kind, orNull(s.Since)})
}

func (h *Handler) serveRetryAddress(w http.ResponseWriter, r *http.Request) error {
	if err := h.opts.Bounces.Retry(r.Context(), FromContext(r.Context())); err != nil {
		return err
	}
	return web.NoContent(w)
}
