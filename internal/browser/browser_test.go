package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// serve serves pages by path, with a header if the page begins with one.
func serve(t *testing.T, pages map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		if !ok {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, "<!doctype html><title>none</title><h1>Not here</h1>")
			return
		}
		if policy, rest, ok := strings.Cut(body, "\n\n"); ok {
			w.Header().Set("Content-Security-Policy", policy)
			body = rest
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, strings.ReplaceAll(body, "$LANG", r.Header.Get("Accept-Language")))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestPageIsReadAndUsed(t *testing.T) {
	site := serve(t, map[string]string{
		"/": `<!doctype html><title>One</title><h1>Hello <b>you</b></h1><p hidden>unseen</p>
			<form action=/two><input id=q name=q><button>Go</button></form><a href=/gone>away</a>
			<button id=b type=button onclick="setTimeout(() => late.hidden = false, 50)">Later</button><p id=late hidden>late</p>`,
		"/two": `<!doctype html><title>Two</title><h1>Second</h1>`,
	})
	p := browser.Open(t, nil)
	require.Equal(t, 200, p.Go(site+"/"))
	require.Equal(t, "One", p.Title())
	require.Equal(t, "Hello you", p.Text("h1"))
	require.Contains(t, p.HTML(), "unseen")

	p.Click("#b")
	p.WaitVisible("#late")
	p.Type("#q", "wor")
	p.Type("#q", "ds")
	require.Equal(t, "words", p.Value("#q"))
	p.Fill("#q", "café 日本")
	require.Equal(t, "café 日本", p.Value("#q"))
	p.Press("Control+a", "Backspace", "x", "Shift+Tab")
	require.Equal(t, "x", p.Value("#q"))

	require.Equal(t, 200, p.Submit("#q"))
	require.Equal(t, site+"/two?q=x", p.Address())
	p.Go(site + "/")
	require.Equal(t, 404, p.Follow("a"))
	require.Equal(t, "Not here", p.Text("h1"))

	var sum int
	p.Eval("Promise.resolve([1, 2].reduce((a, b) => a + b))", &sum)
	require.Equal(t, 3, sum)
	p.Until("document.title === 'none'")
}

func TestOptionsAreSeenByThePage(t *testing.T) {
	const probe = `<!doctype html><meta name=viewport content="width=device-width"><p id=accept>$LANG</p><noscript id=n>no script</noscript><script>document.title = "scripted"</script>`
	site := serve(t, map[string]string{"/": probe})
	type seen struct {
		Width, Height       int
		Dark, Still, Forced bool
		Language, Zone, Day string
	}
	look := func(o *browser.Options) (s seen) {
		p := browser.Open(t, o)
		p.Go(site)
		p.Eval(`({Width: innerWidth, Height: innerHeight, Dark: matchMedia("(prefers-color-scheme: dark)").matches,
			Still: matchMedia("(prefers-reduced-motion: reduce)").matches, Forced: matchMedia("(forced-colors: active)").matches,
			Language: navigator.language + " " + accept.textContent, Zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
			Day: new Date(0).toLocaleDateString(undefined, {weekday: "long"})})`, &s)
		require.Equal(t, "scripted", p.Title())
		return s
	}
	require.Equal(t, seen{1280, 900, false, false, false, "en-US en-US", "UTC", "Thursday"}, look(nil))
	require.Equal(t, seen{320, 640, true, true, true, "de-DE de-DE", "Asia/Tokyo", "Donnerstag"},
		look(&browser.Options{Width: 320, Height: 640, Dark: true, ReducedMotion: true, ForcedColors: true, Locale: "de-DE", Zone: "Asia/Tokyo"}))
}

func TestNoScript(t *testing.T) {
	site := serve(t, map[string]string{
		"/":    `<!doctype html><title>plain</title><noscript><p id=n>no script</p></noscript><a href=/two>on</a><form action=/two><input id=q name=q></form><script>document.title = "scripted"</script>`,
		"/two": `<!doctype html><title>Two</title><h1>Second</h1>`,
	})
	p := browser.Open(t, &browser.Options{NoScript: true})
	p.Go(site)
	require.Equal(t, "plain", p.Title())
	require.Equal(t, "no script", p.Text("#n"))
	var links int
	p.Eval("document.links.length", &links)
	require.Equal(t, 1, links, "the test itself may run scripts")
	require.Equal(t, 200, p.Follow("a"))
	p.Go(site)
	p.Type("#q", "x")
	p.Submit("#q")
	require.Equal(t, site+"/two?q=x", p.Address())
}

func TestRecord(t *testing.T) {
	site := serve(t, map[string]string{
		"/clean": `<!doctype html><title>c</title><p>clean`,
		"/": `default-src 'self'

<!doctype html><title>r</title><img src=/own.png alt=""><img src=https://tracker.invalid/p.gif alt=""><script>document.title = "inline"</script>`,
		"/loud":   `<!doctype html><title>l</title><img src=https://tracker.invalid/p.gif alt=""><iframe srcdoc="<img src=//frame.invalid/x>"></iframe><script>console.error("oh", 7); undefinedFunction()</script>`,
		"/dialog": `<!doctype html><title>d</title><script>if (confirm("sure?")) document.title = "yes"</script>`,
	})
	p := browser.Open(t, nil)
	p.Go(site + "/clean")
	require.Equal(t, []string{site + "/clean"}, withoutIcon(p.Requests()))
	require.Empty(t, p.ThirdParty())
	require.Empty(t, p.CSPViolations())

	p.Forget()
	p.Go(site + "/")
	require.Equal(t, "r", p.Title())
	require.Contains(t, p.Requests(), site+"/own.png")
	p.Until("performance.now() > 100")
	require.ElementsMatch(t, []browser.CSPViolation{{"img-src", "https://tracker.invalid/p.gif", false}, {"script-src-elem", "", false}}, p.CSPViolations())

	p.Forget()
	p.Go(site + "/loud")
	require.ElementsMatch(t, []string{"https://tracker.invalid/p.gif", "http://frame.invalid/x"}, p.ThirdParty())
	require.Contains(t, p.ConsoleErrors(), "oh 7")
	require.Contains(t, strings.Join(p.ConsoleErrors(), "\n"), "undefinedFunction is not defined")

	p.Go(site + "/dialog")
	require.Equal(t, "yes", p.Title())
	require.Equal(t, []string{"sure?"}, p.Dialogs())
}

func withoutIcon(requests []string) []string {
	var rest []string
	for _, r := range requests {
		if !strings.HasSuffix(r, "/favicon.ico") {
			rest = append(rest, r)
		}
	}
	return rest
}

func TestPagesShareNothing(t *testing.T) {
	site := serve(t, map[string]string{"/": `<!doctype html><title>s</title><p>s`})
	first, second := browser.Open(t, nil), browser.Open(t, nil)
	first.Go(site)
	second.Go(site)
	first.Eval(`document.cookie = "who=first"; localStorage.setItem("who", "first")`, nil)
	var who []any
	second.Eval(`[document.cookie, localStorage.getItem("who")]`, &who)
	require.Equal(t, []any{"", nil}, who)
}

// What the tab of a test before was used for is not there any more.
func TestTabsAreWiped(t *testing.T) {
	site := serve(t, map[string]string{"/": `<!doctype html><title>s</title><p>s`, "/two": `<!doctype html><title>s</title><p>s`})
	type state struct {
		Cookie, Marked, Stored, Tabbed string
		History, Caches, Width         int
		Dark                           bool
	}
	look := func(p *browser.Page) (s state) {
		p.Go(site)
		p.Eval(`caches.keys().then(keys => ({Cookie: document.cookie, Marked: window.marked || "", Stored: localStorage.getItem("who") || "", Tabbed: sessionStorage.getItem("who") || "",
			History: history.length, Caches: keys.length, Width: innerWidth, Dark: matchMedia("(prefers-color-scheme: dark)").matches}))`, &s)
		return s
	}
	fresh := state{History: 2, Width: 1280}
	for range 2 {
		t.Run("used", func(t *testing.T) {
			p := browser.Open(t, &browser.Options{Width: 320, Dark: true, NoScript: true})
			p.Go(site)
			p.Go(site + "/two")
			p.Eval(`document.cookie = "who=me; path=/"; localStorage.setItem("who", "me"); sessionStorage.setItem("who", "me"); window.marked = "m"; caches.open("c").then(() => 1)`, nil)
			require.Equal(t, state{"who=me", "", "me", "me", 4, 1, 320, true}, look(p))
		})
		t.Run("again", func(t *testing.T) {
			p := browser.Open(t, nil)
			require.Empty(t, p.Requests())
			require.Equal(t, fresh, look(p))
		})
	}
	p := browser.Open(t, nil)
	p.OnNewDocument("window.marked = 'for ever'")
	require.Equal(t, "for ever", look(p).Marked)
}

func TestOnNewDocumentReachesFrames(t *testing.T) {
	site := serve(t, map[string]string{"/": `<!doctype html><title>f</title><iframe srcdoc="<p id=x>x"></iframe>`})
	p := browser.Open(t, nil)
	p.OnNewDocument("window.marked = true")
	p.Go(site)
	var marked []bool
	p.Eval("[window.marked, frames[0].marked]", &marked)
	require.Equal(t, []bool{true, true}, marked)
}

func TestScreenshotIsOfTheWholePage(t *testing.T) {
	site := serve(t, map[string]string{"/": `<!doctype html><title>s</title><body style="margin:0"><div style="height:3000px">tall`})
	p := browser.Open(t, &browser.Options{Width: 320, Height: 200})
	p.Go(site)
	path := filepath.Join(t.TempDir(), "new", "page.png")
	p.Screenshot(path)
	png, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "\x89PNG", string(png[:4]))
	require.Equal(t, []byte{0, 0, 1, 64, 0, 0, 11, 184}, png[16:24]) // 320 by 3000
}

func TestAxe(t *testing.T) {
	const page = `default-src 'self'

<!doctype html><html lang=en><title>Form</title><main><h1>Form</h1>%s<input id=name></main>`
	site := serve(t, map[string]string{
		"/bad":  fmt.Sprintf(page, ""),
		"/good": fmt.Sprintf(page, "<label for=name>Name</label>"),
		"/skip": "<!doctype html><html lang=en><title>Skip</title><main><h1>One</h1><h4>Four</h4></main>",
	})
	p := browser.Open(t, nil)
	p.Go(site + "/bad")
	found := p.Axe()
	require.Len(t, found, 1)
	require.Equal(t, "label", found[0].ID)
	require.Equal(t, "#name", found[0].Nodes[0].Target)
	require.Contains(t, found[0].String(), `<input id="name">`)

	p.Go(site + "/good")
	require.Empty(t, p.Axe())
	require.Empty(t, p.CSPViolations(), "axe-core works under a strict policy")

	p.Go(site + "/skip")
	require.Empty(t, p.Axe())
	require.Equal(t, "heading-order", p.Axe("best-practice")[0].ID)
}

// Another look at the same page finds what only shows there.
func TestAxeVisual(t *testing.T) {
	site := serve(t, map[string]string{"/": `<!doctype html><html lang=en><title>Dark</title><style>
		p { color: #222; background: #fff } @media (prefers-color-scheme: dark) { p { color: #333; background: #222 } }
		button { width: 40px; height: 40px } @media (max-width: 400px) { button { width: 10px; height: 10px; padding: 0; margin: 0; border: 0 } }
		</style><main><h1>Dark</h1><p>text</p><button aria-label=a></button><button aria-label=b></button></main>`})
	p := browser.Open(t, nil)
	p.Go(site)
	require.Empty(t, p.Axe())
	for rule, look := range map[string]browser.Options{"color-contrast": {Dark: true}, "target-size": {Width: 320}} {
		p.Look(&look)
		found := p.AxeVisual()
		require.Len(t, found, 1)
		require.Equal(t, rule, found[0].ID)
	}
	p.Look(nil)
	require.Empty(t, p.AxeVisual())
}
