package site

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestFollowersAreTold: whoever follows an article hears of its change once,
// however many instances there are, and of nothing that they may not see.
func TestFollowersAreTold(t *testing.T) {
	dsn := testdb.PostgresDSN(t)
	s, second := running(t, on(dsn)), running(t, on(dsn))
	as, elsewhere := serve(t, s), serve(t, second)
	d := draft("The quagga handbook", profile.Public(), anyCategory(t, s))
	a := write(t, s, d)
	settled := func() bool {
		at, err := s.db.setting(t.Context(), noticesCursor)
		require.NoError(t, err)
		changes, _, err := s.library.Source().Changes(t.Context(), at, 1)
		return err == nil && at != "" && len(changes) == 0
	}
	until(t, "what was there is old news", settled)
	for _, person := range []string{"tom", "sverre"} {
		require.Equal(t, 303, as(person).post("/en/articles/the-quagga-handbook/keep", url.Values{"list": {"follows"}}).Status)
	}
	edit := func(body string) {
		m, err := s.library.Manuscript(t.Context(), system, a.ID)
		require.NoError(t, err)
		m, err = s.library.Edit(t.Context(), system, a.ID, "en", m.Version, kb.Text{Title: "The quagga handbook", Slug: "the-quagga-handbook", Summary: "In short", Body: body})
		require.NoError(t, err)
		a = publish(t, s, m)
	}
	notices := func(c *client, path string) int { return strings.Count(c.get(path).Body, "Updated: ") }
	edit("New words.")
	until(t, "tom is told", func() bool { return settled() && notices(as("tom"), "/en/account/notices") == 1 })
	page := elsewhere("tom").get("/en/account/notices")
	require.Contains(t, page.Body, `<a href="/en/articles/the-quagga-handbook" dir="auto">Updated: `)
	require.Contains(t, page.Body, "New")
	require.Contains(t, as("tom").get("/de/").Body, "Mitteilungen <span class=\"tag tag-count\" data-unread>1</span>")
	require.Zero(t, notices(as("priya"), "/en/account/notices"), "who does not follow is not told")

	until, ok := strings.CutPrefix(page.Body[strings.Index(page.Body, `name="until" value="`):], `name="until" value="`)
	require.True(t, ok)
	until, _, _ = strings.Cut(until, `"`)
	require.Equal(t, 303, as("tom").post("/en/account/notices", url.Values{"until": {until}}).Status)
	require.NotContains(t, as("tom").get("/de/").Body, "data-unread>")
	require.Equal(t, 422, as("tom").post("/en/account/notices", url.Values{"until": {"yesterday"}}).Status)

	// The article is closed: what was told before is not told any more.
	_, err := s.library.Arrange(t.Context(), system, a.ID, a.Version, kb.Meta{Category: a.Category, Kind: a.Kind, Audience: profile.NewAudience("partner")})
	require.NoError(t, err)
	require.Zero(t, notices(as("tom"), "/en/account/notices"))
	require.Equal(t, 1, notices(as("sverre"), "/en/account/notices"))
	require.Equal(t, notices(as("sverre"), "/en/account/notices"), notices(elsewhere("sverre"), "/en/account/notices"))
}
