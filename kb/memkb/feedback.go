package memkb

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb"
)

// AddFeedback implements [kb.FeedbackStore].
func (s *Store) AddFeedback(ctx context.Context, f kb.Feedback) error {
	texts := []string{f.ID, f.Article, f.Locale, string(f.Reason), f.Comment, f.Person, f.Visitor, f.Input, string(f.Kind), f.Quote, f.Proposal, string(f.State), f.Assignee, f.Resolution}
	if err := cmp.Or(ctx.Err(), stored.CheckText(texts...), checkTimes(f.At, f.UpdatedAt)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.articles[f.Article]; !ok {
		return kb.ErrNotFound
	}
	if _, ok := s.feedback[f.ID]; ok {
		return kb.ErrConflict
	}
	f.At, f.UpdatedAt = f.At.UTC(), f.UpdatedAt.UTC()
	s.feedback[f.ID] = f
	return nil
}

// SaveFeedback implements [kb.FeedbackStore].
func (s *Store) SaveFeedback(ctx context.Context, f kb.Feedback) error {
	if err := cmp.Or(ctx.Err(), stored.CheckText(string(f.State), f.Assignee, f.Resolution), checkTimes(f.UpdatedAt)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	old, ok := s.feedback[f.ID]
	switch {
	case !ok:
		return kb.ErrNotFound
	case old.Version != f.Version-1:
		return kb.ErrConflict
	}
	old.State, old.Assignee, old.Resolution, old.UpdatedAt, old.Version = f.State, f.Assignee, f.Resolution, f.UpdatedAt.UTC(), f.Version
	s.feedback[f.ID] = old
	return nil
}

// FeedbackByID implements [kb.FeedbackStore].
func (s *Store) FeedbackByID(ctx context.Context, id string) (kb.Feedback, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return find(ctx, s.feedback, id)
}

// Feedback implements [kb.FeedbackStore].
func (s *Store) Feedback(ctx context.Context, q kb.FeedbackQuery) ([]kb.Feedback, string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []kb.Feedback
	for _, f := range s.feedback {
		if !s.articles[f.Article].Binned() && selectsFeedback(q, f) && s.among(q.Among, q.Owner, f.Article) {
			list = append(list, f)
		}
	}
	page, next, err := slice(list, q.After, q.Limit, true, func(f kb.Feedback) (time.Time, string) { return f.At, f.ID })
	return page, next, cmp.Or(ctx.Err(), err)
}

func selectsFeedback(q kb.FeedbackQuery, f kb.Feedback) bool {
	return (q.ID == "" || q.ID == f.ID) && (q.Article == "" || q.Article == f.Article) &&
		(q.States == nil || slices.Contains(q.States, f.State)) && (q.Kinds == nil || slices.Contains(q.Kinds, f.Kind)) &&
		(q.Reason == "" || q.Reason == f.Reason) && (q.Assignee == "" || q.Assignee == f.Assignee) &&
		(q.Since.IsZero() || !f.UpdatedAt.Before(q.Since))
}

// CountReasons implements [kb.FeedbackStore].
func (s *Store) CountReasons(ctx context.Context, articles []string) (map[string]map[kb.Reason]int, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := map[string]map[kb.Reason]int{}
	for _, f := range s.feedback {
		if f.Reason == "" || !slices.Contains(articles, f.Article) {
			continue
		}
		if out[f.Article] == nil {
			out[f.Article] = map[kb.Reason]int{}
		}
		out[f.Article][f.Reason]++
	}
	return out, ctx.Err()
}

func newest(a, b kb.Feedback) int {
	return cmp.Or(b.At.Compare(a.At), strings.Compare(a.ID, b.ID))
}

// Ratings implements [kb.FeedbackStore].
func (s *Store) Ratings(ctx context.Context, articles []string) (map[string]kb.Rating, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := map[string]kb.Rating{}
	last := map[[3]string]kb.Feedback{} // by article and reader
	for _, f := range s.feedback {
		if f.Kind != kb.FeedbackRating || !slices.Contains(articles, f.Article) {
			continue
		}
		out[f.Article] = kb.Rating{}
		key := [3]string{f.Article, f.Person, f.Visitor}
		if f.Person != "" {
			key[2] = ""
		}
		if g, ok := last[key]; !ok || newest(f, g) < 0 {
			last[key] = f
		}
	}
	for key, f := range last {
		r := out[f.Article]
		switch {
		case key[1] == "" && key[2] == "": // nobody knows who
		case f.Helpful:
			r.Helpful++
		default:
			r.Unhelpful++
		}
		out[f.Article] = r
	}
	return out, ctx.Err()
}

// among reports whether q selects an article, or owner owns it.
func (s *Store) among(q *kb.ArticleQuery, owner, article string) bool {
	a := s.articles[article]
	return q == nil || matches(a, *q) || owner != "" && a.Owner == owner
}
