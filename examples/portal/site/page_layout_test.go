package site

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile/layout"
)

func TestLayoutIsForThoseWhoArrange(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	_, err := s.arranger.SaveRule(t.Context(), system, layout.Rule{ID: "one", Do: layout.ActionDemote, Ref: "recent"})
	require.NoError(t, err)
	for person, want := range map[string]int{"": 404, "tom": 404, "jonas": 404, "ines": 404, "ruth": 200} {
		for _, path := range []string{"/en/admin/layout", "/en/admin/layout/rules/new", "/en/admin/layout/rules/one", "/en/admin/layout/theme"} {
			require.Equal(t, want, as(person).get(path).Status, "%s by %q", path, person)
		}
		if want == 404 {
			for _, path := range []string{"/en/admin/layout/rules/new", "/en/admin/layout/rules/one", "/en/admin/layout/rules/one/remove", "/en/admin/layout/theme"} {
				require.Equal(t, 404, as(person).post(path, url.Values{"id": {"x"}, "do": {"hide"}, "ref": {"topics"}, "version": {"1"}}).Status)
			}
		}
	}
	require.Equal(t, 404, as("ruth").get("/en/admin/layout/rules/nope").Status)
}

// TestRuleOfTheLayout is made, looked at as those whom it is for and as others,
// changed by two at once, and removed.
func TestRuleOfTheLayout(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ruth")
	form := url.Values{"id": {"partners-saved"}, "do": {"hide"}, "ref": {"main-saved"}, "for.any": {"partner"}, "reason.en": {"For partners"}, "order": {"2"}}
	for range 2 { // the second time is a retry
		saved := c.post("/en/admin/layout/rules/new", form)
		require.Equal(t, 303, saved.Status, saved.Body)
	}
	require.Contains(t, c.get("/en/admin/layout").Body, `href="/en/admin/layout/rules/partners-saved"`)
	const item = "<li>Saved and followed"
	require.Contains(t, c.get("/en/admin/layout?look=1&as=signed-in").Body, item)
	require.NotContains(t, c.get("/en/admin/layout?look=1&as=signed-in&as=partner").Body, item)
	require.NotContains(t, c.get("/en/admin/layout?look=1").Body, item, "anonymous visitors have no such item")

	form.Set("version", "1")
	form.Set("ref", "main-topics")
	require.Equal(t, 303, c.post("/en/admin/layout/rules/partners-saved", form).Status)
	late := c.post("/en/admin/layout/rules/partners-saved", form)
	require.Equal(t, 409, late.Status)
	require.Equal(t, "2", version(t, late.Body))
	form.Del("version")
	form.Set("do", "pin")
	require.Equal(t, 409, c.post("/en/admin/layout/rules/new", form).Status)
	require.Equal(t, 409, c.post("/en/admin/layout/rules/partners-saved/remove", url.Values{"version": {"1"}}).Status)
	require.Equal(t, 303, c.post("/en/admin/layout/rules/partners-saved/remove", url.Values{"version": {"2"}}).Status)
	for fault, wrong := range map[string]url.Values{
		"f-id-fault": {"id": {"Not An ID"}, "do": {"hide"}, "ref": {"topics"}}, "f-do-fault": {"id": {"x"}, "do": {"open"}, "ref": {"topics"}},
		"f-ref-fault": {"id": {"x"}, "do": {"hide"}, "ref": {"<b>"}}, "f-order-fault": {"id": {"x"}, "do": {"hide"}, "ref": {"topics"}, "order": {"soon"}},
		`class="fault">`: {"id": {"x"}, "do": {"hide"}, "ref": {"topics"}, "for.none": {"No Segment"}},
	} {
		a := c.post("/en/admin/layout/rules/new", wrong)
		require.Equal(t, 422, a.Status, fault)
		require.Contains(t, a.Body, fault)
		require.NotContains(t, a.Body, "<b>")
	}
}

func TestThemeIsChecked(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ruth")
	check := func(text string) answer { return c.post("/en/admin/layout/theme", url.Values{"theme": {text}}) }
	good := check(`{"light": {"brand": "#0b5d56"}}`)
	require.Equal(t, 200, good.Status)
	require.Contains(t, good.Body, `fill="#0b5d56"`)
	poor := check(`{"light": {"ink": "#fefefe"}}`)
	require.Equal(t, 422, poor.Status)
	require.Contains(t, poor.Body, "has a contrast of")
	require.Contains(t, poor.Body, "&#34;#fefefe&#34;", "what was typed stays")
	for _, text := range []string{"{", `{"light": {"ink": "red;}"}}`, `{"nope": 1}`, `{}, "menus": [{"name": "x", "items": []}], "x": {}`, `<script>`} {
		bad := check(text)
		require.Equal(t, 422, bad.Status, text)
		require.NotContains(t, bad.Body, "<script>")
	}
	require.Equal(t, 200, check("").Status)
}

func TestLayoutAccessible(t *testing.T) {
	slow(t)
	s := open(t)
	inEveryLook(t, s, "ruth", func(t *testing.T, p *browser.Page, to, check func(string)) {
		to("/admin/layout?look=1&as=signed-in")
		check("layout")
		to("/admin/layout/rules/new")
		check("layout rule")
		require.Equal(t, 422, p.Submit(".sheet button"))
		check("layout rule with errors")
		to("/admin/layout/theme")
		p.Fill("#f-theme", `{"light": {"ink": "#fefefe"}}`)
		require.Equal(t, 422, p.Submit(".sheet button"))
		check("theme with errors")
		p.Fill("#f-theme", `{"light": {"brand": "#0b5d56"}}`)
		require.Equal(t, 200, p.Submit(".sheet button"))
		check("theme")
		require.Empty(t, p.CSPViolations())
	})
}
