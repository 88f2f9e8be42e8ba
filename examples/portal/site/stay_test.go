package site

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// A surfer is a browser with its cookies, which may be led to another instance.
type surfer struct {
	t       *testing.T
	client  *client
	cookies map[string]string
	name    string
}

func newSurfer(t *testing.T, c *client, name string) *surfer {
	return &surfer{t: t, client: c, cookies: map[string]string{}, name: name}
}

func (j *surfer) header() []string {
	var all []string
	for name, value := range j.cookies {
		all = append(all, name+"="+value)
	}
	return append(browserOf(j.name), "Cookie", strings.Join(all, "; "))
}

func (j *surfer) keep(a answer) answer {
	for _, c := range (&http.Response{Header: a.Header}).Cookies() {
		if j.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(j.cookies, c.Name)
		}
	}
	return a
}

// get asks for a page, and follows where it leads.
func (j *surfer) get(path string) answer {
	j.t.Helper()
	a := j.keep(j.client.get(path, j.header()...))
	for range 3 {
		if a.Status < 300 || a.Status > 399 || a.Status == 304 {
			break
		}
		a = j.keep(j.client.get(a.Header.Get("Location"), j.header()...))
	}
	return a
}

func (j *surfer) post(path string, form url.Values) answer {
	j.t.Helper()
	return j.keep(j.client.post(path, form, j.header()...))
}

func (j *surfer) signIn(person string) {
	j.t.Helper()
	require.Equal(j.t, 303, j.post("/demo/sign-in", url.Values{"person": {person}}).Status)
}

// menu returns the account menu of a page.
func menuOf(body, class string) string {
	_, rest, _ := strings.Cut(body, `class="`+class+`"`)
	menu, _, _ := strings.Cut(rest, "</nav>")
	return menu
}

// nextVisit lets so much time pass that whoever comes back is on another visit.
func (c *ticker) nextVisit(days int) { c.pass(time.Duration(days)*24*time.Hour + time.Hour) }

const (
	saved, notices = `href="/en/account/saved"`, `href="/en/account/notices"`
	usedOften      = "Here because you use it often"
)

// TestArrangedByUse: what somebody opens comes first on their next visit, says
// why, and goes back when they want it to. Nothing moves during a visit.
func TestArrangedByUse(t *testing.T) {
	clock := newTicker()
	s := open(t, func(c *Config) { c.Now = clock.now })
	j, other := newSurfer(t, serve(t, s)(""), "tom's"), newSurfer(t, serve(t, s)(""), "priya's")
	j.signIn("tom")
	other.signIn("priya")
	menu := func(j *surfer) string { return menuOf(j.get("/en/account").Body, "desk-menu") }
	inOrder(t, menu(j), notices, saved)
	for range 4 {
		require.Equal(t, 200, j.get("/en/account/saved").Status)
		link := regexpLink(t, j.get("/en/").Body, `href="(/en/articles/[^"?]+\?block=recent)"`)
		article := j.get(link)
		require.Equal(t, 200, article.Status)
		require.NotContains(t, article.Body, "block=recent", "the address is fit to be passed on")
		require.Equal(t, 200, j.get("/en/categories/alarms-and-notifications").Status)
	}
	require.NoError(t, s.arranger.Flush(t.Context()))
	for block, want := range map[string]int{"category/made-up": 200, "made-up": 302, "": 200} {
		require.Equal(t, want, j.client.get("/en/articles/sensor-shows-offline?thanks=1&block="+block, j.header()...).Status)
	}
	trail, err := s.arranger.Export(t.Context(), "tom")
	require.NoError(t, err)
	for _, u := range trail.Uses {
		require.NotContains(t, u.Ref, "made-up")
	}
	inOrder(t, menu(j), notices, saved)
	clock.pass(10 * time.Minute)
	inOrder(t, menu(j), notices, saved)

	clock.nextVisit(1)
	got := menu(j)
	inOrder(t, got, saved, usedOften, notices)
	require.Contains(t, got, `href="/en/account/preferences#arranged"`)
	home := j.get("/en/").Body
	inOrder(t, home, `id="recent"`, usedOften, `id="topics"`, `href="/en/categories/alarms-and-notifications`, usedOften, `href="/en/categories/getting-started`)
	inOrder(t, j.get("/en/categories").Body, "alarms-and-notifications", "getting-started")
	inOrder(t, menu(other), notices, saved)
	require.NotContains(t, other.get("/en/").Body, usedOften)
	require.NotContains(t, newSurfer(t, j.client, "anybody's").get("/en/").Body, usedOften)

	page := j.get("/en/account/preferences").Body
	require.Contains(t, page, "Put everything back")
	require.Equal(t, 422, j.post("/en/account/preferences/arrangement", url.Values{"do": {"explode"}}).Status)
	for range 2 {
		a := j.post("/en/account/preferences/arrangement", url.Values{"do": {"reset"}})
		require.Equal(t, 303, a.Status)
		require.Contains(t, j.get(a.Header.Get("Location")).Body, "Everything is back in its place")
	}
	inOrder(t, menu(j), notices, saved)
	require.NotContains(t, j.get("/en/").Body, usedOften)
	trail, err = s.arranger.Export(t.Context(), "tom")
	require.NoError(t, err)
	require.LessOrEqual(t, len(trail.Uses), 2, "what was used is forgotten, but for what was opened since")

	require.Equal(t, 303, j.post("/en/account/preferences/arrangement", url.Values{"do": {"off"}}).Status)
	for range 5 {
		j.get("/en/account/saved")
	}
	clock.nextVisit(1)
	inOrder(t, menu(j), notices, saved)
	require.Contains(t, j.get("/en/account/preferences").Body, "Arrange pages for me")
	require.Equal(t, 303, j.post("/en/account/preferences/arrangement", url.Values{"do": {"on"}}).Status)
	require.NotEqual(t, 200, newSurfer(t, j.client, "anybody's").post("/en/account/preferences/arrangement", url.Values{"do": {"off"}}).Status)
}

func regexpLink(t *testing.T, body, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(body)
	require.Len(t, found, 2, pattern)
	return found[1]
}

// TestStayOnEveryInstance: a visit is the same on every instance and after a
// restart, for people and for others: what changes meanwhile moves nothing.
func TestStayOnEveryInstance(t *testing.T) {
	clock := newTicker()
	moving := func(c *Config) { c.Now = clock.now }
	dsn := testdb.PostgresDSN(t)
	first, second := open(t, on(dsn), moving), open(t, on(dsn), moving)
	one, two := serve(t, first)(""), serve(t, second)("")
	person, anybody := newSurfer(t, one, "tom's"), newSurfer(t, one, "anybody's")
	person.signIn("tom")
	orderOf := func(j *surfer) []string {
		return regexp.MustCompile(`id="(topics|popular|recent|viewed)"|href="/en/(?:categories|account)/([a-z-]+)`).FindAllString(j.get("/en/").Body, -1)
	}
	before, plain := orderOf(person), orderOf(anybody)
	require.NotEmpty(t, before)
	require.Len(t, strings.Split(anybody.cookies[stayCookie], "."), 3, "it says when, and nothing of who")
	clock.pass(time.Minute)
	for _, rule := range []layout.Rule{
		{ID: "news", Do: layout.ActionPromote, Ref: "recent"}, {ID: "no-popular", Do: layout.ActionDemote, Ref: "topics"},
	} {
		_, err := first.arranger.SaveRule(t.Context(), system, rule)
		require.NoError(t, err)
	}
	clock.pass(time.Minute)
	third := open(t, on(dsn), moving)
	for range 3 {
		for _, c := range []*client{two, serve(t, third)(""), one} {
			clock.pass(5 * time.Minute)
			person.client, anybody.client = c, c
			require.Equal(t, before, orderOf(person))
			require.Equal(t, plain, orderOf(anybody))
		}
	}
	require.NotEqual(t, plain, orderOf(newSurfer(t, two, "new")), "whoever comes now sees the new order")
	clock.pass(31 * time.Minute)
	require.NotEqual(t, before, orderOf(person))
	require.NotEqual(t, plain, orderOf(anybody))
	now := orderOf(person)
	person.client = two
	require.Equal(t, now, orderOf(person))
}

// TestStayCookie: nobody makes up a visit, or takes that of somebody else.
func TestStayCookie(t *testing.T) {
	clock := newTicker()
	s := open(t, func(c *Config) { c.Now = clock.now })
	tom, began := profile.Actor{ID: "tom"}, clock.now()
	text := s.writeStay(stay{began, began}, tom)
	read := func(value string, by profile.Actor, at time.Time) bool {
		_, ok := s.readStay(&http.Cookie{Value: value}, by, at)
		return ok
	}
	require.True(t, read(text, tom, began.Add(29*time.Minute)))
	require.False(t, read(text, tom, began.Add(30*time.Minute)), "it is over")
	require.False(t, read(text, profile.Actor{ID: "priya"}, began))
	require.False(t, read(text, profile.Actor{}, began))
	for _, wrong := range []string{"", ".", "..", "a.b.c", strings.ToUpper(text), text + "x", "z" + text, strings.Repeat("z", 5000)} {
		require.False(t, read(wrong, tom, began), wrong)
	}
	long := s.writeStay(stay{began, began.Add(24 * time.Hour)}, tom)
	require.False(t, read(long, tom, began.Add(24*time.Hour)), "no visit lasts for ever")

	a := serve(t, s)("tom").get("/en/", append(browserOf("x"), "Cookie", stayCookie+"=a.b.c")...)
	require.Equal(t, 200, a.Status)
	require.Contains(t, a.Header.Get("Set-Cookie"), "HttpOnly")
	require.NotContains(t, a.Header.Get("Set-Cookie"), "Max-Age", "it ends with the browser")
	for _, path := range []string{"/en/feed.atom", "/sitemap.xml", "/api/v1/me", "/static/portal.css"} {
		require.Empty(t, serve(t, s)("tom").get(path, browserOf("x")...).Header.Get("Set-Cookie"), path)
	}
	require.Empty(t, serve(t, s)("").get("/en/", browserOf("x")...).Header.Get("Set-Cookie"), "where there is one instance, others need none")
}

// TestHoldout: some see everything as it was declared, and events say who.
func TestHoldout(t *testing.T) {
	clock := newTicker()
	s := open(t, func(c *Config) { c.Now, c.Holdout = clock.now, 50 })
	as := serve(t, s)
	_, err := s.arranger.SaveRule(t.Context(), system, layout.Rule{ID: "news", Do: layout.ActionPromote, Ref: "recent"})
	require.NoError(t, err)
	clock.pass(time.Minute)
	want := map[string]string{}
	for _, p := range s.world.People {
		body := as(p.ID).get("/en/", browserOf(p.ID)...).Body
		want[p.ID] = layout.ArmDeclared
		if strings.Index(body, `id="recent"`) < strings.Index(body, `id="topics"`) {
			want[p.ID] = layout.ArmArranged
		}
		require.Equal(t, 200, as(p.ID).get("/en/articles/sensor-shows-offline", browserOf(p.ID)...).Status)
	}
	require.NoError(t, s.ledger.Flush(t.Context()))
	got := map[string]string{}
	for e, err := range sqlanalytics.New(s.db.read).Scan(t.Context(), analytics.Range{}) {
		require.NoError(t, err)
		if e.Name == "article.viewed" {
			require.Len(t, e.Arms, 1)
			got[e.User] = e.Arms[0]
		}
	}
	require.Equal(t, want, got)
	require.Contains(t, want, "tom")
}

// TestTrailOfSomebody: what is counted of somebody is in the copy of their data,
// and goes with their account. Who looks as them leaves nothing.
func TestTrailOfSomebody(t *testing.T) {
	clock := newTicker()
	s := open(t, func(c *Config) { c.Now = clock.now })
	j := newSurfer(t, serve(t, s)(""), "tom's")
	j.signIn("tom")
	for range 3 {
		j.get("/en/account/saved")
	}
	require.Equal(t, 303, j.post("/en/account/confirm", nil).Status)
	var copied struct{ Kept map[string][]map[string]any }
	require.NoError(t, json.Unmarshal([]byte(j.post("/en/account/privacy/export", nil).Body), &copied))
	require.Contains(t, copied.Kept["layout"], map[string]any{"kind": "use", "ref": "main-saved", "day": "2026-11-23", "times": 3.0})
	ruth := newSurfer(t, j.client, "ruth's")
	ruth.signIn("ruth")
	require.Equal(t, 303, ruth.post("/en/admin/people/tom/view", nil).Status)
	require.Contains(t, ruth.get("/en/account/saved").Body, "You see the portal as")
	require.Equal(t, 403, ruth.post("/en/account/preferences/arrangement", url.Values{"do": {"off"}}).Status)
	trail, err := s.arranger.Export(t.Context(), "tom")
	require.NoError(t, err)
	require.Equal(t, 3, trail.Uses[len(trail.Uses)-1].N)
	require.Equal(t, 303, j.post("/en/account/confirm", nil).Status)
	require.Equal(t, 303, j.post("/en/account/privacy/delete", url.Values{"name": {"Tom Whitlock"}}).Status)
	trail, err = s.arranger.Export(t.Context(), "tom")
	require.NoError(t, err)
	require.Equal(t, layout.Trail{Choice: layout.Choice{Who: layout.WhoPerson("tom")}}, trail)
}
