package site

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/retention"
)

// askFor adds questions of every kind to the account page.
func askFor(t *testing.T, s *Site) {
	t.Helper()
	en := func(text string) map[string]string { return map[string]string{"en": text, "de": text + " (de)"} }
	for i, f := range []profile.Field{
		{Name: "phone", Label: en("Telephone"), Hint: en("We call when a shipment is stuck."), Type: profile.FieldPhone, Required: true, Edit: profile.FieldBySelf},
		{Name: "size", Label: en("Shirt size"), Type: profile.FieldChoice, Choices: []profile.Choice{{Value: "s", Label: en("Small")}, {Value: "m"}}, Edit: profile.FieldBySelf},
		{Name: "terms", Label: en("Newsletter"), Type: profile.FieldYes, Edit: profile.FieldBySelf},
		{Name: "badges", Label: en("Badges"), Many: 3, Edit: profile.FieldBySelf},
		{Name: "tier", Label: en("Service tier"), Edit: profile.FieldByStaff},
		{Name: "risk", Label: en("Risk"), Edit: profile.FieldHidden},
	} {
		f.Order = i
		_, err := s.people.SaveField(t.Context(), system, f)
		require.NoError(t, err)
	}
	tom, err := s.people.Person(t.Context(), system, "tom")
	require.NoError(t, err)
	if tom.Attributes == nil {
		tom.Attributes = map[string][]string{}
	}
	tom.Attributes["phone"], tom.Attributes["tier"], tom.Attributes["risk"] = []string{"+49301234567"}, []string{"golden"}, []string{"canary-risk"}
	_, err = s.people.SavePerson(t.Context(), system, tom)
	require.NoError(t, err)
}

func TestAccount(t *testing.T) {
	s := open(t)
	askFor(t, s)
	as := serve(t, s)
	away := as("").get("/en/account")
	require.Equal(t, 303, away.Status)
	require.Equal(t, "/en/demo?return_to=%2Fen%2Faccount", away.Header.Get("Location"))

	c := as("tom")
	page := c.get("/de/account")
	require.Equal(t, 200, page.Status)
	require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
	for _, text := range []string{"Telephone (de)", "&#43;49301234567", "golden", "Shirt size (de)"} {
		require.Contains(t, page.Body, text)
	}
	require.NotContains(t, page.Body, "canary-risk")
	form := url.Values{
		"version": {version(t, page.Body)}, "name": {"Tomás Neu"}, "locale": {"es"}, "zone": {"Europe/Madrid"},
		"attributes.phone": {"+34 91 123 4567"}, "attributes.size": {"m"}, "attributes.terms": {"yes"}, "attributes.badges": {"a, b"},
		"attributes.tier": {"platinum"}, "attributes.risk": {"none"},
	}
	saved := c.post("/de/account", form)
	require.Equal(t, 303, saved.Status, saved.Body)
	require.Equal(t, "/account?saved=1", saved.Header.Get("Location"))
	tom, err := s.people.Person(t.Context(), system, "tom")
	require.NoError(t, err)
	require.Equal(t, []string{"Tomás Neu", "es", "Europe/Madrid"}, []string{tom.Name, tom.Locale, tom.Zone})
	for name, want := range map[string]string{"phone": "+34911234567", "size": "m", "terms": "yes", "badges": "a b", "tier": "golden", "risk": "canary-risk"} {
		require.Equal(t, want, strings.Join(tom.Attributes[name], " "), "%s: what is not theirs is not changed", name)
	}
	require.Contains(t, c.get("/account?saved=1").Body, "Se han guardado los cambios.")

	// Nothing that was typed is lost.
	form.Set("version", "99")
	require.Equal(t, 409, c.post("/en/account", form).Status)
	form.Set("version", version(t, c.get("/en/account").Body))
	form.Set("name", "")
	form.Set("zone", "Europe/Atlantis")
	form.Set("attributes.phone", "12")
	form.Set("attributes.size", "xxl")
	wrong := c.post("/en/account", form)
	require.Equal(t, 422, wrong.Status)
	for _, text := range []string{"Europe/Atlantis", `value="12"`, "telephone number with its country code", "f-attributes-phone-fault", "f-zone-fault", "f-attributes-size-fault", "f-name-fault"} {
		require.Contains(t, wrong.Body, text)
	}
	require.Equal(t, 404, as("").get("/en/account/nowhere").Status)
}

// version returns the version that a form was made from.
func version(t *testing.T, body string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `name="version" value="`)
	require.True(t, ok)
	v, _, _ := strings.Cut(rest, `"`)
	return v
}

// TestRefusedInTheAPI: whoever signs in no more is told so as an API tells it,
// in their language.
func TestRefusedInTheAPI(t *testing.T) {
	c := serve(t, open(t))("nobody-anybody-knows")
	a := c.get("/api/v1/me", "Accept-Language", "de", "Accept", "*/*")
	require.Equal(t, 401, a.Status)
	require.Equal(t, "Bearer", a.Header.Get("WWW-Authenticate"))
	require.Equal(t, "application/problem+json", a.Header.Get("Content-Type"))
	require.Contains(t, a.Body, "nicht mehr angemeldet")
	page := c.get("/en/", "Accept", "*/*")
	require.Equal(t, 403, page.Status)
	require.Contains(t, page.Header.Get("Content-Type"), "text/html")
}

func TestSessionPages(t *testing.T) {
	s := open(t)
	c := serve(t, s)("")
	_, here := signIn(t, c, "tom", "User-Agent", "Mozilla/5.0 (X11; Linux) Here")
	_, phone := signIn(t, c, "tom", "User-Agent", "Mozilla/5.0 (iPhone; Mobile) There")
	_, lost := signIn(t, c, "tom", "User-Agent", "Lost <b>")
	_, priya := signIn(t, c, "priya")
	page := c.get("/en/account/sessions", "Cookie", here)
	require.Equal(t, 200, page.Status)
	for _, text := range []string{"Computer", "Phone", "Lost &lt;b&gt;", "This browser"} {
		require.Contains(t, page.Body, text)
	}
	require.Equal(t, 2, strings.Count(page.Body, `name="session"`), "not of the browser itself")
	for locale, what := range map[string]string{"en": "Private feeds end as well", "de": "Auch private Feeds enden", "es": "También terminan los canales privados", "ja": "非公開フィードも無効", "ar": "تنتهي أيضًا الخلاصات الخاصة"} {
		require.Contains(t, c.get("/"+locale+"/account/sessions", "Cookie", here).Body, what)
	}
	all, err := s.sessions.List(t.Context(), profile.Actor{ID: "tom"}, "tom")
	require.NoError(t, err)
	others, err := s.sessions.List(t.Context(), profile.Actor{ID: "priya"}, "priya")
	require.NoError(t, err)
	me := func(session string) int { return c.get("/api/v1/me", "Cookie", session).Status }

	a := c.post("/en/account/sessions/end", url.Values{"session": {others[0].ID}}, "Cookie", here)
	require.Equal(t, 303, a.Status)
	require.Equal(t, 200, me(priya), "nobody ends somebody else's")
	c.post("/en/account/sessions/end", url.Values{"session": {all[0].ID}}, "Cookie", here)
	require.Equal(t, []int{200, 200, 401}, []int{me(here), me(phone), me(lost)})
	c.post("/en/account/sessions/end", url.Values{}, "Cookie", here)
	require.Equal(t, []int{200, 401, 200}, []int{me(here), me(phone), me(priya)})
}

// TestViewingPages: whoever looks at the portal as somebody else sees that on
// every page, changes nothing and gets back.
func TestViewingPages(t *testing.T) {
	s := open(t)
	c := serve(t, s)("")
	_, session := signIn(t, c, "ruth")
	r := httptest.NewRequest("GET", "/en/", nil)
	r.Header.Set("Cookie", session)
	by, err := s.sessions.Authenticate(r)
	require.NoError(t, err)
	require.NoError(t, s.sessions.View(r, by, "tom"))
	page := c.get("/en/", "Cookie", session)
	require.Contains(t, page.Body, "You see the portal as")
	require.Contains(t, page.Body, `action="/en/account/view/end"`)
	require.Equal(t, 403, c.post("/en/account", url.Values{"name": {"X"}}, "Cookie", session).Status)
	require.Equal(t, 303, c.post("/en/account/view/end", url.Values{}, "Cookie", session).Status)
	require.NotContains(t, c.get("/en/", "Cookie", session).Body, "You see the portal as")
}

func TestPreferencesPage(t *testing.T) {
	s := open(t)
	c := serve(t, s)("tom")
	page := c.get("/en/account/preferences")
	require.Equal(t, 200, page.Status)
	require.NotContains(t, page.Body, "data-theme")
	form := url.Values{
		"version": {version(t, page.Body)}, "theme": {"dark"}, "contrast": {"more"}, "motion": {"less"}, "text_size": {"125"},
		"quiet.from": {"22:00"}, "quiet.to": {"07:00"}, "unnoted": {"yes"}, "clock": {"h23"}, "dates": {"ymd"}, "numbers": {"comma"},
	}
	require.Regexp(t, `\d:\d\d\x{a0}[AP]M`, c.get("/en/courses/temperature-mapping-in-a-day").Body)
	require.Equal(t, 303, c.post("/en/account/preferences", form).Status)
	require.NotRegexp(t, `\d:\d\d\x{a0}[AP]M`, c.get("/en/courses/temperature-mapping-in-a-day").Body)
	for _, path := range []string{"/en/", "/de/search?q=hub", "/nowhere"} {
		require.Contains(t, c.get(path).Body, ` data-contrast="more" data-motion="less" data-text-size="125" data-theme="dark">`, path)
	}
	require.NotContains(t, serve(t, s)("priya").get("/en/").Body, "data-theme", "it is one's own")
	again := c.get("/en/account/preferences?saved=1").Body
	for _, text := range []string{`value="dark" selected`, `value="125" selected`, `value="ymd" selected`, `value="comma" selected`, `value="22:00"`, "checked", "Your changes have been saved."} {
		require.Contains(t, again, text)
	}
	require.Equal(t, 409, c.post("/en/account/preferences", form).Status, "the form is older than what is kept")
	form.Set("version", version(t, again))
	form.Set("quiet.from", "25:00")
	form.Set("theme", "purple")
	wrong := c.post("/en/account/preferences", form)
	require.Equal(t, 422, wrong.Status)
	require.Contains(t, wrong.Body, `value="25:00"`)
	require.Contains(t, wrong.Body, "f-quiet-from-fault")
	require.Contains(t, wrong.Body, "f-theme-fault")
}

func TestSavedPage(t *testing.T) {
	s := running(t)
	as := serve(t, s)
	c := as("tom")
	const path = "/en/articles/sensor-shows-offline"
	require.NotContains(t, as("").get(path).Body, "/keep", "who has no list is not asked")
	article := c.get(path)
	require.Contains(t, article.Body, `action="`+path+`/keep"`)
	for _, list := range []string{"favourites", "follows"} {
		require.Equal(t, 303, c.post(path+"/keep", url.Values{"list": {list}}).Status)
	}
	require.Contains(t, c.get(path).Body, "Saved – remove")
	until(t, "what was looked at is noted", func() bool { return strings.Count(c.get("/en/account/saved").Body, `href="`+path+`"`) == 3 })
	require.NotContains(t, as("priya").get("/en/account/saved").Body, path)
	require.Contains(t, c.get("/de/account/saved").Body, "/de/articles/")
	require.Equal(t, 303, c.post(path+"/keep?off=1", url.Values{"list": {"favourites"}}).Status)
	require.Equal(t, 2, strings.Count(c.get("/en/account/saved").Body, `href="`+path+`"`))
	require.Equal(t, 422, c.post(path+"/keep", url.Values{"list": {"viewed"}}).Status)
	require.Equal(t, 404, c.post("/en/articles/nowhere/keep", url.Values{"list": {"follows"}}).Status)

	d := draft("A quagga handbook", profile.NewAudience(profile.SegmentStaff), anyCategory(t, s))
	write(t, s, d)
	hidden, missing := c.post("/en/articles/a-quagga-handbook/keep", url.Values{"list": {"follows"}}), c.post("/en/articles/b-quagga-handbook/keep", url.Values{"list": {"follows"}})
	require.Equal(t, 404, hidden.Status)
	require.Equal(t, missing.Body, strings.ReplaceAll(hidden.Body, "a-quagga-handbook", "b-quagga-handbook"))
	require.Equal(t, 303, as("").post(path+"/keep", url.Values{"list": {"follows"}}).Status, "who has not signed in is asked to")
}

// TestAccountAccessible looks at the account's pages, with and without errors.
func TestAccountAccessible(t *testing.T) {
	slow(t)
	s := open(t)
	askFor(t, s)
	_, err := s.holds.Place(t.Context(), system, retention.HoldDraft{Person: "tom", Ground: retention.GroundClaims, Reason: "A claim", Key: "k"})
	require.NoError(t, err)
	tom := serve(t, s)("")
	_, cookie := signIn(t, tom, "tom")
	confirmed := tom.post("/en/account/confirm", nil, "Cookie", cookie)
	cookie, _, _ = strings.Cut(confirmed.Header.Get("Set-Cookie"), ";")
	refused := tom.post("/en/account/privacy/delete", url.Values{"name": {"Tom Whitlock"}}, "Cookie", cookie)
	require.Equal(t, "/en/account/privacy#erasures", refused.Header.Get("Location"))
	inEveryLook(t, s, "tom", func(t *testing.T, p *browser.Page, to, check func(string)) {
		to("/account")
		check("account")
		p.Fill("#f-attributes-phone", "12")
		require.Equal(t, 422, p.Submit(".sheet button"))
		check("account with errors")
		to("/account/preferences")
		check("preferences")
		to("/articles/sensor-shows-offline")
		p.Submit(`.keeping button[value="follows"]`)
		check("article that is followed")
		to("/account/saved")
		check("saved")
		to("/account/sessions")
		check("sessions")
		to("/account/privacy#erasures")
		p.WaitVisible("#erasures")
		check("privacy with a refusal")
		require.Empty(t, p.CSPViolations())
	})
}
