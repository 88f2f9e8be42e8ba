package profile

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
)

func (h *Handler) serveConnections() {
	const write = string(PermissionDirectoryWrite)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/connections", Name: "profile.connections", Summary: "Lists the other programs that are let in, open ones first.",
		Policy: write, Out: connectionsWire{},
	}, h.serveConnectionList)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/connections", Name: "profile.connect", Summary: "Lets another program in and tells its secret, this once: the same key again conflicts.",
		Policy: write + " and what comes of it, having just proved who one is", In: newConnectionWire{}, Out: madeConnectionWire{}, Create: true,
	}, h.serveConnect)
	h.api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/connections/{id}", Name: "profile.end_connection", Summary: "Lets a program in no more, from its next request on.",
		Policy: write,
	}, h.serveEndConnection)
}

type connectionsWire struct {
	Connections []connectionWire `json:"connections"`
}

type connectionWire struct {
	ID      string         `json:"id"`
	Kind    ConnectionKind `json:"kind" doc:"directory or widget."`
	Name    string         `json:"name"`
	Account string         `json:"account" doc:"Whose people it reaches, or empty."`
	Staff   bool           `json:"staff" doc:"It reaches people with roles of staff, too."`
	MadeBy  string         `json:"made_by" doc:"Empty once they are forgotten."`
	MadeAt  time.Time      `json:"made_at"`
	UsedAt  *time.Time     `json:"used_at" doc:"The last time, exact to five minutes; null means never."`
	EndedAt *time.Time     `json:"ended_at" doc:"Null means that it is good."`
	Unowned bool           `json:"unowned" doc:"Whoever made it could not make it any more."`
}

func connectionAsWire(c Connection) connectionWire {
	return connectionWire{c.ID, c.Kind, c.Name, c.Account, c.Staff, c.MadeBy, c.MadeAt, orNull(c.UsedAt), orNull(c.EndedAt), c.Unowned}
}

// orNull returns a time that is not known as null.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

type newConnectionWire struct {
	Kind    ConnectionKind `json:"kind" validate:"required" doc:"directory or widget."`
	Name    string         `json:"name" validate:"required"`
	Account string         `json:"account,omitempty" doc:"Whose people it reaches; left out only with staff."`
	Staff   bool           `json:"staff,omitempty" doc:"It reaches people with roles of staff, too."`
}

type madeConnectionWire struct {
	connectionWire
	Secret string `json:"secret" doc:"Nobody can find it out afterwards."`
}

func (h *Handler) serveConnectionList(w http.ResponseWriter, r *http.Request) error {
	list, err := h.opts.Connections.List(r.Context(), FromContext(r.Context()))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, connectionsWire{Connections: mapped(list, connectionAsWire)})
}

func (h *Handler) serveConnect(w http.ResponseWriter, r *http.Request) error {
	by, in, key, err := created[newConnectionWire](w, r)
	if err == nil {
		err = h.surely(by)
	}
	if err != nil {
		return err
	}
	secret, made, err := h.opts.Connections.Make(r.Context(), by, ConnectionDraft{Kind: in.Kind, Name: in.Name, Account: in.Account, Staff: in.Staff, Key: key})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusCreated, madeConnectionWire{connectionAsWire(made), secret})
}

func (h *Handler) serveEndConnection(w http.ResponseWriter, r *http.Request) error {
	by, id, err := about(r, "id")
	if err == nil {
		err = h.opts.Connections.End(r.Context(), by, id)
	}
	if err != nil {
		return err
	}
	return web.NoContent(w)
}
