package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// These tests run the real program. Whatever waits gives up after patience.
const patience = 90 * time.Second

// builds is where the program is built, once for all tests.
var builds = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "portal-test-")
	if err != nil {
		return "", err
	}
	// Some tests run it as another user.
	if err := os.Chmod(dir, 0o755); err != nil {
		return dir, err
	}
	out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "portal"), ".").CombinedOutput()
	if err != nil {
		return dir, errors.New(string(out))
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if built {
		dir, _ := builds()
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

var built bool

func program(t testing.TB) string {
	t.Helper()
	built = true
	dir, err := builds()
	require.NoError(t, err)
	return filepath.Join(dir, "portal")
}

// browser is what a browser calls itself: what programs view is not counted.
const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// A capture keeps what a process writes.
type capture struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (c *capture) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.Write(p)
}

func (c *capture) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.String()
}

// A process is the program, running.
type process struct {
	t        testing.TB
	cmd      *exec.Cmd
	out, err capture
	ended    chan struct{}
	url      string
	http     *http.Client
}

// launch starts the program on a free port.
func launch(t testing.TB, args ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(program(t), append([]string{"-addr", "127.0.0.1:0"}, args...)...), ended: make(chan struct{})}
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	p.http = &http.Client{Jar: jar, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.Dir = &p.out, &p.err, t.TempDir()
	require.NoError(t, p.cmd.Start())
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
	})
	return p
}

// start starts the program and returns when it is ready.
func start(t testing.TB, args ...string) *process {
	t.Helper()
	p := launch(t, args...)
	p.until("it is ready", func() bool {
		for line := range strings.Lines(p.out.String()) {
			if at, ok := strings.CutPrefix(line, "ready "); ok && strings.HasSuffix(at, "\n") {
				p.url = strings.TrimSpace(at)
			}
		}
		return p.url != ""
	})
	return p
}

// until waits for something that the program brings about.
func (p *process) until(what string, happened func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); !happened(); {
		select {
		case <-p.ended:
			require.True(p.t, happened(), "the program ended before %s:\n%s%s", what, &p.out, &p.err)
			return
		case <-time.After(5 * time.Millisecond):
		}
		require.True(p.t, time.Now().Before(deadline), "waiting until %s:\n%s%s", what, &p.out, &p.err)
	}
}

// wait returns the exit code of the program, which is about to end.
func (p *process) wait() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		require.Fail(p.t, "the program does not end", "%s%s", &p.out, &p.err)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) signal(s syscall.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(s))
}

// caughtUp waits until all that is stored can be found.
func (p *process) caughtUp() {
	p.t.Helper()
	p.until("the index has read everything", func() bool { return p.get("/readyz").body == "ready\n" })
}

// stop ends the program as a supervisor does.
func (p *process) stop() {
	p.t.Helper()
	p.signal(syscall.SIGTERM)
	require.Zero(p.t, p.wait(), p.err.String())
}

// ended runs the program to its end, which comes by itself.
func ended(t testing.TB, args ...string) (out, errout string, code int) {
	t.Helper()
	p := launch(t, args...)
	code = p.wait()
	return p.out.String(), p.err.String(), code
}

// An answer is all of a response.
type answer struct {
	status int
	header http.Header
	body   string
}

func (p *process) do(method, path string, body io.Reader, header ...string) answer {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, body)
	require.NoError(p.t, err)
	r.Header.Set("User-Agent", browser)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := p.http.Do(r)
	require.NoError(p.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(p.t, err)
	return answer{res.StatusCode, res.Header, string(text)}
}

func (p *process) get(path string, header ...string) answer {
	p.t.Helper()
	return p.do("GET", path, nil, header...)
}

func (p *process) post(path string, form url.Values) answer {
	p.t.Helper()
	return p.do("POST", path, strings.NewReader(form.Encode()), "Content-Type", "application/x-www-form-urlencoded")
}

func itoa(n int) string { return strconv.Itoa(n) }

func readAll(t testing.TB, r io.Reader) string {
	t.Helper()
	data, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(data)
}
