// Package webtest holds what tests of HTTP handlers share: tables of scenarios
// that say what an answer must and must not contain, and the check of answers
// against the OpenAPI description of the API that gave them.
package webtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web"
)

// A Scenario is one request and what its answer must be.
type Scenario struct {
	Name    string
	Method  string // empty means GET
	URL     string
	Header  map[string]string
	Body    string                            // sent as JSON unless Header says otherwise
	Prepare func(*http.Request) *http.Request // what else the request needs, such as an actor; nil means nothing

	Status     int
	Want       []string          // what the body must contain
	Not        []string          // what neither the body nor a header may contain
	WantHeader map[string]string // headers and their exact values; "" means absent
	Check      func(*testing.T, *httptest.ResponseRecorder)
}

// Run serves each scenario as a subtest. An answer that tells of the inside (a
// driver, a stack, a file) fails whatever the scenario says.
func Run(t *testing.T, h http.Handler, scenarios []Scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.Name, func(t *testing.T) { s.check(t, s.Serve(h)) })
	}
}

// RunAPI is Run for an API described by doc: each answer, and each request body
// that was accepted, must also be as described.
func RunAPI(t *testing.T, h http.Handler, doc web.Document, scenarios []Scenario) {
	t.Helper()
	checker := NewChecker(t, doc)
	for _, s := range scenarios {
		t.Run(s.Name, func(t *testing.T) {
			answer := s.Serve(h)
			s.check(t, answer)
			require.NoError(t, checker.Exchange(s.method(), s.URL, s.Body, answer))
		})
	}
}

// Serve serves the scenario's request and returns the answer.
func (s Scenario) Serve(h http.Handler) *httptest.ResponseRecorder {
	r := httptest.NewRequest(s.method(), s.URL, strings.NewReader(s.Body))
	if s.Body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range s.Header {
		r.Header.Set(name, value)
	}
	if s.Prepare != nil {
		r = s.Prepare(r)
	}
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	return answer
}

func (s Scenario) method() string {
	if s.Method == "" {
		return http.MethodGet
	}
	return s.Method
}

// inside lists what only somebody who sees the inside could have written.
func inside() []string {
	return []string{"goroutine ", "runtime error", "sql: ", "pq: ", "SQLITE", "SQL logic", "no such table", ".go:", "context canceled", "context deadline"}
}

func (s Scenario) check(t *testing.T, answer *httptest.ResponseRecorder) {
	t.Helper()
	require.NoError(t, s.Fault(answer))
	if s.Check != nil {
		s.Check(t, answer)
	}
}

// Fault reports where an answer is not what the scenario says, Check apart.
func (s Scenario) Fault(answer *httptest.ResponseRecorder) error {
	body := answer.Body.String()
	if answer.Code != s.Status {
		return fmt.Errorf("status is %d, not %d: %s", answer.Code, s.Status, body)
	}
	for _, want := range s.Want {
		if !strings.Contains(body, want) {
			return fmt.Errorf("body lacks %q: %s", want, body)
		}
	}
	not := s.Not
	if answer.Code >= http.StatusBadRequest {
		not = append(inside(), not...)
	}
	for _, n := range not {
		if err := absent(answer, n); err != nil {
			return err
		}
	}
	for name, want := range s.WantHeader {
		if got := answer.Header().Get(name); got != want {
			return fmt.Errorf("header %s is %q, not %q", name, got, want)
		}
	}
	return nil
}

func absent(answer *httptest.ResponseRecorder, text string) error {
	if body := answer.Body.String(); strings.Contains(body, text) {
		return fmt.Errorf("body has %q: %s", text, body)
	}
	for name, values := range answer.Header() {
		if strings.Contains(strings.Join(values, "\n"), text) {
			return fmt.Errorf("header %s has %q: %q", name, text, values)
		}
	}
	return nil
}
