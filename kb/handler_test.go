package kb_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/web/webtest"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/profile"
)

const prefix = "/support/api"

// as makes a request come from an actor.
func as(by profile.Actor) func(*http.Request) *http.Request {
	return func(r *http.Request) *http.Request {
		ctx := analytics.NewContext(r.Context(), analytics.Event{Visitor: "v"})
		return r.WithContext(profile.NewContext(ctx, by))
	}
}

// A site is a library served under a prefix, with something to see and
// something hidden.
type site struct {
	*world
	http.Handler
	live, archived, hidden, draft, shut kb.Article
}

func newSite(t *testing.T) *site {
	w := newWorld(t)
	s := &site{world: w, Handler: http.StripPrefix(prefix, w.Library.Handler())}
	w.place("c", "", "public")
	w.place("secret", "c", "staff")
	s.live = w.translate(w.show(draft("hubs", "c", "public")), "de", "Über Hubs")
	s.live = w.arrange(s.live, func(m *kb.Meta) { m.Owner, m.Products = author.ID, []string{"hub"} })
	s.draft = w.write(draft("canary draft", "c", "public"))
	s.hidden = w.show(draft("canary hidden", "c", "account:nobody"))
	s.shut = w.show(draft("canary shut", "secret", "public"))
	s.archived = w.show(draft("canary archived", "c", "public"))
	var err error
	s.archived, err = w.Archive(w.ctx(), reviewer, s.archived.ID, "en", s.archived.Version)
	require.NoError(t, err)
	w.events.take()
	return s
}

// run runs scenarios, whose URLs are below the prefix, against the description
// of the API.
func (s *site) run(t *testing.T, scenarios []webtest.Scenario) {
	t.Helper()
	for i := range scenarios {
		scenarios[i].URL = prefix + scenarios[i].URL
		if scenarios[i].Name == "" {
			scenarios[i].Name = scenarios[i].Method + " " + scenarios[i].URL
		}
	}
	webtest.RunAPI(t, s.Handler, s.API().OpenAPI(prefix), scenarios)
}

// call serves one request and returns the answer.
func (s *site) call(by profile.Actor, method, url, body string, header ...string) *httptest.ResponseRecorder {
	h := map[string]string{}
	for i := 0; i+1 < len(header); i += 2 {
		h[header[i]] = header[i+1]
	}
	return webtest.Scenario{Method: method, URL: prefix + url, Body: body, Header: h, Prepare: as(by)}.Serve(s.Handler)
}

func TestReadingOverHTTP(t *testing.T) {
	s := newSite(t)
	live := "/articles/" + s.live.ID
	no := []string{"canary", "secret"}
	s.run(t, []webtest.Scenario{
		{URL: "/articles", Status: 200, Want: []string{"About hubs", `"path":"/articles/about-hubs"`, `"locale":"de"`}, Not: no},
		{URL: "/articles?category=c&below=true&kind=how-to&kind=faq&product=hub&order=updated&limit=9999&locale=de", Status: 200, Want: []string{"Über Hubs"}, Not: no},
		{URL: "/articles?category=secret", Status: 200, Want: []string{`{"articles":[]}`}},
		{URL: "/articles?order=sideways", Status: 422, Want: []string{`"order"`}},
		{URL: "/articles?category=a&category=b", Status: 422, Want: []string{`"category"`}},
		{URL: "/articles?limit=x", Status: 422},
		{URL: "/articles?after=forged", Status: 422, Want: []string{"page_token"}},
		{URL: "/articles?product=%00", Status: 422},
		{URL: live, Status: 200, Want: []string{"All of hubs.", `"title":"About hubs"`}, Not: append(no, "markdown", "owner", "audience", "version", "input", "external")},
		{URL: live + "?locale=de", Status: 200, Want: []string{"Text von"}},
		{URL: live, Status: 200, Prepare: as(profile.Actor{ID: "x", Locale: "de"}), Want: []string{"Text von"}},
		{URL: live + "?locale=de&locale=en", Status: 422},
		{Method: "HEAD", URL: live, Status: 200},
		{URL: "/categories", Status: 200, Want: []string{`"articles":1`}, Not: no},
		{URL: "/categories", Status: 200, Prepare: as(agent), Want: []string{"Category secret", `"articles":2`}},
		{URL: "/categories/c?locale=de", Status: 200, Want: []string{"Kategorie c"}, Not: no},
		{URL: "/categories/secret", Status: 404, Not: []string{"Category"}},
		{URL: "/categories/nope", Status: 404},
		{URL: "/slugs/en/about-hubs", Status: 200, Want: []string{`"moved":false`}},
		{URL: "/slugs/de/about-hubs", Status: 200, Want: []string{`"moved":true`, "uber-hubs"}},
		{URL: "/slugs/en/about-canary-hidden", Status: 404, Not: []string{s.hidden.ID}},
		{URL: "/feedback", Status: 403},
		{URL: "/feedback", Status: 403, Prepare: as(ann)},
		{URL: "/feedback?article=" + s.live.ID, Status: 200, Prepare: as(agent), Want: []string{`{"feedback":[]}`}},
		{URL: "/feedback?after=forged", Status: 422, Prepare: as(agent)},
		{Method: "DELETE", URL: live, Status: 405},
		{URL: "/articles/", Status: 404},
		{URL: "/nope", Status: 404},
	})
}

// TestFieldsThatReadersGet pins the fields that readers get; a new one has to be
// classified here.
func TestFieldsThatReadersGet(t *testing.T) {
	s := newSite(t)
	var got map[string]any
	require.NoError(t, json.Unmarshal(s.call(anyone, "GET", "/articles/"+s.live.ID, "").Body.Bytes(), &got))
	var names []string
	for name := range got {
		names = append(names, name)
	}
	require.ElementsMatch(t, []string{
		"id", "kind", "locale", "slug", "path", "title", "summary", "html", "headings", "products", "tags", "categories", "languages",
		"related", "revision", "stale", "published_at", "updated_at",
	}, names)
}

// TestHiddenOverHTTP compares the answers about what is hidden with those about
// what never was, header by header and byte by byte.
func TestHiddenOverHTTP(t *testing.T) {
	s := newSite(t)
	for name, a := range map[string]kb.Article{"draft": s.draft, "hidden": s.hidden, "shut": s.shut, "archived": s.archived} {
		for _, by := range []profile.Actor{anyone, ann, partner} {
			for _, req := range []struct{ method, url, body string }{
				{"GET", "/articles/ID", ""}, {"GET", "/articles/ID?locale=de", ""}, {"POST", "/articles/ID/feedback", `{"helpful":true}`},
				{"GET", "/manuscripts/ID", ""}, {"GET", "/manuscripts/ID/texts/en", ""}, {"GET", "/manuscripts/ID/texts/en/revisions/1", ""},
				{"PUT", "/manuscripts/ID", `{"category":"c","kind":"faq","audience":["public"]}`}, {"PUT", "/manuscripts/ID/texts/en", `{"title":"T","body":"B"}`},
				{"PUT", "/manuscripts/ID/texts/en/publication", ""}, {"DELETE", "/manuscripts/ID/texts/en/publication", ""},
			} {
				ask := func(id string) string {
					answer := s.call(by, req.method, strings.ReplaceAll(req.url, "ID", id), req.body, "If-Match", `"1"`)
					require.Equal(t, 404, answer.Code, "%s %s %s", name, req.method, req.url)
					request := answer.Header().Get("X-Request-Id")
					require.NotEmpty(t, request)
					return strings.ReplaceAll(fmt.Sprint(answer.Header(), answer.Body), request, "REQUEST")
				}
				require.Equal(t, ask(strings.Repeat("a", len(a.ID))), ask(a.ID), "%s: %s %s by %q", name, req.method, req.url, by.ID)
			}
		}
	}
	require.Empty(t, s.events.take(), "what is refused is no event")
}

func TestETags(t *testing.T) {
	s := newSite(t)
	for _, url := range []string{"/articles", "/articles/" + s.live.ID, "/categories", "/categories/c", "/slugs/en/about-hubs"} {
		first := s.call(ann, "GET", url, "")
		tag := first.Header().Get("ETag")
		require.NotEmpty(t, tag, url)
		require.Equal(t, "private, no-cache", first.Header().Get("Cache-Control"))
		again := s.call(ann, "GET", url, "", "If-None-Match", tag)
		require.Equal(t, []any{304, 0}, []any{again.Code, again.Body.Len()}, url)
		require.Equal(t, 200, s.call(ann, "GET", url, "", "If-None-Match", `"other"`).Code)
	}
	url := "/articles/" + s.live.ID
	tag := s.call(ann, "GET", url, "").Header().Get("ETag")
	a, err := s.Edit(s.ctx(), reviewer, s.live.ID, "en", s.live.Version, kb.Text{Title: "Draft", Body: "Draft"})
	require.NoError(t, err)
	require.Equal(t, 304, s.call(ann, "GET", url, "", "If-None-Match", tag).Code, "a draft is no change to readers")
	s.publish(a, "en")
	require.Equal(t, 200, s.call(ann, "GET", url, "", "If-None-Match", tag).Code)
}

func TestFeedbackOverHTTP(t *testing.T) {
	s := newSite(t)
	url := "/articles/" + s.live.ID + "/feedback"
	key := map[string]string{"Idempotency-Key": "one"}
	s.run(t, []webtest.Scenario{
		{Name: "first", Method: "POST", URL: url, Body: `{"helpful":false,"reason":"unclear","comment":"What?"}`, Header: key, Prepare: as(ann), Status: 201, Want: []string{`"reason":"unclear"`}, Not: []string{"ann", "person", "visitor"}},
		{Name: "again", Method: "POST", URL: url, Body: `{"helpful":false,"reason":"unclear","comment":"What?"}`, Header: key, Prepare: as(ann), Status: 201},
		{Name: "other body", Method: "POST", URL: url, Body: `{"helpful":true}`, Header: key, Prepare: as(ann), Status: 409, Want: []string{"idempotency_mismatch"}},
		{Name: "other person", Method: "POST", URL: url, Body: `{"helpful":true}`, Header: key, Prepare: as(partner), Status: 201},
		{Name: "unknown field", Method: "POST", URL: url, Body: `{"helpful":true,"person":"bob"}`, Prepare: as(ann), Status: 422, Want: []string{`"person"`}},
		{Name: "doubled field", Method: "POST", URL: url, Body: `{"helpful":true,"helpful":false}`, Prepare: as(ann), Status: 422},
		{Name: "bad reason", Method: "POST", URL: url, Body: `{"helpful":false,"reason":"bored"}`, Prepare: as(ann), Status: 422, Want: []string{`"reason"`}},
		{Name: "bad key", Method: "POST", URL: url, Body: `{"helpful":true}`, Header: map[string]string{"Idempotency-Key": strings.Repeat("x", 256)}, Status: 422},
		{Name: "form", Method: "POST", URL: url, Body: `helpful=true`, Header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, Status: 415},
		{Name: "no JSON", Method: "POST", URL: url, Body: `{"helpful":`, Status: 422},
		{Name: "too large", Method: "POST", URL: url, Body: `{"comment":"` + strings.Repeat("x", 2<<20) + `"}`, Status: 413},
		{Name: "list", URL: "/feedback?limit=1", Prepare: as(agent), Status: 200, Want: []string{`"next"`}},
	})
	feedback, _, err := s.store.Feedback(s.ctx(), kb.FeedbackQuery{})
	require.NoError(t, err)
	require.Len(t, feedback, 2)
	require.Equal(t, []string{"article.rated", "article.rated", "article.rated"}, []string{s.events.list[0].Name, s.events.list[1].Name, s.events.list[2].Name})
	require.Equal(t, s.events.list[0].ID, s.events.list[1].ID)
}

func TestWritingOverHTTP(t *testing.T) {
	s := newSite(t)
	draft := `{"title":"New","body":"Body","category":"c","kind":"faq","audience":["public"],"tags":["t"]}`
	key := map[string]string{"Idempotency-Key": "one"}
	s.run(t, []webtest.Scenario{
		{Name: "customer", Method: "POST", URL: "/articles", Body: draft, Prepare: as(ann), Status: 403},
		{Name: "anonymous", Method: "POST", URL: "/articles", Body: draft, Status: 403},
		{Name: "create", Method: "POST", URL: "/articles", Body: draft, Header: key, Prepare: as(author), Status: 201, WantHeader: map[string]string{"ETag": `"1"`}, Want: []string{`"status":"draft"`, `"owner":"ines"`, `"version":1`}},
		{Name: "replay", Method: "POST", URL: "/articles", Body: draft, Header: key, Prepare: as(author), Status: 201, WantHeader: map[string]string{"ETag": `"1"`}},
		{Name: "mismatch", Method: "POST", URL: "/articles", Body: strings.Replace(draft, "New", "Newer", 1), Header: key, Prepare: as(author), Status: 409},
		{Name: "empty", Method: "POST", URL: "/articles", Body: `{}`, Prepare: as(author), Status: 422, Want: []string{`"title"`, `"category"`, `"kind"`}},
		{Name: "bad audience", Method: "POST", URL: "/articles", Body: strings.Replace(draft, `"public"`, `"No Term"`, 1), Prepare: as(author), Status: 422, Want: []string{`"audience"`}},
		{Name: "hidden category", Method: "POST", URL: "/articles", Body: strings.Replace(draft, `"c"`, `"nope"`, 1), Prepare: as(author), Status: 422, Want: []string{`"category"`}},
		{Name: "foreign owner", Method: "POST", URL: "/articles", Body: strings.Replace(draft, `"kind"`, `"owner":"bob","kind"`, 1), Prepare: as(author), Status: 403},
	})
	require.Equal(t, []string{"article.created"}, []string{s.events.list[0].Name})
	require.Len(t, s.events.list, 1)
}

// TestOldVersions: an update names the version it was made from, and is refused
// when there is a newer one.
func TestOldVersions(t *testing.T) {
	s := newSite(t)
	m := "/manuscripts/" + s.live.ID
	for _, req := range []struct{ method, url, body string }{
		{"PUT", m, `{"category":"c","kind":"reference","audience":["public"]}`},
		{"PUT", m + "/texts/en", `{"title":"T","body":"B"}`},
		{"PUT", m + "/texts/en/publication", ""},
		{"DELETE", m + "/texts/de/publication", ""},
		{"PUT", "/categories/c/settings", `{"audience":["public"],"labels":{"en":{"title":"Renamed"}}}`},
	} {
		tag := func() string {
			url := strings.SplitAfter(req.url, s.live.ID)[0]
			answer := s.call(admin, "GET", url, "")
			require.Equal(t, 200, answer.Code)
			return answer.Header().Get("ETag")
		}
		old := tag()
		require.Equal(t, 428, s.call(admin, req.method, req.url, req.body).Code, req.url)
		require.Equal(t, 428, s.call(admin, req.method, req.url, req.body, "If-Match", "*").Code)
		require.Equal(t, 422, s.call(admin, req.method, req.url, req.body, "If-Match", "7").Code)
		stale := s.call(admin, req.method, req.url, req.body, "If-Match", `"99"`)
		require.Equal(t, 412, stale.Code)
		require.Contains(t, stale.Body.String(), "conflict_changed")
		done := s.call(admin, req.method, req.url, req.body, "If-Match", old)
		require.Equal(t, 200, done.Code, done.Body)
		require.NotEqual(t, old, done.Header().Get("ETag"))
		require.Equal(t, done.Header().Get("ETag"), tag())
		again := s.call(admin, req.method, req.url, req.body, "If-Match", old)
		require.Equal(t, 200, again.Code, "the answer was lost: the same is done once")
		require.Equal(t, done.Body.String(), again.Body.String())
	}
	require.Equal(t, 412, s.call(admin, "PUT", "/categories/new/settings", `{"audience":[],"labels":{"en":{"title":"N"}}}`, "If-Match", `"0"`).Code)
}

func TestManuscriptsOverHTTP(t *testing.T) {
	s := newSite(t)
	m := "/manuscripts/" + s.live.ID
	one := map[string]string{"If-Match": fmt.Sprintf(`"%d"`, s.live.Version)}
	s.run(t, []webtest.Scenario{
		{URL: m, Status: 200, Prepare: as(author), Want: []string{`"audience":["public"]`, `"head":1`}},
		{URL: m + "/texts/en", Status: 200, Prepare: as(author), Want: []string{`"number":1`}, Not: []string{"All of hubs"}},
		{URL: m + "/texts/en?before=1", Status: 200, Prepare: as(author), Want: []string{"[]"}},
		{URL: m + "/texts/fr", Status: 404, Prepare: as(author)},
		{URL: m + "/texts/en/revisions/0", Status: 200, Prepare: as(author), Want: []string{"All of hubs"}},
		{URL: m + "/texts/en/revisions/1", Status: 200, Prepare: as(author)},
		{URL: m + "/texts/en/revisions/2", Status: 404, Prepare: as(author)},
		{URL: m + "/texts/en/revisions/-1", Status: 404, Prepare: as(author)},
		{URL: m + "/texts/en/revisions/x", Status: 404, Prepare: as(author)},
		{URL: "/manuscripts/" + s.hidden.ID, Status: 404, Prepare: as(author), Not: []string{"canary"}},
		{URL: "/manuscripts/" + s.draft.ID, Status: 200, Prepare: as(author)},
		{Method: "PUT", URL: m, Body: `{"category":"c","kind":"faq","audience":["public"]}`, Header: one, Prepare: as(author), Status: 403},
		{Method: "PUT", URL: m + "/texts/en/publication", Header: one, Prepare: as(author), Status: 403},
		{Method: "PUT", URL: m + "/texts/fr/publication", Header: one, Prepare: as(reviewer), Status: 404},
		{Method: "PUT", URL: m + "/texts/en", Body: `{"title":"T","body":"B"}`, Header: one, Prepare: as(translator), Status: 403},
		{Method: "PUT", URL: m + "/texts/klingon", Body: `{"title":"T","body":"B"}`, Header: one, Prepare: as(author), Status: 422, Want: []string{`"locale"`}},
		{Method: "PUT", URL: m + "/texts/es", Body: `{"title":"T","body":"B","note":"N"}`, Header: one, Prepare: as(translator), Status: 200, Want: []string{`"locale":"es"`}},
		{URL: m + "/texts/es", Status: 200, Prepare: as(author), Want: []string{`"author":"taro"`, `"note":"N"`}},
		{Method: "POST", URL: "/categories", Body: `{"audience":["staff"],"labels":{"en":{"title":"Inside"}}}`, Prepare: as(author), Status: 403},
		{Method: "POST", URL: "/categories", Body: `{"audience":["staff"],"labels":{"en":{"title":"Inside"}}}`, Prepare: as(admin), Status: 201, Want: []string{`"id":"inside"`, `"version":1`}},
		{Method: "POST", URL: "/categories", Body: `{"audience":["staff"],"labels":{"en":{"title":"Keyed"}}}`, Header: map[string]string{"Idempotency-Key": "k"}, Prepare: as(admin), Status: 201, Want: []string{`"slug":"keyed"`}},
		{Method: "POST", URL: "/categories", Body: `{"audience":["staff"],"labels":{"en":{"title":"Keyed"}}}`, Header: map[string]string{"Idempotency-Key": "k"}, Prepare: as(admin), Status: 201, Want: []string{`"version":1`}},
		{Method: "POST", URL: "/categories", Body: `{"audience":["staff"],"labels":{"en":{"title":"Keyed, but other"}}}`, Header: map[string]string{"Idempotency-Key": "k"}, Prepare: as(admin), Status: 409},
		{Method: "POST", URL: "/categories", Body: `{"id":"c","audience":["staff"],"labels":{"en":{"title":"C"}}}`, Prepare: as(admin), Status: 409},
		{URL: "/categories/inside/settings", Status: 403, Prepare: as(agent)},
		{URL: "/categories/inside/settings", Status: 200, Prepare: as(reviewer), WantHeader: map[string]string{"ETag": `"1"`}},
		{Method: "PUT", URL: "/categories/c/settings", Body: `{"parent":"secret","audience":["public"],"labels":{"en":{"title":"C"}}}`, Header: map[string]string{"If-Match": `"1"`}, Prepare: as(admin), Status: 422, Want: []string{`"parent"`}},
		{Method: "POST", URL: "/categories", Body: `{"id":"into","audience":["public"],"labels":{"en":{"title":"Into"}}}`, Prepare: as(admin), Status: 201},
		{Method: "POST", URL: "/categories/c/emptying", Body: `{"into":"into"}`, Prepare: as(author), Status: 403},
		{Method: "POST", URL: "/categories/nope/emptying", Body: `{"into":"into"}`, Prepare: as(admin), Status: 404},
		{Method: "POST", URL: "/categories/c/emptying", Body: `{"into":"c"}`, Prepare: as(admin), Status: 422, Want: []string{`"into"`}},
		{Method: "POST", URL: "/categories/c/emptying", Body: `{}`, Prepare: as(admin), Status: 422},
		{Method: "DELETE", URL: "/categories/c", Header: map[string]string{"If-Match": `"1"`}, Prepare: as(admin), Status: 409, Want: []string{"has_below"}},
		{Method: "PUT", URL: "/categories/secret/settings", Body: `{"audience":["staff"],"labels":{"en":{"title":"Secret"}}}`, Header: map[string]string{"If-Match": `"1"`}, Prepare: as(admin), Status: 200},
		{Method: "DELETE", URL: "/categories/c", Header: map[string]string{"If-Match": `"1"`}, Prepare: as(admin), Status: 409, Want: []string{"has_articles"}},
		{Method: "POST", URL: "/categories/c/emptying", Body: `{"into":"into","lead":true}`, Prepare: as(admin), Status: 200, Want: []string{`"moved":4`}},
		{Method: "POST", URL: "/categories/c/emptying", Body: `{"into":"into","lead":true}`, Prepare: as(admin), Status: 200, Want: []string{`"moved":0`}},
		{Method: "DELETE", URL: "/categories/c", Prepare: as(admin), Status: 428},
		{Method: "DELETE", URL: "/categories/c", Header: map[string]string{"If-Match": `"1"`}, Prepare: as(author), Status: 403},
		{Method: "DELETE", URL: "/categories/c", Header: map[string]string{"If-Match": `"9"`}, Prepare: as(admin), Status: 412},
		{Method: "DELETE", URL: "/categories/c", Header: map[string]string{"If-Match": `"1"`}, Prepare: as(admin), Status: 204},
		{Method: "DELETE", URL: "/categories/c", Header: map[string]string{"If-Match": `"1"`}, Prepare: as(admin), Status: 404},
		{URL: "/slugs/en/about-hubs", Status: 200, Want: []string{`"article"`}},
		{Method: "PUT", URL: "/categories/nope/settings", Body: `{"audience":[],"labels":{"en":{"title":"N"}}}`, Header: map[string]string{"If-Match": `"1"`}, Prepare: as(admin), Status: 412},
	})
}

// TestMassAssignment sends every field of every struct of the domain, by its Go
// name and as the wire would spell it, along with what is allowed: nothing of
// it arrives.
func TestMassAssignment(t *testing.T) {
	s := newSite(t)
	before := kbtest.Snapshot(t, s.store, kbtest.Names{})
	known := map[string]string{
		"POST /articles":                              " title slug summary body note locale category kind audience products tags related order owner ",
		"PUT /manuscripts/" + s.live.ID:               " category kind audience products tags related order owner ",
		"PUT /manuscripts/" + s.live.ID + "/texts/en": " title slug summary body note ",
		"POST /categories":                            " id parent order audience icon labels source ",
		"PUT /categories/c/settings":                  " parent order audience icon labels source ",
		"POST /articles/" + s.live.ID + "/feedback":   " helpful locale reason comment ",
	}
	tried := 0
	for target, allowed := range known {
		method, url, _ := strings.Cut(target, " ")
		for _, v := range []any{kb.Article{}, kb.Translation{}, kb.Revision{}, kb.Category{}, kb.Feedback{}, kb.Draft{}, kb.Opinion{}, kb.Media{}, profile.Actor{}} {
			for _, f := range reflect.VisibleFields(reflect.TypeOf(v)) {
				for _, name := range []string{f.Name, snake(f.Name)} {
					if strings.Contains(allowed, " "+name+" ") {
						continue
					}
					for _, value := range []string{`"x"`, `7`, `null`, `["x"]`} {
						answer := s.call(admin, method, url, fmt.Sprintf(`{%q:%s}`, name, value), "If-Match", fmt.Sprintf(`"%d"`, s.live.Version))
						require.Equal(t, 422, answer.Code, "%s %s=%s", target, name, value)
						tried++
					}
				}
			}
		}
	}
	require.Equal(t, before, kbtest.Snapshot(t, s.store, kbtest.Names{}))
	t.Logf("%d fields refused", tried)
}

// snake spells a Go name as the wire does.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' && (name[i-1] < 'A' || name[i-1] > 'Z') {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
