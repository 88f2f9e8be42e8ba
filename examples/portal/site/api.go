package site

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// Version is the version of the API's description.
const Version = "0.1.0"

const apiPrefix = "/api/v1"

// mountAPI serves the JSON of each capability under one prefix, and one
// description of all of it.
func (s *Site) mountAPI(mux *http.ServeMux) {
	s.directory = s.directoryAPI()
	s.mountAll(mux, s.library.API(), s.library.Handler())
	s.mountAll(mux, s.directory.API(), s.directory)
	s.mountAll(mux, s.inventory.API(), s.inventory.Handler())
	s.mountAll(mux, s.school.API(), s.school.Handler())
	s.mountAll(mux, s.helpdesk.API(), s.helpdesk.Handler())
	s.mountAll(mux, s.analyst.API(), s.analyst.Handler())
	s.mountAll(mux, s.reporter.API(), s.reporter.Handler())
	engine := http.StripPrefix(apiPrefix+"/search", s.engine.Handler())
	mux.Handle(apiPrefix+"/search", s.inLanguage(engine))
	mux.Handle(apiPrefix+"/search/", s.inLanguage(engine))
	news := http.StripPrefix(apiPrefix, s.notifier.Handler())
	mux.Handle(apiPrefix+"/me/notices", s.inLanguage(news))
	mux.Handle(apiPrefix+"/me/notices/", s.inLanguage(news))
	mux.Handle(apiPrefix+"/audit", s.inLanguage(http.StripPrefix(apiPrefix, s.audit.Handler())))
	mux.Handle(apiPrefix+"/layout/", s.inLanguage(s.onStay(http.StripPrefix(apiPrefix+"/layout", s.arranger.Handler()))))
	mux.Handle(apiPrefix+"/live", web.Handler(s.cfg.Log, s.live))
	described := []web.Document{
		s.library.API().OpenAPI(apiPrefix), s.engine.API().OpenAPI(apiPrefix + "/search"), s.directory.API().OpenAPI(apiPrefix), s.notifier.API().OpenAPI(apiPrefix),
		s.inventory.API().OpenAPI(apiPrefix), s.arranger.API().OpenAPI(apiPrefix + "/layout"), s.school.API().OpenAPI(apiPrefix), s.helpdesk.API().OpenAPI(apiPrefix), s.audit.API().OpenAPI(apiPrefix), s.analyst.API().OpenAPI(apiPrefix), s.reporter.API().OpenAPI(apiPrefix),
	}
	if s.push != nil {
		browsers := http.StripPrefix(apiPrefix, s.push.Handler())
		mux.Handle(apiPrefix+"/me/push", s.inLanguage(browsers))
		mux.Handle(apiPrefix+"/me/push/", s.inLanguage(browsers))
		described = append(described, s.push.API().OpenAPI(apiPrefix))
	}
	if s.phones != nil {
		phones := http.StripPrefix(apiPrefix, s.phones.Handler())
		mux.Handle(apiPrefix+"/me/phone", s.inLanguage(phones))
		mux.Handle(apiPrefix+"/me/phone/", s.inLanguage(phones))
		described = append(described, s.phones.API().OpenAPI(apiPrefix))
	}
	mux.Handle("/openapi.json", web.OpenAPIHandler(web.JoinOpenAPI(s.cfg.Brand+" API", Version, described...)))
}

// mountAll serves all operations of an API below the first parts of their paths.
func (s *Site) mountAll(mux *http.ServeMux, api *web.API, h http.Handler) {
	h, seen := s.inLanguage(http.StripPrefix(apiPrefix, h)), map[string]bool{}
	for _, op := range api.Ops() {
		first, _, _ := strings.Cut(strings.TrimPrefix(op.Path, "/"), "/")
		if path := apiPrefix + "/" + first; !seen[path] {
			seen[path] = true
			mux.Handle(path, h)
			mux.Handle(path+"/", h)
		}
	}
}

// directoryAPI is the JSON of people and of all that goes with them. What takes a
// proof of who one is on a page takes it here too.
func (s *Site) directoryAPI() *profile.Handler {
	o := profile.HandlerOptions{Sessions: s.sessions, Connections: s.connected, Identities: s.known, Bounces: s.bounces, Addresses: s.lookup}
	if s.invites() {
		o.Invitations = s.inviting
	}
	return profile.NewHandler(s.people, &o)
}

// onStay says to which visit a request belongs, so that a program is shown the
// portal as pages are.
func (s *Site) onStay(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(layout.NewContext(r.Context(), s.stayOf(w, r))))
	})
}

// inLanguage makes the API's errors speak the client's language. Its paths have
// no language in front.
func (s *Site) inLanguage(next http.Handler) http.Handler {
	return s.withVisit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keepable(w, profile.FromContext(r.Context()), "private, no-cache")
		next.ServeHTTP(w, r)
	}))
}

// How many streams one client may have open, and all together.
const (
	streamsEach  = 8
	streamsInAll = 2000
)

// recheckEvery is how often it is asked whether whoever listens still may: so
// that they are out within a second, with what the answer takes.
const recheckEvery = 700 * time.Millisecond

// whoListens returns whom an open stream counts against.
func whoListens(r *http.Request) string {
	if by := profile.FromContext(r.Context()); !by.Anonymous() {
		return "person " + by.ID
	}
	return web.LimitKey(web.ClientIPFrom(r))
}

// live tells an open page when content has changed, by name only: whoever
// listens asks for it again and is shown what they may see.
func (s *Site) live(w http.ResponseWriter, r *http.Request) error {
	return s.stream(w, r, s.follow)
}

// stream opens a stream of events that tells sends, until it returns or the
// listener leaves. It ends within a second of the listener losing their rights.
func (s *Site) stream(w http.ResponseWriter, r *http.Request, tells func(*http.Request, *web.EventStream)) error {
	switch r.Method {
	case http.MethodGet:
	case http.MethodHead:
		w.Header().Set("Content-Type", "text/event-stream")
		web.NoStore(w)
		return nil
	default:
		w.Header().Set("Allow", "GET, HEAD")
		return web.ErrMethod
	}
	leave, ok := s.streams.Take(whoListens(r))
	if !ok {
		return web.TooMany(30 * time.Second)
	}
	defer leave()
	stream, err := web.Stream(w, r, &web.StreamOptions{Recheck: profile.Recheck, RecheckEvery: recheckEvery})
	if err != nil {
		return err
	}
	ctx, end := context.WithCancel(r.Context())
	defer end()
	go func() {
		// Nobody above recovers: a fault here must not end the whole portal.
		defer func() {
			if fault := recover(); fault != nil {
				s.cfg.Log.ErrorContext(ctx, "stream of events", "panic", fault)
			}
		}()
		tells(r.WithContext(ctx), stream)
	}()
	stream.Run()
	return nil
}

// follow sends an event whenever an article that the listener reads changes.
func (s *Site) follow(r *http.Request, stream *web.EventStream) {
	by, id := profile.FromContext(r.Context()), r.URL.Query().Get("article")
	seen := s.versionOf(r, by, id)
	for {
		select {
		case <-r.Context().Done():
			return
		case <-time.After(time.Second):
		}
		if now := s.versionOf(r, by, id); now != seen {
			seen = now
			if !stream.Send(web.Event{Name: "changed", Data: id}) {
				return
			}
		}
	}
}

// versionOf returns what changes with an article as by sees it, "" if by does
// not see it.
func (s *Site) versionOf(r *http.Request, by profile.Actor, id string) string {
	version, err := s.library.Version(r.Context(), by, id)
	if err != nil {
		return ""
	}
	return version
}
