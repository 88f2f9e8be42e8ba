package cases_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/memcases"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

// TestSource runs the contract that search has with its sources.
func TestSource(t *testing.T) {
	searchtest.TestSource(t, func(t *testing.T) (search.Source, searchtest.Fixture) {
		p := &putter{ctx: t.Context(), store: memcases.New(), ids: map[string]string{}}
		p.Desk = cases.NewDesk(p.store, nil)
		return p.Source(), searchtest.Fixture{Put: p.put, Remove: p.remove}
	})
}

// A putter keeps cases by keys of the suite's.
type putter struct {
	*cases.Desk
	ctx   context.Context
	store cases.Store
	mu    sync.Mutex
	ids   map[string]string
}

func (p *putter) id(key string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ids[key]
}

func (p *putter) put(key, text string) (string, error) {
	id := p.id(key)
	if id == "" {
		c, err := p.Open(p.ctx, ann, question(func(d *cases.Draft) { d.Subject = text }))
		p.mu.Lock()
		defer p.mu.Unlock()
		p.ids[key] = c.ID
		return "case/" + c.ID, err
	}
	c, err := p.Case(p.ctx, ann, id)
	if err == nil {
		_, err = p.Edit(p.ctx, ann, id, cases.Edit{Version: c.Version, Subject: &text})
	}
	return "case/" + id, err
}

func (p *putter) remove(key string) error {
	c, err := p.Case(p.ctx, ann, p.id(key))
	if err == nil {
		_, err = p.store.Purge(p.ctx, map[string]int{c.ID: c.Version})
	}
	return err
}

// TestFound looks for words of a case as everybody.
func TestFound(t *testing.T) {
	d := open(t)
	e := search.NewEngine(memsearch.New(), &search.Options{Sources: []search.Source{d.Source()}, Sight: d.Sight})
	c := d.opened(t, ann)
	d.say(t, bob, c.ID, cases.Message{Body: "The *drawer* is stuck."})
	d.say(t, bob, c.ID, cases.Message{Body: "The customer is a canary.", Internal: true})
	private := d.opened(t, ann, func(c *cases.Draft) { c.Kind, c.Body = "complaint", "The drawer hurt me." })
	require.NoError(t, e.Refresh(t.Context()))
	found := func(by profile.Actor, text string) (out []string) {
		res, err := e.Search(t.Context(), by, search.Query{Text: text})
		require.NoError(t, err)
		for _, h := range res.Hits {
			out = append(out, h.Group)
		}
		return out
	}
	both, one := []string{"case/" + c.ID, "case/" + private.ID}, []string{"case/" + c.ID}
	for _, w := range []struct {
		by             profile.Actor
		drawer, canary []string
	}{{nobody, nil, nil}, {ann, both, nil}, {bea, nil, nil}, {mia, one, nil}, {gus, nil, nil}, {ines, nil, nil}, {bob, both, one}} {
		require.ElementsMatch(t, w.drawer, found(w.by, "drawer"), w.by.ID)
		require.ElementsMatch(t, w.canary, found(w.by, "canary"), w.by.ID)
		require.Equal(t, len(w.drawer) > 0, len(found(w.by, c.Reference)) > 0, "%s by the reference", w.by.ID)
	}
}
