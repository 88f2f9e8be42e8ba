package memkb

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb"
)

// A deskKey names a person's unsaved text, or their lock.
type deskKey struct{ person, article, locale string }

// SaveWorking implements [kb.WorkingStore].
func (s *Store) SaveWorking(ctx context.Context, w kb.Working) error {
	if err := cmp.Or(ctx.Err(), stored.CheckText(textsOfWorking(w)...), checkTimes(w.At)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsaved[deskKey{w.Person, w.Article, w.Locale}] = cloneWorking(w)
	return nil
}

func textsOfWorking(w kb.Working) []string {
	t, m := w.Text, w.Meta
	texts := []string{w.Person, w.Article, w.Locale, w.Base, t.Title, t.Slug, t.Summary, t.Body, t.Note, t.SEOTitle, t.Description, m.Category, string(m.Kind), m.Owner}
	for key, value := range m.Fields {
		texts = append(texts, key, value)
	}
	return slices.Concat(texts, m.Audience, m.Products, m.Tags, m.Related)
}

func cloneWorking(w kb.Working) kb.Working {
	m := &w.Meta
	m.Audience, m.Products, m.Tags, m.Related = slices.Clone(m.Audience), slices.Clone(m.Products), slices.Clone(m.Tags), slices.Clone(m.Related)
	m.Fields, w.At = maps.Clone(m.Fields), w.At.UTC()
	return w
}

// Working implements [kb.WorkingStore].
func (s *Store) Working(ctx context.Context, person, article, locale string) (kb.Working, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	w, err := find(ctx, s.unsaved, deskKey{person, article, locale})
	return cloneWorking(w), err
}

// Workings implements [kb.WorkingStore].
func (s *Store) Workings(ctx context.Context, person string, limit int) ([]kb.Working, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Working
	for key, w := range s.unsaved {
		if key.person == person && person != "" {
			out = append(out, cloneWorking(w))
		}
	}
	slices.SortFunc(out, func(a, b kb.Working) int {
		return cmp.Or(b.At.Compare(a.At), strings.Compare(a.Article, b.Article), strings.Compare(a.Locale, b.Locale))
	})
	return out[:min(len(out), max(limit, 0))], ctx.Err()
}

// DropWorking implements [kb.WorkingStore].
func (s *Store) DropWorking(ctx context.Context, person, article, locale string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.unsaved, deskKey{person, article, locale})
	return nil
}

// KeepLock implements [kb.WorkingStore].
func (s *Store) KeepLock(ctx context.Context, k kb.Lock) error {
	if err := cmp.Or(ctx.Err(), stored.CheckText(k.Article, k.Locale, k.Person), checkTimes(k.Since, k.Until)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := k.Since
	for key, old := range s.locks {
		if key.article == k.Article && key.locale == k.Locale && !old.Until.After(now) {
			delete(s.locks, key)
		}
	}
	key := deskKey{k.Person, k.Article, k.Locale}
	if old, ok := s.locks[key]; ok {
		k.Since = old.Since
	}
	k.Since, k.Until = k.Since.UTC(), k.Until.UTC()
	s.locks[key] = k
	return nil
}

// DropLock implements [kb.WorkingStore].
func (s *Store) DropLock(ctx context.Context, article, locale, person string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.locks, deskKey{person, article, locale})
	return nil
}

// Locks implements [kb.WorkingStore].
func (s *Store) Locks(ctx context.Context, article string, at time.Time) ([]kb.Lock, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Lock
	for key, k := range s.locks {
		if key.article == article && k.Until.After(at) {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b kb.Lock) int {
		return cmp.Or(strings.Compare(a.Locale, b.Locale), a.Since.Compare(b.Since), strings.Compare(a.Person, b.Person))
	})
	return out, ctx.Err()
}

// forgetWorking removes what a person has not saved, and where they were writing.
func (s *Store) forgetWorking(person string) (removed int) {
	before := len(s.unsaved) + len(s.locks)
	maps.DeleteFunc(s.unsaved, func(k deskKey, _ kb.Working) bool { return k.person == person })
	maps.DeleteFunc(s.locks, func(k deskKey, _ kb.Lock) bool { return k.person == person })
	return before - len(s.unsaved) - len(s.locks)
}
