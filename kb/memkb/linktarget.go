package memkb

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb"
)

type targetKey struct {
	kb.Link
	locale string
}

func (k targetKey) parts() []string {
	return []string{string(k.Kind), k.To, k.Anchor, k.locale}
}

// keyOf returns the target of a link in a text: only places differ by language.
func keyOf(l kb.Link, locale string) targetKey {
	if l.Anchor == "" {
		locale = ""
	}
	return targetKey{l, locale}
}

// atOnce is when a target is due that somebody is to look at.
func atOnce() time.Time { return time.Unix(0, 0).UTC() }

// note keeps where links lead, for somebody to look. The caller holds the lock.
func (s *Store) note(links []kb.Link, locale string) {
	for _, l := range links {
		key := keyOf(l, locale)
		t, ok := s.targets[key]
		if ok && !t.DueAt.IsZero() {
			continue
		}
		t.Link, t.Locale, t.DueAt, t.Version = l, key.locale, atOnce(), t.Version+1
		s.targets[key] = t
	}
}

func related(a kb.Article) (out []kb.Link) {
	for _, id := range a.Related {
		out = append(out, kb.Link{Kind: kb.LinkRelated, To: id})
	}
	return out
}

// ask has somebody look at the targets that about selects. The caller holds the
// lock.
func (s *Store) ask(about func(kb.Link) bool) {
	for key, t := range s.targets {
		if about(key.Link) {
			t.DueAt, t.Version = atOnce(), t.Version+1
			s.targets[key] = t
		}
	}
}

func (s *Store) askArticle(id string) {
	s.ask(func(l kb.Link) bool {
		switch l.Kind {
		case kb.LinkArticle, kb.LinkPlace, kb.LinkRelated:
			return l.To == id
		case kb.LinkPath:
			return s.slugs[l.To] == id
		}
		return false
	})
}

// askShown has somebody look at places in articles.
func (s *Store) askShown(articles map[string]bool) {
	s.ask(func(l kb.Link) bool {
		switch l.Kind {
		case kb.LinkArticle, kb.LinkPlace:
			return l.Anchor != "" && articles[l.To]
		case kb.LinkPath:
			return l.Anchor != "" && articles[s.slugs[l.To]]
		}
		return false
	})
}

func (s *Store) askNamed(kind kb.LinkKind, name string) {
	s.ask(func(l kb.Link) bool { return l.Kind == kind && l.To == name })
}

// DueLinks implements [kb.LinkStore].
func (s *Store) DueLinks(ctx context.Context, kinds []kb.LinkKind, by time.Time, limit int) ([]kb.LinkTarget, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.LinkTarget
	for _, t := range s.targets {
		if slices.Contains(kinds, t.Kind) && !t.DueAt.IsZero() && !t.DueAt.After(by) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b kb.LinkTarget) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt), slices.Compare(keyOf(a.Link, a.Locale).parts(), keyOf(b.Link, b.Locale).parts()))
	})
	return out[:min(len(out), max(limit, 0))], ctx.Err()
}

// SaveLinkTarget implements [kb.LinkStore].
func (s *Store) SaveLinkTarget(ctx context.Context, t kb.LinkTarget) error {
	if err := cmp.Or(ctx.Err(), stored.CheckText(string(t.State)), checkTimes(t.CheckedAt, t.DueAt)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := find(ctx, s.targets, targetKey{t.Link, t.Locale})
	if err == nil && old.Version != t.Version-1 {
		err = kb.ErrConflict
	}
	if err != nil {
		return err
	}
	t.CheckedAt, t.DueAt = t.CheckedAt.UTC(), t.DueAt.UTC()
	s.targets[targetKey{t.Link, t.Locale}] = t
	return nil
}

// LinkFaults implements [kb.LinkStore].
func (s *Store) LinkFaults(ctx context.Context, q kb.FaultQuery) ([]kb.LinkFault, string, error) {
	var last []string
	if q.After != "" {
		var err error
		if last, err = cursor.Decode(q.After, 6); err != nil {
			return nil, "", err
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := map[faultKey]kb.LinkFault{}
	for key, r := range s.revisions {
		a := s.articles[key.article]
		t, _ := a.In(key.locale)
		live := t.Status == kb.StatusPublished && t.Live == key.number
		if live || t.Head == key.number {
			s.findFaults(q, a, key.locale, live, r.Links, found)
		}
	}
	for _, a := range s.articles {
		s.findFaults(q, a, "", len(a.Live()) > 0, related(a), found)
	}
	var all []kb.LinkFault
	for _, f := range found {
		if last == nil || slices.Compare(faultParts(f), last) > 0 {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b kb.LinkFault) int { return slices.Compare(faultParts(a), faultParts(b)) })
	limit := cmp.Or(max(q.Limit, 0), 50)
	if len(all) <= limit {
		return all, "", ctx.Err()
	}
	return all[:limit], cursor.Encode(faultParts(all[limit-1])...), ctx.Err()
}

type faultKey struct {
	target          targetKey
	article, locale string
}

func faultParts(f kb.LinkFault) []string {
	return append(keyOf(f.Link, f.Locale).parts(), f.Use.Article, f.Use.Locale)
}

// findFaults adds the links of a text that lead nowhere.
func (s *Store) findFaults(q kb.FaultQuery, a kb.Article, locale string, live bool, links []kb.Link, found map[faultKey]kb.LinkFault) {
	if a.Binned() || q.Article != "" && q.Article != a.ID {
		return
	}
	for _, l := range links {
		t := s.targets[keyOf(l, locale)]
		if t.State == kb.LinkUnknown || t.State == kb.LinkOK || q.States != nil && !slices.Contains(q.States, t.State) {
			continue
		}
		key := faultKey{keyOf(l, locale), a.ID, locale}
		f := found[key]
		f.LinkTarget, f.Use = t, kb.LinkUse{Article: a.ID, Locale: locale, Live: live || f.Use.Live}
		found[key] = f
	}
}

// leads reports whether a link leads to what is asked for: to an article, by any
// of its slugs as well.
func (s *Store) leads(q kb.LinkQuery, l kb.Link) bool {
	if q.Kind == kb.LinkArticle && l.Kind == kb.LinkPath {
		return s.slugs[l.To] == q.To && q.To != ""
	}
	return l.Kind == q.Kind && l.To == q.To
}
