package main

import (
	"context"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
)

// free returns an address that nobody serves at.
func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return l.Addr().String()
}

// at returns the address of a database as it is reached through another.
func at(t testing.TB, dsn, through string) (via, server string) {
	t.Helper()
	u, err := url.Parse(dsn)
	require.NoError(t, err)
	if u.Host == "" {
		t.Skip("the database has no address with a host")
	}
	server, u.Host = u.Host, through
	return u.String(), server
}

// relay lets what connects to addr through to a server, until the test ends.
func relay(t testing.TB, addr, server string) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", server)
			if err != nil {
				in.Close()
				continue
			}
			go func() { _, _ = io.Copy(out, in); out.Close() }()
			go func() { _, _ = io.Copy(in, out); in.Close() }()
		}
	}()
}

// probe asks a portal that has not said yet where it is.
func (p *process) probe(addr, path string) (status int, body string) {
	res, err := p.http.Get("http://" + addr + path)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	data, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(data)
}

// TestWaitForDatabase starts the portal before its database: it lives, is not
// ready, says what it tries, and serves when the database is there.
func TestWaitForDatabase(t *testing.T) {
	gap, addr := free(t), free(t)
	dsn, server := at(t, testdb.PostgresDSN(t), gap)
	p := launch(t, "-addr", addr, "-db", dsn, "-data", t.TempDir())
	p.until("it has tried twice", func() bool { return strings.Count(p.err.String(), "the database cannot be reached") >= 2 })
	require.Contains(t, p.err.String(), "attempt=2")
	require.Contains(t, p.err.String(), "refused")
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 503, "/": 503, "/en/articles/sensor-shows-offline": 503} {
		status, _ := p.probe(addr, path)
		require.Equal(t, want, status, path)
	}
	require.Empty(t, p.out.String())

	relay(t, gap, server)
	p.until("it is ready", func() bool { return strings.Contains(p.out.String(), "ready http://"+addr) })
	for _, path := range []string{"/readyz", "/en/articles/sensor-shows-offline"} {
		status, _ := p.probe(addr, path)
		require.Equal(t, 200, status, path)
	}
	p.stop()
}

// TestStopWhileWaiting: a portal that waits for its database stops when told to.
func TestStopWhileWaiting(t *testing.T) {
	p := launch(t, "-db", "postgres://root:SECRET@"+free(t)+"/portal?password=SECRET", "-data", t.TempDir())
	p.until("it waits", func() bool { return strings.Contains(p.err.String(), "the database cannot be reached") })
	began := time.Now()
	p.signal(syscall.SIGTERM)
	require.Equal(t, 1, p.wait())
	require.Less(t, time.Since(began), 5*time.Second)
	require.Contains(t, p.err.String(), "portal: -db postgres://root:xxxxx@127.0.0.1:")
	require.NotContains(t, p.err.String(), "SECRET")
}

// TestRefusedByDatabase: what waiting does not mend ends the portal at once.
func TestRefusedByDatabase(t *testing.T) {
	u, err := url.Parse(testdb.PostgresDSN(t))
	require.NoError(t, err)
	stranger, nowhere := *u, *u
	stranger.User, nowhere.Path = url.UserPassword("nobody_at_all", "SECRET"), "/no_such_database"
	for want, dsn := range map[string]string{"nobody_at_all": stranger.String(), "no_such_database": nowhere.String()} {
		out, errout, code := ended(t, "-db", dsn, "-data", t.TempDir())
		require.Equal(t, 1, code, errout)
		require.Empty(t, out)
		require.Regexp(t, `^portal: -db .*`+want+`.*\n$`, errout)
		require.NotContains(t, errout, "SECRET")
	}
}

// TestMetricsElsewhere: where metrics have an address of their own, they are at
// that one only, and nothing else is.
func TestMetricsElsewhere(t *testing.T) {
	p := start(t, "-data", t.TempDir(), "-demo=false", "-log", "off", "-metrics", "127.0.0.1:0")
	first, _, _ := strings.Cut(p.out.String(), "\n")
	elsewhere, ok := strings.CutPrefix(first, "metrics http://")
	require.True(t, ok, p.out.String())
	require.Equal(t, 404, p.get("/metrics").status)
	status, body := p.probe(elsewhere, "/metrics")
	require.Equal(t, 200, status)
	require.Contains(t, body, "\nstoa_search_documents 0\n")
	status, _ = p.probe(elsewhere, "/en/")
	require.Equal(t, 404, status)
	p.stop()
}

// TestFilesArePrivate: other users of the machine can read nothing of what a
// portal keeps, while it runs and after.
func TestFilesArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("rights are not in the mode of a file")
	}
	folder := filepath.Join(t.TempDir(), "data")
	require.NoError(t, os.Mkdir(folder, 0o755))
	// As one of an earlier version has left it.
	for _, name := range []string{"portal.db", "portal.lock"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), nil, 0o644))
	}
	for _, dir := range []string{folder, filepath.Join(t.TempDir(), "new", "data")} {
		p := start(t, "-data", dir, "-log", "off")
		p.caughtUp()
		require.Equal(t, 200, p.get("/en/articles/sensor-shows-offline").status)
		private(t, dir)
		require.FileExists(t, filepath.Join(dir, "portal.db-wal"))
		p.stop()
		private(t, dir)
		if dir != folder {
			info, err := os.Stat(dir)
			require.NoError(t, err)
			require.Equal(t, fs.FileMode(0o700), info.Mode().Perm())
		}
	}
}

func private(t testing.TB, dir string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err == nil {
			require.Zero(t, info.Mode().Perm()&0o077, "%s is %s", path, info.Mode())
		}
		return nil
	}))
}

// TestStatementsEnd: PostgreSQL gives up on a statement that takes too long,
// unless the address of the database says otherwise.
func TestStatementsEnd(t *testing.T) {
	dsn := testdb.PostgresDSN(t)
	u, err := url.Parse(dsn)
	require.NoError(t, err)
	db := postgres(t, dsn)
	// Whatever the portal's connections are told stands in their settings; a
	// statement of theirs shows it.
	locked := db.MustBegin()
	defer func() { _ = locked.Rollback() }()
	params := u.Query()
	params.Set("statement_timeout", "700")
	u.RawQuery = params.Encode()
	p := start(t, "-db", u.String(), "-data", t.TempDir(), "-log", "off")
	locked.MustExec(`lock table stoa_session in access exclusive mode`)
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/en/", nil)
	require.NoError(t, err)
	r.Header.Set("Cookie", "stoa_session=anybody")
	res, err := p.http.Do(r)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 503, res.StatusCode)
	require.Less(t, time.Since(began), 15*time.Second)
	require.NoError(t, locked.Rollback())
	require.Equal(t, 403, p.do("GET", "/en/", nil, "Cookie", "stoa_session=anybody").status, "it answers again, that nobody has signed in so")
	p.stop()
}
