package site

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func TestDesk(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	place := anyCategory(t, s)
	d := draft("Zebra crossing", profile.Public(), place)
	d.Owner = "ines"
	a, err := s.library.Create(t.Context(), system, d)
	require.NoError(t, err)
	write(t, s, draft("Zebra stripes", profile.NewAudience("account:brisa"), place))

	t.Run("is for those who work there", func(t *testing.T) {
		for _, person := range []string{"", "tom", "priya", "sverre"} {
			for _, path := range []string{"/en/desk", "/en/desk/articles", "/api/v1/manuscripts"} {
				got := as(person).get(path)
				if path == "/api/v1/manuscripts" {
					require.Contains(t, map[bool][]int{true: {401}, false: {403}}[person == ""], got.Status, "%q %s", person, path)
					continue
				}
				require.Equal(t, unseen(person), got.Status, "%q %s", person, path)
			}
			require.NotContains(t, as(person).get("/en/").Body, "/en/desk")
		}
		require.Contains(t, as("ines").get("/en/").Body, `href="/en/desk"`)
	})
	t.Run("asks who one is, and leads back", func(t *testing.T) {
		for path, back := range map[string]string{
			"/desk": "/desk", "/desk/articles?title=zebra&after=x": "/desk/articles?title=zebra", "/desk/articles/" + a.ID + "/en": "/desk/articles/" + a.ID + "/en",
			"/desk/articles/no-such/en": "/desk/articles/no-such/en", "/desk/transfer": "/desk/transfer",
		} {
			got := as("").get("/de" + path)
			require.Equal(t, 303, got.Status, path)
			require.Equal(t, "/de/demo?return_to="+url.QueryEscape("/de"+back), got.Header.Get("Location"))
			require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
		}
		require.Equal(t, 404, as("").get("/en/desk/no-such-part").Status)
	})
	t.Run("says what there is to do", func(t *testing.T) {
		home := as("ines").get("/en/desk")
		require.Equal(t, 200, home.Status)
		require.Equal(t, "no-store", home.Header.Get("Cache-Control"))
		require.Contains(t, home.Body, "1 article of yours is a draft")
		require.Contains(t, home.Body, "/en/desk/articles?owner=me&amp;status=draft")
	})
	t.Run("lists what one sees", func(t *testing.T) {
		for query, want := range map[string][2][]string{
			"title=zebra":                       {{"Zebra crossing", "1 article<"}, {"Zebra stripes"}},
			"title=ZEBRA&status=draft":          {{"Zebra crossing"}, nil},
			"title=zebra&status=published":      {{"No articles match."}, {"Zebra crossing"}},
			"owner=me":                          {{"Zebra crossing"}, nil},
			"title=zebra&status=lacks":          {nil, []string{"Zebra stripes"}},
			"title=zebra&kind=faq":              {{"No articles match."}, {"Zebra crossing"}},
			"title=zebra&category=" + place:     {{"Zebra crossing"}, nil},
			"language=de&order=title":           {{"<bdi>German</bdi>: Published"}, {"Zebra"}},
			"status=lacks&language=de&owner=me": {{"Zebra crossing"}, nil},
		} {
			got := as("ines").get("/en/desk/articles?" + query)
			require.Equal(t, 200, got.Status, query)
			for _, text := range want[0] {
				require.Contains(t, got.Body, text, query)
			}
			for _, text := range want[1] {
				require.NotContains(t, got.Body, text, query)
			}
		}
		require.Contains(t, as("ruth").get("/en/desk/articles?title=zebra").Body, "2 articles")
	})
	t.Run("goes on page by page", func(t *testing.T) {
		first := as("ines").get("/en/desk/articles?order=title")
		next := regexp.MustCompile(`href="([^"]+)" rel="next"`).FindStringSubmatch(first.Body)
		require.NotNil(t, next)
		to := html.UnescapeString(next[1])
		second := as("ines").get(to)
		require.Equal(t, 200, second.Status)
		require.Contains(t, second.Body, `rel="first"`)
		require.Equal(t, 422, as("ines").get(strings.Replace(to, "order=title", "order=oldest", 1)).Status, "a token serves no other list")
	})
	t.Run("says what is wrong with a filter", func(t *testing.T) {
		for _, query := range []string{"status=lost", "order=random", "after=forged"} {
			require.Equal(t, 422, as("ines").get("/en/desk/articles?"+query).Status, query)
		}
	})
	_, err = s.library.Publish(t.Context(), system, a.ID, "en", a.Version)
	require.NoError(t, err)
	require.Contains(t, as("ines").get("/en/desk").Body, "Nothing is waiting for you.")
	_, err = s.library.Edit(t.Context(), system, a.ID, "en", a.Version+1, kb.Text{Title: "Zebra crossing", Body: "New"})
	require.NoError(t, err)
	require.Contains(t, as("ines").get("/en/desk").Body, "1 article of yours has changes that are not published")
}

func TestDeskAccessible(t *testing.T) {
	slow(t)
	s := open(t)
	a, err := s.library.Create(t.Context(), system, draft("Not yet to be seen", profile.Public(), anyCategory(t, s)))
	require.NoError(t, err)
	_, err = s.library.Edit(t.Context(), system, a.ID, "en", a.Version, kb.Text{Title: "Not yet to be seen", Body: "## Steps\n\nWhat others wrote of it\n\nAnd more", Note: "Clearer."})
	require.NoError(t, err)
	_, err = s.library.Hold(t.Context(), profile.Actor{ID: "ines", Roles: []profile.Role{profile.RoleAuthor}}, a.ID, "en", time.Hour)
	require.NoError(t, err)
	require.NoError(t, s.library.KeepWorking(t.Context(), profile.Actor{ID: "ruth", Roles: []profile.Role{profile.RoleAdmin}}, kb.Working{Article: a.ID, Locale: "en", Text: kb.Text{Title: "Later"}}))
	inEveryLook(t, s, "ruth", func(t *testing.T, p *browser.Page, to, check func(string)) {
		to("/desk")
		check("desk")
		to("/desk/articles")
		check("desk articles")
		to("/desk/articles/new")
		check("types")
		to("/desk/articles/new?kind=webinar")
		p.Fill("#f-title", "")
		require.Equal(t, 422, p.Submit(`.write-bar button[value="save"]`))
		check("editor with faults")
		to("/desk/articles/" + a.ID + "/ar")
		check("editor of a translation")
		to("/desk/articles/" + a.ID + "/en/history")
		check("history")
		to("/desk/articles/" + a.ID + "/en/diff?from=1")
		check("diff")
		to("/desk/articles/" + a.ID + "/en")
		check("editor with notices")
		p.Eval(`for (const name of ["head", "version"]) document.querySelector("[name=" + name + "]").value = 1`, nil)
		p.Fill("#f-body", "## Steps\n\nWhat somebody typed in the meantime")
		require.Equal(t, 409, p.Submit(`.write-bar button[value="save"]`))
		check("clash")
		require.Empty(t, p.CSPViolations())
	})
}

// TestEditorLive types into the editor: what readers would see follows, and
// Ctrl+S saves.
func TestEditorLive(t *testing.T) {
	slow(t)
	s := open(t)
	a, err := s.library.Create(t.Context(), system, draft("Live", profile.Public(), anyCategory(t, s)))
	require.NoError(t, err)
	base := serve(t, s)("").server.URL
	p := browser.Open(t, still(1280))
	p.Go(base + "/en/demo?return_to=/en/desk/articles/" + a.ID + "/en")
	p.Submit(`form:has(input[value="ruth"]) button`)
	p.Type("#f-body", " and **more** of it")
	p.Until(`document.querySelector("[data-shown] strong")?.textContent === "more"`)
	p.Until(`document.querySelector("[data-said]").textContent.startsWith("Kept for you")`)
	kept, err := s.library.Working(t.Context(), profile.Actor{ID: "ruth", Roles: []profile.Role{profile.RoleAdmin}}, a.ID, "en")
	require.NoError(t, err)
	require.Contains(t, kept.Text.Body, "**more**")
	require.Empty(t, p.CSPViolations())
	p.Eval(`document.dispatchEvent(new KeyboardEvent("keydown", {key: "s", ctrlKey: true, bubbles: true, cancelable: true}))`, nil)
	require.Eventually(t, func() bool {
		rev, err := s.library.Revision(t.Context(), system, a.ID, "en", 0)
		return err == nil && strings.Contains(rev.Body, "**more**")
	}, 20*time.Second, 20*time.Millisecond)
}
