// Package memkb keeps a [kb.Library]'s content in memory: for tests, for
// trying things out, and for portals small enough to be filled at each start.
package memkb

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/search"
)

// A Store is a [kb.Store] in memory. Make one with [New].
type Store struct {
	mu         sync.RWMutex
	articles   map[string]kb.Article
	revisions  map[revisionKey]kb.Revision
	slugs      map[string]string // "locale/slug" to article ID, of now and before
	categories map[string]kb.Category
	redirects  map[string]kb.Redirect
	feedback   map[string]kb.Feedback
	media      map[string]kb.Media
	uses       map[string]map[string]bool // medium to articles
	log        []string                   // IDs of changed articles, in order
	places     int                        // stamp of categories
	contents   int                        // stamp of everything
	woken      chan struct{}              // closed at each change
}

type revisionKey struct {
	article, locale string
	number          int
}

var _ kb.Store = (*Store)(nil)

// New returns an empty Store.
func New() *Store {
	return &Store{
		articles: map[string]kb.Article{}, revisions: map[revisionKey]kb.Revision{}, slugs: map[string]string{},
		categories: map[string]kb.Category{}, redirects: map[string]kb.Redirect{}, feedback: map[string]kb.Feedback{},
		media: map[string]kb.Media{}, uses: map[string]map[string]bool{}, woken: make(chan struct{}),
	}
}

// changed logs articles as changed and wakes whoever waits. The caller holds
// the lock.
func (s *Store) changed(ids ...string) {
	s.contents++
	s.log = append(s.log, ids...)
	close(s.woken)
	s.woken = make(chan struct{})
}

// Stamps implements [kb.CategoryStore].
func (s *Store) Stamps(ctx context.Context) (string, string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return strconv.Itoa(s.places), strconv.Itoa(s.contents), ctx.Err()
}

// Changes implements [kb.ArticleStore].
func (s *Store) Changes(ctx context.Context, after string, limit int) ([]string, string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	from, err := s.position(after)
	if err != nil {
		return nil, "", err
	}
	to := min(from+max(limit, 1), len(s.log))
	var ids []string
	for i, id := range s.log[from:to] {
		if !slices.Contains(s.log[from+i+1:to], id) {
			ids = append(ids, id)
		}
	}
	return ids, strconv.Itoa(to), ctx.Err()
}

func (s *Store) position(cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(cursor)
	if err != nil || n < 0 || n > len(s.log) {
		return 0, fmt.Errorf("cursor %q: %w", cursor, search.ErrRebuild)
	}
	return n, nil
}

// WaitChanges implements [kb.ArticleStore].
func (s *Store) WaitChanges(ctx context.Context, after string) error {
	s.mu.RLock()
	from, err := s.position(after)
	woken, news := s.woken, from < len(s.log)
	s.mu.RUnlock()
	if err != nil || news {
		return err
	}
	select {
	case <-woken:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Categories implements [kb.CategoryStore].
func (s *Store) Categories(ctx context.Context) ([]kb.Category, string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []kb.Category
	for _, id := range slices.Sorted(maps.Keys(s.categories)) {
		all = append(all, cloneCategory(s.categories[id]))
	}
	return all, strconv.Itoa(s.places), ctx.Err()
}

// SaveCategory implements [kb.CategoryStore].
func (s *Store) SaveCategory(ctx context.Context, c kb.Category, moved []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := follows(s.categories[c.ID].Version, c.Version); err != nil {
		return err
	}
	for _, other := range s.categories {
		for locale, label := range c.Labels {
			if other.ID != c.ID && other.Labels[locale].Slug == label.Slug {
				return kb.ErrConflict
			}
		}
	}
	s.categories[c.ID] = cloneCategory(c)
	s.places++
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(s.articles)) {
		if slices.Contains(moved, s.articles[id].Category) {
			ids = append(ids, id)
		}
	}
	s.changed(ids...)
	return nil
}

// follows checks that a version comes after the stored one, 0 if there is none.
func follows(stored, version int) error {
	switch {
	case version == 1 && stored == 0, version > 1 && stored == version-1:
		return nil
	case stored == 0:
		return kb.ErrNotFound
	}
	return kb.ErrConflict
}

// Redirect implements [kb.CategoryStore].
func (s *Store) Redirect(ctx context.Context, from string) (kb.Redirect, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return find(ctx, s.redirects, from)
}

// SaveRedirects implements [kb.CategoryStore].
func (s *Store) SaveRedirects(ctx context.Context, redirects ...kb.Redirect) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range redirects {
		s.redirects[r.From] = r
	}
	return nil
}

func find[V any](ctx context.Context, m map[string]V, key string) (V, error) {
	v, ok := m[key]
	if !ok {
		return v, kb.ErrNotFound
	}
	return v, ctx.Err()
}

func cloneCategory(c kb.Category) kb.Category {
	c.Audience, c.Labels, c.UpdatedAt = slices.Clone(c.Audience), maps.Clone(c.Labels), c.UpdatedAt.UTC()
	return c
}
