//go:build unix

package testdb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// cluster starts the cluster of this process, once, and returns its data
// source name.
var cluster = sync.OnceValues(startCluster)

// leash is what keeps the cluster up: it ends when the other end of this pipe
// closes, which the kernel does even for a process that is killed.
var leash *os.File //nolint:unused // held open, never read

const (
	startTries   = 5 // the port may be taken between choosing and using it
	startTimeout = 60 * time.Second
)

func startCluster() (string, error) {
	bin, err := findBinaries()
	if err != nil {
		return "", err
	}
	tpl, err := openTemplate(bin)
	if err != nil {
		return "", err
	}
	var last error
	for range startTries {
		dsn, err := tpl.start()
		if err == nil {
			return dsn, nil
		}
		last = err
	}
	return "", last
}

// start runs a copy of the template.
func (t *template) start() (string, error) {
	// Not inside base: the keeper runs as another user and must remove it.
	dir, err := os.MkdirTemp("", "stoa-cluster-")
	if err != nil {
		return "", err
	}
	if err := t.copyTo(dir); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	hold, err := t.launch(dir, port)
	if err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	dsn := (&url.URL{
		Scheme: "postgres", User: url.UserPassword("stoa", t.password),
		Host: net.JoinHostPort("127.0.0.1", port), Path: "postgres", RawQuery: "sslmode=disable",
	}).String()
	if err := waitReady(dsn, filepath.Join(dir, "log")); err != nil {
		_ = hold.Close() // which ends it and removes its files
		return "", err
	}
	leash = hold
	return dsn, nil
}

// The keeper outlives the test binary by as long as it takes to stop the server
// and to remove its files. Its input never brings a line, only the end.
const keeper = `dir=$1; shift
"$@" </dev/null >>"$dir/log" 2>&1 &
pid=$!
read -r _
kill -QUIT "$pid"
wait "$pid"
rm -rf "$dir"`

func (t *template) launch(dir, port string) (hold *os.File, err error) {
	input, hold, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer input.Close()
	cmd := exec.Command("/bin/sh", append([]string{"-c", keeper, "keeper", dir,
		filepath.Join(t.bin, "postgres"), "-D", filepath.Join(dir, "data")}, settings(dir, port)...)...)
	cmd.Stdin = input
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	// A session of its own, so that an interrupt at the terminal reaches the
	// tests only and they decide.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: t.credential}
	if err := cmd.Start(); err != nil {
		return nil, errors.Join(err, hold.Close())
	}
	return hold, nil
}

func settings(dir, port string) []string {
	list := []string{
		"port=" + port, "listen_addresses=127.0.0.1", "unix_socket_directories=" + socketDir(dir),
		"max_connections=200", "shared_buffers=32MB", "max_prepared_transactions=8",
		"max_wal_size=256MB", "jit=off", "fsync=off", "full_page_writes=off", "timezone=UTC", "log_line_prefix=%m %p ",
	}
	args := make([]string, 0, 2*len(list))
	for _, s := range list {
		args = append(args, "-c", s)
	}
	return args
}

// socketDir returns dir, or nothing where its name is too long for a socket.
func socketDir(dir string) string {
	if len(dir) > 80 {
		return ""
	}
	return dir
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

func waitReady(dsn, log string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		err := admin(ctx, dsn, `select 1`)
		if err == nil {
			return nil
		}
		text, _ := os.ReadFile(log)
		if ctx.Err() != nil || strings.Contains(string(text), "FATAL:  could not create") || strings.Contains(string(text), "database system is shut down") {
			return fmt.Errorf("the cluster did not start: %w\n%s", err, text)
		}
		time.Sleep(15 * time.Millisecond)
	}
}

// findBinaries returns the folder of the newest installed server.
func findBinaries() (string, error) {
	best, bestVersion := "", -1
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	for _, path := range found {
		v, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
		if err == nil && v > bestVersion {
			best, bestVersion = filepath.Dir(path), v
		}
	}
	if best != "" {
		return best, nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("no initdb is in PATH or /usr/lib/postgresql")
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return "", err
	}
	return filepath.Dir(path), nil
}
