// Package memkb keeps a [kb.Library]'s content in memory: for tests, for
// trying things out, and for portals small enough to be filled at each start.
package memkb

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/memfeed"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/search"
)

// A Store is a [kb.Store] in memory. Make one with [New].
type Store struct {
	mu         sync.RWMutex
	articles   map[string]kb.Article
	revisions  map[revisionKey]kb.Revision
	slugs      map[string]string // to article ID, of now and before
	shown      map[string]bool   // slugs that readers saw
	categories map[string]kb.Category
	removed    map[string]bool // categories that were
	redirects  map[string]kb.Redirect
	feedback   map[string]kb.Feedback
	media      map[string]kb.Media
	texts      map[string]string        // words in media, by name
	uses       map[string][]revisionKey // medium to the revisions that show it
	blocks     map[string][]kb.Block    // versions, the newest last
	reviews    map[string]kb.Review
	plans      map[string]kb.Plan
	verified   map[string]kb.Verification // by article
	log        *memfeed.Log               // of articles that changed
	places     int                        // stamp of categories
	contents   int                        // stamp of everything
	portal     string                     // ID of the installation
	unsaved    map[deskKey]kb.Working
	locks      map[deskKey]kb.Lock
	notes      map[string]kb.Note
	targets    map[targetKey]kb.LinkTarget
	blockings  int // changes of blocks
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
		shown:      map[string]bool{},
		categories: map[string]kb.Category{}, removed: map[string]bool{}, redirects: map[string]kb.Redirect{}, feedback: map[string]kb.Feedback{},
		media: map[string]kb.Media{}, texts: map[string]string{}, blocks: map[string][]kb.Block{}, uses: map[string][]revisionKey{}, log: memfeed.New(search.ErrRebuild),
		reviews: map[string]kb.Review{}, plans: map[string]kb.Plan{}, verified: map[string]kb.Verification{},
		unsaved: map[deskKey]kb.Working{}, locks: map[deskKey]kb.Lock{}, notes: map[string]kb.Note{}, targets: map[targetKey]kb.LinkTarget{},
	}
}

// changed logs articles as changed and wakes whoever waits. The caller holds
// the lock.
func (s *Store) changed(ids ...string) {
	s.contents++
	s.log.Append(ids...)
}

// Stamps implements [kb.CategoryStore].
func (s *Store) Stamps(ctx context.Context) (string, string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return strconv.Itoa(s.places), strconv.Itoa(s.contents), ctx.Err()
}

// Changes implements [kb.ArticleStore].
func (s *Store) Changes(ctx context.Context, after string, limit int) ([]string, string, error) {
	return s.log.Changes(ctx, after, limit)
}

// WaitChanges implements [kb.ArticleStore].
func (s *Store) WaitChanges(ctx context.Context, after string) error { return s.log.Wait(ctx, after) }

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
func (s *Store) SaveCategory(ctx context.Context, c kb.Category, stamp string, moved []string) error {
	if err := cmp.Or(ctx.Err(), stored.CheckText(textsOfCategory(c)...), checkTimes(c.UpdatedAt)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mayPlace(c, stamp); err != nil {
		return err
	}
	s.categories[c.ID] = cloneCategory(c)
	delete(s.removed, c.ID)
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

// RemoveCategory implements [kb.CategoryStore].
func (s *Store) RemoveCategory(ctx context.Context, id string, version int, stamp string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, ok := s.categories[id]
	if !ok {
		return kb.ErrNotFound
	}
	if c.Version != version || stamp != strconv.Itoa(s.places) {
		return kb.ErrConflict
	}
	for _, other := range s.categories {
		if other.Parent == id {
			return kb.ErrConflict
		}
	}
	for _, a := range s.articles {
		if a.Category == id {
			return kb.ErrConflict
		}
	}
	delete(s.categories, id)
	s.removed[id] = true
	maps.DeleteFunc(s.redirects, func(_ string, r kb.Redirect) bool { return r.To == "category/"+id })
	s.places++
	s.changed()
	return nil
}

func textsOfCategory(c kb.Category) []string {
	texts := append([]string{c.ID, c.Parent, c.Icon, c.Source, c.External}, c.Audience...)
	for locale, l := range c.Labels {
		texts = append(texts, locale, l.Title, l.Slug, l.Description)
	}
	return texts
}

// mayPlace checks that a category can be stored as it is.
func (s *Store) mayPlace(c kb.Category, stamp string) error {
	if err := follows(s.categories[c.ID].Version, c.Version); err != nil {
		return err
	}
	if stamp != strconv.Itoa(s.places) {
		return kb.ErrConflict
	}
	taken := map[string]bool{}
	for _, other := range s.categories {
		for _, l := range other.Labels {
			taken[l.Slug] = taken[l.Slug] || other.ID != c.ID
		}
	}
	for _, l := range c.Labels {
		if taken[l.Slug] {
			return kb.ErrConflict
		}
	}
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

// RedirectsTo implements [kb.CategoryStore].
func (s *Store) RedirectsTo(ctx context.Context, targets ...string) ([]kb.Redirect, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Redirect
	for _, r := range s.redirects {
		if slices.Contains(targets, r.To) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b kb.Redirect) int { return cmp.Compare(a.From, b.From) })
	return out, ctx.Err()
}

// Redirect implements [kb.CategoryStore].
func (s *Store) Redirect(ctx context.Context, from string) (kb.Redirect, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return find(ctx, s.redirects, from)
}

// SaveRedirects implements [kb.CategoryStore].
func (s *Store) SaveRedirects(ctx context.Context, redirects ...kb.Redirect) error {
	err := ctx.Err()
	for _, r := range redirects {
		err = cmp.Or(err, stored.CheckText(r.From, r.To, r.Locale))
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range redirects {
		s.redirects[r.From] = r
	}
	return nil
}

func find[K comparable, V any](ctx context.Context, m map[K]V, key K) (V, error) {
	v, ok := m[key]
	switch {
	case ctx.Err() != nil:
		return v, ctx.Err()
	case !ok:
		return v, kb.ErrNotFound
	}
	return v, nil
}

// checkTimes refuses what databases and JSON cannot keep, likewise.
func checkTimes(times ...time.Time) error {
	for _, t := range times {
		if y := t.UTC().Year(); y < 1 || y > 9999 {
			return kb.ErrInvalid
		}
	}
	return nil
}

func cloneCategory(c kb.Category) kb.Category {
	c.Audience, c.Labels, c.UpdatedAt = slices.Clone(c.Audience), maps.Clone(c.Labels), c.UpdatedAt.UTC()
	return c
}
