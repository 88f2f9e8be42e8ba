package browser

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// shared is the browser of the test binary. A test helper has nobody to hand
// it to, so it is the one variable here.
var shared process

// A process is a browser that runs while somebody holds it.
type process struct {
	mu      sync.Mutex
	holders int
	kept    bool // by Main, once a test has started it
	idle    []*tab
	ctx     context.Context
	blank   string // address of an empty page, for tabs that nobody has
	stop    func()
}

// Main runs the tests of a package with one browser for all of them, if any
// asks for it:
//
//	func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }
func Main(m *testing.M) int {
	shared.keep(true)
	defer shared.keep(false)
	return m.Run()
}

func (p *process) keep(kept bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept = kept
	p.stopIfIdle()
}

// hold returns an idle tab of the browser, or a new one. It starts the browser
// if need be.
func (p *process) hold(path string) (*tab, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx == nil {
		if err := p.start(path); err != nil {
			return nil, err
		}
	}
	if n := len(p.idle) - 1; n >= 0 {
		t := p.idle[n]
		p.idle = p.idle[:n]
		p.holders++
		return t, nil
	}
	t, err := openTab(p.ctx)
	if err != nil {
		p.stopIfIdle()
		return nil, err
	}
	p.holders++
	return t, nil
}

// release takes a tab back, and closes it if it is not fit for others.
func (p *process) release(t *tab, fit bool) {
	if fit = fit && t.wipe(p.blank) == nil; !fit {
		t.close()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if fit {
		p.idle = append(p.idle, t)
	}
	p.holders--
	p.stopIfIdle()
}

func (p *process) stopIfIdle() {
	if p.holders == 0 && !p.kept && p.ctx != nil {
		for _, t := range p.idle {
			t.close()
		}
		p.stop()
		p.idle, p.ctx = nil, nil
	}
}

// start runs Chromium. All that it writes goes to a new folder, which is
// removed when it stops, and it is killed with the test binary, whatever ends
// that.
func (p *process) start(path string) error {
	dir, err := os.MkdirTemp("", "stoa-browser-")
	if err != nil {
		return err
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), flags(path, dir)...)
	ctx, stop := chromedp.NewContext(alloc)
	empty := httptest.NewServer(http.HandlerFunc(serveEmpty))
	p.blank = empty.URL
	p.stop = func() {
		stop()
		stopAlloc()
		empty.Close()
		// Nobody is left to tell if a file of the browser's is still there.
		_ = os.RemoveAll(dir)
	}
	if err := chromedp.Do(ctx); err != nil {
		p.stop()
		return err
	}
	p.ctx = ctx
	return nil
}

// serveEmpty serves a page without anything, not even an icon to ask for.
func serveEmpty(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, `<!doctype html><title></title><link rel="icon" href="data:,">`)
}

func flags(path, dir string) []chromedp.ExecAllocatorOption {
	return append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(dir, "profile")),
		chromedp.Env("TMPDIR="+dir),
		chromedp.NoSandbox, // tests run as root in containers, and visit their own pages only
		chromedp.DisableGPU,
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("disable-field-trial-config", true),
		chromedp.Flag("no-pings", true),
		chromedp.Flag("mute-audio", true),
		chromedp.Flag("lang", "en-US"),
		chromedp.Flag("force-device-scale-factor", "1"),
		// One process per site would hide what frames ask for from the tab. To go
		// back quickly, the browser would keep pages that were left, and begin
		// each page in a new process, in which all scripts are cold.
		chromedp.Flag("disable-features", "Translate,MediaRouter,OptimizationHints,IsolateOrigins,site-per-process,BackForwardCache"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE [::1], EXCLUDE localhost"),
	)
}

// executable returns the path of Chromium, or "". The one that has only pages,
// no window around them, does the same with half the work.
func executable() string {
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// lacking skips the test because a tool is missing, or fails it where
// STOA_TEST_REQUIRE says that nothing is to be missing.
func lacking(tb testing.TB, reason string) {
	tb.Helper()
	required := strings.FieldsFunc(os.Getenv("STOA_TEST_REQUIRE"), func(r rune) bool { return r == ',' || r == ' ' })
	if slices.Contains(required, "chromium") {
		tb.Fatalf("STOA_TEST_REQUIRE has chromium, but %s", reason)
	}
	tb.Skip(reason)
}
