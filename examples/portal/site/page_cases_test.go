package site

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/browser"
)

// openAs opens a case as somebody, without a page.
func openAs(t *testing.T, s *Site, person string, d cases.Draft) cases.Case {
	t.Helper()
	by, err := s.people.Actor(t.Context(), person)
	require.NoError(t, err)
	c, err := s.helpdesk.Open(t.Context(), by, d)
	require.NoError(t, err)
	return c
}

var formKeys = regexp.MustCompile(`name="key" value="([^"]+)"`)

// keyOn is the key of the form on a page.
func keyOn(t *testing.T, page string) string {
	t.Helper()
	m := formKeys.FindStringSubmatch(page)
	require.NotNil(t, m)
	return m[1]
}

func TestCasePages(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	tom, jonas := as("tom"), as("jonas")

	t.Run("a case is opened once, and nothing typed is lost", func(t *testing.T) {
		require.Equal(t, 303, as("").get("/en/cases/new").Status)
		kinds := tom.get("/en/cases/new?subject=The+hub+is+silent")
		require.Contains(t, html.UnescapeString(kinds.Body), "kind=problem&subject=The+hub+is+silent")
		form := tom.get("/en/cases/new?kind=problem&subject=The+hub+is+silent")
		require.Contains(t, form.Body, `value="The hub is silent"`)
		require.Contains(t, form.Body, "Only if “Who is affected?” is: Some of us / All of us.")
		require.Contains(t, form.Body, `<option value="t1"`, "what he has")
		sent := url.Values{"kind": {"problem"}, "key": {keyOn(t, form.Body)}, "subject": {"The hub is silent"}, "body": {"**Nothing** since noon <script>alert(1)</script>"}, "fields.workaround": {"By hand"}, "urgency": {"high"}}
		bad := tom.post("/en/cases/new", sent)
		require.Equal(t, 422, bad.Status)
		require.Contains(t, bad.Body, "By hand")
		require.Contains(t, bad.Body, "&lt;script&gt;")
		sent.Set("fields.affects", "all")
		first, second := tom.post("/en/cases/new", sent), tom.post("/en/cases/new", sent)
		require.Equal(t, 303, first.Status)
		require.Equal(t, first.Header.Get("Location"), second.Header.Get("Location"), "sent twice is sent once")
		page := tom.get(first.Header.Get("Location"))
		require.Contains(t, page.Body, "<strong>Nothing</strong>")
		require.NotContains(t, page.Body, "<script>alert")
		require.Contains(t, page.Body, "By hand")
	})

	t.Run("answers are offered, read in place, and close the draft", func(t *testing.T) {
		sent := url.Values{"kind": {"question"}, "key": {"k-answers"}, "subject": {"sensor shows offline"}, "body": {"It was fine yesterday"}, "do": {"look"}}
		offered := tom.post("/en/cases/new", sent)
		require.Equal(t, 200, offered.Status)
		require.Contains(t, offered.Body, "It was fine yesterday")
		token := regexp.MustCompile(`name="read" value="([^"]+)"`).FindStringSubmatch(offered.Body)
		require.NotNil(t, token)
		sent.Del("do")
		sent.Set("read", html.UnescapeString(token[1]))
		read := tom.post("/en/cases/new", sent)
		require.Contains(t, read.Body, `id="answer-`, "its text, with anchors of its own")
		require.Contains(t, read.Body, "It was fine yesterday")
		ref, _, _ := strings.Cut(token[1], "|")
		sent.Del("read")
		sent.Set("solved", ref)
		solved := tom.post("/en/cases/new", sent)
		require.Equal(t, "/en/cases?done=solved", solved.Header.Get("Location"))
		complaint := tom.get("/en/cases/new?kind=complaint")
		require.NotContains(t, complaint.Body, "data-answers", "who complains is not sent away")
		require.Contains(t, tom.get("/en/cases/new/answers?q=sensor+shows+offline").Body, `name="solved"`)
	})

	t.Run("customer and staff talk, and staff among themselves", func(t *testing.T) {
		c := openAs(t, s, "tom", cases.Draft{Kind: "question", Subject: "Which cable", Body: "The long one?", Key: "talk"})
		path, desk := "/en/cases/"+c.Reference, "/en/desk/cases/"+c.Reference
		require.Equal(t, 303, jonas.post(desk+"/say", url.Values{"as": {"note"}, "body": {"He has the old hub"}, "key": {"n1"}}).Status)
		require.Equal(t, 303, jonas.post(desk+"/say", url.Values{"as": {"solution"}, "body": {"The short one"}, "key": {"n2"}}).Status)
		page := tom.get(path)
		require.Contains(t, page.Body, "The short one")
		require.Contains(t, page.Body, "Jonas Vermeer")
		require.NotContains(t, page.Body, "He has the old hub")
		require.NotContains(t, tom.get(path+"/transcript").Body, "He has the old hub")
		require.NotContains(t, jonas.get(path+"/transcript").Body, "He has the old hub", "a transcript is for the customer")
		require.Contains(t, jonas.get(desk).Body, "He has the old hub")
		empty := tom.post(path+"/reject", url.Values{})
		require.Equal(t, 422, empty.Status)
		require.Equal(t, 303, tom.post(path+"/accept", url.Values{}).Status)
		require.Equal(t, 303, tom.post(path+"/accept", url.Values{}).Status, "sent twice")
		require.Contains(t, tom.get(path).Body, "Closed")
		require.Equal(t, 303, tom.post(path+"/reopen", url.Values{"reason": {"It broke"}}).Status)
		require.Contains(t, jonas.get(desk).Body, "It broke")
		require.Equal(t, 404, tom.post(path+"/steal", url.Values{}).Status)
		require.Equal(t, unseen("tom"), tom.get(desk).Status)
		draft := jonas.get("/en/desk/draft?case=" + c.Reference)
		require.Equal(t, 200, draft.Status)
		require.NotContains(t, draft.Body, "He has the old hub")
	})

	t.Run("what changed meanwhile is shown, and nothing typed is lost", func(t *testing.T) {
		c := openAs(t, s, "tom", cases.Draft{Kind: "question", Subject: "Old words", Body: "x", Key: "edit"})
		path := "/en/cases/" + c.Reference + "/edit"
		require.Contains(t, tom.get(path).Body, `value="Old words"`)
		require.Equal(t, 303, jonas.post("/en/desk/cases/"+c.Reference+"/edit", url.Values{"version": {"1"}, "subject": {"Words of Jonas"}, "kind": {"question"}, "tags": {"one, two"}}).Status)
		clash := tom.post(path, url.Values{"version": {"1"}, "subject": {"Words of Tom"}})
		require.Equal(t, 409, clash.Status)
		require.Contains(t, clash.Body, `value="Words of Tom"`)
		require.Contains(t, clash.Body, "Words of Jonas")
		require.NotContains(t, tom.get("/en/cases/"+c.Reference).Body, "two", "tags are of staff")
	})

	t.Run("others see nothing", func(t *testing.T) {
		c := openAs(t, s, "tom", cases.Draft{Kind: "question", Subject: "zqownzq", Body: "zqbodyzq", Private: true, Key: "private"})
		for _, person := range []string{"priya", "mateo", "sverre", "ines"} {
			for _, path := range []string{"/en/cases/" + c.Reference, "/en/cases/" + c.Reference + "/edit", "/en/cases/" + c.Reference + "/transcript", "/en/desk/cases/" + c.Reference} {
				a := as(person).get(path)
				require.Equal(t, 404, a.Status, "%s %s", person, path)
				require.NotContains(t, a.All(), "zqownzq")
			}
			for _, list := range []string{"/en/cases?view=organisation", "/en/cases?view=following", "/en/cases", "/en/cases?reference=" + c.Reference} {
				require.NotContains(t, as(person).get(list).Body, "zqownzq", "%s %s", person, list)
			}
		}
		require.NotContains(t, as("ines").get("/en/desk").Body, "/desk/cases")
	})

	t.Run("people follow", func(t *testing.T) {
		c := openAs(t, s, "tom", cases.Draft{Kind: "question", Subject: "For Owen too", Body: "x", Key: "follow"})
		path := "/en/cases/" + c.Reference
		require.Equal(t, 303, tom.post(path+"/follow", url.Values{"person": {"owen.pryce@aldergate.example.com"}}).Status)
		require.Contains(t, as("owen").get("/en/cases?view=following").Body, "For Owen too")
		outside := tom.post(path+"/follow", url.Values{"person": {"lucia.ferrer@brisa.example.com"}})
		nobody := tom.post(path+"/follow", url.Values{"person": {"nobody@brisa.example.com"}})
		require.Equal(t, 422, outside.Status)
		require.Equal(t, 422, nobody.Status)
		require.Equal(t, 303, as("owen").post(path+"/unfollow", url.Values{"person": {"owen"}}).Status)
		require.Equal(t, 404, as("owen").get(path).Status)
	})

	t.Run("the desk", func(t *testing.T) {
		c := openAs(t, s, "sverre", cases.Draft{Kind: "request", Subject: "Spare caps", Body: "x", Key: "desk"})
		desk := "/en/desk/cases/" + c.Reference
		require.Contains(t, jonas.get("/en/desk/cases?view=unassigned").Body, "Spare caps")
		require.Equal(t, 303, jonas.post(desk+"/assign", url.Values{"assignee": {"jonas"}}).Status)
		require.Contains(t, jonas.get("/en/desk/cases").Body, "Spare caps")
		require.NotContains(t, jonas.get("/en/desk/cases?view=unassigned").Body, "Spare caps")
		require.NotContains(t, as("sverre").get("/en/cases/"+c.Reference).Body, "jonas")
		require.Equal(t, 303, jonas.post(desk+"/move", url.Values{"status": {"waiting"}, "reason": {"Which size?"}}).Status)
		require.Contains(t, as("sverre").get("/en/cases/"+c.Reference).Body, "Waiting for you")
		found := jonas.get(desk + "?find=sensor+shows+offline")
		ref := regexp.MustCompile(`name="reference" value="([^"]+)"`).FindStringSubmatch(found.Body)
		require.NotNil(t, ref)
		require.Equal(t, 303, jonas.post(desk+"/link", url.Values{"reference": {ref[1]}}).Status)
		require.Contains(t, as("sverre").get("/en/cases/"+c.Reference).Body, "/articles/")
		form := jonas.get("/en/desk/cases/new?kind=question&person=mateo")
		require.Contains(t, form.Body, "Mateo Ríos")
		made := jonas.post("/en/desk/cases/new", url.Values{"kind": {"question"}, "requester": {"mateo"}, "channel": {"phone"}, "subject": {"By telephone"}, "body": {"x"}, "key": {keyOn(t, form.Body)}})
		require.Equal(t, 303, made.Status)
		require.Contains(t, as("mateo").get("/en/cases").Body, "By telephone")
		require.Contains(t, jonas.get("/en/desk").Body, "/desk/cases?view=")
		require.Equal(t, unseen("ines"), as("ines").get("/en/desk/cases").Status)
		require.Equal(t, refusal("tom"), as("tom").post(desk+"/assign", url.Values{"assignee": {"tom"}}).Status)
	})
}

// TestCasesAreForThoseWhoMay looks everywhere for words of cases: those of others,
// those that are private, and what is said and noted among staff.
func TestCasesAreForThoseWhoMay(t *testing.T) {
	s := open(t, behindProxy)
	as := serve(t, s)
	jonas, err := s.people.Actor(t.Context(), "jonas")
	require.NoError(t, err)
	var refs []cases.Case
	for _, one := range []struct {
		person, word string
		private      bool
	}{{"tom", "zqteamzq", false}, {"tom", "zqprivatezq", true}, {"sverre", "zqelsewherezq", false}} {
		c := openAs(t, s, one.person, cases.Draft{Kind: "question", Subject: "About " + one.word, Body: one.word, Private: one.private, Key: one.word})
		_, err := s.helpdesk.Assign(t.Context(), jonas, c.ID, "jonas")
		require.NoError(t, err)
		_, err = s.helpdesk.Say(t.Context(), jonas, c.ID, cases.Message{Body: "zqnotezq", Internal: true})
		require.NoError(t, err)
		_, err = s.helpdesk.Edit(t.Context(), jonas, c.ID, cases.Edit{Version: c.Version + 2, Tags: &[]string{"zqtagzq"}})
		require.NoError(t, err)
		refs = append(refs, c)
	}
	_, err = s.notifier.Drain(t.Context())
	require.NoError(t, err)
	require.NoError(t, s.engine.Refresh(t.Context()))
	sees := map[string][]string{
		"tom": {"zqteamzq", "zqprivatezq"}, "priya": {"zqteamzq"}, "owen": nil, "sverre": {"zqelsewherezq"}, "mateo": nil, "ines": nil,
		"jonas": {"zqteamzq", "zqprivatezq", "zqelsewherezq", "zqnotezq", "zqtagzq"},
	}
	words := sees["jonas"]
	paths := []string{
		"/", "/cases", "/cases?view=following", "/cases?view=organisation", "/account/notices", "/desk", "/desk/cases?view=open", "/desk/cases?tag=zqtag", "/search?q=about",
		"/search/suggestions?q=about", "/api/v1/cases?limit=200", "/api/v1/me/notices", "/api/v1/search?q=about",
	}
	for _, word := range words {
		paths = append(paths, "/search?q="+word, "/search/suggestions?q="+word[:6], "/api/v1/search?q="+word, "/api/v1/cases?tag="+word, "/desk/cases?view=open&tag="+word)
	}
	for _, c := range refs {
		for _, at := range []string{"/cases/" + c.Reference, "/desk/cases/" + c.Reference} {
			paths = append(paths, at, at+"/edit")
		}
		paths = append(paths, "/cases?reference="+c.Reference, "/search?q="+c.Reference, "/cases/"+c.Reference+"/transcript", "/desk/draft?case="+c.Reference, "/api/v1/cases/"+c.ID, "/api/v1/cases/"+c.Reference+"/entries")
	}
	for person, allowed := range sees {
		found := map[string]bool{}
		for _, path := range paths {
			text := as(person).from(path).All()
			for _, word := range words {
				seen := reveals(text, path, word)
				found[word] = found[word] || seen
				require.False(t, seen && !slices.Contains(allowed, word), "%s sees %s at %s", person, word, path)
			}
		}
		for _, word := range allowed {
			require.True(t, found[word], "%s sees %s nowhere", person, word)
		}
	}
}

// TestCasesInABrowser looks at the pages, narrow and dark, and right to left, and
// sees that a script asks and offers what the page without it does.
func TestCasesInABrowser(t *testing.T) {
	slow(t)
	s := open(t)
	c := openAs(t, s, "layla", cases.Draft{Kind: "problem", Subject: "Which is it", Body: "x", Fields: map[string][]string{"affects": {"me"}}, Key: "browser"})
	base := serve(t, s)("").server.URL
	for person, paths := range map[string][]string{
		"layla": {"/ar/cases", "/ar/cases/new?kind=problem", "/ar/cases/" + c.Reference}, "jonas": {"/en/desk/cases?view=open", "/en/desk/cases/" + c.Reference + "?find=hub"},
	} {
		p := browser.Open(t, &browser.Options{Width: 390, Dark: true, ReducedMotion: true})
		p.Go(base + "/demo")
		p.Submit(`form:has([value="` + person + `"]) button`)
		for _, path := range paths {
			p.Go(base + path)
			fits(t, p, path)
			require.Empty(t, p.Axe(), path)
		}
		require.Empty(t, p.ThirdParty())
		require.Empty(t, p.CSPViolations())
	}
	p := browser.Open(t, still(1280))
	p.Go(base + "/demo")
	p.Submit(`form:has([value="tom"]) button`)
	p.Go(base + "/en/cases/new?kind=problem")
	p.WaitGone(`[data-when]`)
	p.Eval(`(e => { e.value = "all"; e.dispatchEvent(new Event("change", {bubbles: true})); })(document.querySelector("[name='fields.affects']"))`, nil)
	p.WaitVisible(`[data-when]`)
	p.Eval(`(e => { e.value = "sensor shows offline"; e.dispatchEvent(new Event("change", {bubbles: true})); })(document.querySelector("[name=subject]"))`, nil)
	p.WaitVisible(`.case-answer`)
	require.Empty(t, p.Axe())
	fits(t, p, "answers")
}
