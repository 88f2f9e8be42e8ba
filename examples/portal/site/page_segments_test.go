package site

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
)

// TestAdministrationIsForThoseWhoMay: to everybody else the pages do not exist.
func TestAdministrationIsForThoseWhoMay(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	for person, sees := range map[string][]bool{ // index, list, builder
		"": {false, false, false}, "tom": {false, false, false}, "priya": {false, false, false},
		"jonas": {true, true, false}, "ines": {true, true, false}, "ruth": {true, true, true},
	} {
		c := as(person)
		for i, path := range []string{"/en/admin", "/en/admin/segments", "/en/admin/segments/new"} {
			want := map[bool]int{true: 200, false: 404}[sees[i]]
			require.Equal(t, want, c.get(path).Status, "%s by %q", path, person)
		}
		for _, path := range []string{"/en/admin/segments/partner", "/en/admin/segments/partner/remove"} {
			require.Equal(t, map[bool]int{true: 200, false: 404}[sees[2]], c.get(path).Status, "%s by %q", path, person)
			if !sees[2] {
				require.Equal(t, 404, c.post(path, url.Values{"version": {"1"}, "title": {"X"}, "rule": {`{"fact":"id","op":"known"}`}}).Status)
			}
		}
		require.Equal(t, sees[0], strings.Contains(c.get("/en/").Body, `href="/en/admin"`), person)
	}
	list, err := s.people.Segments(t.Context(), system)
	require.NoError(t, err)
	require.Len(t, list, len(demoSegments))
	require.Equal(t, 1, list[0].Version)
	require.NotContains(t, as("ines").get("/en/admin/segments").Body, "/admin/segments/partner")
	require.NotContains(t, as("ines").get("/en/admin").Body, "/admin/people", "an author does not see the directory")
}

// rows returns a form with conditions in a group: fact, op, values.
func rows(form url.Values, group string, conditions ...[]string) url.Values {
	form.Set(group+".match", "all")
	for i, c := range conditions {
		at := group + ".c" + string(rune('0'+i))
		form.Set(at+".fact", c[0])
		form.Set(at+".op", c[1])
		form[at+".values"] = c[2:]
	}
	return form
}

// TestSegmentIsBuilt adds and takes away conditions, sees whom they describe,
// and keeps them.
func TestSegmentIsBuilt(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ruth")
	form := url.Values{"title": {"Alpine"}, "name": {"alpine"}, "do": {"add 0"}, "g0.match": {"all"}, "g0.new": {"plan"}}
	page := c.post("/en/admin/segments/new", form)
	require.Equal(t, 200, page.Status)
	require.Contains(t, page.Body, `name="g0.c0.fact" value="plan"`)
	require.Contains(t, page.Body, `value="Alpine"`, "what was typed stays")

	form = rows(form, "g0", []string{"plan", "in", "regulated\n  \nregulated\nstandard"}, []string{"role", "not_in", "agent", "admin"})
	form.Set("do", "group")
	page = c.post("/en/admin/segments/new", form)
	require.Contains(t, page.Body, `name="g1.match"`)
	require.Contains(t, page.Body, `value="agent" checked`)
	form.Set("do", "drop 0 0")
	require.NotContains(t, c.post("/en/admin/segments/new", form).Body, `name="g0.c1.fact"`)

	form.Set("g1.match", "any") // a group that says nothing
	form.Set("do", "try")
	tried := c.post("/en/admin/segments/new", form)
	require.Equal(t, 200, tried.Status)
	for _, text := range []string{"Would gain access", "Would lose access", `href="/en/admin/people/`, "decides who sees what"} {
		require.Contains(t, tried.Body, text)
	}
	list, err := s.people.Segments(t.Context(), system)
	require.NoError(t, err)
	require.Len(t, list, len(demoSegments), "nothing is kept")

	form.Set("do", "save")
	for range 2 { // the second time is a retry
		saved := c.post("/en/admin/segments/new", form)
		require.Equal(t, 303, saved.Status, saved.Body)
		require.Equal(t, "/en/admin/segments?done=saved", saved.Header.Get("Location"))
	}
	list, err = s.people.Segments(t.Context(), system)
	require.NoError(t, err)
	require.Len(t, list, len(demoSegments)+1)
	require.Equal(t, profile.Rule{All: []profile.Rule{
		{Fact: "plan", Op: "in", Values: []string{"regulated", "standard"}}, {Fact: "role", Op: "not_in", Values: []string{"agent", "admin"}},
	}}, list[0].Rule)
	shown := c.get("/en/admin/segments?done=saved").Body
	for _, text := range []string{"Plan of the organisation: regulated or standard and Role: anything but Agent or Administrator", "Not used by content", "The changes have been saved."} {
		require.Contains(t, shown, text)
	}

	form.Set("title", "Another alpine")
	taken := c.post("/en/admin/segments/new", form)
	require.Equal(t, 409, taken.Status)
	require.Contains(t, taken.Body, "already in use")
}

// TestSegmentRefuses: what is wrong is said where it is, and nothing is lost.
func TestSegmentRefuses(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ruth")
	for name, tt := range map[string]struct {
		form url.Values
		want []string
	}{
		"nothing":     {url.Values{}, []string{"f-title-fault", "f-name-fault", "Please add a rule"}},
		"no values":   {rows(url.Values{"title": {"T"}, "name": {"t"}}, "g0", []string{"plan", "in", ""}), []string{`id="f-g0-c0-values-fault"`}},
		"a bad value": {rows(url.Values{"title": {"T"}, "name": {"t"}}, "g0", []string{"plan", "in", "x"}, []string{"person.since", "at_least", "tall"}), []string{`id="f-g0-c1-values-fault"`, ">\ntall</textarea>"}},
		"an operator": {rows(url.Values{"title": {"T"}, "name": {"t"}}, "g0", []string{"plan", "resembles", "x"}), []string{`id="f-g0-c0-op-fault"`}},
		"a fact":      {rows(url.Values{"title": {"T"}, "name": {"t"}}, "g0", []string{"<script>", "in", "x"}), []string{`&lt;script&gt;`, `id="f-g0-c0-op-fault"`}},
		"a name":      {rows(url.Values{"title": {"T"}, "name": {"Not A Name"}}, "g0", []string{"plan", "in", "x"}), []string{"f-name-fault", `value="Not A Name"`}},
		"reserved":    {rows(url.Values{"title": {"T"}, "name": {"staff"}}, "g0", []string{"plan", "in", "x"}), []string{"f-name-fault"}},
		"text":        {url.Values{"title": {"T"}, "name": {"t"}, "rule": {`{"fact":"plan"} {}`}}, []string{"does not have the right form"}},
		"odd text":    {url.Values{"title": {"T"}, "name": {"t"}, "rule": {`{"fact":"plan","no":1}`}}, []string{"does not have the right form", "&#34;no&#34;"}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, do := range []string{"save", ""} {
				tt.form.Set("do", do)
				a := c.post("/en/admin/segments/new", tt.form)
				require.Equal(t, 422, a.Status)
				for _, want := range tt.want {
					require.Contains(t, a.Body, want)
				}
				require.NotContains(t, a.Body, "<script>")
			}
		})
	}
	for _, do := range []string{"drop 9 9", "drop 0 -1", "add -1", "ungroup x", "add"} {
		form := rows(url.Values{"do": {do}}, "g0", []string{"plan", "in", "x"})
		require.Less(t, c.post("/en/admin/segments/new", form).Status, 500, do)
	}
	list, err := s.people.Segments(t.Context(), system)
	require.NoError(t, err)
	require.Len(t, list, len(demoSegments))
}

// TestTwoEditASegment: the second hears of the first, and decides.
func TestTwoEditASegment(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ruth")
	form := rows(url.Values{"version": {"1"}, "title": {"Partners"}}, "g0", []string{"role", "in", "partner", "manager"})
	require.Equal(t, 303, c.post("/en/admin/segments/partner", form).Status)
	form.Set("title", "Late")
	form["g0.c0.values"] = []string{"partner"}
	late := c.post("/en/admin/segments/partner", form)
	require.Equal(t, 409, late.Status)
	for _, text := range []string{"changed this at the same time", `value="Late"`, "As it is saved now: Role: Partner or Manager", `name="version" value="2"`} {
		require.Contains(t, late.Body, text)
	}
	form.Set("version", version(t, late.Body))
	form.Set("do", "try")
	require.Contains(t, c.post("/en/admin/segments/partner", form).Body, "Would lose access")
	form.Set("do", "save")
	require.Equal(t, 303, c.post("/en/admin/segments/partner", form).Status)
	form.Del("version")
	require.Equal(t, 409, c.post("/en/admin/segments/partner", form).Status, "without a version nothing is changed, or added")
	require.Equal(t, 404, c.post("/en/admin/segments/nowhere", form).Status)
}

// TestSegmentRemoval: what content names stays.
func TestSegmentRemoval(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ruth")
	page := c.get("/en/admin/segments/partner/remove")
	require.Contains(t, page.Body, "Change that content first")
	require.NotContains(t, page.Body, "<button class=\"button\" type=\"submit\">Remove")
	require.Equal(t, 409, c.post("/en/admin/segments/partner/remove", url.Values{"version": {"1"}}).Status)
	_, err := s.people.SaveSegment(t.Context(), system, profile.Segment{Name: "idle", Title: "Idle", Rule: profile.Rule{Fact: "language", Op: "in", Values: []string{"de"}}})
	require.NoError(t, err)
	page = c.get("/en/admin/segments/idle/remove")
	require.Contains(t, page.Body, "This cannot be undone.")
	require.Equal(t, 409, c.post("/en/admin/segments/idle/remove", url.Values{"version": {"7"}}).Status)
	require.Equal(t, 303, c.post("/en/admin/segments/idle/remove", url.Values{"version": {"1"}}).Status)
	require.Equal(t, 404, c.post("/en/admin/segments/idle/remove", url.Values{"version": {"1"}}).Status)
}

// TestDeepRules: what the builder cannot show is shown as text, and kept.
func TestDeepRules(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ruth")
	known := profile.Rule{Fact: "id", Op: "known"}
	deep := profile.Rule{All: []profile.Rule{{Any: []profile.Rule{{All: []profile.Rule{known}}}}}}
	_, err := s.people.SaveSegment(t.Context(), system, profile.Segment{Name: "deep", Title: "Deep", Rule: deep})
	require.NoError(t, err)
	page := c.get("/en/admin/segments/deep")
	require.Contains(t, page.Body, "&#34;fact&#34;: &#34;id&#34;")
	text, err := formOfRule(deep).rule()
	require.NoError(t, err)
	require.Equal(t, deep, text)
	form := url.Values{"version": {"1"}, "title": {"Deeper"}, "rule": {`{"any":[{"all":[{"any":[{"fact":"id","op":"known"}]}]}]}`}}
	require.Equal(t, 303, c.post("/en/admin/segments/deep", form).Status)
	for _, r := range []profile.Rule{
		known, {All: []profile.Rule{known}}, {Any: []profile.Rule{known, known}},
		{Any: []profile.Rule{{All: []profile.Rule{known}}, {Any: []profile.Rule{known, known}}}},
	} {
		back, err := formOfRule(r).rule()
		require.NoError(t, err)
		facts := map[string][]string{"id": {"ann"}}
		want, err := r.Compile()
		require.NoError(t, err)
		got, err := back.Compile()
		require.NoError(t, err)
		require.Equal(t, want(facts), got(facts))
		require.Equal(t, want(nil), got(nil))
	}
}

func TestSegmentsAccessible(t *testing.T) {
	slow(t)
	s := open(t)
	inEveryLook(t, s, "ruth", func(t *testing.T, p *browser.Page, to, check func(string)) {
		to("/admin")
		check("admin")
		to("/admin/segments")
		check("segments")
		to("/admin/segments/new")
		check("new segment")
		p.Eval(`document.querySelector("[name='g0.new']").value = "role"`, nil)
		require.Equal(t, 200, p.Submit(`button[value="add 0"]`))
		p.Eval(`document.querySelector("[name='g0.new']").value = "plan"`, nil)
		require.Equal(t, 200, p.Submit(`button[value="add 0"]`))
		require.Equal(t, 200, p.Submit(`button[value="group"]`))
		// The page may still glide to the group, so that a click would miss.
		p.Eval(`document.querySelector('[name="g0.c0.values"][value="customer"]').checked = true`, nil)
		p.Fill(`[name="g0.c1.values"]`, "regulated")
		require.Equal(t, 200, p.Submit(`button[value="try"].button`))
		check("segment tried")
		require.Equal(t, 422, p.Submit(`button[value="save"]`))
		check("segment with errors")
		to("/admin/segments/partner/remove")
		check("segment removal")
		require.Empty(t, p.CSPViolations())
	})
}
