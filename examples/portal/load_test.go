package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
)

// A crowd reads and rates until it is told to stop or nobody answers any more.
type crowd struct {
	t       *testing.T
	p       *process
	article string
	stop    chan struct{}
	wg      sync.WaitGroup

	served atomic.Int64 // pages that came whole
	mu     sync.Mutex
	acked  map[string]ack // by key
	faults []string       // answers that nobody should get
	ends   []error        // why each one stopped asking
}

// An ack is what was answered to a key.
type ack struct{ id, from string }

func gather(t *testing.T, p *process, article string) *crowd {
	t.Helper()
	c := &crowd{t: t, p: p, article: article, stop: make(chan struct{}), acked: map[string]ack{}}
	for i := range 3 {
		c.wg.Go(func() { c.read(i) })
		c.wg.Go(func() { c.rate(i) })
	}
	p.until("the crowd is there", func() bool { return c.served.Load() > 20 && c.count() > 20 })
	return c
}

func (c *crowd) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.acked)
}

// leave ends the crowd and returns when everybody is gone.
func (c *crowd) leave() {
	close(c.stop)
	c.wg.Wait()
}

func (c *crowd) each(visitor string, do func(n int, h *http.Client, from string) (answered bool)) {
	h := &http.Client{Timeout: patience, Transport: &http.Transport{}}
	for n := 0; ; n++ {
		select {
		case <-c.stop:
			return
		default:
		}
		if !do(n, h, fmt.Sprintf("198.18.%s.%d", visitor, n%250)) {
			return
		}
	}
}

func (c *crowd) read(visitor int) {
	paths := []string{"/en/", "/en/articles/sensor-shows-offline", "/en/search?q=sensor", "/api/v1/articles"}
	c.each(fmt.Sprint(visitor), func(n int, h *http.Client, from string) bool {
		status, body, err := c.ask(h, http.MethodGet, paths[n%len(paths)], "", from, "")
		if err == nil && status == 200 && body != "" {
			c.served.Add(1)
		}
		return c.check(status, body, err)
	})
}

func (c *crowd) rate(visitor int) {
	c.each(fmt.Sprint(100+visitor), func(n int, h *http.Client, from string) bool {
		key := fmt.Sprintf("key-%d-%d", visitor, n)
		status, body, err := c.ask(h, http.MethodPost, "/api/v1/articles/"+c.article+"/feedback", `{"helpful":true,"locale":"en"}`, from, key)
		var made struct{ ID string }
		if err == nil && status < 300 && json.Unmarshal([]byte(body), &made) == nil {
			c.mu.Lock()
			c.acked[key] = ack{made.ID, from}
			c.mu.Unlock()
		}
		return c.check(status, body, err)
	})
}

// check notes an answer that is none, and reports whether to go on. No answer
// at all is what a portal that has ended gives.
func (c *crowd) check(status int, body string, err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.ends = append(c.ends, err)
	} else if status >= 400 {
		c.faults = append(c.faults, fmt.Sprint(status, " ", body))
	}
	return err == nil
}

func (c *crowd) ask(h *http.Client, method, path, body, from, key string) (status int, text string, err error) {
	r, err := http.NewRequestWithContext(context.Background(), method, c.p.url+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	r.Header.Set("X-Forwarded-For", from)
	r.Header.Set("User-Agent", browser)
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := h.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	return res.StatusCode, string(data), err
}

// kept requires that all that was acknowledged is stored, once.
func (c *crowd) kept(db *sqlx.DB) {
	c.t.Helper()
	var ids []string
	require.NoError(c.t, db.SelectContext(c.t.Context(), &ids, `select id from stoa_article_feedback`))
	stored := map[string]bool{}
	for _, id := range ids {
		require.False(c.t, stored[id])
		stored[id] = true
	}
	for key, a := range c.acked {
		require.True(c.t, stored[a.id], "%s was acknowledged as %s", key, a.id)
	}
	c.t.Logf("%d pages, %d acknowledged, %d stored, 0 lost", c.served.Load(), len(c.acked), len(ids))
}

// crowded starts a portal that believes whoever says where they come from.
func crowded(t *testing.T, args ...string) *process {
	t.Helper()
	return start(t, append([]string{"-log", "off", "-proxies", "127.0.0.1"}, args...)...)
}

// TestStopUnderLoad tells a busy portal to stop: whatever it began to answer it
// answers whole, open streams end, and all that it acknowledged is there.
func TestStopUnderLoad(t *testing.T) {
	folder := t.TempDir()
	p := crowded(t, "-data", folder)
	article := anArticle(t, p)
	stream, err := p.http.Get(p.url + "/api/v1/live?article=" + article)
	require.NoError(t, err)
	defer stream.Body.Close()
	c := gather(t, p, article)
	began := time.Now()
	p.signal(syscall.SIGTERM)
	require.Zero(t, p.wait(), p.err.String())
	require.Less(t, time.Since(began), 10*time.Second, "within the time it has")
	c.leave()
	require.Empty(t, c.faults)
	require.Len(t, c.ends, 6)
	for _, err := range c.ends {
		require.ErrorIs(t, err, syscall.ECONNREFUSED, "who is let in is answered")
	}
	require.Contains(t, readAll(t, stream.Body), "retry: ", "whoever listens is told when to come back, and the stream ends as one")
	c.kept(look(t, folder))
}

// TestKilledUnderLoad kills a busy portal: what it acknowledged is there when it
// starts again, and whoever sends the same once more gets the same answer.
func TestKilledUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many times")
	}
	run := func(t *testing.T, db func() *sqlx.DB, args ...string) {
		for range 3 {
			p := crowded(t, args...)
			c := gather(t, p, anArticle(t, p))
			require.NoError(t, p.cmd.Process.Kill())
			p.wait()
			c.leave()
			require.Empty(t, c.faults)
			again := crowded(t, args...)
			c.p = again
			c.kept(db())
			for key, a := range c.acked {
				status, body, err := c.ask(http.DefaultClient, http.MethodPost, "/api/v1/articles/"+c.article+"/feedback", `{"helpful":true,"locale":"en"}`, a.from, key)
				require.NoError(t, err)
				require.Less(t, status, 300, body)
				require.Contains(t, body, a.id)
			}
			again.stop()
			require.NoError(t, clear(db()))
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		folder := t.TempDir()
		run(t, func() *sqlx.DB { return look(t, folder) }, "-data", folder)
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := testdb.PostgresDSN(t)
		run(t, func() *sqlx.DB { return postgres(t, dsn) }, "-db", dsn, "-data", t.TempDir())
	})
}

// clear forgets the feedback, whose keys the next round uses again.
func clear(db *sqlx.DB) error {
	tx, err := db.Beginx()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`delete from stoa_article_feedback`); err != nil {
		return err
	}
	return tx.Commit()
}
