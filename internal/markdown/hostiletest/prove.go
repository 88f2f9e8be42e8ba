package hostiletest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stoa-go/stoa/internal/browser"
)

// perPage is the number of inputs that are loaded at once, each in a frame of
// its own so that its broken markup is its own affair.
const perPage = 150

// A Report is what a browser did with inputs.
type Report struct {
	Inputs      int
	Ran         []Finding // a script of the input ran
	Tried       []Finding // the browser was about to run a script, by its own account
	ScriptLinks []Finding // a link or form leads to a script or a document in itself
	Foreign     []string  // addresses asked for on other hosts
}

// A Finding is an input and what it became.
type Finding struct{ Input, HTML string }

// String sums the report up.
func (r Report) String() string {
	return fmt.Sprintf("%d inputs: %d ran, %d tried to, %d script links, %d foreign requests",
		r.Inputs, len(r.Ran), len(r.Tried), len(r.ScriptLinks), len(r.Foreign))
}

// Prove loads what render makes of every input in Chromium, does to it what a
// reader might do, and reports. It needs a browser as browser.Open does.
func Prove(tb testing.TB, inputs []string, render func(input string) string) Report {
	tb.Helper()
	rendered := make([]string, len(inputs))
	for i, input := range inputs {
		rendered[i] = render(input)
	}
	site := httptest.NewServer(handler(rendered))
	tb.Cleanup(site.Close)
	report := Report{Inputs: len(inputs)}
	for from := 0; from < len(inputs); from += perPage {
		seen := look(tb, site.URL, from, min(from+perPage, len(inputs)))
		for _, i := range seen.Ran {
			report.Ran = append(report.Ran, Finding{inputs[i], rendered[i]})
		}
		for _, i := range seen.Tried {
			report.Tried = append(report.Tried, Finding{inputs[i], rendered[i]})
		}
		for _, i := range seen.Links {
			report.ScriptLinks = append(report.ScriptLinks, Finding{inputs[i], rendered[i]})
		}
		report.Foreign = append(report.Foreign, seen.foreign...)
	}
	return report
}

// handler serves the pages with the frames, and the frames. A policy that only
// reports makes the browser say whenever it is about to run a script of theirs.
func handler(rendered []string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /page/{from}/{to}", func(w http.ResponseWriter, r *http.Request) {
		from, _ := strconv.Atoi(r.PathValue("from"))
		to, _ := strconv.Atoi(r.PathValue("to"))
		page := "<!doctype html><title>frames</title>"
		for i := from; i < to; i++ {
			page += fmt.Sprintf("<iframe name=%d src=/frame/%d></iframe>\n", i, i)
		}
		send(w, page)
	})
	mux.HandleFunc("GET /frame/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("n"))
		if err != nil || n >= len(rendered) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Security-Policy-Report-Only", "script-src 'none'")
		send(w, "<!doctype html><meta charset=utf-8><title>frame</title><body><main>\n"+rendered[n]+"\n</main>")
	})
	return mux
}

func send(w http.ResponseWriter, page string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, page) // the browser may have left
}

// sight is what was seen on one page, by number of input.
type sight struct {
	Ran, Tried, Links []int
	foreign           []string
}

func look(tb testing.TB, site string, from, to int) (s sight) {
	tb.Helper()
	p := browser.Open(tb, nil)
	p.OnNewDocument(watch)
	p.Go(fmt.Sprintf("%s/page/%d/%d", site, from, to))
	p.Eval(provoke, &s)
	own, err := url.Parse(site)
	if err != nil {
		tb.Fatal(err)
	}
	s.foreign = slices.DeleteFunc(p.Requests(), func(address string) bool {
		u, err := url.Parse(address)
		return err == nil && (u.Host == own.Host || strings.HasPrefix(u.Scheme, "javascript"))
	})
	return s
}

// watch runs in every document before its own scripts. In a frame it replaces
// what the payloads call; in the page it notes which frame tells of a call.
const watch = `(() => {
	if (window === top) {
		const seen = window.seen = {ran: new Set(), tried: new Set()};
		addEventListener("message", e => {
			let w = e.source;
			while (w && w.parent !== top) w = w.parent;
			const frame = [...document.querySelectorAll("iframe")].find(f => f.contentWindow === w);
			if (frame && seen[e.data.stoa]) seen[e.data.stoa].add(+frame.name);
		});
		return;
	}
	const tell = what => top.postMessage({stoa: what}, "*");
	for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => tell("ran");
	window.open = () => null;
	addEventListener("securitypolicyviolation", e => e.effectiveDirective.startsWith("script-src") && tell("tried"), true);
})()`

// provoke does what a reader might do: it opens what can be opened, follows
// links that are scripts, and sets off every event that an element listens to.
// It trusts nothing that an element says of itself, as forms may be clobbered.
const provoke = `(async () => {
	const links = new Set(), pause = ms => new Promise(r => setTimeout(r, ms));
	const frames = [...document.querySelectorAll("iframe")];
	const inside = (f, what) => { try { return [...Document.prototype.querySelectorAll.call(f.contentDocument, what)] } catch { return [] } };
	const targets = /^(href|xlink:href|src|action|formaction|data|srcdoc|poster|from|to|values|content|background)$/i;
	const attempt = act => { try { act() } catch {} };
	for (const f of frames) for (const el of inside(f, "*")) for (const name of Element.prototype.getAttributeNames.call(el)) {
		const value = Element.prototype.getAttribute.call(el, name).replace(/[\u0000-\u0020]+/g, "");
		if (targets.test(name) && /^(javascript|vbscript|data):|;url=javascript:/i.test(value)) {
			links.add(+f.name);
			if (/^javascript:/i.test(value)) attempt(() => HTMLElement.prototype.click.call(el));
		}
		if (/^on/i.test(name)) attempt(() => EventTarget.prototype.dispatchEvent.call(el, new Event(name.slice(2).toLowerCase())));
	}
	for (const f of frames) for (const el of inside(f, "details")) attempt(() => el.setAttribute("open", ""));
	for (const f of frames) for (const el of inside(f, "[loading]")) attempt(() => el.setAttribute("loading", "eager"));
	const loading = () => frames.some(f => inside(f, "img[src]").some(el => !el.complete));
	for (let i = 0; i < 40 && loading(); i++) await pause(50);
	await pause(250);
	return {Ran: [...seen.ran], Tried: [...seen.tried], Links: [...links]};
})()`
