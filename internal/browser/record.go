package browser

import (
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// A CSPViolation is a violation of a content security policy.
type CSPViolation struct {
	Directive  string // that was violated, such as "script-src-elem"
	Blocked    string // address that was blocked, "" for inline code
	ReportOnly bool   // whether the policy only reports
}

// A record is what happened on a tab.
type record struct {
	mu         sync.Mutex
	requests   []string
	errors     []string
	violations []CSPViolation
	dialogs    []string
}

// event runs on the goroutine that reads from the browser: it must not wait.
func (p *Page) event(ev any) {
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		p.log.requests = append(p.log.requests, ev.Request.URL)
	case *runtime.EventExceptionThrown:
		p.log.errors = append(p.log.errors, exceptionText(ev.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError {
			p.log.errors = append(p.log.errors, consoleText(ev.Args))
		}
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError {
			p.log.errors = append(p.log.errors, strings.TrimSpace(ev.Entry.Text+" "+ev.Entry.URL))
		}
	case *audits.EventIssueAdded:
		if d := ev.Issue.Details.ContentSecurityPolicyIssueDetails; d != nil {
			p.log.violations = append(p.log.violations, CSPViolation{d.ViolatedDirective, d.BlockedURL, d.IsReportOnly})
		}
	case *page.EventJavascriptDialogOpening:
		p.log.dialogs = append(p.log.dialogs, ev.Message)
		go p.acceptDialog()
	}
}

// acceptDialog says yes: a dialog stops everything else in its tab.
func (p *Page) acceptDialog() {
	// The tab may be closed meanwhile, and then nobody waits for the answer.
	_, _ = cdp.Call(p.ctx, chromedp.FromContext(p.ctx).Target, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
}

func exceptionText(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return d.Text
}

func consoleText(args []*runtime.RemoteObject) string {
	var words []string
	for _, arg := range args {
		word := arg.Description
		if word == "" {
			word = strings.Trim(string(arg.Value), `"`)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// Requests returns every address that the tab asked for since it was opened,
// in order, whether or not there was an answer. Addresses with the schemes
// data, blob and about are not requests.
func (p *Page) Requests() []string {
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.log.requests), func(address string) bool {
		scheme, _, _ := strings.Cut(address, ":")
		return scheme == "data" || scheme == "blob" || scheme == "about"
	})
}

// ThirdParty returns the requests that went to another host or port than the
// one the page is from.
func (p *Page) ThirdParty() []string {
	p.tb.Helper()
	own, err := url.Parse(p.Address())
	if err != nil {
		p.tb.Fatal(err)
	}
	return slices.DeleteFunc(p.Requests(), func(address string) bool {
		u, err := url.Parse(address)
		return err == nil && u.Host == own.Host
	})
}

// ConsoleErrors returns what the console shows in red: exceptions that nobody
// caught, calls of console.error, resources that failed to load and blocked
// ones.
func (p *Page) ConsoleErrors() []string {
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	return slices.Clone(p.log.errors)
}

// CSPViolations returns the violations of content security policies.
func (p *Page) CSPViolations() []CSPViolation {
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	return slices.Clone(p.log.violations)
}

// Dialogs returns the messages of the dialogs that opened. All were accepted.
func (p *Page) Dialogs() []string {
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	return slices.Clone(p.log.dialogs)
}

// Forget empties the record, so that a test can look at one step alone.
func (p *Page) Forget() {
	p.log.mu.Lock()
	defer p.log.mu.Unlock()
	p.log.requests, p.log.errors, p.log.violations, p.log.dialogs = nil, nil, nil, nil
}
