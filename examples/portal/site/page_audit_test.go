package site

import (
	"encoding/csv"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/audit"
)

func TestAuditPage(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	c := as("")
	_, ruth := signIn(t, c, "ruth")
	_, ines := signIn(t, c, "ines")
	for _, path := range []string{"/en/admin/audit", "/en/admin/people"} {
		require.Equal(t, 404, c.get(path, "Cookie", ines).Status, "to others it does not exist")
	}
	require.Equal(t, 404, c.post("/en/admin/audit/export", nil, "Cookie", ines).Status)
	require.Equal(t, 404, as("").get("/en/admin/audit").Status)

	require.Equal(t, 200, c.get("/en/admin/people/tom", "Cookie", ruth).Status)
	require.Equal(t, 303, c.post("/en/admin/people/tom/view", nil, "Cookie", ruth).Status)
	require.Equal(t, 200, c.get("/en/articles/sensor-shows-offline?q=zqquery", "Cookie", ruth).Status)
	require.Equal(t, 200, c.get("/en/account/privacy", "Cookie", ruth).Status)
	require.Equal(t, 303, c.post("/en/account/view/end", nil, "Cookie", ruth).Status)

	page := c.get("/en/admin/audit", "Cookie", ruth)
	require.Equal(t, 200, page.Status)
	require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
	for _, text := range []string{
		"Read a profile", "Began to view the portal as somebody", "Opened a page while viewing as somebody", "page/articles/sensor-shows-offline",
		"Stopped viewing", "Signed in", "127.0.0.0/24", "page/admin/audit", "page/admin/people", "refused", "Ruth Adeyemi", "Tom Whitlock",
	} {
		require.Contains(t, page.Body, text)
	}
	for _, not := range []string{"zqquery", "tom.whitlock@", "audit.action."} {
		require.NotContains(t, page.Body, not)
	}
	filtered := func(query string) string { return c.get("/en/admin/audit?"+query, "Cookie", ruth).Body }
	require.NotContains(t, filtered("action=session"), "Read a profile")
	require.Contains(t, filtered("action=session"), "Signed in")
	require.NotContains(t, filtered("outcome=refused"), "Signed in")
	require.Contains(t, filtered("person=ines&part=who&outcome=refused"), "page/admin/audit")
	require.Contains(t, filtered("person=nobody"), "No entries match.")
	require.Contains(t, filtered("to=2001-01-01"), "No entries match.")
	wrong := c.get("/en/admin/audit?from=soon&person=tom", "Cookie", ruth)
	require.Equal(t, 422, wrong.Status)
	require.Contains(t, wrong.Body, "f-from-fault")
	require.Contains(t, wrong.Body, `value="tom"`, "what was typed stays")

	own := as("tom").get("/en/account/privacy")
	require.Contains(t, own.Body, "Who looked at your account")
	require.Contains(t, own.Body, "Read a profile")
	require.Contains(t, own.Body, "Our staff")
	require.NotContains(t, own.Body, "Ruth")
	require.NotContains(t, own.Body, "127.0.0.0")
	require.NotContains(t, as("priya").get("/en/account/privacy").Body, "Read a profile")
	require.NotContains(t, own.Body, "attributes.", "some of them are hidden")
}

func TestAuditCheckAndExport(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ruth")
	_, err := s.audit.Audit(t.Context(), system, profile.Deed{Action: "person.changed", Person: "=danger"})
	require.NoError(t, err)
	whole := c.post("/en/admin/audit/check", url.Values{})
	require.Equal(t, 200, whole.Status)
	require.Contains(t, whole.Body, "The log is whole.")
	mark := regexp.MustCompile(`\d+:[0-9a-f]{64}`).FindString(whole.Body)
	require.NotEmpty(t, mark)
	require.Contains(t, c.post("/en/admin/audit/check", url.Values{"mark": {mark}}).Body, "The log is whole.")
	other := strings.Replace(mark, mark[len(mark)-4:], "0000", 1)
	require.Contains(t, c.post("/en/admin/audit/check", url.Values{"mark": {other}}).Body, "The mark does not fit")
	require.Contains(t, c.post("/en/admin/audit/check", url.Values{"mark": {"<b>nonsense"}}).Body, "This is no mark.")

	sheet := c.post("/en/admin/audit/export", url.Values{"format": {"csv"}, "action": {"person"}})
	require.Equal(t, 200, sheet.Status)
	require.Contains(t, sheet.Header.Get("Content-Disposition"), "audit.csv")
	rows, err := csv.NewReader(strings.NewReader(sheet.Body)).ReadAll()
	require.NoError(t, err)
	require.Contains(t, rows[1], "'=danger")
	lines := c.post("/en/admin/audit/export", url.Values{"format": {"json"}})
	var first struct{ Action, Actor string }
	require.NoError(t, json.Unmarshal([]byte(strings.SplitN(lines.Body, "\n", 2)[0]), &first))
	require.Equal(t, "audit.exported", first.Action)
	require.Equal(t, "ruth", first.Actor)
	require.Equal(t, 422, c.post("/en/admin/audit/export", url.Values{"format": {"csv"}, "from": {"soon"}}).Status)
	require.Equal(t, 404, serve(t, s)("jonas").post("/en/admin/audit/export", url.Values{"format": {"csv"}}).Status)
}

// TestAuditForgetsPeople: who deletes their account is nobody in the record,
// which stays whole.
func TestAuditForgetsPeople(t *testing.T) {
	s := open(t)
	c := serve(t, s)("")
	_, tom := signIn(t, c, "tom")
	require.Equal(t, 200, serve(t, s)("ruth").get("/en/admin/people/tom").Status)
	confirmed := c.post("/en/account/confirm", nil, "Cookie", tom)
	require.Equal(t, 303, confirmed.Status)
	tom, _, _ = strings.Cut(confirmed.Header.Get("Set-Cookie"), ";")
	gone := c.post("/en/account/privacy/delete", url.Values{"name": {"Tom Whitlock"}}, "Cookie", tom)
	require.Equal(t, "/en/goodbye", gone.Header.Get("Location"))
	list, _, err := s.audit.Entries(t.Context(), system, audit.Query{Action: "person.erased"})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.NotEqual(t, "tom", list[0].Person)
	list, _, err = s.audit.Entries(t.Context(), system, audit.Query{Anyone: "tom"})
	require.NoError(t, err)
	require.Empty(t, list)
	r, err := s.audit.Verify(t.Context(), system)
	require.NoError(t, err)
	require.True(t, r.Whole())
	require.Contains(t, serve(t, s)("ruth").get("/en/admin/audit").Body, "Somebody who was erased")
}

func TestAuditAccessible(t *testing.T) {
	slow(t)
	s := open(t)
	inEveryLook(t, s, "ruth", func(t *testing.T, p *browser.Page, to, check func(string)) {
		to("/admin/people/tom")
		to("/admin/audit")
		check("audit")
		require.Equal(t, 200, p.Submit("#check ~ form button"))
		check("audit checked")
		to("/account/privacy")
		check("privacy with looks")
		to("/admin/retention")
		check("retention")
		require.Empty(t, p.CSPViolations())
	})
}
