package memkb

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb"
)

func textsOfLinks(links []kb.Link) []string {
	var out []string
	for _, l := range links {
		out = append(out, string(l.Kind), l.To, l.Anchor)
	}
	return out
}

// LinksTo implements [kb.LinkStore].
func (s *Store) LinksTo(ctx context.Context, q kb.LinkQuery) ([]kb.LinkUse, string, error) {
	last := []string{"", ""}
	if q.After != "" {
		var err error
		if last, err = cursor.Decode(q.After, 2); err != nil {
			return nil, "", err
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := map[[2]string]bool{}
	for key, r := range s.revisions {
		a := s.articles[key.article]
		t, _ := a.In(key.locale)
		live := t.Status == kb.StatusPublished && t.Live == key.number
		leads := slices.ContainsFunc(r.Links, func(l kb.Link) bool { return s.leads(q, l) })
		if leads && !a.Binned() && (live || t.Head == key.number) {
			use := [2]string{key.article, key.locale}
			found[use] = found[use] || live
		}
	}
	for _, a := range s.articles {
		if q.Kind == kb.LinkArticle && !a.Binned() && slices.Contains(a.Related, q.To) {
			found[[2]string{a.ID, ""}] = len(a.Live()) > 0
		}
	}
	var all []kb.LinkUse
	for use, live := range found {
		if cmp.Or(strings.Compare(use[0], last[0]), strings.Compare(use[1], last[1])) > 0 {
			all = append(all, kb.LinkUse{Article: use[0], Locale: use[1], Live: live})
		}
	}
	slices.SortFunc(all, func(a, b kb.LinkUse) int {
		return cmp.Or(strings.Compare(a.Article, b.Article), strings.Compare(a.Locale, b.Locale))
	})
	limit := cmp.Or(max(q.Limit, 0), 50)
	if len(all) <= limit {
		return all, "", ctx.Err()
	}
	return all[:limit], cursor.Encode(all[limit-1].Article, all[limit-1].Locale), ctx.Err()
}

// Unlinked implements [kb.LinkStore].
func (s *Store) Unlinked(ctx context.Context, limit int) ([]kb.Revision, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Revision
	for _, r := range s.revisions {
		if r.Links == nil && len(out) < limit {
			out = append(out, cloneRevision(r))
		}
	}
	return out, ctx.Err()
}

// SaveLinks implements [kb.LinkStore].
func (s *Store) SaveLinks(ctx context.Context, article, locale string, number int, links []kb.Link) error {
	if err := cmp.Or(ctx.Err(), stored.CheckText(textsOfLinks(links)...)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key := revisionKey{article, locale, number}
	r, err := find(ctx, s.revisions, key)
	if err != nil || r.Links != nil {
		return err
	}
	r.Links = append([]kb.Link{}, links...)
	s.revisions[key] = r
	s.note(r.Links, locale)
	return nil
}
