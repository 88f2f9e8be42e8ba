package semantic_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
	"github.com/stoa-go/stoa/search/semantic"
)

// A counter embeds letters, counts texts and fails if it is told to.
type counter struct {
	searchtest.NGrams

	mu    sync.Mutex
	name  string
	texts []string
	fails error
	hangs bool
}

func (c *counter) Model() (string, int) { return c.name, c.Dimension }

func (c *counter) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	c.mu.Lock()
	fails, hangs := c.fails, c.hangs
	if fails == nil {
		c.texts = append(c.texts, texts...)
	}
	c.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if fails != nil {
		return nil, fails
	}
	return c.NGrams.Embed(ctx, texts)
}

// took returns how many texts were embedded since it was last called.
func (c *counter) took() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.texts)
	c.texts = nil
	return n
}

func (c *counter) set(fails error, hangs bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fails, c.hangs = fails, hangs
}

func newCounter(name string) *counter {
	return &counter{NGrams: searchtest.NGrams{Dimension: 256}, name: name}
}

func article(name, title, body string, change ...func(*search.Document)) search.Document {
	d := search.Document{
		ID: name + "@en", Group: name, Kind: "faq", Locale: "en", Serves: []string{"en"}, Title: title, Body: body, Audience: profile.Public(),
		Facets: map[string][]string{"kind": {"faq"}},
	}
	for _, f := range change {
		f(&d)
	}
	return d
}

func forStaff(d *search.Document) { d.Audience = profile.NewAudience(profile.SegmentStaff) }

var (
	nobody = profile.Actor{}
	agent  = profile.Actor{ID: "a", Roles: []profile.Role{profile.RoleAgent}}
	admin  = profile.Actor{ID: "b", Roles: []profile.Role{profile.RoleAdmin}}
)

// numbered returns a text of n different words of seven letters.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "word%03d ", i)
	}
	return b.String()
}

func names(t *testing.T, s *semantic.Store, by profile.Actor, text string) []string {
	t.Helper()
	list, err := s.Neighbours(t.Context(), text, by.Sight(), "en", 10)
	require.NoError(t, err)
	var out []string
	for _, n := range list {
		out = append(out, n.Group)
	}
	return out
}

func TestNothingIsEmbeddedTwice(t *testing.T) {
	source, path := searchtest.NewSource("kb"), filepath.Join(t.TempDir(), "vectors")
	e := newCounter("m")
	open := func() *semantic.Store {
		return semantic.Open(e, &semantic.Options{Sources: []search.Source{source}, Path: path})
	}
	s := open()
	source.Put(article("a", "Reset the hub", "Press the button."), article("b", "Reset the hub", "Press the button."), article("c", "Pay a bill", numbered(350)))
	require.NoError(t, s.Refresh(t.Context()))
	require.Equal(t, 1+3, e.took(), "a text that two say, and three passages")
	source.Put(article("b", "Reset the hub", "Press the button.", forStaff), article("d", "Pay a bill", "At once."))
	require.NoError(t, s.Refresh(t.Context()))
	require.Equal(t, 1, e.took())

	s = open()
	require.NoError(t, s.Refresh(t.Context()))
	require.Zero(t, e.took(), "after a restart")
	require.Equal(t, 5, s.SemanticStatus().Texts)
	require.Equal(t, "a", names(t, s, nobody, "resetting hubs")[0])
	require.NotContains(t, names(t, s, nobody, "resetting hubs"), "b")
	require.Contains(t, names(t, s, agent, "resetting hubs"), "b")

	source.Remove("a")
	require.NoError(t, s.Refresh(t.Context()))
	require.Equal(t, 5, s.SemanticStatus().Texts, "another one says it")
	source.Remove("b")
	require.NoError(t, s.Refresh(t.Context()))
	require.Equal(t, 4, s.SemanticStatus().Texts)
	require.Equal(t, 4, open().SemanticStatus().Texts, "also in the file")

	e.took()
	e.name = "another"
	s = open()
	require.Zero(t, s.SemanticStatus().Texts)
	require.NoError(t, s.Refresh(t.Context()))
	require.Equal(t, 4, e.took(), "vectors of another model say nothing")

	for _, damage := range []func([]byte) []byte{
		func(b []byte) []byte { return b[:len(b)/2] }, func(b []byte) []byte { b[len(b)-3]++; return b }, func([]byte) []byte { return nil },
	} {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, damage(data), 0o600))
		s = open()
		require.Zero(t, s.SemanticStatus().Texts)
		require.NoError(t, s.Refresh(t.Context()))
		require.Equal(t, 4, s.SemanticStatus().Texts)
	}
}

func TestEmbedderDown(t *testing.T) {
	source, e := searchtest.NewSource("kb"), newCounter("m")
	s := semantic.Open(e, &semantic.Options{Sources: []search.Source{source}})
	source.Put(article("a", "Reset the hub", ""), article("b", "Pay a bill", ""))
	require.NoError(t, s.Refresh(t.Context()))
	e.set(errors.New("no power"), false)
	source.Put(article("c", "Lamps", ""))
	source.Remove("a")
	require.ErrorContains(t, s.Refresh(t.Context()), "no power")
	status := s.SemanticStatus()
	require.Equal(t, 1, status.Texts, "what is gone is gone without the embedder")
	require.Contains(t, status.Error, "no power")
	require.True(t, status.Waiting)
	require.Error(t, s.Refresh(t.Context()))
	e.set(nil, false)
	e.took()
	require.NoError(t, s.Refresh(t.Context()))
	require.Equal(t, 1+1, e.took(), "one to try, and the one that was missing")
	require.Equal(t, "c", names(t, s, nobody, "lamp")[0])
	require.False(t, s.SemanticStatus().Waiting)
}

func TestLimit(t *testing.T) {
	source := searchtest.NewSource("kb")
	s := semantic.Open(newCounter("m"), &semantic.Options{Sources: []search.Source{source}, Most: 3})
	for i := range 5 {
		source.Put(article(fmt.Sprint(i), fmt.Sprintf("Lamp %d", i), ""))
	}
	require.NoError(t, s.Refresh(t.Context()))
	require.Equal(t, 3, s.SemanticStatus().Texts)
	require.Equal(t, 2, s.SemanticStatus().Left)
}

// world returns an engine with a store over one source.
func world(t *testing.T, e *counter, docs ...search.Document) (*search.Engine, *semantic.Store) {
	t.Helper()
	source := searchtest.NewSource("kb")
	source.Put(docs...)
	s := semantic.Open(e, &semantic.Options{Sources: []search.Source{source}})
	require.NoError(t, s.Refresh(t.Context()))
	engine := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{source}, Semantic: s, Patience: 5 * time.Second})
	require.NoError(t, engine.Refresh(t.Context()))
	return engine, s
}

func library() []search.Document {
	return []search.Document{
		article("reset", "Resetting", "buttons"), article("bill", "Pay", "invoices"), article("word", "The hub", "is here"),
		article("secret", "Resettings of boards", "", forStaff), article("other", "Resettings", "", func(d *search.Document) { d.Facets = map[string][]string{"kind": {"topic"}} }),
	}
}

func TestSearchByMeaning(t *testing.T) {
	e := newCounter("m")
	engine, _ := world(t, e, library()...)
	ask := func(by profile.Actor, q search.Query) search.Results {
		q.Locale = "en"
		res, err := engine.Search(t.Context(), by, q)
		require.NoError(t, err)
		return res
	}
	groups := func(res search.Results) (out []string) {
		for _, h := range res.Hits {
			out = append(out, h.Group)
			require.False(t, h.Pinned)
		}
		return out
	}
	res := ask(nobody, search.Query{Text: "resett hub", Facets: []string{"kind"}})
	require.Equal(t, "word", res.Hits[0].Group, "the one with a word of the question")
	require.Contains(t, groups(res), "reset")
	require.NotContains(t, groups(res), "secret")
	require.Len(t, res.Hits, res.Total)
	require.Contains(t, groups(ask(agent, search.Query{Text: "resett hub"})), "secret")
	require.NotContains(t, groups(ask(nobody, search.Query{Text: "resett hub", Filters: map[string][]string{"kind": {"faq"}}})), "other")
	require.NotContains(t, groups(ask(nobody, search.Query{Text: "resett hub -buttons"})), "reset")
	require.Equal(t, []string{"word"}, groups(ask(nobody, search.Query{Text: "+hub resett"})))

	explained := ask(admin, search.Query{Text: "resett hub", Explain: true})
	told := false
	for _, h := range explained.Hits {
		for _, r := range h.Explain {
			told = told || r.What == "meaning" && r.Value > 0
		}
	}
	require.True(t, told)
}

// TestHiddenTextsDoNotShow has many documents nearer than any that may be seen.
func TestHiddenTextsDoNotShow(t *testing.T) {
	docs := library()
	alone, _ := world(t, newCounter("m"), docs...)
	for i := range 200 {
		docs = append(docs, article(fmt.Sprintf("hidden/%d", i), "resett hub", fmt.Sprint(i), forStaff))
	}
	beside, _ := world(t, newCounter("m"), docs...)
	q := search.Query{Text: "resett hub", Locale: "en", Facets: []string{"kind"}}
	a, err := alone.Search(t.Context(), nobody, q)
	require.NoError(t, err)
	b, err := beside.Search(t.Context(), nobody, q)
	require.NoError(t, err)
	require.Equal(t, a.Total, b.Total)
	require.Equal(t, a.Facets, b.Facets)
	require.Len(t, b.Hits, len(a.Hits))
	for i := range a.Hits {
		require.Equal(t, a.Hits[i].Group, b.Hits[i].Group)
		require.InDelta(t, a.Hits[i].Score, b.Hits[i].Score, 1e-9)
	}
}

func TestWordsAnswerWithoutMeaning(t *testing.T) {
	for name, c := range map[string]struct {
		fails error
		hangs bool
	}{"down": {errors.New("no power"), false}, "slow": {nil, true}} {
		t.Run(name, func(t *testing.T) {
			e := newCounter("m")
			source := searchtest.NewSource("kb")
			source.Put(library()...)
			s := semantic.Open(e, &semantic.Options{Sources: []search.Source{source}})
			require.NoError(t, s.Refresh(t.Context()))
			engine := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{source}, Semantic: s, Patience: 50 * time.Millisecond})
			require.NoError(t, engine.Refresh(t.Context()))
			e.set(c.fails, c.hangs)
			for range 2 {
				res, err := engine.Search(t.Context(), nobody, search.Query{Text: "resett hub", Locale: "en"})
				require.NoError(t, err)
				require.Len(t, res.Hits, 1)
				require.NotEmpty(t, engine.Status(t.Context()).Semantic.Searches)
			}
			require.Equal(t, "m", engine.Status(t.Context()).Semantic.Model)
		})
	}
}

// BenchmarkNeighbours looks at 100,000 passages of 384 numbers.
func BenchmarkNeighbours(b *testing.B) {
	source := searchtest.NewSource("kb")
	e := &counter{NGrams: searchtest.NGrams{Dimension: 384}, name: "m"}
	for i := range 100_000 {
		source.Put(article(fmt.Sprint(i), fmt.Sprintf("Device %d of kind %d", i, i%977), ""))
	}
	s := semantic.Open(e, &semantic.Options{Sources: []search.Source{source}})
	require.NoError(b, s.Refresh(b.Context()))
	for b.Loop() {
		_, err := s.Neighbours(b.Context(), "device 5", nobody.Sight(), "en", 50)
		require.NoError(b, err)
	}
}
