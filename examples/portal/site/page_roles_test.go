package site

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
)

// typedForm returns what a form about a role of staff says.
func typedForm(key string, may ...string) url.Values {
	form := url.Values{"kind": {"staff"}, "key": {key}, "name.en": {"Shift <lead>"}, "name.de": {"Schichtleitung"}, "about.en": {"Leads a shift."}}
	for _, p := range may {
		form.Set("may."+p, "yes")
	}
	return form
}

func makeRole(t *testing.T, s *Site, r profile.CustomRole) {
	t.Helper()
	r.Name = map[string]string{"en": "Role " + string(r.Key)}
	_, err := s.people.SaveRole(t.Context(), system, r)
	require.NoError(t, err)
}

func giveRole(t *testing.T, s *Site, person string, role profile.Role) {
	t.Helper()
	p, err := s.people.Person(t.Context(), system, person)
	require.NoError(t, err)
	p.Roles = append(p.Roles, role)
	_, err = s.people.SavePerson(t.Context(), system, p)
	require.NoError(t, err)
}

// TestRoles makes a role, gives it, changes what it permits and removes it, as
// people with and without rights see it.
func TestRoles(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	ruth := surely(t, s, "ruth")

	t.Run("are for those who see the directory", func(t *testing.T) {
		for person, want := range map[string]int{"": 404, "tom": 404, "priya": 404, "ines": 404, "jonas": 200, "ruth": 200} {
			require.Equal(t, want, as(person).get("/en/admin/roles").Status, person)
			if person != "ruth" {
				require.Equal(t, 404, as(person).get("/en/admin/roles/new").Status, person)
				require.Equal(t, 404, as(person).post("/en/admin/roles/new", typedForm("x")).Status, person)
			}
		}
		list := as("jonas").get("/en/admin/roles").Body
		require.Contains(t, list, "Your team has made no roles yet.")
		require.Contains(t, list, "Translate articles", "the table says what there is")
		require.NotContains(t, list, "/admin/roles/new")
		for _, path := range []string{"/en/admin/roles/admin", "/en/admin/roles/staff.none", "/en/admin/roles/customer/remove"} {
			require.Equal(t, 404, as("ruth").get(path).Status, path)
		}
	})
	t.Run("are made of all that the portal asks for", func(t *testing.T) {
		known, texts := map[profile.Permission]bool{}, s.catalog.Texts("en")
		for _, info := range s.people.Permissions() {
			known[info.Permission] = true
			for _, key := range []string{info.Name, info.About, "roles.part_" + info.Group()} {
				require.Contains(t, texts, key)
			}
		}
		for role, list := range profile.DefaultPolicy() {
			for _, permission := range list {
				require.True(t, known[permission], "%s of %s is not registered", permission, role)
			}
		}
	})
	t.Run("are refused when they are wrong", func(t *testing.T) {
		for fault, form := range map[string]url.Values{
			`id="f-key-fault"`: typedForm("Not A Key"), `id="f-name-en-fault"`: {"kind": {"staff"}, "key": {"a"}, "about.en": {"Kept <text>"}},
			"is for staff only":                   {"kind": {"member"}, "key": {"a"}, "name.en": {"N"}, "may.directory.read": {"yes"}},
			"There is no permission moon.landing": typedForm("a", "moon.landing"),
		} {
			for _, do := range []string{"save", "try"} {
				form.Set("do", do)
				a := ruth("/en/admin/roles/new", form)
				if do == "try" && fault == `id="f-name-en-fault"` {
					continue // trying looks at permissions only
				}
				require.Equal(t, 422, a.Status, fault)
				require.Contains(t, a.Body, fault)
			}
		}
		require.Contains(t, ruth("/en/admin/roles/new", url.Values{"kind": {"staff"}, "key": {"a"}, "about.en": {"Kept <text>"}}).Body, "Kept &lt;text&gt;")
	})
	t.Run("are made once", func(t *testing.T) {
		jar := newJar(t)
		send(t, jar, as("").server.URL+"/demo/sign-in", url.Values{"person": {"ruth"}})
		jar.CheckRedirect = as("").http.CheckRedirect
		asked := send(t, jar, as("").server.URL+"/en/admin/roles/new", typedForm("shift-lead", "segments.read"))
		require.Contains(t, asked.Header.Get("Location"), "/account/confirm", "power over staff takes a fresh sign-in")
		for range 2 { // the second time is a retry
			require.Equal(t, 303, ruth("/en/admin/roles/new", typedForm("shift-lead", "segments.read", "kb.feedback")).Status)
		}
		require.Equal(t, 409, ruth("/en/admin/roles/new", typedForm("shift-lead", "kb.write")).Status)
		require.Contains(t, as("jonas").get("/de/admin/roles").Body, "Schichtleitung")
		require.Contains(t, as("ruth").get("/en/admin/roles").Body, "Shift &lt;lead&gt;")
		copied := as("ruth").get("/en/admin/roles/new?copy=staff.shift-lead").Body
		require.Contains(t, copied, `value="Copy of Shift &lt;lead&gt;"`)
		require.Contains(t, copied, `name="may.kb.feedback" value="yes" checked`)
	})
	t.Run("are chosen on the page of a person", func(t *testing.T) {
		require.Contains(t, as("ruth").get("/en/admin/people/aiko").Body, `name="role.staff.shift-lead"`)
		giveRole(t, s, "aiko", "staff.shift-lead")
		page := as("ruth").get("/en/admin/people/aiko").Body
		require.Contains(t, page, "Shift &lt;lead&gt;")
		require.Contains(t, page, "See segments</span> <code dir=\"ltr\">segments.read</code> <span class=\"hint\">from Shift &lt;lead&gt;</span>")
		require.Contains(t, as("aiko").get("/en/account").Body, "Shift &lt;lead&gt;")
		require.Equal(t, 200, as("aiko").get("/en/admin/segments").Status)
		require.Equal(t, 404, as("aiko").get("/en/admin/audit").Status)
	})
	t.Run("say what would change", func(t *testing.T) {
		form := typedForm("", "audit.read")
		form.Set("version", "1")
		asked := ruth("/en/admin/roles/staff.shift-lead", form)
		require.Equal(t, 200, asked.Status)
		for _, text := range []string{`name="sure"`, "Read the audit log</span> <code dir=\"ltr\">audit.read</code> <span class=\"tag\">1 person", "segments.read</code> <span class=\"tag tag-lock\">1 person", "Aiko"} {
			require.Contains(t, asked.Body, text)
		}
		require.Equal(t, 200, as("aiko").get("/en/admin/segments").Status, "nothing is kept before")
		form.Set("sure", "yes")
		require.Equal(t, 303, ruth("/en/admin/roles/staff.shift-lead", form).Status)
		require.Equal(t, 404, as("aiko").get("/en/admin/segments").Status)
		require.Equal(t, 200, as("aiko").get("/en/admin/audit").Status)
		late := ruth("/en/admin/roles/staff.shift-lead", form)
		require.Equal(t, 409, late.Status)
		require.Equal(t, "2", version(t, late.Body))
	})
	t.Run("are replaced where they are removed", func(t *testing.T) {
		require.Contains(t, as("ruth").get("/en/admin/roles/staff.shift-lead/remove").Body, "Aiko")
		require.Equal(t, 409, ruth("/en/admin/roles/staff.shift-lead/remove", nil).Status)
		require.Equal(t, 303, ruth("/en/admin/roles/staff.shift-lead/remove", url.Values{"instead": {"moderator"}}).Status)
		require.NotContains(t, as("ruth").get("/en/admin/people/aiko").Body, "shift-lead")
		require.Equal(t, 404, as("aiko").get("/en/admin/audit").Status)
	})
	t.Run("are given by managers, where they may", func(t *testing.T) {
		makeRole(t, s, profile.CustomRole{Key: "member.buyer", Permissions: []profile.Permission{profile.PermissionHoldingsRead}, Members: true})
		makeRole(t, s, profile.CustomRole{Key: "member.secret"})
		makeRole(t, s, profile.CustomRole{Key: "staff.secret"})
		page := as("priya").get("/en/account/organisation/people/tom").Body
		require.Contains(t, page, `name="role.member.buyer"`)
		require.NotContains(t, page, "secret")
		tom, err := s.people.Person(t.Context(), system, "tom")
		require.NoError(t, err)
		change := ticked(url.Values{"version": {version(t, page)}, "name": {tom.Name}}, "customer", "member.buyer", "member.secret", "staff.secret", "admin")
		require.Equal(t, 303, as("priya").post("/en/account/organisation/people/tom", change).Status)
		tom, err = s.people.Person(t.Context(), system, "tom")
		require.NoError(t, err)
		require.Equal(t, []profile.Role{"customer", "member.buyer"}, tom.Roles)
		require.Contains(t, as("tom").get("/en/account").Body, "Role member.buyer")
	})
}

// surely returns a function that posts forms as somebody who has just confirmed
// who they are.
func surely(t *testing.T, s *Site, person string) func(path string, form url.Values) answer {
	t.Helper()
	base := serve(t, s)("").server.URL
	c := newJar(t)
	send(t, c, base+"/demo/sign-in", url.Values{"person": {person}})
	send(t, c, base+"/en/account/confirm", url.Values{"return_to": {"/en/"}})
	c.CheckRedirect = serve(t, s)("").http.CheckRedirect
	return func(path string, form url.Values) answer { return send(t, c, base+path, form) }
}

// TestRolesInABrowser looks at the pages, and saves without a mouse.
func TestRolesInABrowser(t *testing.T) {
	s := open(t)
	makeRole(t, s, profile.CustomRole{Key: "staff.lead", Permissions: []profile.Permission{"kb.feedback", "segments.read"}})
	makeRole(t, s, profile.CustomRole{Key: "member.buyer", Permissions: []profile.Permission{"holdings.read"}, Members: true})
	giveRole(t, s, "jonas", "staff.lead")
	inEveryLook(t, s, "ruth", func(t *testing.T, p *browser.Page, to, check func(string)) {
		to("/admin/roles")
		check("roles")
		to("/admin/roles/new")
		check("new role")
		to("/admin/roles/staff.lead")
		p.Click("#f-may-kb-write")
		p.Submit(`button.button[value="try"]`)
		check("role tried")
		to("/admin/roles/staff.lead/remove")
		check("role removed")
	})
}
