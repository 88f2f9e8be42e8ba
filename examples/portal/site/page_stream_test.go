package site

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// next returns the data of the next event of a stream.
func (l listener) next(t *testing.T) string {
	t.Helper()
	for limit := time.After(30 * time.Second); ; {
		select {
		case line, more := <-l.events:
			require.True(t, more, "the stream has ended")
			if data, ok := strings.CutPrefix(line, "data: "); ok {
				return data
			}
		case <-limit:
			require.Fail(t, "nothing comes")
		}
	}
}

// TestUnreadStream: an open page hears how many notices are not read, on any
// instance, and its stream ends within a second of the reader's session or of
// the reader being disabled.
func TestUnreadStream(t *testing.T) {
	check := func(t *testing.T, s, other *Site) {
		as, elsewhere := serve(t, s), serve(t, other)
		_, session := signIn(t, as(""), "tom")
		_, second := signIn(t, as(""), "tom")
		listen := func(shown, session string) listener {
			return listenWith(t, elsewhere(""), "/de/account/notices/stream?shown="+shown, session)
		}
		open, stays := listen("", session), listen("", second)
		edit := followed(t, s, as, "The quagga handbook", "tom")
		edit("New words.")
		require.JSONEq(t, `{"count":"1","say":"1 neue Mitteilung"}`, open.next(t))
		require.JSONEq(t, `{"count":"1","say":"1 neue Mitteilung"}`, stays.next(t))
		late := listen("", session)
		require.JSONEq(t, `{"count":"1","say":"1 neue Mitteilung"}`, late.next(t), "what happened since the page was built")
		require.Equal(t, 303, as("tom").post("/en/account/notices", url.Values{"until": {time.Now().Add(time.Hour).UTC().Format(time.RFC3339Nano)}}).Status)
		require.JSONEq(t, `{"count":"","say":"Keine neuen Mitteilungen"}`, open.next(t))

		require.Equal(t, 303, as("").post("/sign-out", nil, "Cookie", session).Status)
		began := time.Now()
		open.ends(t)
		late.ends(t)
		took := time.Since(began)
		t.Logf("streams of a session that was ended elsewhere end after %v", took.Round(time.Millisecond))
		require.Less(t, took, 2*time.Second, "a second, and a busy machine")
		require.True(t, stays.open(), "another session of the same person goes on")

		tom, err := s.people.Person(t.Context(), system, "tom")
		require.NoError(t, err)
		tom.Disabled = true
		_, err = s.people.SavePerson(t.Context(), system, tom)
		require.NoError(t, err)
		began = time.Now()
		stays.ends(t)
		took = time.Since(began)
		t.Logf("streams of a person who is disabled end after %v", took.Round(time.Millisecond))
		require.Less(t, took, 2*time.Second)
		require.Equal(t, 403, elsewhere("").get("/de/account/notices/stream", "Cookie", second).Status, "and none begins")
	}
	t.Run("sqlite", func(t *testing.T) {
		s := running(t)
		check(t, s, s)
	})
	t.Run("two on postgres", func(t *testing.T) {
		dsn := testdb.PostgresDSN(t)
		check(t, running(t, on(dsn)), running(t, on(dsn)))
	})
}

// TestUnreadStreamBounds: strangers have none, one person only so many, and what
// the reader may not know of does not count.
func TestUnreadStreamBounds(t *testing.T) {
	s := running(t)
	as := serve(t, s)
	require.Equal(t, 403, as("").get("/en/account/notices/stream").Status)
	require.Equal(t, 200, as("tom").do(http.MethodHead, "/en/account/notices/stream", "").Status)

	edit := followed(t, s, as, "The quagga handbook", "tom")
	edit("New words.")
	tom := listen(t, as("tom"), "/en/account/notices/stream")
	require.Contains(t, tom.next(t), `"1"`)
	found, err := s.library.Find(t.Context(), system, "en", "the-quagga-handbook")
	require.NoError(t, err)
	m, err := s.library.Manuscript(t.Context(), system, found.ID)
	require.NoError(t, err)
	_, err = s.library.Arrange(t.Context(), system, found.ID, m.Version, kb.Meta{Category: m.Category, Kind: m.Kind, Audience: profile.NewAudience("partner")})
	require.NoError(t, err)
	closed := listen(t, as("tom"), "/en/account/notices/stream?shown=1")
	require.JSONEq(t, `{"count":"","say":"No new notices"}`, closed.next(t))

	for range streamsEach - 2 {
		listen(t, as("tom"), "/en/account/notices/stream")
	}
	full := as("tom").get("/en/account/notices/stream")
	require.Equal(t, 429, full.Status)
	require.NotEmpty(t, full.Header.Get("Retry-After"))
	listen(t, as("priya"), "/en/account/notices/stream")
}

// TestUnreadInTheBrowser watches the number come and go.
func TestUnreadInTheBrowser(t *testing.T) {
	slow(t)
	s := running(t)
	as := serve(t, s)
	edit := followed(t, s, as, "The quagga handbook", "tom")
	p := browser.Open(t, still(1280))
	base := as("").server.URL
	p.Go(base + "/en/demo")
	p.Follow(`form:has(input[value="tom"]) button`)
	p.Go(base + "/en/categories")
	p.WaitGone("summary [data-unread]")
	p.Until(`document.querySelector("[data-notices]").dataset.state === "listening"`)
	edit("New words.")
	p.WaitVisible("summary [data-unread]")
	require.Equal(t, "1", p.Text("summary [data-unread]"))
	require.Equal(t, "1 new notice", p.Text("[data-notices]"))
	require.Empty(t, p.Axe())
	screenshot(p, "unread.png")
	p.Go(base + "/en/account/notices")
	require.Equal(t, 200, p.Follow(".desk-main form button"))
	p.WaitGone("summary [data-unread]")
	require.Empty(t, p.CSPViolations())
}
