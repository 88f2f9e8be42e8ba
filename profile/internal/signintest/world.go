// Package signintest is a portal and a browser for the tests of sign-in with
// others' identities.
package signintest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// Day is when a world begins: far ahead, for the browser's jar has a clock of
// its own and forgets what has expired by that.
func Day() time.Time { return time.Date(2126, 3, 1, 9, 30, 0, 0, time.UTC) }

// System is who may do everything.
func System() profile.Actor {
	return profile.Actor{ID: "sign-in", Roles: []profile.Role{profile.RoleAdmin}}
}

// A World is a portal with people ann and bob, which says at /who whom it takes
// somebody for. Make one with [New].
type World struct {
	T         *testing.T
	Store     *memprofile.Store
	Directory *profile.Directory
	Sessions  *profile.Sessions
	People    *profile.Identities
	Mux       *http.ServeMux
	Server    *httptest.Server
	Logs      *Journal
	Events    *Journal

	mu sync.Mutex
	at time.Time
}

// New returns a World that ends with the test.
func New(t *testing.T) *World {
	t.Helper()
	w := &World{T: t, at: Day(), Store: memprofile.New(), Logs: &Journal{}, Events: &Journal{}, Mux: http.NewServeMux()}
	w.Directory = profile.NewDirectory(w.Store, &profile.Options{Now: w.Now, Logger: w.Logger()})
	w.Sessions = profile.NewSessions(w.Store, w.Directory, &profile.SessionOptions{Now: w.Now, Logger: w.Logger()})
	w.People = profile.NewIdentities(w.Store, w.Directory, w.Sessions)
	for _, id := range []string{"ann", "bob"} {
		_, err := w.Directory.SavePerson(t.Context(), System(), profile.Person{ID: id, Name: id, Email: id + "@acme.example"})
		require.NoError(t, err)
	}
	w.Server = httptest.NewServer(profile.Middleware(w.Sessions, &profile.MiddlewareOptions{Refused: w.Sessions.Refused()})(w.Mux))
	t.Cleanup(w.Server.Close)
	w.Mux.HandleFunc("/who", func(rw http.ResponseWriter, r *http.Request) {
		a := profile.FromContext(r.Context())
		_, _ = fmt.Fprintf(rw, "%s %d", a.ID, a.Assurance)
	})
	return w
}

// Logger writes everything to Logs.
func (w *World) Logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(w.Logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// Now is the world's clock.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

// Pass lets time pass.
func (w *World) Pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

// AllSessions returns the sessions of everybody there is.
func (w *World) AllSessions() (list []profile.Session) {
	w.T.Helper()
	for person, err := range w.Directory.AllPeople(w.T.Context(), System(), profile.PersonQuery{}) {
		require.NoError(w.T, err)
		some, err := w.Store.Sessions(w.T.Context(), person.ID)
		require.NoError(w.T, err)
		list = append(list, some...)
	}
	return list
}

// A Journal keeps what was said.
type Journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements [io.Writer].
func (j *Journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

// Record implements [analytics.Recorder].
func (j *Journal) Record(_ context.Context, e analytics.Event) {
	_, _ = fmt.Fprintln(j, e.Name, e.Props["why"])
}

// String returns everything that was said.
func (j *Journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}
