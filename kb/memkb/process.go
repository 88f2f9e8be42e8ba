package memkb

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb"
)

// SaveReview implements [kb.ProcessStore].
func (s *Store) SaveReview(ctx context.Context, r kb.Review, plans ...kb.Plan) error {
	texts, times := textsOfReview(r), []time.Time{r.Due, r.PublishAt, r.CreatedAt, r.UpdatedAt}
	for _, v := range r.Votes {
		times = append(times, v.At)
	}
	for _, p := range plans {
		texts, times = append(texts, textsOfPlan(p)...), append(times, p.At, p.CreatedAt, p.UpdatedAt)
	}
	if err := cmp.Or(ctx.Err(), stored.CheckText(texts...), checkTimes(times...)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.mayReview(r); err != nil {
		return err
	}
	kept := maps.Clone(s.plans)
	for _, p := range plans {
		if err := s.savePlan(p); err != nil {
			s.plans = kept
			return err
		}
	}
	s.reviews[r.ID] = utcReview(r)
	return nil
}

func textsOfReview(r kb.Review) []string {
	texts := []string{r.ID, r.Article, r.Locale, string(r.Rule), r.By, r.Note, string(r.State), r.Input}
	for _, v := range r.Votes {
		texts = append(texts, v.Person, string(v.Verdict), v.Comment)
	}
	return texts
}

func textsOfPlan(p kb.Plan) []string {
	return []string{p.ID, p.Article, p.Locale, string(p.Do), p.By, p.Note, string(p.State), p.Error, p.Input}
}

func utcReview(r kb.Review) kb.Review {
	r = r.Clone()
	r.Due, r.PublishAt, r.CreatedAt, r.UpdatedAt = r.Due.UTC(), r.PublishAt.UTC(), r.CreatedAt.UTC(), r.UpdatedAt.UTC()
	for i := range r.Votes {
		r.Votes[i].At = r.Votes[i].At.UTC()
	}
	return r
}

// mayReview checks that a review can be stored as it is.
func (s *Store) mayReview(r kb.Review) error {
	if _, ok := s.articles[r.Article]; !ok {
		return kb.ErrNotFound
	}
	if err := follows(s.reviews[r.ID].Version, r.Version); err != nil {
		return err
	}
	for _, o := range s.reviews {
		if r.State == kb.ReviewOpen && o.State == kb.ReviewOpen && o.ID != r.ID && o.Article == r.Article && o.Locale == r.Locale && o.Revision == r.Revision {
			return kb.ErrConflict
		}
	}
	return nil
}

// Review implements [kb.ProcessStore].
func (s *Store) Review(ctx context.Context, id string) (kb.Review, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := find(ctx, s.reviews, id)
	return r.Clone(), err
}

// Reviews implements [kb.ProcessStore].
func (s *Store) Reviews(ctx context.Context, q kb.ReviewQuery) ([]kb.Review, string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []kb.Review
	for _, r := range s.reviews {
		if s.selectsReview(q, r) {
			list = append(list, r.Clone())
		}
	}
	page, next, err := slice(list, q.After, q.Limit, true, func(r kb.Review) (time.Time, string) { return r.CreatedAt, r.ID })
	return page, next, cmp.Or(ctx.Err(), err)
}

func (s *Store) selectsReview(q kb.ReviewQuery, r kb.Review) bool {
	return (q.Article == "" || q.Article == r.Article) && (q.Locale == "" || q.Locale == r.Locale) &&
		(q.Revision == 0 || q.Revision == r.Revision) && (q.States == nil || slices.Contains(q.States, r.State)) &&
		(!q.Current || !r.Superseded(s.articles[r.Article])) && (q.By == "" || q.By == r.By) &&
		(q.Since.IsZero() || !r.UpdatedAt.Before(q.Since)) && (q.For == "" || s.waitsFor(r, q.For)) &&
		within(q.Scope, s.articles[r.Article]) && !s.articles[r.Article].Binned()
}

// waitsFor reports whether a person can decide on r and has not.
func (s *Store) waitsFor(r kb.Review, person string) bool {
	if r.State != kb.ReviewOpen || s.revisions[revisionKey{r.Article, r.Locale, r.Revision}].Author == person {
		return false
	}
	v, ok := r.Of(person)
	return v.Verdict == "" && (ok && v.Asked || r.Pool())
}

// SavePlan implements [kb.ProcessStore].
func (s *Store) SavePlan(ctx context.Context, p kb.Plan) error {
	if err := cmp.Or(ctx.Err(), stored.CheckText(textsOfPlan(p)...), checkTimes(p.At, p.CreatedAt, p.UpdatedAt)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.savePlan(p)
}

func (s *Store) savePlan(p kb.Plan) error {
	if _, ok := s.articles[p.Article]; !ok {
		return kb.ErrNotFound
	}
	if err := follows(s.plans[p.ID].Version, p.Version); err != nil {
		return err
	}
	for _, o := range s.plans {
		if p.State == kb.PlanWaiting && o.State == kb.PlanWaiting && o.ID != p.ID && o.Article == p.Article && o.Locale == p.Locale && o.Do == p.Do {
			return kb.ErrConflict
		}
	}
	p.At, p.CreatedAt, p.UpdatedAt = p.At.UTC(), p.CreatedAt.UTC(), p.UpdatedAt.UTC()
	s.plans[p.ID] = p
	return nil
}

// Plan implements [kb.ProcessStore].
func (s *Store) Plan(ctx context.Context, id string) (kb.Plan, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return find(ctx, s.plans, id)
}

// Plans implements [kb.ProcessStore].
func (s *Store) Plans(ctx context.Context, q kb.PlanQuery) ([]kb.Plan, string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []kb.Plan
	for _, p := range s.plans {
		if (q.Article == "" || q.Article == p.Article) && (q.Locale == "" || q.Locale == p.Locale) &&
			(q.States == nil || slices.Contains(q.States, p.State)) && between(p.At, q.From, q.Until) &&
			within(q.Scope, s.articles[p.Article]) && !s.articles[p.Article].Binned() {
			list = append(list, p)
		}
	}
	page, next, err := slice(list, q.After, q.Limit, false, func(p kb.Plan) (time.Time, string) { return p.At, p.ID })
	return page, next, cmp.Or(ctx.Err(), err)
}

// SaveVerification implements [kb.ProcessStore].
func (s *Store) SaveVerification(ctx context.Context, v kb.Verification) error {
	if err := cmp.Or(ctx.Err(), stored.CheckText(v.Article, v.By), checkTimes(v.At, v.Until, v.RemindAt)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.articles[v.Article]; !ok {
		return kb.ErrNotFound
	}
	if err := follows(s.verified[v.Article].Version, v.Version); err != nil {
		return err
	}
	v.At, v.Until, v.RemindAt = v.At.UTC(), v.Until.UTC(), v.RemindAt.UTC()
	s.verified[v.Article] = v
	s.changed()
	return nil
}

// Verifications implements [kb.ProcessStore].
func (s *Store) Verifications(ctx context.Context, articles []string) (map[string]kb.Verification, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := map[string]kb.Verification{}
	for _, id := range articles {
		if v, ok := s.verified[id]; ok {
			out[id] = v
		}
	}
	return out, ctx.Err()
}

// Expiring implements [kb.ProcessStore].
func (s *Store) Expiring(ctx context.Context, q kb.ExpiryQuery) ([]kb.Verification, string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var list []kb.Verification
	for _, v := range s.verified {
		due := q.RemindBy.IsZero() || !v.RemindAt.IsZero() && v.RemindAt.Before(q.RemindBy)
		owned := q.OwnedBy == "" || s.articles[v.Article].Owner == q.OwnedBy
		there := within(q.Scope, s.articles[v.Article]) && !s.articles[v.Article].Binned()
		if !v.Until.IsZero() && between(v.Until, q.From, q.Until) && due && owned && (!q.Standing || !v.Lapsed) && there {
			list = append(list, v)
		}
	}
	page, next, err := slice(list, q.After, q.Limit, false, func(v kb.Verification) (time.Time, string) { return v.Until, v.Article })
	return page, next, cmp.Or(ctx.Err(), err)
}

// between reports whether at is from from on and before until, if that is set.
func between(at, from, until time.Time) bool {
	return !at.Before(from) && (until.IsZero() || at.Before(until))
}

// slice returns the page of a list after a token, in the order of the times
// and, of equal ones, of the IDs.
func slice[T any](list []T, after string, limit int, newestFirst bool, key func(T) (time.Time, string)) ([]T, string, error) {
	order := func(at time.Time, id string, bt time.Time, other string) int {
		if newestFirst {
			at, bt = bt, at
		}
		return cmp.Or(at.Compare(bt), strings.Compare(id, other))
	}
	slices.SortFunc(list, func(a, b T) int {
		at, id := key(a)
		bt, other := key(b)
		return order(at, id, bt, other)
	})
	if after != "" {
		parts, err := cursor.Decode(after, 2)
		if err != nil {
			return nil, "", err
		}
		last, err := cursor.ParseTime(parts[0])
		if err != nil {
			return nil, "", err
		}
		list = slices.DeleteFunc(list, func(v T) bool { at, id := key(v); return order(at, id, last, parts[1]) <= 0 })
	}
	limit = cmp.Or(max(limit, 0), 50)
	if len(list) <= limit {
		return list, "", nil
	}
	at, id := key(list[limit-1])
	return list[:limit], cursor.Encode(cursor.FormatTime(at), id), nil
}
