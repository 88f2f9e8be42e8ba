package site

import (
	"html"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

const (
	orderedForYou = "Ordered for you"
	everybodys    = "This is the order that everybody gets."
)

// TestSearchIsOrderedForPeople: what people own and have read stands a little
// higher for them, they are told why, and see results without it.
func TestSearchIsOrderedForPeople(t *testing.T) {
	now := newTicker()
	s := open(t, func(c *Config) { c.Now = now.now })
	as := serve(t, s)
	hits := func(who, query string) (order []string, body string) {
		t.Helper()
		body = html.UnescapeString(as(who).get("/en/search?" + query).Body)
		return slugsOf(hitLink, body), body
	}
	const query = "q=battery+lamp"
	usual, body := hits("", query)
	require.NotContains(t, body, orderedForYou, "of visitors nothing is known")
	_, body = hits("", query+"&impersonal=true")
	require.NotContains(t, body, everybodys, "there is no other order for them")

	mine, body := hits("tom", query)
	require.Contains(t, body, orderedForYou)
	require.Contains(t, body, "because you have <bdi class=\"tag\">Kelvane T1</bdi>")
	require.Contains(t, body, `href="/en/search?impersonal=true&q=battery+lamp" rel="nofollow"`)
	require.NotContains(t, body, `name="impersonal"`)
	require.NotEqual(t, usual, mine)
	require.ElementsMatch(t, usual, mine, "the same are on the page")
	without, body := hits("tom", query+"&impersonal=true")
	require.Equal(t, usual, without)
	require.Contains(t, body, everybodys)
	require.NotContains(t, body, orderedForYou)
	require.Contains(t, body, `<input type="hidden" name="impersonal" value="true">`, "the next search is so too")
	require.Contains(t, body, "impersonal=true&page=2")
	require.Contains(t, body, "impersonal=true&kind=", "what narrows keeps it")
	require.NotContains(t, as("tom").get("/en").Body, `name="impersonal"`)

	t.Run("by what was read", func(t *testing.T) {
		before, _ := s.leanings(t.Context(), actorOf(t, s, "lucia"))
		found, err := s.library.Find(t.Context(), system, "en", "sensor-shows-offline")
		require.NoError(t, err)
		_, err = s.people.Shelve(t.Context(), actorOf(t, s, "lucia"), profile.ShelfItem{List: profile.ListViewed, Ref: articleRef + found.ID, Title: "x"})
		require.NoError(t, err)
		after, err := s.leanings(t.Context(), actorOf(t, s, "lucia"))
		require.NoError(t, err)
		require.Greater(t, len(after), len(before))
		require.Contains(t, becauses(after), becauseRead)
		now.pass(2 * trodFor)
		later, err := s.leanings(t.Context(), actorOf(t, s, "lucia"))
		require.NoError(t, err)
		require.NotContains(t, becauses(later), becauseRead, "that is no recent path")
		require.Contains(t, becauses(later), becauseOwned)
	})
	t.Run("switched off", func(t *testing.T) {
		require.Equal(t, 303, as("tom").post("/en/account/preferences/arrangement", url.Values{"do": {"off"}}).Status)
		off, body := hits("tom", query)
		require.Equal(t, usual, off)
		require.NotContains(t, body, orderedForYou)
		_, body = hits("tom", query+"&impersonal=true")
		require.NotContains(t, body, everybodys)
		list, err := s.newLeanings()(t.Context(), actorOf(t, s, "tom"))
		require.NoError(t, err)
		require.Empty(t, list, "nothing is read")
		require.Equal(t, 303, as("tom").post("/en/account/preferences/arrangement", url.Values{"do": {"on"}}).Status)
		_, body = hits("tom", query)
		require.True(t, strings.Contains(body, orderedForYou))
	})
}

func actorOf(t *testing.T, s *Site, who string) profile.Actor {
	t.Helper()
	access, err := s.people.Access(t.Context(), system, who)
	require.NoError(t, err)
	return access.Actor
}

func becauses(list []search.Leaning) (out []string) {
	for _, l := range list {
		out = append(out, l.Because)
	}
	return out
}
