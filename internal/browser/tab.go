package browser

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// A tab is a tab of the browser with cookies and storage of its own. Pages have
// it one after the other: a new one costs as much as looking at ten pages, as
// its process knows nothing yet.
type tab struct {
	ctx    context.Context
	close  func()
	log    record
	marked bool // by something that cannot be taken back
}

// openTab returns a new tab of the browser that parent is the context of.
func openTab(parent context.Context) (*tab, error) {
	t := &tab{}
	t.ctx, t.close = chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	// The first run makes the tab live as long as its context.
	if err := chromedp.Listen(t.ctx, t.event); err != nil {
		t.close()
		return nil, err
	}
	err := chromedp.Do(t.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, audits.Enable, cdp.Empty{})
		return err
	}))
	if err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// wipe makes the tab as good as new, for the next page. It waits for that at an
// empty page on the host of all tests: from about:blank, which is no site's, it
// would go on in a new process.
func (t *tab) wipe(blank string) error {
	if t.marked {
		return errors.New("what was done to the tab stays")
	}
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	return chromedp.Do(ctx, chromedp.Navigate(blank), chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, cookies := cdp.Call(ctx, target, network.ClearBrowserCookies, cdp.Empty{})
		_, history := cdp.Call(ctx, target, page.ResetNavigationHistory, cdp.Empty{})
		err := errors.Join(cookies, history)
		for _, origin := range t.log.forgetAll() {
			_, kept := cdp.Call(ctx, target, storage.ClearDataForOrigin, storage.ClearDataForOriginParams{Origin: origin, StorageTypes: "all"})
			err = errors.Join(err, kept)
		}
		return err
	}))
}

// visit notes where the tab stores things.
func (r *record) visit(address string) {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Scheme, "http") {
		return
	}
	if origin := u.Scheme + "://" + u.Host; !slices.Contains(r.origins, origin) {
		r.origins = append(r.origins, origin)
	}
}

// forgetAll empties the record and returns the origins of what was in it.
func (r *record) forgetAll() []string {
	r.forget()
	r.mu.Lock()
	defer r.mu.Unlock()
	origins := r.origins
	r.origins = nil
	return origins
}

// event runs on the goroutine that reads from the browser: it must not wait.
func (t *tab) event(ev any) {
	t.log.mu.Lock()
	defer t.log.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		t.log.requests = append(t.log.requests, ev.Request.URL)
		t.log.visit(ev.Request.URL)
	case *runtime.EventExceptionThrown:
		t.log.errors = append(t.log.errors, exceptionText(ev.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError {
			t.log.errors = append(t.log.errors, consoleText(ev.Args))
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError {
			t.log.errors = append(t.log.errors, strings.TrimSpace(ev.Entry.Text+" "+ev.Entry.URL))
		}
	case *audits.EventIssueAdded:
		if d := ev.Issue.Details.ContentSecurityPolicyIssueDetails; d != nil {
			t.log.violations = append(t.log.violations, CSPViolation{d.ViolatedDirective, d.BlockedURL, d.IsReportOnly})
		}
	case *page.EventJavascriptDialogOpening:
		t.log.dialogs = append(t.log.dialogs, ev.Message)
		go t.acceptDialog()
	}
}

// acceptDialog says yes: a dialog stops everything else in its tab.
func (t *tab) acceptDialog() {
	// The tab may be closed meanwhile, and then nobody waits for the answer.
	_, _ = cdp.Call(t.ctx, chromedp.FromContext(t.ctx).Target, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
}
