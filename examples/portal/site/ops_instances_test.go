package site

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
)

// running opens a portal and does what goes on behind it until the test ends.
func running(t *testing.T, change ...func(*Config)) *Site {
	t.Helper()
	s := open(t, change...)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-done)
	})
	return s
}

// on returns a change of the configuration that opens the portal on a database.
func on(dsn string) func(*Config) { return func(c *Config) { c.DB = dsn } }

// TestInstances runs two portals on one database, as behind a load balancer.
func TestInstances(t *testing.T) {
	dsn := testdb.PostgresDSN(t)
	first, second := running(t, on(dsn)), running(t, on(dsn))
	one, other := serve(t, first), serve(t, second)

	t.Run("what one publishes the other finds", func(t *testing.T) {
		var took []time.Duration
		for i := range 7 {
			took = append(took, untilFound(t, one("ruth"), other(""), i))
		}
		slices.Sort(took)
		t.Logf("found on the other instance after %v (median), %v at most", took[len(took)/2].Round(time.Millisecond), took[len(took)-1].Round(time.Millisecond))
		require.Less(t, took[len(took)/2], 2*time.Second)
	})

	t.Run("whoever signs in at one is known to the other", func(t *testing.T) {
		a := one("").post("/demo/sign-in", url.Values{"person": {"lucia"}})
		session, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
		require.Contains(t, other("").get("/en/", "Cookie", session).Body, "Luc")
		require.Contains(t, other("").get("/api/v1/me", "Cookie", session).Body, `"id":"lucia"`)
	})

	t.Run("whoever is removed at one is nobody at the other", func(t *testing.T) {
		stream := listen(t, other("tom"), "/api/v1/live?article=none")
		require.Contains(t, other("tom").get("/api/v1/me").Body, `"id":"tom"`)
		began := time.Now()
		_, err := first.people.DisablePerson(t.Context(), system, "tom")
		require.NoError(t, err)
		require.Equal(t, 401, other("tom").get("/api/v1/me").Status, "from the next request on")
		stream.ends(t)
		t.Logf("the open stream ended after %v", time.Since(began).Round(time.Millisecond))
		require.Less(t, time.Since(began), 4*time.Second)
	})
}

// untilFound publishes an article through one's API and asks the other's search
// page for it until it is there.
func untilFound(t *testing.T, author, reader *client, i int) time.Duration {
	t.Helper()
	word := fmt.Sprintf("quagga%c", 'a'+i)
	var places []struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(author.get("/api/v1/categories").Body), &places))
	body := fmt.Sprintf(`{"title":"The %s","body":"All about it.","category":%q,"kind":"faq","audience":["public"]}`, word, places[0].ID)
	a := author.do(http.MethodPost, "/api/v1/articles", body, "Content-Type", "application/json", "Idempotency-Key", word)
	require.Equal(t, http.StatusCreated, a.Status, a.Body)
	var made struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(a.Body), &made))
	a = author.do(http.MethodPut, "/api/v1/manuscripts/"+made.ID+"/texts/en/publication", "", "If-Match", a.Header.Get("ETag"), "Content-Type", "application/json")
	require.Less(t, a.Status, 300, a.Body)
	return until(t, "the article is found", func() bool { return strings.Contains(reader.get("/en/search?q="+word).Body, "/articles/the-") })
}

// until waits for something and returns how long that took.
func until(t *testing.T, what string, happened func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !happened() {
		require.Less(t, time.Since(began), 30*time.Second, what)
		time.Sleep(20 * time.Millisecond)
	}
	return time.Since(began)
}

// A listener is an open stream of events.
type listener struct {
	events chan string
}

func listen(t *testing.T, c *client, path string) listener {
	t.Helper()
	return listenWith(t, c, path, "")
}

// listenWith listens as whom a cookie signs in.
func listenWith(t *testing.T, c *client, path, cookie string) listener {
	t.Helper()
	if cookie == "" {
		return listenAs(t, c, path, "Authorization", bearerPrefix+c.person)
	}
	return listenAs(t, c, path, "Cookie", cookie)
}

// listenAs listens as whom a header says.
func listenAs(t *testing.T, c *client, path, header, value string) listener {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.server.URL+path, nil)
	require.NoError(t, err)
	r.Header.Set(header, value)
	res, err := c.http.Do(r)
	require.NoError(t, err)
	require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
	l := listener{events: make(chan string, 100)}
	go func() {
		defer res.Body.Close()
		defer close(l.events)
		for in := bufio.NewScanner(res.Body); in.Scan(); {
			l.events <- in.Text()
		}
	}()
	return l
}

// ends waits until the server has ended the stream.
func (l listener) ends(t *testing.T) {
	t.Helper()
	for limit := time.After(30 * time.Second); ; {
		select {
		case _, more := <-l.events:
			if !more {
				return
			}
		case <-limit:
			require.Fail(t, "the stream goes on")
		}
	}
}

// open reports whether the stream goes on, as far as has been heard.
func (l listener) open() bool {
	for {
		select {
		case _, more := <-l.events:
			if !more {
				return false
			}
		default:
			return true
		}
	}
}

// TestInstancesBegin starts portals at once on a database that is empty. Each
// finds everything there once.
func TestInstancesBegin(t *testing.T) {
	dsn := testdb.PostgresDSN(t)
	sites := make([]*Site, 3)
	faults := make([]error, len(sites))
	var wg sync.WaitGroup
	for i := range sites {
		cfg := Config{Data: t.TempDir(), DB: dsn, Demo: true}
		wg.Go(func() { sites[i], faults[i] = Open(t.Context(), cfg) })
	}
	wg.Wait()
	for i, s := range sites {
		require.NoError(t, faults[i])
		t.Cleanup(func() { require.NoError(t, s.Close()) })
	}
	alone := open(t)
	for _, table := range []string{"stoa_article", "stoa_translation", "stoa_revision", "stoa_category", "stoa_person", "stoa_media"} {
		var want, got int
		require.NoError(t, alone.db.read.GetContext(t.Context(), &want, "select count(*) from "+table))
		require.NoError(t, sites[0].db.read.GetContext(t.Context(), &got, "select count(*) from "+table))
		require.Equal(t, want, got, table)
		require.NotZero(t, got, table)
	}
}
