package browser

import (
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/runtime"
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
	origins    []string // of all requests, those forgotten too
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
func (p *Page) Forget() { p.log.forget() }

func (r *record) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests, r.errors, r.violations, r.dialogs = nil, nil, nil, nil
}
