package browser

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// patience is how long a step may take on a busy machine.
const patience = 30 * time.Second

// Options say what the page is looked at with. Nil options are fine.
type Options struct {
	// Width and Height are the size of the viewport in CSS pixels. Zero means
	// 1280 by 900.
	Width, Height int

	// Dark prefers dark colours. False prefers light ones.
	Dark bool

	// ReducedMotion prefers less motion. False has no preference.
	ReducedMotion bool

	// ForcedColors lets the reader's own colours prevail, as the high contrast
	// modes of Windows do. False does not.
	ForcedColors bool

	// NoScript switches the scripts of pages off. Those of the test run: every
	// method works.
	NoScript bool

	// Locale is the reader's language, such as "de-DE": for Accept-Language,
	// navigator.language and what scripts format. "" means "en-US".
	Locale string

	// Zone is the reader's time zone, such as "Asia/Tokyo". "" means "UTC".
	Zone string
}

// A Page is a tab. It is for one goroutine.
type Page struct {
	*tab
	tb   testing.TB
	opts Options
}

// Open returns an empty tab, which the test has to itself until it ends.
func Open(tb testing.TB, opts *Options) *Page {
	tb.Helper()
	path := executable()
	if path == "" {
		lacking(tb, "neither chromium nor google-chrome is in PATH")
	}
	t, err := shared.hold(path)
	if err != nil {
		tb.Fatalf("opening a tab of %s: %v", path, err)
	}
	tb.Cleanup(func() { shared.release(t, !tb.Failed()) })
	p := &Page{tab: t, tb: tb}
	p.Look(opts)
	return p
}

// Look has the page looked at with other options from now on, without loading
// it anew.
func (p *Page) Look(opts *Options) {
	p.tb.Helper()
	p.opts = Options{}
	if opts != nil {
		p.opts = *opts
	}
	p.do("setting up the tab", chromedp.Func(p.emulate))
}

// emulate applies the options.
func (p *Page) emulate(ctx context.Context, t *chromedp.Target) error {
	o := p.opts
	locale := cmp.Or(o.Locale, "en-US")
	agent, err := chromedp.Evaluate[string]("navigator.userAgent")(ctx, t)
	if err != nil {
		return err
	}
	_, size := chromedp.EmulateViewport(int64(cmp.Or(o.Width, 1280)), int64(cmp.Or(o.Height, 900)))(ctx, t)
	_, media := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: o.media()})
	_, format := cdp.Call(ctx, t, emulation.SetLocaleOverride, emulation.SetLocaleOverrideParams{Locale: strings.ReplaceAll(locale, "-", "_")})
	_, accept := cdp.Call(ctx, t, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{
		UserAgent: strings.Replace(agent, "Headless", "", 1), AcceptLanguage: locale})
	_, zone := cdp.Call(ctx, t, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: cmp.Or(o.Zone, "UTC")})
	_, script := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: o.NoScript})
	return errors.Join(size, media, format, accept, zone, script)
}

func (o Options) media() []*emulation.MediaFeature {
	pick := func(name string, on bool, yes, no string) *emulation.MediaFeature {
		if on {
			no = yes
		}
		return &emulation.MediaFeature{Name: name, Value: no}
	}
	return []*emulation.MediaFeature{
		pick("prefers-color-scheme", o.Dark, "dark", "light"),
		pick("prefers-reduced-motion", o.ReducedMotion, "reduce", "no-preference"),
		pick("forced-colors", o.ForcedColors, "active", "none"),
	}
}

// do runs steps and fails the test if one does not work.
func (p *Page) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	p.tb.Helper()
	run(p, what, chromedp.Steps(steps...))
}

func run[T any](p *Page, what string, a chromedp.Action[T]) T {
	p.tb.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		p.tb.Fatalf("%s: %v", what, err)
	}
	return v
}

// OnNewDocument runs a script in every document that the tab loads from now
// on, those in frames included, before any of their own.
func (p *Page) OnNewDocument(script string) {
	p.tb.Helper()
	p.marked = true
	p.do("adding a script", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}))
}
