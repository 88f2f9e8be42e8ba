package site

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// fields returns what the form of an article on a page would send.
func fields(page string) url.Values {
	form := page
	if i := regexp.MustCompile(`<form class="write"`).FindStringIndex(page); i != nil {
		form = page[i[0]:]
	}
	out := url.Values{}
	for _, m := range regexp.MustCompile(`<input[^>]*>`).FindAllString(form, -1) {
		name, value := attribute(m, "name"), attribute(m, "value")
		if box := attribute(m, "type") == "checkbox"; name != "" && (!box || regexp.MustCompile(` checked`).MatchString(m)) {
			out.Add(name, value)
		}
	}
	for _, m := range regexp.MustCompile(`(?s)<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>`).FindAllStringSubmatch(form, -1) {
		if v := regexp.MustCompile(`<option value="([^"]*)" selected`).FindStringSubmatch(m[2]); v != nil {
			out.Set(m[1], html.UnescapeString(v[1]))
		}
	}
	if m := regexp.MustCompile(`(?s)<textarea[^>]*name="body"[^>]*>\n(.*?)</textarea>`).FindStringSubmatch(form); m != nil {
		out.Set("body", html.UnescapeString(m[1]))
	}
	return out
}

func attribute(tag, name string) string {
	if m := regexp.MustCompile(` ` + name + `="([^"]*)"`).FindStringSubmatch(tag); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}

// send posts a form as the editor does.
func (c *client) send(path string, form url.Values, do string, header ...string) answer {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, values := range form {
		for _, v := range values {
			require.NoError(c.t, w.WriteField(name, v))
		}
	}
	if !form.Has("do") {
		require.NoError(c.t, w.WriteField("do", do))
	}
	require.NoError(c.t, w.Close())
	return c.do("POST", path, b.String(), append(header, "Content-Type", w.FormDataContentType())...)
}

func TestEditor(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	ines, ruth := as("ines"), as("ruth")
	place := anyCategory(t, s)
	var at, id string

	t.Run("begins with a template", func(t *testing.T) {
		types := ines.get("/en/desk/articles/new")
		require.Contains(t, types.Body, `href="/en/desk/articles/new?kind=troubleshooting"`)
		blank := ines.get("/de/desk/articles/new?kind=troubleshooting&category=" + place)
		require.Contains(t, blank.Body, "## Symptom")
		require.Contains(t, blank.Body, `lang="de"`)
		form := fields(blank.Body)
		require.Equal(t, place, form.Get("category"))
		form.Set("body", "## Symptom\r\n\r\nEs blinkt.")
		refused := ines.send("/de/desk/articles/new", form, "save")
		require.Equal(t, 422, refused.Status)
		require.Contains(t, refused.Body, `id="f-title-fault"`)
		require.Equal(t, "## Symptom\n\nEs blinkt.", fields(refused.Body).Get("body"), "nothing typed is lost")

		form.Set("title", "Hub <b>blinkt</b>")
		form["audience"] = []string{"signed-in"}
		form.Set("terms", "account:aldergate")
		saved := ines.send("/de/desk/articles/new", form, "save")
		require.Equal(t, 303, saved.Status, saved.Body)
		at = saved.Header.Get("Location")
		require.Equal(t, at, ines.send("/de/desk/articles/new", form, "save").Header.Get("Location"), "sent twice, it is one article")
		id = regexp.MustCompile(`articles/([a-z0-9]+)/de`).FindStringSubmatch(at)[1]
		a, err := s.library.Manuscript(t.Context(), system, id)
		require.NoError(t, err)
		require.Equal(t, profile.NewAudience("account:aldergate", "signed-in"), a.Audience)
		require.Equal(t, "ines", a.Owner)
		rev, err := s.library.Revision(t.Context(), system, id, "de", 0)
		require.NoError(t, err)
		require.Equal(t, "## Symptom\n\nEs blinkt.", rev.Body)
	})
	t.Run("shows it safely, and what is to be mended", func(t *testing.T) {
		page := ines.get(at)
		require.Equal(t, 200, page.Status)
		require.Contains(t, page.Body, "Hub &lt;b&gt;blinkt")
		require.NotContains(t, page.Body, "<b>blinkt")
		require.Contains(t, page.Body, "finding-error")
		require.NotContains(t, page.Body, `value="publish"`, "authors do not publish")
		require.Contains(t, page.Body, "Gespeichert.")
		preview := ines.send("/en/desk/articles/preview", url.Values{"body": {"**bold** <script>alert(1)</script>"}, "kind": {"faq"}, "locale": {"en"}}, "")
		require.Equal(t, 200, preview.Status)
		require.Contains(t, preview.Body, `\u003cstrong\u003ebold`)
		require.NotContains(t, preview.Body, "alert(1)\\u003c/script")
		form := fields(page.Body)
		require.Contains(t, page.Body, ":::internal")
		form.Set("body", "## Neue Fassung\n\n:::intern\nSo nicht.\n:::")
		shown := ines.send("/de/desk/articles/"+id+"/de", form, "preview")
		require.Equal(t, 200, shown.Status)
		require.Contains(t, shown.Body, "Neue Fassung</h2>")
		require.Contains(t, shown.Body, "Zeile 3: „:::intern“ ist nicht bekannt.")
		require.Equal(t, form.Get("body"), fields(shown.Body).Get("body"))
		rev, err := s.library.Revision(t.Context(), system, id, "de", 0)
		require.NoError(t, err)
		require.Equal(t, 1, rev.Number, "a preview keeps nothing")
	})
	t.Run("refuses to publish what lacks a section, and keeps what was typed", func(t *testing.T) {
		form := fields(ruth.get("/en/desk/articles/" + id + "/de").Body)
		form.Set("summary", "Ein Satz.")
		got := ruth.send("/en/desk/articles/"+id+"/de", form, "publish")
		require.Equal(t, 422, got.Status)
		require.Contains(t, got.Body, "f-body-fault")
		require.Equal(t, "Ein Satz.", fields(got.Body).Get("summary"))
		rev, err := s.library.Revision(t.Context(), system, id, "de", 0)
		require.NoError(t, err)
		require.Equal(t, "Ein Satz.", rev.Summary, "it is saved as a draft")
		form = fields(got.Body)
		form.Set("kind", "reference")
		form.Set("note", "Simpler.")
		done := ruth.send("/en/desk/articles/"+id+"/de", form, "publish")
		require.Equal(t, 303, done.Status, done.Body)
		require.Contains(t, ruth.get(done.Header.Get("Location")).Body, "Published. Readers see it now.")
		require.Equal(t, 200, as("tom").get("/de/articles/hub-b-blinkt-b").Status)
		require.Equal(t, 404, as("").get("/de/articles/hub-b-blinkt-b").Status)
	})
	t.Run("lets authors change the text of what readers see, and nothing else", func(t *testing.T) {
		page := ines.get("/en/desk/articles/" + id + "/de")
		require.NotContains(t, page.Body, `name="category"`)
		require.Contains(t, page.Body, "Those who publish change")
		form := fields(page.Body)
		form.Set("title", "Hub blinkt rot")
		form.Set("category", "forged")
		form["audience"] = []string{"public"}
		require.Equal(t, 303, ines.send("/en/desk/articles/"+id+"/de", form, "save").Status)
		a, err := s.library.Manuscript(t.Context(), system, id)
		require.NoError(t, err)
		require.Equal(t, place, a.Category)
		require.False(t, a.Audience.IsPublic())
		require.Equal(t, 403, ines.send("/en/desk/articles/"+id+"/de", fields(ines.get("/en/desk/articles/"+id+"/de").Body), "publish").Status)
	})
	t.Run("goes on from changes elsewhere, and stops at those of the same text", func(t *testing.T) {
		form := fields(ruth.get("/en/desk/articles/" + id + "/de").Body)
		a, err := s.library.Manuscript(t.Context(), system, id)
		require.NoError(t, err)
		a, err = s.library.Edit(t.Context(), system, id, "en", a.Version, kb.Text{Title: "Hub blinks", Body: "It blinks."})
		require.NoError(t, err)
		form.Set("body", "## Symptom\n\nMein Text")
		require.Equal(t, 303, ruth.send("/en/desk/articles/"+id+"/de", form, "save").Status, "another language is no conflict")
		form.Set("body", "## Symptom\n\nMein zweiter Text")
		late := ruth.send("/en/desk/articles/"+id+"/de", form, "save")
		require.Equal(t, 409, late.Status)
		require.Contains(t, late.Body, "Somebody saved this text in the meantime")
		require.Contains(t, late.Body, "Ruth Adeyemi saved it on")
		require.Contains(t, late.Body, `<ins class="ins"><span class="hidden">[added: </span>zweiter <span`)
		kept, err := s.library.Working(t.Context(), profile.Actor{ID: "ruth", Roles: []profile.Role{profile.RoleAdmin}}, id, "de")
		require.NoError(t, err)
		require.Contains(t, kept.Text.Body, "Mein zweiter Text", "it is kept, should they leave")
		both := fields(late.Body)
		require.Equal(t, "## Symptom\n\nMein zweiter Text", both.Get("body"))
		require.Equal(t, 303, ruth.send("/en/desk/articles/"+id+"/de", both, "save").Status, "having seen the other, it is saved")
	})
	t.Run("joins changes of different parts", func(t *testing.T) {
		form := fields(ruth.get("/en/desk/articles/" + id + "/de").Body)
		form.Set("body", "Eins\n\nZwei\n\nDrei")
		require.Equal(t, 303, ruth.send("/en/desk/articles/"+id+"/de", form, "save").Status)
		first, second := fields(ruth.get("/en/desk/articles/"+id+"/de").Body), fields(ines.get("/en/desk/articles/"+id+"/de").Body)
		first.Set("body", "1\n\nZwei\n\nDrei")
		require.Equal(t, 303, ruth.send("/en/desk/articles/"+id+"/de", first, "save").Status)
		second.Set("body", "Eins\n\nZwei\n\n3")
		second.Set("title", "Hub blinkt noch")
		late := ines.send("/en/desk/articles/"+id+"/de", second, "save")
		require.Equal(t, 409, late.Status)
		require.Equal(t, "1\n\nZwei\n\n3", fields(late.Body).Get("body"))
		require.Equal(t, "Hub blinkt noch", fields(late.Body).Get("title"))
		require.Contains(t, late.Body, "the form below has both changes")
		require.Equal(t, 303, ines.send("/en/desk/articles/"+id+"/de", fields(late.Body), "save").Status)
	})
	t.Run("tells who changed what, and brings it back", func(t *testing.T) {
		at := "/en/desk/articles/" + id + "/de"
		history := ines.get(at + "/history")
		require.Equal(t, 200, history.Status)
		for _, text := range []string{"Ruth Adeyemi", "Inês Carvalho", "Simpler.", "Readers see it", "Newest", at + "/diff?from=1&amp;to=2"} {
			require.Contains(t, history.Body, text)
		}
		shown := ines.get(at + "/diff?from=1&to=2")
		require.Contains(t, shown.Body, "Ein Satz.")
		require.Contains(t, shown.Body, `dir="ltr"`)
		require.Equal(t, 404, ines.get(at+"/diff?from=1&to=999").Status)
		require.Equal(t, 404, ines.get("/en/desk/articles/"+id+"/ja/history").Status)
		require.Equal(t, 303, ines.post(at+"/restore", url.Values{"number": {"1"}}).Status)
		require.Equal(t, "## Symptom\n\nEs blinkt.", fields(ines.get(at).Body).Get("body"))
		require.Contains(t, ines.get(at+"/history").Body, "Restored revision 1")
		require.Equal(t, 404, ines.post(at+"/restore", url.Values{"number": {"99"}}).Status)
		require.Equal(t, 404, as("jonas").post(at+"/restore", url.Values{"number": {"1"}}).Status)
	})
	t.Run("adds what to read next by its address", func(t *testing.T) {
		form := fields(ruth.get("/en/desk/articles/" + id + "/de").Body)
		form.Set("add", "https://help.example.com/en/articles/hub-2-lights")
		got := ruth.send("/en/desk/articles/"+id+"/de", form, "relate")
		require.Equal(t, 200, got.Status)
		require.Len(t, fields(got.Body)["related"], 1)
		form.Set("add", "no-such-article")
		got = ruth.send("/en/desk/articles/"+id+"/de", form, "save")
		require.Equal(t, 422, got.Status)
		require.Equal(t, "no-such-article", fields(got.Body).Get("add"))
	})
	t.Run("is for those who work on it", func(t *testing.T) {
		for _, person := range []string{"", "tom", "jonas"} {
			require.Equal(t, unseen(person), as(person).get("/en/desk/articles/"+id+"/de").Status)
		}
		for _, person := range []string{"", "tom"} {
			require.Equal(t, unseen(person), as(person).get("/en/desk/articles/new").Status)
		}
		require.Equal(t, 404, ines.get("/en/desk/articles/nothing/en").Status)
		require.Equal(t, 404, ines.get("/en/desk/articles/"+id+"/xx-lost").Status)
		require.Equal(t, "/en/desk/articles/"+id+"/en", ines.get("/en/desk/articles/"+id).Header.Get("Location"))
	})
	t.Run("gives back what was written in a session that has ended", func(t *testing.T) {
		c := as("")
		_, cookie := signIn(t, c, "ruth")
		form := fields(c.get("/en/desk/articles/"+id+"/de", "Cookie", cookie).Body)
		form.Set("body", "Lange Arbeit\n\n<b>")
		_, err := s.sessions.RevokeAll(t.Context(), system, "ruth", "")
		require.NoError(t, err)
		out := c.send("/en/desk/articles/"+id+"/de", form, "save", "Cookie", cookie, "Accept", "text/html")
		require.Equal(t, 403, out.Status)
		require.Equal(t, "no-store", out.Header.Get("Cache-Control"))
		again := fields(out.Body)
		require.Equal(t, "Lange Arbeit\n\n<b>", again.Get("body"))
		require.Equal(t, "save", again.Get("do"))
		_, cookie = signIn(t, c, "ruth")
		require.Equal(t, 303, c.send("/en/desk/articles/"+id+"/de", again, "save", "Cookie", cookie).Status)
	})
	t.Run("keeps what was typed, and says who else is writing", func(t *testing.T) {
		at := "/en/desk/articles/" + id + "/de"
		_ = ines.get(at)
		form := fields(ruth.get(at).Body)
		require.Contains(t, ruth.get(at).Body, "Inês Carvalho is editing this since")
		form.Set("body", "Halb fert")
		form.Set("changed", "1")
		told := ruth.send(at+"/unsaved", form, "")
		require.Equal(t, 200, told.Status)
		require.Contains(t, told.Body, "Inês Carvalho is editing this")
		require.Contains(t, told.Body, `"kept":"Kept for you at`)
		require.NotContains(t, told.Body, `"newer"`)
		require.NotContains(t, ines.get(at).Body, "Halb fert", "it is nobody else's")
		back := ruth.get(at)
		require.NotContains(t, back.Body, "Halb fert")
		require.Contains(t, back.Body, "you typed something here that was not saved")
		require.Contains(t, ruth.get("/en/desk").Body, at+"?unsaved=1")
		again := ruth.get(at + "?unsaved=1")
		require.Equal(t, "Halb fert", fields(again.Body).Get("body"))
		require.Equal(t, 303, ruth.send(at, fields(again.Body), "save").Status)
		require.NotContains(t, ruth.get(at).Body, "was not saved", "what is saved is no longer unsaved")

		require.Equal(t, 204, ines.post(at+"/leave", nil).Status)
		require.NotContains(t, ruth.get(at).Body, "is editing this")
		form.Set("body", "Zu spät")
		require.Contains(t, ruth.send(at+"/unsaved", form, "").Body, `"newer"`)
		require.Equal(t, 303, ruth.post(at+"/unsaved/drop", nil).Status)
		require.NotContains(t, ruth.get(at).Body, "was not saved")
		require.Equal(t, 404, as("jonas").send(at+"/unsaved", form, "").Status)
	})
	t.Run("keeps what was typed of an article that is not there yet", func(t *testing.T) {
		form := url.Values{"title": {"Fresh"}, "body": {"words"}, "kind": {"faq"}, "locale": {"en"}, "changed": {"1"}}
		require.Equal(t, 200, ines.send("/en/desk/articles/new/unsaved", form, "").Status)
		require.Contains(t, ines.get("/en/desk").Body, "Not saved: Fresh")
		page := ines.get("/en/desk/articles/new?kind=faq&locale=en")
		require.Contains(t, page.Body, "you typed something here")
		page = ines.get("/en/desk/articles/new?unsaved=1&kind=faq&locale=en")
		form = fields(page.Body)
		require.Equal(t, "Fresh", form.Get("title"))
		form.Set("category", place)
		require.Equal(t, 303, ines.send("/en/desk/articles/new", form, "save").Status)
		require.NotContains(t, ines.get("/en/desk").Body, "Not saved: Fresh")
	})
}
