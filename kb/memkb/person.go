package memkb

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/kb"
)

var _ kb.PersonStore = (*Store)(nil)

// FeedbackOf implements [kb.PersonStore].
func (s *Store) FeedbackOf(ctx context.Context, person, after string, limit int) ([]kb.Feedback, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Feedback
	for _, id := range slices.Sorted(maps.Keys(s.feedback)) {
		if f := s.feedback[id]; person != "" && (f.Person == person || f.Assignee == person) && id > after && len(out) < limit {
			out = append(out, f)
		}
	}
	return out, ctx.Err()
}

// RevisionsBy implements [kb.PersonStore].
func (s *Store) RevisionsBy(ctx context.Context, person string, after kb.Revision, limit int) ([]kb.Revision, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Revision
	for _, r := range s.revisions {
		if person != "" && r.Author == person && inOrder(after, r) < 0 {
			r = cloneRevision(r)
			out = append(out, r)
		}
	}
	slices.SortFunc(out, inOrder)
	return out[:min(len(out), limit)], ctx.Err()
}

func inOrder(a, b kb.Revision) int {
	return cmp.Or(cmp.Compare(a.Article, b.Article), cmp.Compare(a.Locale, b.Locale), cmp.Compare(a.Number, b.Number))
}

// OwnedBy implements [kb.PersonStore].
func (s *Store) OwnedBy(ctx context.Context, person string) (articles, media []string, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, id := range slices.Sorted(maps.Keys(s.articles)) {
		if person != "" && (s.articles[id].Owner == person || s.articles[id].DeletedBy == person) {
			articles = append(articles, id)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.media)) {
		if person != "" && s.media[name].Owner == person {
			media = append(media, name)
		}
	}
	return articles, media, ctx.Err()
}

// ForgetPerson implements [kb.PersonStore].
func (s *Store) ForgetPerson(ctx context.Context, person, pseudonym string) (removed, renamed int, err error) {
	if err := cmp.Or(ctx.Err(), stored.CheckText(person, pseudonym)); err != nil {
		return 0, 0, err
	}
	if person == "" {
		return 0, 0, kb.ErrInvalid
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	removed, renamed = s.forgetFeedback(person, pseudonym)
	for key, r := range s.revisions {
		if r.Author == person {
			r.Author = pseudonym
			s.revisions[key] = r
			renamed++
		}
	}
	for id, a := range s.articles {
		if a.Owner == person || a.DeletedBy == person {
			a.Owner, a.DeletedBy = replaced(a.Owner, person, pseudonym), replaced(a.DeletedBy, person, pseudonym)
			a.Version++
			s.articles[id] = a
			renamed++
		}
	}
	for _, versions := range s.blocks {
		for i, b := range versions {
			if b.Author == person {
				versions[i].Author = pseudonym
				renamed++
			}
		}
	}
	for name, m := range s.media {
		if m.Owner == person {
			m.Owner = pseudonym
			s.media[name] = m
			renamed++
		}
	}
	renamed += s.forgetProcess(person, pseudonym)
	removed += s.forgetWorking(person)
	gone, changed := s.forgetNotes(person, pseudonym)
	removed, renamed = removed+gone, renamed+changed
	if removed+renamed > 0 {
		s.changed()
	}
	return removed, renamed, nil
}

func replaced(who, person, pseudonym string) string {
	if who == person {
		return pseudonym
	}
	return who
}

func (s *Store) forgetFeedback(person, pseudonym string) (removed, renamed int) {
	for id, f := range s.feedback {
		switch {
		case f.Person != person:
		case pseudonym == "":
			delete(s.feedback, id)
			removed++
		default:
			f.Person, f.Comment, f.Visitor, f.Quote, f.Proposal, f.Tell = pseudonym, "", "", "", "", false
			s.feedback[id] = f
			renamed++
		}
	}
	for id, f := range s.feedback {
		if f.Assignee == person {
			f.Assignee = pseudonym
			f.Version++
			s.feedback[id] = f
			renamed++
		}
	}
	return removed, renamed
}

// forgetProcess puts a pseudonym in the place of a person in what they asked,
// said, planned and vouched for.
func (s *Store) forgetProcess(person, pseudonym string) (renamed int) {
	for id, r := range s.reviews {
		if r, n := forgetReview(r, person, pseudonym); n > 0 {
			s.reviews[id] = r
			renamed += n
		}
	}
	for id, p := range s.plans {
		if p.By == person {
			p.By = pseudonym
			p.Version++
			s.plans[id] = p
			renamed++
		}
	}
	for id, v := range s.verified {
		if v.By == person {
			v.By = pseudonym
			v.Version++
			s.verified[id] = v
			renamed++
		}
	}
	return renamed
}

func forgetReview(r kb.Review, person, pseudonym string) (kb.Review, int) {
	r, n := r.Clone(), 0
	for i, v := range r.Votes {
		if v.Person == person {
			r.Votes[i].Person, r.Votes[i].Comment = pseudonym, ""
			n++
		}
	}
	if r.By == person {
		r.By = pseudonym
		n++
	}
	if n > 0 {
		r.Version++
	}
	return r, n
}

// ReviewsOf implements [kb.PersonStore].
func (s *Store) ReviewsOf(ctx context.Context, person, after string, limit int) ([]kb.Review, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Review
	for _, id := range slices.Sorted(maps.Keys(s.reviews)) {
		r := s.reviews[id]
		if _, named := r.Of(person); person != "" && id > after && len(out) < limit && (named || r.By == person) {
			out = append(out, r.Clone())
		}
	}
	return out, ctx.Err()
}

// PlansOf implements [kb.PersonStore].
func (s *Store) PlansOf(ctx context.Context, person, after string, limit int) ([]kb.Plan, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Plan
	for _, id := range slices.Sorted(maps.Keys(s.plans)) {
		if p := s.plans[id]; person != "" && p.By == person && id > after && len(out) < limit {
			out = append(out, p)
		}
	}
	return out, ctx.Err()
}

// VerifiedBy implements [kb.PersonStore].
func (s *Store) VerifiedBy(ctx context.Context, person string) ([]kb.Verification, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []kb.Verification
	for _, id := range slices.Sorted(maps.Keys(s.verified)) {
		if v := s.verified[id]; person != "" && v.By == person {
			out = append(out, v)
		}
	}
	return out, ctx.Err()
}
