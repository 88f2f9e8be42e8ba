package search_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	t0     = time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	nobody = profile.Actor{}
	ann    = profile.Actor{ID: "ann", Account: "acme", Roles: []profile.Role{profile.RoleCustomer}, Locale: "en"}
	eve    = profile.Actor{ID: "eve", Roles: []profile.Role{profile.RoleAdmin}}
	secret = []byte("a secret that is long enough")
)

// article returns a public English document; each change adjusts it.
func article(slug, title, body string, change ...func(*search.Document)) search.Document {
	group := "article/" + slug
	d := search.Document{
		ID: group + "@en", Group: group, Source: "kb", Kind: "how-to", Locale: "en", Serves: []string{"en"}, Title: title, Body: body,
		Path: "/en/articles/" + slug, Audience: profile.Public(), Facets: map[string][]string{"kind": {"how-to"}}, UpdatedAt: t0,
	}
	for _, f := range change {
		f(&d)
	}
	return d
}

func forStaff(d *search.Document) { d.Audience = profile.NewAudience(profile.SegmentStaff) }

func faq(d *search.Document) { d.Kind, d.Facets = "faq", map[string][]string{"kind": {"faq"}} }

// An events records what it is given.
type events struct {
	mu  sync.Mutex
	all []analytics.Event
}

func (e *events) Record(_ context.Context, event analytics.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, event)
}

// take returns what was recorded since it was last called.
func (e *events) take() []analytics.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := e.all
	e.all = nil
	return all
}

// A bench is an engine over an index in memory and one source.
type bench struct {
	*search.Engine

	source *searchtest.Source
	index  *memsearch.Index
	events *events
}

// newBench returns a bench that has the documents.
func newBench(t *testing.T, docs []search.Document, change ...func(*search.Options)) *bench {
	t.Helper()
	b := &bench{source: searchtest.NewSource("kb"), index: memsearch.New(), events: &events{}}
	opts := &search.Options{Sources: []search.Source{b.source}, Events: b.events, Secret: secret, Now: func() time.Time { return t0 }}
	for _, f := range change {
		f(opts)
	}
	b.source.Put(docs...)
	b.Engine = search.NewEngine(b.index, opts)
	require.NoError(t, b.Refresh(t.Context()))
	return b
}

// helpCentre is what most tests search.
func helpCentre() []search.Document {
	return []search.Document{
		article("reset", "Reset the hub", "Hold the button for ten seconds until the lamp blinks."),
		article("password", "Change your password", "Open settings and type a new password.", func(d *search.Document) { d.UpdatedAt = t0.AddDate(0, 0, 1) }),
		article("e17", "Error E-17", "The hub found no network. Reset the hub.", faq),
		article("secret", "Master key of the hub", "The canary reset code is 4711.", forStaff),
	}
}

// find returns the groups found, without "article/".
func (b *bench) find(t *testing.T, by profile.Actor, text string) []string {
	t.Helper()
	res, err := b.Search(t.Context(), by, search.Query{Text: text})
	require.NoError(t, err)
	return slugs(res.Hits)
}

func slugs(hits []search.Hit) []string {
	out := []string{}
	for _, h := range hits {
		out = append(out, h.Group[len("article/"):])
	}
	return out
}

func many(n int) []search.Document {
	var docs []search.Document
	for i := range n {
		docs = append(docs, article(fmt.Sprintf("%04d", i), "Lighthouse", "by the sea"))
	}
	return docs
}

// A wrapped index does something else where a function is set.
type wrapped struct {
	search.Index

	mu      sync.Mutex
	search  func(ctx context.Context, r search.Request) (search.Response, error)
	suggest func(ctx context.Context, r search.SuggestRequest) ([]search.Suggestion, error)
	apply   func(ctx context.Context, b search.Batch) error
	fresh   func(ctx context.Context) (search.Index, error)
	cursor  func(ctx context.Context) (map[string]string, error)
}

// set changes what the index does, under way.
func (w *wrapped) set(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
}

func (w *wrapped) Search(ctx context.Context, r search.Request) (search.Response, error) {
	w.mu.Lock()
	f := w.search
	w.mu.Unlock()
	if f != nil {
		return f(ctx, r)
	}
	return w.Index.Search(ctx, r)
}

func (w *wrapped) Suggest(ctx context.Context, r search.SuggestRequest) ([]search.Suggestion, error) {
	if w.suggest != nil {
		return w.suggest(ctx, r)
	}
	return w.Index.Suggest(ctx, r)
}

func (w *wrapped) Apply(ctx context.Context, b search.Batch) error {
	w.mu.Lock()
	f := w.apply
	w.mu.Unlock()
	if f != nil {
		return f(ctx, b)
	}
	return w.Index.Apply(ctx, b)
}

func (w *wrapped) Fresh(ctx context.Context) (search.Index, error) {
	w.mu.Lock()
	f := w.fresh
	w.mu.Unlock()
	if f != nil {
		return f(ctx)
	}
	return w.Index.Fresh(ctx)
}

func (w *wrapped) Cursors(ctx context.Context) (map[string]string, error) {
	w.mu.Lock()
	f := w.cursor
	w.mu.Unlock()
	if f != nil {
		return f(ctx)
	}
	return w.Index.Cursors(ctx)
}

func (w *wrapped) Swap(ctx context.Context, fresh search.Index) error {
	if p, ok := fresh.(*picky); ok {
		fresh = p.Index
	}
	return w.Index.Swap(ctx, fresh)
}

func names(all []analytics.Event) []string {
	out := []string{}
	for _, e := range all {
		out = append(out, e.Name)
	}
	return out
}

func kinds(f map[string][]search.FacetCount) []string {
	out := []string{}
	for _, c := range f["kind"] {
		out = append(out, fmt.Sprint(c.Value, " ", c.Count))
	}
	slices.Sort(out)
	return out
}
