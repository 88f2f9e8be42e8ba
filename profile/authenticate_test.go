package profile_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/internal/web/webtest"
	"github.com/stoa-go/stoa/profile"
)

// byHeader is a host whose sessions are a header with the person's id.
func byHeader(p *portal) profile.Authenticator {
	return profile.AuthenticatorFunc(func(r *http.Request) (profile.Actor, error) {
		id := r.Header.Get("X-Person")
		if id == "" {
			return profile.Actor{}, nil
		}
		return p.Actor(r.Context(), id)
	})
}

// whoAmI answers with what the middleware put into the context.
func whoAmI(w http.ResponseWriter, r *http.Request) {
	a, e := profile.FromContext(r.Context()), analytics.FromContext(r.Context())
	fmt.Fprintf(w, "actor=%s event=%s/%s device=%s", a.ID, e.User, e.Account, e.Device)
}

func get(h http.Handler, person string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Person", person)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestMiddleware(t *testing.T) {
	p := newPortal(t)
	h := profile.Middleware(byHeader(p), nil)(http.HandlerFunc(whoAmI))
	device := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(analytics.NewContext(r.Context(), analytics.Event{Device: "phone"})))
	})
	require.Equal(t, "actor=bob event=bob/acme device=phone", get(device, "bob").Body.String())
	require.Equal(t, "actor= event=/ device=phone", get(device, "").Body.String())

	// The next request of somebody who has left ends here, and is not served as
	// an anonymous visitor's.
	require.NoError(t, p.RemovePerson(t.Context(), root, "bob"))
	w := get(device, "bob")
	require.Equal(t, http.StatusForbidden, w.Code)
	require.NotContains(t, w.Body.String(), "actor=")
	require.Contains(t, w.Body.String(), "profile.signed_out")
}

func TestMiddlewareRefused(t *testing.T) {
	for _, err := range []error{profile.ErrNotFound, profile.ErrForbidden, fmt.Errorf("token: %w", profile.ErrInvalid)} {
		auth := profile.AuthenticatorFunc(func(*http.Request) (profile.Actor, error) { return root, err })
		h := profile.Middleware(auth, &profile.MiddlewareOptions{
			Refused: http.RedirectHandler("/sign-in", http.StatusSeeOther),
		})(http.HandlerFunc(whoAmI))
		w := get(h, "bob")
		require.Equal(t, http.StatusSeeOther, w.Code)
		require.Equal(t, "/sign-in", w.Header().Get("Location"))
	}
}

func TestMiddlewareUnavailable(t *testing.T) {
	for name, auth := range map[string]profile.AuthenticatorFunc{
		"error":       func(*http.Request) (profile.Actor, error) { return root, errors.New("secret cause") },
		"unavailable": func(*http.Request) (profile.Actor, error) { return root, profile.ErrUnavailable },
		"down, not found": func(*http.Request) (profile.Actor, error) {
			return root, errors.Join(profile.ErrNotFound, profile.ErrUnavailable)
		},
		"timeout": func(*http.Request) (profile.Actor, error) { return root, context.DeadlineExceeded },
		"panic":   func(*http.Request) (profile.Actor, error) { panic("secret cause") },
	} {
		t.Run(name, func(t *testing.T) {
			h := profile.Middleware(auth, nil)(http.HandlerFunc(whoAmI))
			w := get(h, "")
			require.Equal(t, http.StatusServiceUnavailable, w.Code)
			require.NotEmpty(t, w.Header().Get("Retry-After"))
			require.NotContains(t, w.Body.String(), "actor=")
			require.NotContains(t, w.Body.String(), "secret")
		})
	}
}

func TestAuthenticatorSeesNoBody(t *testing.T) {
	auth := profile.AuthenticatorFunc(func(r *http.Request) (profile.Actor, error) {
		n, err := r.Body.Read(make([]byte, 10))
		require.Zero(t, n)
		require.Error(t, err)
		r.Header.Set("X-Person", "changed")
		return profile.Actor{}, nil
	})
	var body, header string
	h := profile.Middleware(auth, nil)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text := new(strings.Builder)
		_ = r.Write(text)
		body, header = text.String(), r.Header.Get("X-Person")
	}))
	r := httptest.NewRequest("POST", "/", strings.NewReader("the body"))
	r.Header.Set("X-Person", "bob")
	h.ServeHTTP(httptest.NewRecorder(), r)
	require.Contains(t, body, "the body")
	require.Equal(t, "bob", header)
}

func TestRecheck(t *testing.T) {
	p := newPortal(t)
	var down error
	auth := profile.AuthenticatorFunc(func(r *http.Request) (profile.Actor, error) {
		if down != nil {
			return profile.Actor{}, down
		}
		return byHeader(p).Authenticate(r)
	})
	during := func(person string, f func(ctx context.Context)) {
		h := profile.Middleware(auth, nil)(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			r.Header.Set("X-Person", "root") // what a handler does to its request must not matter
			require.NoError(t, profile.Recheck(r.Context()))
			f(r.Context())
		}))
		require.Equal(t, http.StatusOK, get(h, person).Code)
	}

	during("ann", func(ctx context.Context) {
		person, err := p.Person(ctx, root, "ann")
		require.NoError(t, err)
		person.Name = "Ann Other"
		person, err = p.SavePerson(ctx, root, person)
		require.NoError(t, err)
		require.NoError(t, profile.Recheck(ctx), "a name is no right")
		person.Roles = []profile.Role{profile.RoleCustomer}
		_, err = p.SavePerson(ctx, root, person)
		require.NoError(t, err)
		require.ErrorIs(t, profile.Recheck(ctx), profile.ErrForbidden, "a role is")
	})
	during("bob", func(ctx context.Context) {
		s, err := p.SaveSegment(ctx, root, profile.Segment{Name: "vip", Title: "T", Rule: cond("id", profile.OpIn, "bob")})
		require.NoError(t, err)
		require.ErrorIs(t, profile.Recheck(ctx), profile.ErrForbidden, "so is a segment")
		require.NoError(t, p.RemoveSegment(ctx, root, s.Name))
		require.NoError(t, profile.Recheck(ctx))
		down = errors.New("no answer")
		require.ErrorIs(t, profile.Recheck(ctx), profile.ErrUnavailable)
		down = nil
		_, err = p.DisablePerson(ctx, root, "bob")
		require.NoError(t, err)
		require.ErrorIs(t, profile.Recheck(ctx), profile.ErrForbidden)
	})
	during("", func(ctx context.Context) { require.NoError(t, profile.Recheck(ctx), "nobody is still nobody") })
	require.ErrorIs(t, profile.Recheck(t.Context()), profile.ErrUnsupported, "without Middleware nothing is certain")
}

// streamWriter is the server's side of a connection that takes deadlines.
type streamWriter struct {
	mu     sync.Mutex
	header http.Header
	text   strings.Builder
}

func (w *streamWriter) Header() http.Header              { return w.header }
func (w *streamWriter) WriteHeader(int)                  {}
func (w *streamWriter) Flush()                           {}
func (w *streamWriter) SetReadDeadline(time.Time) error  { return nil }
func (w *streamWriter) SetWriteDeadline(time.Time) error { return nil }
func (w *streamWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *streamWriter) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// Removing somebody ends the stream they have open within a second, and what
// happens after that never reaches them.
func TestAdv_12_RemovalEndsOpenStreams(t *testing.T) {
	for name, leave := range map[string]func(context.Context, *portal) error{
		"removed":  func(ctx context.Context, p *portal) error { return p.RemovePerson(ctx, root, "bob") },
		"disabled": func(ctx context.Context, p *portal) error { _, err := p.DisablePerson(ctx, root, "bob"); return err },
		"account disabled": func(ctx context.Context, p *portal) error {
			a, err := p.Account(ctx, root, "acme")
			if err != nil {
				return err
			}
			a.Disabled = true
			_, err = p.SaveAccount(ctx, root, a)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPortal(t)
				streams := make(chan *web.EventStream, 1)
				h := profile.Middleware(byHeader(p), nil)(web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
					s, err := web.Stream(w, r, &web.StreamOptions{Recheck: profile.Recheck})
					if err != nil {
						return err
					}
					streams <- s
					s.Run()
					return nil
				}))
				w := &streamWriter{header: http.Header{}}
				served := make(chan struct{})
				go func() {
					defer close(served)
					r := httptest.NewRequest("GET", "/", nil)
					r.Header.Set("X-Person", "bob")
					h.ServeHTTP(w, r)
				}()
				s := <-streams

				time.Sleep(10 * time.Minute)
				s.Send(web.Event{Data: "before"})
				synctest.Wait()
				require.Contains(t, w.String(), "before", "the stream is open")

				require.NoError(t, leave(t.Context(), p))
				time.Sleep(time.Second)
				synctest.Wait()
				s.Send(web.Event{Data: "after"})
				select {
				case <-served:
				default:
					require.Fail(t, "the stream is still open")
				}
				require.NotContains(t, w.String(), "after")
			})
		})
	}
}

func TestMe(t *testing.T) {
	p := newPortal(t)
	_, err := p.SaveSegment(t.Context(), root, profile.Segment{Name: "churn-risk", Title: "T", Rule: cond("id", profile.OpKnown)})
	require.NoError(t, err)
	as := func(id string) func(*http.Request) *http.Request {
		return func(r *http.Request) *http.Request {
			return r.WithContext(profile.NewContext(r.Context(), p.as(t, id)))
		}
	}
	h := http.StripPrefix("/help/api", p.Handler())
	webtest.RunAPI(t, h, p.API().OpenAPI("/help/api"), []webtest.Scenario{
		{Name: "nobody", URL: "/help/api/me", Status: 200,
			Want: []string{`{"id":"","name":"","account":"","roles":[],"permissions":[],"segments":[],"locale":"","zone":"","sure":false,"viewer":""}`}},
		{Name: "a customer, who need not know what is thought of them", URL: "/help/api/me", Prepare: as("bob"), Status: 200,
			Want: []string{`"id":"bob"`, `"account":"acme"`, `"roles":["customer"]`, `"segments":[]`}, Not: []string{"churn", "secret"}},
		{Name: "an agent", URL: "/help/api/me", Prepare: as("gus"), Status: 200, Want: []string{`"segments":["churn-risk"]`, `"directory.read"`}, Not: []string{"secret"}},
		{Name: "another method", Method: "POST", URL: "/help/api/me", Status: 405},
		{Name: "another path", URL: "/help/api/persons", Status: 404},
	})
}

// Thousands of requests and broken-off streams leave nothing behind.
func TestNothingIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // fails if a goroutine outlives it
		p := newPortal(t)
		h := profile.Middleware(byHeader(p), nil)(web.Handler(nil, func(w http.ResponseWriter, r *http.Request) error {
			s, err := web.Stream(w, r, &web.StreamOptions{Recheck: profile.Recheck})
			if err != nil {
				return err
			}
			s.Run()
			return nil
		}))
		for range 1_000 {
			ctx, cancel := context.WithCancel(t.Context())
			served := make(chan struct{})
			go func() {
				defer close(served)
				r := httptest.NewRequestWithContext(ctx, "GET", "/", nil)
				r.Header.Set("X-Person", "bob")
				h.ServeHTTP(&streamWriter{header: http.Header{}}, r)
			}()
			synctest.Wait()
			cancel()
			<-served
		}
	})
}
