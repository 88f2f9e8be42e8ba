package sqlkb_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/kb/sqlkb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/searchtest"
)

// TestSource runs the contract that search has with its sources on a library
// over each store.
func TestSource(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) (store kb.Store, reopen func() kb.Store){
		"memory": func(*testing.T) (kb.Store, func() kb.Store) { return memkb.New(), nil },
		"sqlite": func(t *testing.T) (kb.Store, func() kb.Store) {
			write, read := testdb.SQLitePair(t)
			require.NoError(t, sqlkb.Migrate(t.Context(), write.DB))
			return sqlkb.New(write).WithReader(read), func() kb.Store { return sqlkb.New(write).WithReader(read) }
		},
		"postgres": func(t *testing.T) (kb.Store, func() kb.Store) {
			db := testdb.Postgres(t)
			require.NoError(t, sqlkb.Migrate(t.Context(), db.DB))
			return sqlkb.New(db), func() kb.Store { return sqlkb.New(db) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			searchtest.TestSource(t, func(t *testing.T) (search.Source, searchtest.Fixture) {
				store, reopen := open(t)
				return sourceOf(t, store, reopen)
			})
		})
	}
}

var editor = profile.Actor{ID: "rosa", Roles: []profile.Role{profile.RoleReviewer}}

func sourceOf(t *testing.T, store kb.Store, reopen func() kb.Store) (search.Source, searchtest.Fixture) {
	l := kb.NewLibrary(store, nil)
	_, err := l.SaveCategory(t.Context(), editor, kb.Category{ID: "c", Audience: profile.Public(), Labels: map[string]kb.Label{"en": {Title: "C"}}})
	require.NoError(t, err)
	p := &putter{ctx: t.Context(), l: l, articles: map[string]kb.Article{}}
	f := searchtest.Fixture{Put: p.put, Remove: p.remove}
	if reopen != nil {
		f.Reopen = func() search.Source { return kb.NewLibrary(reopen(), nil).Source() }
	}
	return l.Source(), f
}

// A putter keeps articles by keys of the suite's.
type putter struct {
	ctx      context.Context
	l        *kb.Library
	mu       sync.Mutex
	articles map[string]kb.Article
}

func (p *putter) put(key, text string) (string, error) {
	p.mu.Lock()
	a, ok := p.articles[key]
	p.mu.Unlock()
	var err error
	if ok {
		a, err = p.l.Edit(p.ctx, editor, a.ID, "en", a.Version, kb.Text{Title: "T", Body: text})
	} else {
		a, err = p.l.Create(p.ctx, editor, kb.Draft{
			Text: kb.Text{Title: "T", Body: text}, Meta: kb.Meta{Category: "c", Kind: kb.KindFAQ, Audience: profile.Public()},
		})
	}
	if err != nil {
		return "", err
	}
	if a, err = p.l.Publish(p.ctx, editor, a.ID, "en", a.Version); err != nil {
		return "", err
	}
	p.keep(key, a)
	return "article/" + a.ID, nil
}

func (p *putter) keep(key string, a kb.Article) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.articles[key] = a
}

func (p *putter) remove(key string) error {
	p.mu.Lock()
	a, ok := p.articles[key]
	p.mu.Unlock()
	if !ok {
		return errors.New("nothing was put under " + key)
	}
	a, err := p.l.Archive(p.ctx, editor, a.ID, "en", a.Version)
	p.keep(key, a)
	return err
}
