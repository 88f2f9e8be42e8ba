package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHelp(t *testing.T) {
	out, errout, code := ended(t, "-h")
	require.Zero(t, code)
	require.Empty(t, errout)
	var o options
	f := o.flags()
	for _, name := range []string{"addr", "db", "data", "import", "demo", "base-url", "brand", "brands", "site", "holdout", "country-header", "locales", "proxies", "metrics", "log", "drain"} {
		require.NotNil(t, f.Lookup(name))
		require.Regexp(t, `(?m)^  -`+name+`( [a-z]+)?\n    \t\S.{20,}`, out, "-%s is explained", name)
	}
	require.Contains(t, out, "Usage: portal")
	require.Contains(t, out, "ready http://")
}

// TestMistakes: whatever is wrong with the command line is said in one line
// that names it, and nothing is left behind.
func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, []byte("not a database, not a folder, and long enough to be neither"), 0o600))
	empty := filepath.Join(dir, "empty")
	require.NoError(t, os.Mkdir(empty, 0o755))
	untouched := filepath.Join(dir, "untouched")
	for _, tt := range []struct {
		name string
		args []string
		want []string
	}{
		{"flag", []string{"-dada", "x"}, []string{"-dada", "-h"}},
		{"value", []string{"-demo=perhaps"}, []string{"demo", "perhaps"}},
		{"argument", []string{"serve"}, []string{`"serve"`, "-h"}},
		{"address", []string{"-addr", "localhost"}, []string{"-addr", "missing port"}},
		{"port", []string{"-addr", "127.0.0.1:99999"}, []string{"-addr", "99999"}},
		{"foreign address", []string{"-addr", "192.0.2.1:0"}, []string{"-addr", "192.0.2.1"}},
		{"log", []string{"-log", "xml"}, []string{"-log xml", "json"}},
		{"drain", []string{"-drain", "-1s"}, []string{"-drain -1s"}},
		{"proxies", []string{"-proxies", "10.0.0.0/8,everybody"}, []string{"-proxies everybody"}},
		{"country from anybody", []string{"-country-header", "CF-IPCountry"}, []string{"-country-header CF-IPCountry", "-proxies"}},
		{"site", []string{"-site", empty + "/site.json"}, []string{"-site", "no such file"}},
		{"search", []string{"-search", "opensearch:https://u:s3cret@h:9200/A*"}, []string{"-search", "opensearch:https://USER@HOST:9200/PREFIX"}},
		{"files", []string{"-files", "s3://key:SECRET@h/b", "-files-secret-file", file}, []string{"-files", "-files-secret-file"}},
		{"files without a secret", []string{"-files", "s3://key@h/b"}, []string{"-files", "-files-secret-file"}},
		{"a secret without files", []string{"-files-secret-file", file}, []string{"-files-secret-file", "s3://KEY@HOST/BUCKET/PREFIX"}},
		{"clamd", []string{"-clamd", "localhost"}, []string{"-clamd localhost", "HOST:PORT"}},
		{"search password", []string{"-search-password-file", file}, []string{"-search-password-file", "-search"}},
		{"holdout", []string{"-holdout", "101"}, []string{"-holdout 101", "per cent"}},
		{"metrics", []string{"-metrics", "localhost"}, []string{"-metrics", "missing port"}},
		{"foreign metrics", []string{"-metrics", "192.0.2.1:0"}, []string{"-metrics", "192.0.2.1"}},
		{"base address", []string{"-base-url", "support.example.com"}, []string{"-base-url support.example.com", "https://"}},
		{"base address with a path", []string{"-base-url", "https://example.com/help"}, []string{"-base-url https://example.com/help"}},
		{"no language", []string{"-locales", "en,klingon_"}, []string{"-locales", `"klingon_"`}},
		{"language without texts", []string{"-locales", "en,fr"}, []string{"-locales", `"fr"`, "ar, de, en, es, ja"}},
		{"kind of database", []string{"-db", "mysql://root:SECRET@db/portal"}, []string{"-db", "sqlite:FILE", "postgres://"}},
		{"database without a file", []string{"-db", "sqlite:"}, []string{"-db", "sqlite:FILE"}},
		{"list for a database", []string{"-db", "host=db password=SECRET"}, []string{"-db"}},
		{"broken address of a database", []string{"-db", "postgres://root:SECRET@db:port/portal"}, []string{"-db"}},
		{"database that is none", []string{"-db", "sqlite:" + file}, []string{"-db", file, "not a database"}},
		{"data in a file", []string{"-data", filepath.Join(file, "data")}, []string{"-data", file, "not a directory"}},
		{"data is a file", []string{"-data", file}, []string{"-data", file, "not a directory"}},
		{"import of nothing", []string{"-import", filepath.Join(dir, "nowhere")}, []string{"-import", "nowhere", "no such file"}},
		{"import of an empty folder", []string{"-import", empty}, []string{"-import", empty, "no articles", ".md"}},
		{"import of another file", []string{"-import", file}, []string{"-import", file, ".jsonl"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := tt.args
			if args[0] != "-data" {
				args = append([]string{"-data", untouched}, args...)
			}
			out, errout, code := ended(t, args...)
			require.Equal(t, 1, code)
			require.Empty(t, out)
			require.Equal(t, 1, strings.Count(errout, "\n"), "one line:\n%s", errout)
			require.True(t, strings.HasPrefix(errout, "portal: "), errout)
			for _, want := range tt.want {
				require.Contains(t, errout, want)
			}
			require.NotContains(t, errout, "SECRET")
			if !strings.Contains(tt.name, "database") && !strings.Contains(tt.name, "language") {
				require.NoDirExists(t, untouched, "a mistake leaves nothing behind")
			}
			require.NoError(t, os.RemoveAll(untouched))
		})
	}
}

// TestReadOnlyFolder runs as somebody who may not write where they are told to.
func TestReadOnlyFolder(t *testing.T) {
	dir, err := os.MkdirTemp("", "portal-readonly-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o555))
	for _, folder := range []string{dir, filepath.Join(dir, "new")} {
		p := &process{t: t, ended: make(chan struct{})}
		p.cmd = asNobody(t, program(t), "-addr", "127.0.0.1:0", "-data", folder)
		p.cmd.Stdout, p.cmd.Stderr, p.cmd.Dir = &p.out, &p.err, "/"
		require.NoError(t, p.cmd.Start())
		go func() { _ = p.cmd.Wait(); close(p.ended) }()
		require.Equal(t, 1, p.wait())
		require.Regexp(t, `^portal: -data.*`+regexp.QuoteMeta(folder)+`.*permission denied\n$`, p.err.String())
	}
}

// TestFirstStart is what a newcomer does: no flags but those that keep tests
// apart.
func TestFirstStart(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "folder")
	p := start(t, "-data", folder, "-log", "json")
	require.Contains(t, p.get("/en/").body, "How can we help?")
	require.Equal(t, 200, p.get("/en/articles/sensor-shows-offline").status)
	p.caughtUp()
	p.stop()
	require.Regexp(t, `^ready http://127\.0\.0\.1:[0-9]+\n$`, p.out.String(), "one line and no more")
	for line := range strings.Lines(p.err.String()) {
		var entry struct{ Time, Level, Msg, Method, Route, Request_ID string }
		require.NoError(t, json.Unmarshal([]byte(line), &entry), line)
		require.NotContains(t, []string{"WARN", "ERROR"}, entry.Level, line)
		if entry.Msg == "request" {
			require.NotEmpty(t, entry.Request_ID, line)
		}
	}
	require.Contains(t, p.err.String(), `"route":"GET /articles/{slug}"`)
}

// TestRestart: a restart keeps what people did, and does nothing twice.
func TestRestart(t *testing.T) {
	folder := t.TempDir()
	p := start(t, "-data", folder, "-log", "off")
	require.Equal(t, 303, p.post("/demo/sign-in", url.Values{"person": {"tom"}}).status)
	require.Contains(t, p.get("/en/").body, "Tom Whitlock")
	require.Equal(t, 303, p.post("/en/articles/sensor-shows-offline/feedback",
		url.Values{"helpful": {"no"}, "reason": {"outdated"}, "comment": {"The lights changed."}, "key": {"form-1"}}).status)
	home := strings.ReplaceAll(p.get("/en/categories").body, p.url, "")
	p.stop()
	db := look(t, folder)
	before := stored(t, db)
	require.Greater(t, len(before["stoa_article"]), 40)

	again := start(t, "-data", folder, "-log", "off")
	first, err := url.Parse(p.url)
	require.NoError(t, err)
	second, err := url.Parse(again.url)
	require.NoError(t, err)
	again.http.Jar.SetCookies(second, p.http.Jar.Cookies(first))
	require.Contains(t, again.get("/en/").body, "Tom Whitlock", "whoever was signed in still is")
	require.Equal(t, home, strings.ReplaceAll(again.get("/en/categories").body, again.url, ""))
	require.Contains(t, again.do("GET", "/api/v1/feedback", nil, "Authorization", "Bearer demo-ruth").body, "The lights changed.")
	again.caughtUp()
	require.Contains(t, again.get("/en/search?q=sensor+offline").body, "<mark>", "what was there is found")
	again.stop()
	require.Equal(t, before, stored(t, db), "nothing is imported twice")
	require.Equal(t, 1, count(t, db, `select count(*) from stoa_article_feedback where visitor not like 'demo-said-%'`))
}

// TestEmptyStart: without the demo there is nothing, nobody and no way to be
// somebody, and a later start with it does not mix with what was written since.
func TestEmptyStart(t *testing.T) {
	folder := t.TempDir()
	p := start(t, "-data", folder, "-demo=false", "-log", "off", "-brand", "Helpdesk of Ours")
	home := p.get("/en/")
	require.Equal(t, 200, home.status)
	require.Contains(t, home.body, "There is nothing here yet")
	require.Contains(t, home.body, "Helpdesk of Ours")
	require.Equal(t, 404, p.get("/demo").status)
	require.Equal(t, 404, p.post("/demo/sign-in", url.Values{"person": {"admin"}}).status)
	require.Contains(t, p.get("/api/v1/me").body, `"id":""`)
	p.stop()
	db := look(t, folder)
	for _, table := range []string{"stoa_article", "stoa_category", "stoa_media"} {
		require.Zero(t, count(t, db, `select count(*) from `+table), table)
	}
}

// TestOneFolderOnePortal: a second portal in the same folder says at once what
// is in its way, and harms nobody.
func TestOneFolderOnePortal(t *testing.T) {
	folder := t.TempDir()
	first := start(t, "-data", folder, "-demo=false", "-log", "off")
	began := time.Now()
	out, errout, code := ended(t, "-data", folder, "-demo=false")
	require.Equal(t, 1, code)
	require.Less(t, time.Since(began), 10*time.Second)
	require.Empty(t, out)
	require.Regexp(t, `^portal: -data `+regexp.QuoteMeta(folder)+`: another portal, process \d+, uses this folder: .+\n$`, errout)
	require.Equal(t, 200, first.get("/en/").status)

	// One that was killed leaves nothing that keeps the next out.
	require.NoError(t, first.cmd.Process.Kill())
	first.wait()
	start(t, "-data", folder, "-demo=false", "-log", "off").stop()
}

func TestPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	folder := filepath.Join(t.TempDir(), "data")
	_, errout, code := ended(t, "-addr", taken.Addr().String(), "-data", folder)
	require.Equal(t, 1, code)
	require.Equal(t, "portal: -addr "+taken.Addr().String()+": another program serves there; port 0 takes a free one\n", errout)
	require.NoDirExists(t, folder)
}

// TestNewerSchema: a program that is older than the database keeps its hands
// off.
func TestNewerSchema(t *testing.T) {
	folder := t.TempDir()
	start(t, "-data", folder, "-demo=false", "-log", "off").stop()
	db := look(t, folder)
	lines := []string{}
	require.NoError(t, db.SelectContext(t.Context(), &lines, `select distinct line from stoa_migration`))
	require.GreaterOrEqual(t, len(lines), 4)
	for _, line := range lines {
		tx := db.MustBegin()
		tx.MustExec(`insert into stoa_migration (line, version, name) values ($1, 99, 'invent_something')`, line)
		require.NoError(t, tx.Commit())
		_, errout, code := ended(t, "-data", folder, "-demo=false")
		require.Equal(t, 1, code, line)
		require.Regexp(t, `^portal: .*`+line+`.* newer .*; deploy the newer program or restore a backup\n$`, errout)
		tx = db.MustBegin()
		tx.MustExec(`delete from stoa_migration where version = 99`)
		require.NoError(t, tx.Commit())
	}
	start(t, "-data", folder, "-demo=false", "-log", "off").stop()
}

// slow is a request that is sent in two halves.
type slow struct {
	net.Conn
	rest string
}

// half sends the first half of a comment on an article, as soon as the portal
// says that it is reading it: a request that was not begun before the portal ends
// is not answered.
func half(t testing.TB, p *process, id string) slow {
	t.Helper()
	body := `{"helpful":false,"locale":"en","reason":"missing","comment":"said at the last moment"}`
	var d net.Dialer
	conn, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(p.url, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	_, err = conn.Write([]byte("POST /api/v1/articles/" + id + "/feedback HTTP/1.1\r\nHost: portal\r\nAuthorization: Bearer demo-tom\r\nIdempotency-Key: last-1\r\n" +
		"Content-Type: application/json\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: " + itoa(len(body)) + "\r\n\r\n"))
	require.NoError(t, err)
	const goOn = "HTTP/1.1 100 Continue\r\n\r\n"
	answer := make([]byte, len(goOn))
	_, err = io.ReadFull(conn, answer)
	require.NoError(t, err)
	require.Equal(t, goOn, string(answer))
	_, err = conn.Write([]byte(body[:20]))
	require.NoError(t, err)
	return slow{conn, body[20:]}
}

// finish sends the second half and returns the answer.
func (s slow) finish(t testing.TB) string {
	t.Helper()
	require.NoError(t, s.SetDeadline(time.Now().Add(patience)))
	_, err := s.Write([]byte(s.rest))
	require.NoError(t, err)
	return readAll(t, s)
}

// refuses waits until nobody listens any more.
func (p *process) refuses() {
	p.t.Helper()
	p.until("the port is closed", func() bool {
		var d net.Dialer
		ctx, cancel := context.WithTimeout(p.t.Context(), time.Second)
		defer cancel()
		conn, err := d.DialContext(ctx, "tcp", strings.TrimPrefix(p.url, "http://"))
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
}

// TestDrain: whoever is half-way when the portal is told to stop is answered,
// and what happened last is written down.
func TestDrain(t *testing.T) {
	folder := t.TempDir()
	for i, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		p := start(t, "-data", folder, "-log", "off", "-drain", "60s")
		id := anArticle(t, p)
		s := half(t, p, id)
		require.Equal(t, 200, p.get("/en/articles/sensor-shows-offline").status)
		p.signal(sig)
		p.refuses()
		answer := s.finish(t)
		require.True(t, strings.HasPrefix(answer, "HTTP/1.1 2"), answer)
		require.Contains(t, answer, "said at the last moment")
		require.Zero(t, p.wait(), p.err.String())
		db := look(t, folder)
		require.Equal(t, 1, count(t, db, `select count(*) from stoa_article_feedback where comment = 'said at the last moment'`),
			"the second time it is the same request, by its key")
		require.Equal(t, i+1, count(t, db, `select count(*) from stoa_event where name = 'article.viewed' and id not like 'demo-%'`))
	}
}

// TestImpatience: requests that take too long are cut, and a second signal ends
// the program at once.
func TestImpatience(t *testing.T) {
	p := start(t, "-data", t.TempDir(), "-log", "off", "-drain", "200ms")
	half(t, p, anArticle(t, p))
	p.signal(syscall.SIGTERM)
	require.Equal(t, 1, p.wait())
	require.Regexp(t, `^portal: requests were cut; .+\n$`, p.err.String())

	p = start(t, "-data", t.TempDir(), "-log", "off", "-drain", "10m")
	half(t, p, anArticle(t, p))
	p.signal(syscall.SIGINT)
	p.refuses()
	p.signal(syscall.SIGTERM) // SIGINT is ignored where tests run in the background
	require.NotZero(t, p.wait())
}

func anArticle(t testing.TB, p *process) string {
	t.Helper()
	var page struct{ Articles []struct{ ID string } }
	require.NoError(t, json.Unmarshal([]byte(p.get("/api/v1/articles").body), &page))
	return page.Articles[0].ID
}
