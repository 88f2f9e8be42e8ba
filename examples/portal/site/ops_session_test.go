package site

import (
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
)

// signIn returns the whole cookie, and the part of it that is sent back.
func signIn(t *testing.T, c *client, person string, header ...string) (cookie, session string) {
	t.Helper()
	a := c.post("/demo/sign-in", url.Values{"person": {person}}, header...)
	require.Equal(t, 303, a.Status, a.Body)
	cookie = a.Header.Get("Set-Cookie")
	session, _, _ = strings.Cut(cookie, ";")
	return cookie, session
}

// TestSessionsEnd: a cookie that was copied is worth nothing once its owner has
// signed out, or its time is over, and nobody else is signed out with them.
func TestSessionsEnd(t *testing.T) {
	check := func(t *testing.T, change ...func(*Config)) {
		var ahead atomic.Int64
		s := open(t, append(change, func(c *Config) {
			c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		})...)
		c := serve(t, s)("")
		me := func(session string) string {
			a := c.get("/api/v1/me", "Cookie", session)
			if a.Status == 401 {
				return "signed out"
			}
			require.Equal(t, 200, a.Status)
			return a.Body
		}
		_, session := signIn(t, c, "tom")
		_, elsewhere := signIn(t, c, "tom")
		_, lucia := signIn(t, c, "lucia")
		stream := listenWith(t, c, "/api/v1/live?article=none", session)
		a := c.post("/sign-out", url.Values{}, "Cookie", session)
		require.Equal(t, 303, a.Status)
		require.Contains(t, a.Header.Get("Set-Cookie"), "Max-Age=0")
		require.Equal(t, "signed out", me(session))
		page := c.get("/en", "Cookie", session, "Accept", "text/html")
		require.Equal(t, 303, page.Status, "a reader sees the page as anybody does")
		require.Contains(t, page.Header.Get("Set-Cookie"), "Max-Age=0")
		require.Contains(t, me(elsewhere), `"id":"tom"`)
		stream.ends(t)

		_, again := signIn(t, c, "tom", "Cookie", elsewhere)
		require.NotEqual(t, elsewhere, again)
		require.Equal(t, "signed out", me(elsewhere), "signing in anew ends the session of before")
		require.Contains(t, me(lucia), `"id":"lucia"`)

		var words []string
		require.NoError(t, s.db.read.SelectContext(t.Context(), &words, `select secret from stoa_session`))
		require.Len(t, words, 2)
		for _, word := range words {
			require.NotContains(t, again+lucia, word, "who reads the database cannot sign in with what is there")
		}
		ahead.Store(int64(31 * 24 * time.Hour))
		require.Equal(t, "signed out", me(again))
	}
	t.Run("sqlite", func(t *testing.T) { check(t) })
	t.Run("postgres", func(t *testing.T) { check(t, on(testdb.PostgresDSN(t))) })
}

// TestCookies: no script reads them, no other site's form sends them, and they
// go over https alone where the portal is there.
func TestCookies(t *testing.T) {
	for base, secure := range map[string]bool{"": false, "http://support.example.com": false, "https://support.example.com": true} {
		s := open(t, func(c *Config) { c.BaseURL = base })
		c := serve(t, s)("")
		cookie, session := signIn(t, c, "tom")
		locale := c.post("/locale", url.Values{"locale": {"de"}}).Header.Get("Set-Cookie")
		out := c.post("/sign-out", url.Values{}, "Cookie", session).Header.Get("Set-Cookie")
		for _, cookie := range []string{cookie, locale, out} {
			require.Contains(t, cookie, "; HttpOnly")
			require.Contains(t, cookie, "; SameSite=Lax")
			require.Contains(t, cookie, "; Path=/")
			require.Equal(t, secure, strings.Contains(cookie, "; Secure"), "%q: %s", base, cookie)
		}
	}
}

// TestNobodyOpensDoorsForThemselves: what people say about themselves, such as
// their zone and their language, makes them part of no audience.
func TestNobodyOpensDoorsForThemselves(t *testing.T) {
	s := open(t)
	for name, rule := range map[string]profile.Rule{
		"dutch-zone": {Fact: profile.FactZone, Op: profile.OpIn, Values: []string{"Europe/Amsterdam"}},
		"french":     {Fact: profile.FactLanguage, Op: profile.OpIn, Values: []string{"fr"}},
		"canadian":   {Fact: profile.FactLocale, Op: profile.OpPrefix, Values: []string{"fr-CA"}},
	} {
		_, err := s.people.SaveSegment(t.Context(), system, profile.Segment{Name: name, Title: name, Rule: rule})
		if err != nil {
			require.ErrorIs(t, err, profile.ErrInvalid, "it may be refused")
		}
		d := draft("Only for "+name, profile.NewAudience(name), anyCategory(t, s))
		d.Slug = "only-" + name
		write(t, s, d)
	}
	tom, err := s.people.Person(t.Context(), system, "tom")
	require.NoError(t, err)
	by, err := s.people.Actor(t.Context(), "tom")
	require.NoError(t, err)
	tom.Zone, tom.Locale, tom.Attributes = "Europe/Amsterdam", "fr-CA", nil
	_, err = s.people.SavePerson(t.Context(), by, tom)
	require.NoError(t, err)
	c := serve(t, s)("tom")
	for _, name := range []string{"dutch-zone", "french", "canadian"} {
		require.Equal(t, 404, c.get("/en/articles/only-"+name).Status, name)
	}
}

// TestPopularIsFull: what a reader may not see takes no place in the list of
// what is read most, however often others read it.
func TestPopularIsFull(t *testing.T) {
	s := running(t)
	as := serve(t, s)
	place := anyCategory(t, s)
	view := func(person, slug string, times int) {
		for range times {
			require.Equal(t, 200, as(person).get("/en/articles/"+slug, "User-Agent", "Mozilla/5.0 Firefox/140.0").Status)
		}
	}
	views := 0
	var want []string
	for i := range listed {
		d := draft("Open "+string(rune('A'+i)), profile.Public(), place)
		d.Slug = "open-" + string(rune('a'+i))
		write(t, s, d)
		view("", d.Slug, listed-i)
		views += listed - i
		want = append(want, d.Slug)
	}
	for i := range 4*listed + 5 {
		d := draft("Shut "+string(rune('A'+i)), profile.NewAudience(profile.SegmentStaff), place)
		d.Slug = "shut-" + string(rune('a'+i))
		write(t, s, d)
		view("jonas", d.Slug, listed+1)
		views += listed + 1
	}
	until(t, "the events are stored", func() bool { st := s.ledger.Stats(); return st.Pending == 0 && st.Stored >= int64(views) })
	require.Equal(t, want, popularOf(t, s))
}

func popularOf(t *testing.T, s *Site) (slugs []string) {
	t.Helper()
	v := &visit{Wanted: "en", Locale: "en"}
	s.memory.found = lru.NewWeighed(mostFound, weighFound)
	entries, err := s.popular(t.Context(), v)
	require.NoError(t, err)
	for _, e := range entries {
		slugs = append(slugs, e.Slug)
	}
	return slugs
}
