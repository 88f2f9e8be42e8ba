package browser

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Go loads an address, waits for it and returns the HTTP status.
func (p *Page) Go(address string) int {
	p.tb.Helper()
	return p.load("going to "+address, chromedp.Navigate(address))
}

// Follow clicks on the element, waits for the page that loads and returns its
// HTTP status.
func (p *Page) Follow(selector string) int {
	p.tb.Helper()
	return p.load("following "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Submit does the same by pressing Enter in a field.
func (p *Page) Submit(selector string) int {
	p.tb.Helper()
	return p.load("submitting "+selector, chromedp.SendKeys(chromedp.CSS(selector), kb.Enter))
}

func (p *Page) load(what string, step chromedp.Action[chromedp.Void]) int {
	p.tb.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	response, err := chromedp.RunResponse(ctx, step)
	if err != nil {
		p.tb.Fatalf("%s: %v", what, err)
	}
	return status(response)
}

// status is 0 for what was not loaded by HTTP, such as a place on the same page.
func status(r *network.Response) int {
	if r == nil {
		return 0
	}
	return int(r.Status)
}

// Address returns the address of the page.
func (p *Page) Address() string {
	p.tb.Helper()
	return run(p, "reading the address", chromedp.Location())
}

// Title returns the title of the page.
func (p *Page) Title() string {
	p.tb.Helper()
	return run(p, "reading the title", chromedp.Title())
}

// Text returns the text of the first element that the CSS selector finds, as a
// reader sees it.
func (p *Page) Text(selector string) string {
	p.tb.Helper()
	return strings.TrimSpace(run(p, "reading "+selector, chromedp.Text(chromedp.CSS(selector))))
}

// HTML returns the document as it is now.
func (p *Page) HTML() string {
	p.tb.Helper()
	return run(p, "reading the document", chromedp.OuterHTML(chromedp.CSS("html")))
}

// Value returns the value of a form control.
func (p *Page) Value(selector string) string {
	p.tb.Helper()
	return run(p, "reading the value of "+selector, chromedp.Value(chromedp.CSS(selector)))
}

// Eval evaluates JavaScript, waits for it if it is a promise, and decodes the
// result as JSON into out, which may be nil. No content security policy stops
// it.
func (p *Page) Eval(script string, out any) {
	p.tb.Helper()
	raw := run(p, "evaluating a script", chromedp.Evaluate[[]byte](script, chromedp.EvalAwaitPromise))
	if out == nil {
		return
	}
	if err := json.Unmarshal(raw, out); err != nil {
		p.tb.Fatalf("decoding the result of a script: %v: %s", err, raw)
	}
}

// Until waits until a JavaScript expression is true.
func (p *Page) Until(expression string) {
	p.tb.Helper()
	p.do("waiting until "+expression, chromedp.Poll[chromedp.Void](expression))
}

// WaitVisible waits until the element is there and can be seen.
func (p *Page) WaitVisible(selector string) {
	p.tb.Helper()
	p.do("waiting for "+selector, chromedp.WaitVisible(chromedp.CSS(selector)))
}

// WaitGone waits until no such element can be seen.
func (p *Page) WaitGone(selector string) {
	p.tb.Helper()
	p.do("waiting until there is no "+selector, chromedp.WaitNotVisible(chromedp.CSS(selector)))
}

// Click clicks on the element. It does not wait for a page; Follow does.
func (p *Page) Click(selector string) {
	p.tb.Helper()
	p.do("clicking on "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Type types a text into a form control after what it has.
func (p *Page) Type(selector, text string) {
	p.tb.Helper()
	p.do("typing into "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Fill replaces what a form control has.
func (p *Page) Fill(selector, text string) {
	p.tb.Helper()
	p.do("filling "+selector,
		chromedp.Focus(chromedp.CSS(selector)),
		chromedp.KeyEvent("a", chromedp.KeyModifiers(chromedp.ModifierCtrl)),
		chromedp.KeyEvent(kb.Backspace),
		chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Press presses keys one after the other where the focus is: "Tab", "Enter",
// "Escape", "Space", "Backspace", "ArrowDown" and the like, "a", and with
// modifiers "Shift+Tab" or "Control+a".
func (p *Page) Press(keys ...string) {
	p.tb.Helper()
	for _, key := range keys {
		parts := strings.Split(key, "+")
		var held []chromedp.KeyOption
		for _, name := range parts[:len(parts)-1] {
			held = append(held, chromedp.KeyModifiers(modifier(name)))
		}
		p.do("pressing "+key, chromedp.KeyEvent(keyCode(parts[len(parts)-1]), held...))
	}
}

func modifier(name string) chromedp.Modifier {
	switch name {
	case "Shift":
		return chromedp.ModifierShift
	case "Alt":
		return chromedp.ModifierAlt
	case "Meta":
		return chromedp.ModifierMeta
	}
	return chromedp.ModifierCtrl
}

// keyCode returns the rune that stands for a key.
func keyCode(name string) string {
	code, ok := map[string]string{
		"Tab": kb.Tab, "Enter": kb.Enter, "Escape": kb.Escape, "Space": " ", "Backspace": kb.Backspace, "Delete": kb.Delete,
		"ArrowUp": kb.ArrowUp, "ArrowDown": kb.ArrowDown, "ArrowLeft": kb.ArrowLeft, "ArrowRight": kb.ArrowRight,
		"Home": kb.Home, "End": kb.End, "PageUp": kb.PageUp, "PageDown": kb.PageDown,
	}[name]
	if !ok {
		return name
	}
	return code
}

// Screenshot writes a PNG of the whole page, however long, and makes the folder
// it goes to.
func (p *Page) Screenshot(path string) {
	p.tb.Helper()
	p.write(path, run(p, "taking a screenshot", chromedp.FullScreenshot(100)))
}

// PDF returns the page as the browser prints it, on A4.
func (p *Page) PDF() []byte {
	p.tb.Helper()
	var pdf []byte
	p.do("printing", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		yes := true
		out, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69, PreferCSSPageSize: &yes, PrintBackground: &yes})
		pdf = out.Data
		return err
	}))
	return pdf
}

func (p *Page) write(path string, data []byte) {
	p.tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.tb.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		p.tb.Fatal(err)
	}
}
