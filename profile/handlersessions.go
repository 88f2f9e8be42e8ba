package profile

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
)

func (h *Handler) serveSessions() {
	const self, others = "everybody who is signed in, about themselves", "oneself; " + string(PermissionDirectoryWrite) + " for all"
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/me/sessions", Name: "profile.my_sessions", Summary: "Lists where one is signed in, the newest first.",
		Policy: self, Out: sessionsWire{},
	}, h.serveSessionList)
	h.api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/me/sessions", Name: "profile.end_my_sessions", Summary: "Signs one out everywhere else.",
		Policy: self, Out: endedWire{},
	}, h.serveEndSessions)
	h.api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/me/sessions/{session}", Name: "profile.end_my_session", Summary: "Ends one of one's sessions.",
		Policy: self,
	}, h.serveEndSession)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/people/{id}/sessions", Name: "profile.sessions", Summary: "Lists where somebody is signed in, the newest first.",
		Policy: others, Out: sessionsWire{},
	}, h.serveSessionList)
	h.api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/people/{id}/sessions", Name: "profile.end_sessions", Summary: "Signs somebody out everywhere; oneself everywhere else.",
		Policy: others, Out: endedWire{},
	}, h.serveEndSessions)
	h.api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/people/{id}/sessions/{session}", Name: "profile.end_session", Summary: "Ends one session of somebody.",
		Policy: others,
	}, h.serveEndSession)
}

// whose reads whom a request is about: whoever asks where the path names nobody.
func whose(r *http.Request) (by Actor, person string, err error) {
	if by = FromContext(r.Context()); r.PathValue("id") == "" {
		if by.Anonymous() {
			err = ErrForbidden
		}
		return by, by.ID, err
	}
	return about(r, "id")
}

type sessionsWire struct {
	Sessions []sessionWire `json:"sessions"`
}

type sessionWire struct {
	ID        string    `json:"id"`
	Via       string    `json:"via" doc:"What vouched for them."`
	Agent     string    `json:"agent" doc:"The browser in its own words."`
	Current   bool      `json:"current" doc:"Whether the request comes from it."`
	StartedAt time.Time `json:"started_at"`
	SeenAt    time.Time `json:"seen_at" doc:"Of the last request, exact to five minutes."`
	ExpiresAt time.Time `json:"expires_at" doc:"Ends it, however much it is used."`
}

func (h *Handler) serveSessionList(w http.ResponseWriter, r *http.Request) error {
	by, person, err := whose(r)
	if err != nil {
		return err
	}
	list, err := h.opts.Sessions.List(r.Context(), by, person)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, sessionsWire{Sessions: mapped(list, func(s Session) sessionWire {
		return sessionWire{s.ID, s.Via, s.Agent, s.ID == by.Session, s.StartedAt, s.SeenAt, s.ExpiresAt}
	})})
}

func (h *Handler) serveEndSession(w http.ResponseWriter, r *http.Request) error {
	by, person, err := whose(r)
	if err != nil {
		return err
	}
	session, err := web.PathValue(r, "session")
	if err == nil {
		err = h.opts.Sessions.Revoke(r.Context(), by, person, session)
	}
	if err != nil {
		return err
	}
	return web.NoContent(w)
}

type endedWire struct {
	Ended int `json:"ended" doc:"How many sessions."`
}

func (h *Handler) serveEndSessions(w http.ResponseWriter, r *http.Request) error {
	by, person, err := whose(r)
	if err != nil {
		return err
	}
	keep := ""
	if person == by.ID {
		keep = by.Session
	}
	n, err := h.opts.Sessions.RevokeAll(r.Context(), by, person, keep)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, endedWire{n})
}
