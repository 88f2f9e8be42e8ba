package profile_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

func newLinks(p *portal, change ...func(*profile.LinkOptions)) (*profile.Links, *memprofile.Links) {
	store := memprofile.NewLinks()
	o := &profile.LinkOptions{Events: p.events, Now: func() time.Time { return p.now }}
	for _, f := range change {
		f(o)
	}
	return profile.NewLinks(store, o), store
}

func guest(change ...func(*profile.LinkDraft)) profile.LinkDraft {
	d := profile.LinkDraft{Purpose: "guest", Subject: "case/42", Address: "ann@acme.example"}
	for _, f := range change {
		f(&d)
	}
	return d
}

func makeLink(t *testing.T, s *profile.Links, d profile.LinkDraft) string {
	t.Helper()
	token, _, err := s.Make(t.Context(), profile.Actor{ID: "gus"}, d)
	require.NoError(t, err)
	return token
}

// says is the key of the message that an error has for its reader.
func says(t *testing.T, err error) string {
	t.Helper()
	var s *errs.Says
	require.ErrorAs(t, err, &s)
	return s.Message.Key
}

func TestLinkIsUsedOnce(t *testing.T) {
	p := newPortal(t)
	s, _ := newLinks(p)
	token, made, err := s.Make(t.Context(), profile.Actor{ID: "gus"}, guest(func(d *profile.LinkDraft) { d.Data = map[string]string{"k": "v"} }))
	require.NoError(t, err)
	require.Empty(t, made.Secret)
	require.Equal(t, day.Add(24*time.Hour), made.ExpiresAt)
	for range 3 {
		l, err := s.Peek(t.Context(), "guest", token)
		require.NoError(t, err, "looking uses nothing up")
		require.Equal(t, made, l)
	}
	used, err := s.Use(t.Context(), "guest", token)
	require.NoError(t, err)
	require.Equal(t, 1, used.Used)
	require.Equal(t, "v", used.Data["k"])
	for _, f := range []func() (profile.Link, error){
		func() (profile.Link, error) { return s.Use(t.Context(), "guest", token) },
		func() (profile.Link, error) { return s.Peek(t.Context(), "guest", token) },
	} {
		l, err := f()
		require.Zero(t, l)
		require.ErrorIs(t, err, profile.ErrGone)
		require.Equal(t, http.StatusGone, web.Status(err))
		require.Equal(t, "error.link.used", says(t, err))
	}
	require.Equal(t, []string{"link.made case/42 by gus", "link.used case/42 by "}, p.events.take())
}

func TestLinkEnds(t *testing.T) {
	p := newPortal(t)
	s, _ := newLinks(p)
	use := func(token string) error { _, err := s.Use(t.Context(), "guest", token); return err }
	first := makeLink(t, s, guest())
	second := makeLink(t, s, guest())
	other := makeLink(t, s, guest(func(d *profile.LinkDraft) { d.Address = "bob@acme.example" }))
	require.Equal(t, "error.link.replaced", says(t, use(first)))
	n, err := s.Revoke(t.Context(), root, profile.LinkQuery{Purpose: "guest", Address: "ann@acme.example"})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, "error.link.revoked", says(t, use(second)))
	p.now = day.Add(24*time.Hour - time.Microsecond)
	_, err = s.Peek(t.Context(), "guest", other)
	require.NoError(t, err)
	p.now = day.Add(24 * time.Hour)
	err = use(other)
	require.ErrorIs(t, err, profile.ErrGone)
	require.Equal(t, "error.link.expired", says(t, err))
	_, err = s.Peek(t.Context(), "guest", other)
	require.Equal(t, "error.link.expired", says(t, err))
}

func TestLinkTokens(t *testing.T) {
	p := newPortal(t)
	s, store := newLinks(p)
	token := makeLink(t, s, guest())
	kept, err := store.Links(t.Context(), profile.LinkQuery{Purpose: "guest"})
	require.NoError(t, err)
	for _, wrong := range []string{
		"", " ", token + " ", token[1:], strings.ToLower(token), token + "A", kept[0].Secret, kept[0].ID, "' or ''='", "A\x00",
		strings.Repeat("A", 26), strings.Repeat("A", 1<<20),
	} {
		_, err := s.Use(t.Context(), "guest", wrong)
		require.ErrorIs(t, err, profile.ErrNotFound, "%.40q", wrong)
		require.NotErrorIs(t, err, profile.ErrGone)
		require.Less(t, len(err.Error()), 100, "what somebody sends does not get into a log")
	}
	for _, purpose := range []string{"", "Guest", "guest ", "address", "invitation", "Pass.guest", "guest\x00"} {
		_, err := s.Use(t.Context(), purpose, token)
		require.ErrorIs(t, err, profile.ErrNotFound, "%q", purpose)
		require.NotContains(t, err.Error(), token)
	}
	seen := map[string]bool{}
	for range 2000 {
		token := makeLink(t, s, guest())
		require.Len(t, token, 26, "130 bits in base 32")
		require.False(t, seen[token])
		seen[token] = true
	}
	_, err = s.Use(t.Context(), "guest", token)
	require.ErrorIs(t, err, profile.ErrGone)
}

func TestLinkDrafts(t *testing.T) {
	p := newPortal(t)
	s, _ := newLinks(p)
	for name, c := range map[string]struct {
		field string
		set   func(*profile.LinkDraft)
	}{
		"no purpose":       {"purpose", func(d *profile.LinkDraft) { d.Purpose = "" }},
		"a pass":           {"purpose", func(d *profile.LinkDraft) { d.Purpose = "Pass.guest" }},
		"a NUL":            {"purpose", func(d *profile.LinkDraft) { d.Purpose = "a\x00b" }},
		"long purpose":     {"purpose", func(d *profile.LinkDraft) { d.Purpose = strings.Repeat("a", 65) }},
		"no subject":       {"subject", func(d *profile.LinkDraft) { d.Subject = "" }},
		"no kind":          {"subject", func(d *profile.LinkDraft) { d.Subject = "/42" }},
		"odd subject":      {"subject", func(d *profile.LinkDraft) { d.Subject = "case/4 2" }},
		"long subject":     {"subject", func(d *profile.LinkDraft) { d.Subject = "case/" + strings.Repeat("4", 200) }},
		"no address":       {"address", func(d *profile.LinkDraft) { d.Address = "" }},
		"two addresses":    {"address", func(d *profile.LinkDraft) { d.Address = "a@b.example, c@d.example" }},
		"encoded address":  {"address", func(d *profile.LinkDraft) { d.Address = "=?utf-8?q?a?=@b.example" }},
		"for ever":         {"for", func(d *profile.LinkDraft) { d.For = 1000 * 24 * time.Hour }},
		"for less than 0":  {"for", func(d *profile.LinkDraft) { d.For = -time.Hour }},
		"no use":           {"uses", func(d *profile.LinkDraft) { d.Uses = -1 }},
		"too many uses":    {"uses", func(d *profile.LinkDraft) { d.Uses = 1001 }},
		"data without key": {"data", func(d *profile.LinkDraft) { d.Data = map[string]string{"": "x"} }},
		"broken data":      {"data.k", func(d *profile.LinkDraft) { d.Data = map[string]string{"k": "\xff"} }},
	} {
		_, _, err := s.Make(t.Context(), profile.Actor{}, guest(c.set))
		require.ErrorIs(t, err, profile.ErrInvalid, name)
		var f errs.Fields
		require.ErrorAs(t, err, &f, name)
		require.Contains(t, f, c.field, name)
	}
	require.Empty(t, p.events.take())
}

func TestLinkThatIsSentToNobody(t *testing.T) {
	s, _ := newLinks(newPortal(t))
	first := makeLink(t, s, profile.LinkDraft{Purpose: "feed", Subject: "feed/1", Unsent: true})
	second := makeLink(t, s, profile.LinkDraft{Purpose: "feed", Subject: "feed/2", Unsent: true})
	l, err := s.Peek(t.Context(), "feed", first)
	require.NoError(t, err)
	require.Equal(t, []string{"feed/1", "", "gus"}, []string{l.Subject, l.Address, l.MadeBy})
	again := makeLink(t, s, profile.LinkDraft{Purpose: "feed", Subject: "feed/1", Unsent: true})
	_, err = s.Peek(t.Context(), "feed", first)
	require.ErrorIs(t, err, profile.ErrGone, "there is one of a subject")
	for _, token := range []string{second, again} {
		_, err = s.Peek(t.Context(), "feed", token)
		require.NoError(t, err)
	}
	_, _, err = s.Make(t.Context(), root, profile.LinkDraft{Purpose: "feed", Subject: "feed/3", Unsent: true, Address: "nowhere"})
	require.ErrorIs(t, err, profile.ErrInvalid)
}

func TestLinkRace(t *testing.T) {
	p := newPortal(t)
	s, _ := newLinks(p)
	token := makeLink(t, s, guest())
	var wg sync.WaitGroup
	var won, gone atomic.Int64
	for range 100 {
		wg.Go(func() {
			if _, err := s.Use(t.Context(), "guest", token); err == nil {
				won.Add(1)
			} else if says(t, err) == "error.link.used" {
				gone.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, won.Load())
	require.EqualValues(t, 99, gone.Load())
}

func TestLinksAreForgotten(t *testing.T) {
	p := newPortal(t)
	s, store := newLinks(p)
	token := makeLink(t, s, guest())
	makeLink(t, s, guest(func(d *profile.LinkDraft) { d.Address = "bob@acme.example" }))
	n, err := s.Forget(t.Context(), "ann@acme.example")
	require.NoError(t, err)
	require.Equal(t, 1, n)
	_, err = s.Use(t.Context(), "guest", token)
	require.ErrorIs(t, err, profile.ErrNotFound)
	_, err = s.Forget(t.Context(), "")
	require.ErrorIs(t, err, profile.ErrInvalid, "nobody's address is not everybody's")

	p.now = day.Add(24*time.Hour + 30*24*time.Hour - time.Second)
	left := func() int {
		list, err := store.Links(t.Context(), profile.LinkQuery{Purpose: "guest"})
		require.NoError(t, err)
		return len(list)
	}
	require.Equal(t, 1, sweep(t, s, left))
	p.now = p.now.Add(time.Second)
	require.Equal(t, 0, sweep(t, s, left))
}

// pass lets a browser in.
func pass(t *testing.T, s *profile.Links, b *browser, token string) profile.Link {
	t.Helper()
	w := httptest.NewRecorder()
	l, err := s.Enter(w, b.request("POST", "/link"), "guest", token)
	require.NoError(t, err)
	b.take(w)
	return l
}

func TestPassOpensOneThing(t *testing.T) {
	p := newPortal(t)
	s, _ := newLinks(p)
	b := newBrowser(t)
	a, err := s.Authenticate(b.request("GET", "/"))
	require.NoError(t, err)
	require.Zero(t, a)
	token := makeLink(t, s, guest())
	require.Equal(t, "case/42", pass(t, s, b, token).Subject)
	a, err = s.Authenticate(b.request("GET", "/"))
	require.NoError(t, err)
	require.True(t, a.Anonymous(), "it is no sign-in")
	require.Equal(t, profile.AssuranceLink, a.Assurance)
	require.True(t, a.Holds("guest", "case/42"))
	require.False(t, a.Holds("guest", "case/43"))
	require.False(t, a.Holds("invitation", "case/42"))
	for perm := range allPermissions() {
		require.False(t, profile.DefaultPolicy().May(a, perm), perm)
	}
	for term, sees := range map[string]bool{
		"public": true, profile.SegmentOfLink("guest", "case/42"): true,
		"signed-in": false, "staff": false, "person:ann": false, "account:acme": false, "role:customer": false,
		profile.SegmentOfLink("guest", "case/43"): false, profile.SegmentOfLink("case", "guest/42"): false,
		profile.SegmentOfLink("guest", "case/42") + "+signed-in": false,
	} {
		require.Equal(t, sees, a.Sight().Admits(profile.NewAudience(term)), term)
	}
	current, err := s.Current(b.request("GET", "/"))
	require.NoError(t, err)
	require.Equal(t, []string{"guest", "case/42", "ann@acme.example"}, []string{current.Purpose, current.Subject, current.Address})
	require.ErrorIs(t, func() error { _, err := s.Use(t.Context(), "guest", token); return err }(), profile.ErrGone)
}

func allPermissions() map[profile.Permission]bool {
	all := map[profile.Permission]bool{}
	for _, list := range profile.DefaultPolicy() {
		for _, perm := range list {
			all[perm] = true
		}
	}
	return all
}

// Whoever may write rules cannot write one that opens what a link opens.
func TestNoRuleGrantsWhatALinkOpens(t *testing.T) {
	p := newPortal(t)
	name := profile.SegmentOfLink("guest", "case/42")
	_, err := profile.ParseAudience([]string{name})
	require.NoError(t, err, "it can be written in an audience")
	_, err = p.SaveSegment(t.Context(), root, profile.Segment{
		Name: name, Title: "Everybody", Rule: profile.Rule{Fact: profile.FactID, Op: profile.OpKnown},
	})
	require.ErrorIs(t, err, profile.ErrInvalid)
	list, err := p.Segments(t.Context(), root)
	require.NoError(t, err)
	require.Empty(t, list)
	require.False(t, profile.Actor{Segments: []string{name}}.Holds("guest", "case/42"), "without the assurance of a link it is none")
}

func TestPassEnds(t *testing.T) {
	p := newPortal(t)
	s, _ := newLinks(p)
	ask := func(b *browser) string {
		a, err := s.Authenticate(b.request("GET", "/"))
		if err != nil {
			require.ErrorIs(t, err, profile.ErrForbidden)
			require.Zero(t, a)
			return "refused"
		}
		if a.Holds("guest", "case/42") {
			return "in"
		}
		return "out"
	}
	b, thief := newBrowser(t), newBrowser(t)
	token := makeLink(t, s, guest())
	pass(t, s, b, token)
	for _, wrong := range []string{"", "/", "guest/" + token, token, "Pass.guest/" + token, "x/y/z"} {
		thief.cookies["stoa_pass"] = wrong
		require.Equal(t, "refused", ask(thief), "%q", wrong)
	}
	thief.cookies["stoa_pass"] = strings.Replace(b.cookies["stoa_pass"], "guest", "address", 1)
	require.Equal(t, "refused", ask(thief), "a pass is for its purpose")
	thief.cookies["stoa_pass"] = b.cookies["stoa_pass"]
	require.Equal(t, "in", ask(thief))
	w := httptest.NewRecorder()
	require.NoError(t, s.Leave(w, b.request("POST", "/leave")))
	b.take(w)
	require.Equal(t, "out", ask(b))
	require.Equal(t, "refused", ask(thief), "leaving ends the pass, not the cookie only")
	require.NoError(t, s.Leave(httptest.NewRecorder(), b.request("POST", "/leave")), "twice is no error")

	pass(t, s, b, makeLink(t, s, guest()))
	require.Equal(t, "in", ask(b))
	_, err := s.Revoke(t.Context(), root, profile.LinkQuery{Purpose: "guest", Subject: "case/42"})
	require.NoError(t, err)
	require.Equal(t, "refused", ask(b), "revoking reaches those who are in")

	pass(t, s, b, makeLink(t, s, guest()))
	p.now = p.now.Add(12 * time.Hour)
	require.Equal(t, "refused", ask(b))
}

func TestPassCookie(t *testing.T) {
	p := newPortal(t)
	s, _ := newLinks(p, func(o *profile.LinkOptions) { o.Secure = true })
	w := httptest.NewRecorder()
	_, err := s.Enter(w, newBrowser(t).request("POST", "/link"), "guest", makeLink(t, s, guest()))
	require.NoError(t, err)
	c := w.Result().Cookies()[0]
	require.Equal(t, "__Host-stoa_pass", c.Name)
	require.True(t, c.HttpOnly && c.Secure && c.SameSite == http.SameSiteLaxMode && c.Path == "/" && c.Domain == "")
}
