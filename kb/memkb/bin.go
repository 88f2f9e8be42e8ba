package memkb

import (
	"context"
	"maps"
	"slices"

	"github.com/stoa-go/stoa/kb"
)

// PurgeArticle implements [kb.ArticleStore].
func (s *Store) PurgeArticle(ctx context.Context, id string, version int, held []string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := find(ctx, s.articles, id)
	if err == nil && (a.Version != version || !a.Binned()) {
		err = kb.ErrConflict
	}
	if err != nil || s.heldIn(a, held) {
		return false, err
	}
	maps.DeleteFunc(s.revisions, func(key revisionKey, _ kb.Revision) bool { return key.article == id })
	for name, uses := range s.uses {
		s.uses[name] = slices.DeleteFunc(uses, func(key revisionKey) bool { return key.article == id })
	}
	s.askArticle(id)
	maps.DeleteFunc(s.shown, func(slug string, _ bool) bool { return s.slugs[slug] == id })
	maps.DeleteFunc(s.slugs, func(_, holder string) bool { return holder == id })
	maps.DeleteFunc(s.redirects, func(_ string, r kb.Redirect) bool { return r.To == "article/"+id })
	maps.DeleteFunc(s.feedback, func(_ string, f kb.Feedback) bool { return f.Article == id })
	maps.DeleteFunc(s.reviews, func(_ string, r kb.Review) bool { return r.Article == id })
	maps.DeleteFunc(s.notes, func(_ string, n kb.Note) bool { return n.Article == id })
	maps.DeleteFunc(s.plans, func(_ string, p kb.Plan) bool { return p.Article == id })
	maps.DeleteFunc(s.unsaved, func(key deskKey, _ kb.Working) bool { return key.article == id })
	maps.DeleteFunc(s.locks, func(key deskKey, _ kb.Lock) bool { return key.article == id })
	delete(s.verified, id)
	delete(s.articles, id)
	s.changed(id)
	return true, nil
}

// heldIn reports whether anybody of whom nothing may be removed has a part in an
// article.
func (s *Store) heldIn(a kb.Article, held []string) bool {
	held = slices.DeleteFunc(slices.Clone(held), func(p string) bool { return p == "" })
	if slices.Contains(held, a.Owner) || slices.Contains(held, a.DeletedBy) {
		return true
	}
	for key, r := range s.revisions {
		if key.article == a.ID && slices.Contains(held, r.Author) {
			return true
		}
	}
	for _, n := range s.notes {
		if n.Article == a.ID && slices.Contains(held, n.Author) {
			return true
		}
	}
	for _, f := range s.feedback {
		if f.Article == a.ID && slices.Contains(held, f.Person) {
			return true
		}
	}
	return false
}
