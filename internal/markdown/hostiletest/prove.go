package hostiletest

import (
	"crypto/rand"
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

// Inputs that do nothing are most of them, and the browser's work is per frame.
// So perFrame inputs share one, each in a section of its own, until there is
// something about it; then each gets a frame of its own, where its broken markup
// is its own affair. perPage is the number of frames that are loaded at once.
const perFrame, perPage = 20, 60

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
	v := &viewer{page: browser.Open(tb, nil), inputs: inputs, mark: rand.Text()}
	v.page.OnNewDocument(watch)
	for _, input := range inputs {
		v.rendered = append(v.rendered, render(input))
	}
	var batches, alone [][]int
	for i := range inputs {
		if i%perFrame == 0 {
			batches = append(batches, nil)
		}
		batches[len(batches)-1] = append(batches[len(batches)-1], i)
	}
	together := v.look(tb, batches)
	for f, batch := range batches {
		if together.suspects(f) {
			for _, i := range batch {
				alone = append(alone, []int{i})
			}
		}
	}
	return v.report(together, batches, v.look(tb, alone), alone)
}

// A viewer looks at inputs.
type viewer struct {
	page             *browser.Page
	inputs, rendered []string
	mark             string // that no input can know
}

// sight is what was seen, by number of frame.
type sight struct {
	Ran, Tried, Links, Broken []int
	foreign                   []string
}

// suspects reports whether there is something about a frame.
func (s sight) suspects(frame int) bool {
	return slices.Contains(slices.Concat(s.Ran, s.Tried, s.Links, s.Broken), frame)
}

// look loads frames with inputs.
func (v *viewer) look(tb testing.TB, frames [][]int) (all sight) {
	tb.Helper()
	site := httptest.NewServer(v.handler(frames))
	defer site.Close()
	own, err := url.Parse(site.URL)
	if err != nil {
		tb.Fatal(err)
	}
	for from := 0; from < len(frames); from += perPage {
		v.page.Forget()
		v.page.Go(fmt.Sprintf("%s/page/%d/%d", site.URL, from, min(from+perPage, len(frames))))
		var s sight
		v.page.Eval(provoke, &s)
		all.Ran, all.Tried = append(all.Ran, s.Ran...), append(all.Tried, s.Tried...)
		all.Links, all.Broken = append(all.Links, s.Links...), append(all.Broken, s.Broken...)
		for _, address := range v.page.Requests() {
			if u, err := url.Parse(address); err != nil || u.Host != own.Host && !strings.HasPrefix(u.Scheme, "javascript") {
				all.foreign = append(all.foreign, address)
			}
		}
	}
	v.page.Go("about:blank") // so that nothing is asked for any more
	return all
}

// report tells of what was seen of inputs alone, and of what they only did
// together.
func (v *viewer) report(together sight, batches [][]int, single sight, alone [][]int) Report {
	find := func(frames, singles []int) (list []Finding) {
		var found []int
		for _, f := range singles {
			found = append(found, alone[f][0])
			list = append(list, Finding{v.inputs[alone[f][0]], v.rendered[alone[f][0]]})
		}
		for _, f := range frames {
			if !slices.ContainsFunc(batches[f], func(i int) bool { return slices.Contains(found, i) }) {
				list = append(list, Finding{fmt.Sprintf("inputs %d together", batches[f]), v.document(batches[f])})
			}
		}
		return list
	}
	foreign := append(together.foreign, single.foreign...)
	slices.Sort(foreign)
	return Report{
		Inputs: len(v.inputs), Foreign: slices.Compact(foreign),
		Ran: find(together.Ran, single.Ran), Tried: find(together.Tried, single.Tried), ScriptLinks: find(together.Links, single.Links),
	}
}

// document is what a frame shows.
func (v *viewer) document(inputs []int) string {
	var b strings.Builder
	b.WriteString("<!doctype html><meta charset=utf-8><title>frame</title><body><main>\n")
	for _, i := range inputs {
		if len(inputs) == 1 {
			b.WriteString(v.rendered[i])
		} else {
			fmt.Fprintf(&b, "<section data-mark=%s>\n%s\n</section>\n", v.mark, v.rendered[i])
		}
	}
	b.WriteString("\n</main>")
	return b.String()
}

// handler serves the pages with the frames, and the frames. A policy that only
// reports makes the browser say whenever it is about to run a script of theirs.
func (v *viewer) handler(frames [][]int) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /page/{from}/{to}", func(w http.ResponseWriter, r *http.Request) {
		from, _ := strconv.Atoi(r.PathValue("from"))
		to, _ := strconv.Atoi(r.PathValue("to"))
		page := "<!doctype html><title>frames</title>"
		for f := from; f < min(to, len(frames)); f++ {
			parts := len(frames[f])
			if parts == 1 {
				parts = 0 // it has no sections
			}
			page += fmt.Sprintf("<iframe name=%d data-mark=%s data-parts=%d src=/frame/%d></iframe>\n", f, v.mark, parts, f)
		}
		send(w, page)
	})
	mux.HandleFunc("GET /frame/{n}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("n"))
		if err != nil || n >= len(frames) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Security-Policy-Report-Only", "script-src 'none'")
		send(w, v.document(frames[n]))
	})
	return mux
}

func send(w http.ResponseWriter, page string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, page) // the browser may have left
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
	// Where inputs share a frame, none may have left its section or swallowed one.
	const broken = frames.filter(f => inside(f, "main > section[data-mark='" + f.dataset.mark + "']").length !== +f.dataset.parts).map(f => +f.name);
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
	return {Ran: [...seen.ran], Tried: [...seen.tried], Links: [...links], Broken: broken};
})()`
