package profile_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

// A browser holds the cookies that it was given.
type browser struct {
	t       *testing.T
	cookies map[string]string
}

func newBrowser(t *testing.T) *browser { return &browser{t: t, cookies: map[string]string{}} }

func (b *browser) request(method, target string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("User-Agent", "Browser 1.0")
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return r
}

func (b *browser) take(w *httptest.ResponseRecorder) {
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c.Value
	}
}

func newSessions(p *portal, o profile.SessionOptions) *profile.Sessions {
	o.Now, o.Events = func() time.Time { return p.now }, p.events
	return profile.NewSessions(p.store, p.Directory, &o)
}

func signIn(t *testing.T, s *profile.Sessions, b *browser, in profile.SignIn) profile.Session {
	t.Helper()
	w := httptest.NewRecorder()
	made, err := s.Start(w, b.request("POST", "/"), in)
	require.NoError(t, err)
	b.take(w)
	return made
}

// who is whom a browser's requests are made by, "!" if they are refused.
func who(t *testing.T, s *profile.Sessions, b *browser) string {
	t.Helper()
	a, err := s.Authenticate(b.request("GET", "/"))
	if err != nil {
		require.ErrorIs(t, err, profile.ErrForbidden)
		require.Zero(t, a)
		return "!"
	}
	return a.ID
}

func TestSessionSignsInAndOut(t *testing.T) {
	p := newPortal(t)
	s, b := newSessions(p, profile.SessionOptions{}), newBrowser(t)
	require.Equal(t, "", who(t, s, b))
	made := signIn(t, s, b, profile.SignIn{Person: "bob", Via: "demo"})
	require.Empty(t, made.Secret)
	require.Equal(t, "Browser 1.0", made.Agent)
	require.Equal(t, profile.AssuranceSignIn, made.Assurance)
	a, err := s.Authenticate(b.request("GET", "/"))
	require.NoError(t, err)
	want := p.as(t, "bob")
	want.Session = made.ID
	require.Equal(t, want, a)
	current, err := s.Current(b.request("GET", "/"))
	require.NoError(t, err)
	require.Equal(t, made, current)

	stolen := newBrowser(t)
	stolen.cookies["stoa_session"] = b.cookies["stoa_session"]
	w := httptest.NewRecorder()
	require.NoError(t, s.End(w, b.request("POST", "/")))
	b.take(w)
	require.Empty(t, b.cookies)
	require.Equal(t, "", who(t, s, b))
	require.Equal(t, "!", who(t, s, stolen), "the secret is worth nothing any more")
	require.NoError(t, s.End(httptest.NewRecorder(), b.request("POST", "/")), "twice is no error")
	require.NoError(t, s.End(httptest.NewRecorder(), stolen.request("POST", "/")))
}

func TestSessionSecrets(t *testing.T) {
	p := newPortal(t)
	s := newSessions(p, profile.SessionOptions{})
	seen := map[string]bool{}
	for range 50 {
		b := newBrowser(t)
		made := signIn(t, s, b, profile.SignIn{Person: "bob"})
		secret := b.cookies["stoa_session"]
		require.GreaterOrEqual(t, len(secret), 48)
		require.False(t, seen[secret] || seen[made.ID])
		seen[secret], seen[made.ID] = true, true
		kept, err := p.store.Sessions(t.Context(), "bob")
		require.NoError(t, err)
		for _, one := range kept {
			require.NotContains(t, one.Secret+one.ID, secret, "a copy of the store lets nobody in")
		}
		for _, wrong := range []string{"", made.ID, kept[0].Secret, secret + "x", strings.ToLower(secret)} {
			b.cookies["stoa_session"] = wrong
			require.Equal(t, "!", who(t, s, b), "%q", wrong)
		}
	}
}

// Whoever planted a session in somebody's browser does not share the sign-in.
func TestSessionIsNotFixed(t *testing.T) {
	p := newPortal(t)
	s, attacker, victim := newSessions(p, profile.SessionOptions{}), newBrowser(t), newBrowser(t)
	signIn(t, s, attacker, profile.SignIn{Person: "carl"})
	victim.cookies["stoa_session"] = attacker.cookies["stoa_session"]
	signIn(t, s, victim, profile.SignIn{Person: "bob"})
	require.NotEqual(t, attacker.cookies, victim.cookies)
	require.Equal(t, "bob", who(t, s, victim))
	require.Equal(t, "!", who(t, s, attacker), "the planted session has ended")
}

func TestSessionCookie(t *testing.T) {
	p := newPortal(t)
	for _, secure := range []bool{false, true} {
		w := httptest.NewRecorder()
		_, err := newSessions(p, profile.SessionOptions{Secure: secure, Cookie: "sid"}).Start(w, newBrowser(t).request("POST", "/"), profile.SignIn{Person: "bob"})
		require.NoError(t, err)
		c := w.Result().Cookies()[0]
		require.Equal(t, map[bool]string{true: "__Host-sid", false: "sid"}[secure], c.Name)
		require.Equal(t, []any{secure, true, http.SameSiteLaxMode, "/", ""}, []any{c.Secure, c.HttpOnly, c.SameSite, c.Path, c.Domain})
	}
}

func TestSessionExpires(t *testing.T) {
	p := newPortal(t)
	s := newSessions(p, profile.SessionOptions{Idle: time.Hour, Life: 5 * time.Hour})
	idle, busy := newBrowser(t), newBrowser(t)
	signIn(t, s, idle, profile.SignIn{Person: "bob"})
	signIn(t, s, busy, profile.SignIn{Person: "bob"})
	for range 9 {
		p.now = p.now.Add(31 * time.Minute)
		require.Equal(t, "bob", who(t, s, busy))
	}
	require.Equal(t, "!", who(t, s, idle))
	list, err := s.List(t.Context(), p.as(t, "bob"), "bob")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, p.now, list[0].SeenAt)
	p.now = day.Add(5 * time.Hour)
	require.Equal(t, "!", who(t, s, busy), "it ends, however much it is used")

	// What has ended is swept.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, s.Run(ctx))
	kept, err := p.store.Sessions(t.Context(), "bob")
	require.NoError(t, err)
	require.Len(t, kept, 2, "nothing is done for a portal that stops")
	fresh := newBrowser(t)
	signIn(t, s, fresh, profile.SignIn{Person: "bob"})
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	require.Eventually(t, func() bool {
		kept, err := p.store.Sessions(t.Context(), "bob")
		return err == nil && len(kept) == 1
	}, 10*time.Second, time.Millisecond)
	require.Equal(t, "bob", who(t, s, fresh))
	cancel()
	require.NoError(t, <-ended)
}

// A session ends when what vouched for it says so, and never later than usual.
func TestSessionUntil(t *testing.T) {
	p := newPortal(t)
	s := newSessions(p, profile.SessionOptions{Idle: 5 * time.Hour, Life: 5 * time.Hour})
	for until, lives := range map[time.Duration]time.Duration{time.Hour: time.Hour, 9 * time.Hour: 5 * time.Hour} {
		p.now = day
		b := newBrowser(t)
		signIn(t, s, b, profile.SignIn{Person: "bob", Until: day.Add(until)})
		p.now = day.Add(lives - time.Second)
		require.Equal(t, "bob", who(t, s, b), until)
		p.now = day.Add(lives)
		require.Equal(t, "!", who(t, s, b), until)
	}
}

func TestSessionOfSomebodyWhoLeft(t *testing.T) {
	p := newPortal(t)
	s, b := newSessions(p, profile.SessionOptions{}), newBrowser(t)
	signIn(t, s, b, profile.SignIn{Person: "bob"})
	_, err := p.DisablePerson(t.Context(), root, "bob")
	require.NoError(t, err)
	require.Equal(t, "!", who(t, s, b))
	_, err = s.Start(httptest.NewRecorder(), newBrowser(t).request("POST", "/"), profile.SignIn{Person: "bob"})
	require.ErrorIs(t, err, profile.ErrNotFound)
	_, err = s.Start(httptest.NewRecorder(), newBrowser(t).request("POST", "/"), profile.SignIn{})
	require.ErrorIs(t, err, profile.ErrNotFound)
}

func TestSecondFactorWearsOff(t *testing.T) {
	p := newPortal(t)
	s, b := newSessions(p, profile.SessionOptions{StrongFor: 10 * time.Minute}), newBrowser(t)
	signIn(t, s, b, profile.SignIn{Person: "bob", Assurance: profile.AssuranceStrong})
	for _, c := range []struct {
		after time.Duration
		want  profile.Assurance
	}{{0, profile.AssuranceStrong}, {10 * time.Minute, profile.AssuranceStrong}, {11 * time.Minute, profile.AssuranceSignIn}} {
		p.now = day.Add(c.after)
		a, err := s.Authenticate(b.request("GET", "/"))
		require.NoError(t, err)
		require.Equal(t, c.want, a.Assurance)
	}
	signIn(t, s, b, profile.SignIn{Person: "bob", Assurance: profile.AssuranceLink})
	a, err := s.Authenticate(b.request("GET", "/"))
	require.NoError(t, err)
	require.Equal(t, profile.AssuranceLink, a.Assurance)
}

func TestRevokeSessions(t *testing.T) {
	p := newPortal(t)
	s := newSessions(p, profile.SessionOptions{})
	browsers := map[string]*browser{}
	made := map[string]profile.Session{}
	for _, name := range []string{"bob phone", "bob desk", "bob lost", "carl"} {
		p.now = p.now.Add(time.Second)
		person, _, _ := strings.Cut(name, " ")
		browsers[name] = newBrowser(t)
		made[name] = signIn(t, s, browsers[name], profile.SignIn{Person: person, Via: "oidc:x", Subject: "s-" + person, Ticket: "t-" + name})
	}
	bob, ctx := p.as(t, "bob"), t.Context()
	list, err := s.List(ctx, bob, "bob")
	require.NoError(t, err)
	require.Equal(t, []profile.Session{made["bob lost"], made["bob desk"], made["bob phone"]}, list)

	// Nobody learns of or ends anybody else's.
	for _, by := range []profile.Actor{{}, p.as(t, "carl"), p.as(t, "ann"), p.as(t, "gus")} {
		_, err = s.List(ctx, by, "bob")
		require.ErrorIs(t, err, profile.ErrNotFound)
		require.ErrorIs(t, s.Revoke(ctx, by, "bob", made["bob desk"].ID), profile.ErrNotFound)
		require.ErrorIs(t, s.Revoke(ctx, by, by.ID, made["bob desk"].ID), profile.ErrNotFound)
		_, err = s.RevokeAll(ctx, by, "bob", "")
		require.ErrorIs(t, err, profile.ErrNotFound)
	}
	_, err = s.RevokeAll(ctx, profile.Actor{}, "", "")
	require.ErrorIs(t, err, profile.ErrNotFound)
	require.Equal(t, "bob", who(t, s, browsers["bob desk"]))

	require.NoError(t, s.Revoke(ctx, bob, "bob", made["bob lost"].ID))
	require.ErrorIs(t, s.Revoke(ctx, bob, "bob", made["bob lost"].ID), profile.ErrNotFound)
	require.Equal(t, "!", who(t, s, browsers["bob lost"]))
	n, err := s.RevokeAll(ctx, bob, "bob", made["bob desk"].ID)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, []string{"!", "bob", "carl"}, []string{who(t, s, browsers["bob phone"]), who(t, s, browsers["bob desk"]), who(t, s, browsers["carl"])})
	n, err = s.RevokeAll(ctx, root, "bob", "")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, "!", who(t, s, browsers["bob desk"]))
}

// TestWhatEndsBesides: what lets somebody in besides their sessions ends with all
// of these, and with no single one.
func TestWhatEndsBesides(t *testing.T) {
	var ended []string
	fail := errors.New("store is down")
	p := newPortal(t)
	s, b := newSessions(p, profile.SessionOptions{Besides: func(_ context.Context, by profile.Actor, person string) error {
		ended = append(ended, by.ID+" "+person)
		if person == "carl" {
			return fail
		}
		return nil
	}}), newBrowser(t)
	signIn(t, s, b, profile.SignIn{Person: "bob"})
	list, err := s.List(t.Context(), root, "bob")
	require.NoError(t, err)
	require.NoError(t, s.Revoke(t.Context(), root, "bob", list[0].ID))
	_, err = s.RevokeAll(t.Context(), profile.Actor{ID: "gus"}, "bob", "")
	require.ErrorIs(t, err, profile.ErrNotFound)
	require.Empty(t, ended)
	_, err = s.RevokeAll(t.Context(), profile.Actor{ID: "bob"}, "bob", "keep")
	require.NoError(t, err)
	_, err = s.RevokeAll(t.Context(), root, "carl", "")
	require.ErrorIs(t, err, fail)
	require.Equal(t, []string{"bob bob", root.ID + " carl"}, ended)
}

func TestProviderForgetsSessions(t *testing.T) {
	p := newPortal(t)
	s := newSessions(p, profile.SessionOptions{})
	one, two, other := newBrowser(t), newBrowser(t), newBrowser(t)
	for b, in := range map[*browser]profile.SignIn{
		one: {Person: "bob", Via: "oidc:a", Subject: "1", Ticket: "x"}, two: {Person: "bob", Via: "oidc:a", Subject: "1", Ticket: "y"},
		other: {Person: "carl", Via: "oidc:b", Subject: "1", Ticket: "x"},
	} {
		signIn(t, s, b, in)
	}
	for _, bad := range [][3]string{{"", "1", "x"}, {"oidc:a", "", ""}} {
		_, err := s.Forget(t.Context(), bad[0], bad[1], bad[2])
		require.ErrorIs(t, err, profile.ErrInvalid)
	}
	n, err := s.Forget(t.Context(), "oidc:a", "", "x")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, []string{"!", "bob", "carl"}, []string{who(t, s, one), who(t, s, two), who(t, s, other)})
	n, err = s.Forget(t.Context(), "oidc:a", "1", "")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, []string{"!", "carl"}, []string{who(t, s, two), who(t, s, other)})
}

func TestRefusedSession(t *testing.T) {
	p := newPortal(t)
	s := newSessions(p, profile.SessionOptions{})
	h := profile.Middleware(s, &profile.MiddlewareOptions{Refused: s.Refused()})(http.HandlerFunc(whoAmI))
	serve := func(r *http.Request) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	b := newBrowser(t)
	b.cookies["stoa_session"] = "ended"
	w := serve(b.request("GET", "/articles/one?q=1"))
	require.Equal(t, http.StatusSeeOther, w.Code)
	require.Equal(t, "/articles/one?q=1", w.Header().Get("Location"))
	b.take(w)
	require.Contains(t, serve(b.request("GET", "/articles/one?q=1")).Body.String(), "actor= ")

	for _, target := range []string{"//evil.example/x", "/\\evil.example"} {
		b.cookies["stoa_session"] = "ended"
		r := b.request("GET", "/")
		r.RequestURI = target
		w := serve(r)
		require.Equal(t, http.StatusForbidden, w.Code, target)
		require.Empty(t, w.Header().Get("Location"))
	}
	require.Equal(t, http.StatusForbidden, serve(b.request("POST", "/articles/one")).Code, "a form is not taken as an anonymous visitor's")
	api := b.request("GET", "/api")
	api.Header.Set("Accept", "application/json")
	require.Equal(t, http.StatusForbidden, serve(api).Code)
}

// failingSessions is a store of sessions that cannot be reached.
type failingSessions struct {
	*memprofile.Store
	err error
}

func (f failingSessions) Session(context.Context, string) (profile.Session, error) {
	return profile.Session{}, f.err
}

func TestSessionsFailWithTheStore(t *testing.T) {
	p := newPortal(t)
	s, b := profile.NewSessions(failingSessions{p.store, errors.New("down")}, p.Directory, nil), newBrowser(t)
	b.cookies["stoa_session"] = "something"
	_, err := s.Authenticate(b.request("GET", "/"))
	require.ErrorContains(t, err, "down")
	require.NotErrorIs(t, err, profile.ErrForbidden)
	require.Error(t, s.End(httptest.NewRecorder(), b.request("POST", "/")))
}

func TestViewAs(t *testing.T) {
	p := newPortal(t)
	s := newSessions(p, profile.SessionOptions{})
	h := profile.Middleware(s, &profile.MiddlewareOptions{
		Refused: s.Refused(), ViewerMay: func(r *http.Request) bool { return r.URL.Path == "/view/end" },
	})(http.HandlerFunc(whoAmI))
	serve := func(b *browser, method, target string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, b.request(method, target))
		return w
	}
	b := newBrowser(t)
	signIn(t, s, b, profile.SignIn{Person: "root"})
	p.events.take()
	require.NoError(t, s.View(b.request("POST", "/view"), root, "bob"))
	require.Equal(t, []string{"session.view_started person/bob by root"}, p.events.take())
	a, err := s.Authenticate(b.request("GET", "/"))
	require.NoError(t, err)
	want := p.as(t, "bob")
	require.Equal(t, want.Sight(), a.Sight())
	require.Equal(t, "root", a.Viewer)
	require.Equal(t, "actor=bob event=root/ device=", serve(b, "GET", "/articles").Body.String(), "bob did not look at it")
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		w := serve(b, method, "/articles")
		require.Equal(t, http.StatusForbidden, w.Code, method)
		require.Contains(t, w.Body.String(), "profile.view_only")
	}
	require.Equal(t, http.StatusOK, serve(b, "POST", "/view/end").Code)

	// The right is asked for with each request.
	policy := profile.DefaultPolicy()
	policy[profile.RoleAdmin] = slices.DeleteFunc(policy[profile.RoleAdmin], func(p profile.Permission) bool { return p == profile.PermissionImpersonate })
	less := profile.NewSessions(p.store, profile.NewDirectory(p.store, &profile.Options{Policy: policy, Now: func() time.Time { return p.now }}),
		&profile.SessionOptions{Now: func() time.Time { return p.now }})
	a, err = less.Authenticate(b.request("GET", "/"))
	require.NoError(t, err)
	require.Equal(t, []string{"root", ""}, []string{a.ID, a.Viewer})

	p.events.take()
	require.NoError(t, s.EndView(b.request("POST", "/view/end")))
	require.Equal(t, []string{"session.view_ended person/bob by root"}, p.events.take())
	require.NoError(t, s.EndView(b.request("POST", "/view/end")))
	require.Equal(t, "root", who(t, s, b))
	require.NoError(t, s.View(b.request("POST", "/view"), root, "bob"))
	require.NoError(t, p.RemovePerson(t.Context(), root, "bob"))
	require.Equal(t, "root", who(t, s, b), "somebody who left is not to be seen any more")
}

func TestWhoMayView(t *testing.T) {
	p := newPortal(t)
	s := newSessions(p, profile.SessionOptions{})
	p.add(t, "amy", "us", profile.RoleAdmin)
	for _, by := range []string{"bob", "ann", "gus"} {
		b := newBrowser(t)
		signIn(t, s, b, profile.SignIn{Person: by})
		require.ErrorIs(t, s.View(b.request("POST", "/"), p.as(t, by), "carl"), profile.ErrForbidden, by)
		require.ErrorIs(t, s.View(b.request("POST", "/"), root, "carl"), profile.ErrForbidden, "the browser is somebody else's")
		require.Equal(t, by, who(t, s, b))
	}
	b := newBrowser(t)
	require.ErrorIs(t, s.View(b.request("POST", "/"), root, "carl"), profile.ErrForbidden, "nobody has signed in")
	signIn(t, s, b, profile.SignIn{Person: "root"})
	require.ErrorIs(t, s.View(b.request("POST", "/"), root, "root"), profile.ErrForbidden)
	require.ErrorIs(t, s.View(b.request("POST", "/"), root, "nobody"), profile.ErrNotFound)
	require.NoError(t, s.View(b.request("POST", "/"), root, "amy"), "who may grant a role may see what it sees")
}

func TestAccess(t *testing.T) {
	p := newPortal(t)
	_, err := p.SaveSegment(t.Context(), root, profile.Segment{Name: "gold", Title: "T", Rule: cond("person.tier", profile.OpIn, "gold")})
	require.NoError(t, err)
	for _, by := range []string{"", "bob", "ann"} {
		_, err := p.Access(t.Context(), p.as(t, by), "bob")
		require.ErrorIs(t, err, profile.ErrNotFound, by)
		_, err = p.TryAccess(t.Context(), p.as(t, by), profile.Person{ID: "x", Name: "X"})
		require.ErrorIs(t, err, profile.ErrNotFound, by)
	}
	now, err := p.Access(t.Context(), root, "ann")
	require.NoError(t, err)
	require.Equal(t, []profile.Permission{
		profile.PermissionCasesColleagues, profile.PermissionCasesColleaguesAct, profile.PermissionHoldingsRead, profile.PermissionHoldingsWrite,
		profile.PermissionMembersRead, profile.PermissionMembersWrite,
	}, now.Permissions)
	require.Equal(t, []string{"account:acme", "person:ann", "public", "role:customer", "role:manager", "signed-in"}, now.Segments)

	ann, err := p.Person(t.Context(), root, "ann")
	require.NoError(t, err)
	ann.Roles, ann.Attributes = []profile.Role{profile.RoleAgent}, map[string][]string{"tier": {"gold"}}
	then, err := p.TryAccess(t.Context(), root, ann)
	require.NoError(t, err)
	require.Contains(t, then.Segments, "staff")
	require.Contains(t, then.Segments, "gold")
	require.Contains(t, then.Permissions, profile.PermissionDirectoryRead)
	again, err := p.Access(t.Context(), root, "ann")
	require.NoError(t, err)
	require.Equal(t, now, again, "nothing was kept")
	_, err = p.TryAccess(t.Context(), root, profile.Person{ID: "x"})
	require.ErrorIs(t, err, profile.ErrInvalid)
	_, err = p.Access(t.Context(), root, "nobody")
	require.ErrorIs(t, err, profile.ErrNotFound)
}
