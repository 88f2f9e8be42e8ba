package kbtest_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/kb/memkb"
)

// A halfStore is a good store with one fault: whatever is set replaces it.
type halfStore struct {
	*memkb.Store
	said   func(ctx context.Context, person, after string, limit int) ([]kb.Feedback, error)
	wrote  func(ctx context.Context, person string, after kb.Revision, limit int) ([]kb.Revision, error)
	owned  func(ctx context.Context, person string) ([]string, []string, error)
	asked  func(ctx context.Context, person, after string, limit int) ([]kb.Review, error)
	saved  func(ctx context.Context, person string) ([]kb.Block, error)
	forget func(ctx context.Context, person, pseudonym string) (int, int, error)
}

func (h halfStore) ReviewsOf(ctx context.Context, person, after string, limit int) ([]kb.Review, error) {
	if h.asked != nil {
		return h.asked(ctx, person, after, limit)
	}
	return h.Store.ReviewsOf(ctx, person, after, limit)
}

func (h halfStore) BlocksBy(ctx context.Context, person string) ([]kb.Block, error) {
	if h.saved != nil {
		return h.saved(ctx, person)
	}
	return h.Store.BlocksBy(ctx, person)
}

func (h halfStore) FeedbackOf(ctx context.Context, person, after string, limit int) ([]kb.Feedback, error) {
	if h.said != nil {
		return h.said(ctx, person, after, limit)
	}
	return h.Store.FeedbackOf(ctx, person, after, limit)
}

func (h halfStore) RevisionsBy(ctx context.Context, person string, after kb.Revision, limit int) ([]kb.Revision, error) {
	if h.wrote != nil {
		return h.wrote(ctx, person, after, limit)
	}
	return h.Store.RevisionsBy(ctx, person, after, limit)
}

func (h halfStore) OwnedBy(ctx context.Context, person string) (articles, media []string, err error) {
	if h.owned != nil {
		return h.owned(ctx, person)
	}
	return h.Store.OwnedBy(ctx, person)
}

func (h halfStore) ForgetPerson(ctx context.Context, person, pseudonym string) (removed, renamed int, err error) {
	if h.forget != nil {
		return h.forget(ctx, person, pseudonym)
	}
	return h.Store.ForgetPerson(ctx, person, pseudonym)
}

// halves lists the faults that the suite must catch.
var halves = map[string]func(*memkb.Store) halfStore{
	"tells the first page again": func(s *memkb.Store) halfStore {
		return halfStore{said: func(ctx context.Context, person, _ string, limit int) ([]kb.Feedback, error) {
			return s.FeedbackOf(ctx, person, "", limit)
		}}
	},
	"tells of everybody's blocks": func(s *memkb.Store) halfStore {
		return halfStore{saved: func(ctx context.Context, _ string) ([]kb.Block, error) {
			all, _, err := s.Blocks(ctx)
			return all, err
		}}
	},
	"leaves texts out": func(s *memkb.Store) halfStore {
		return halfStore{wrote: func(ctx context.Context, person string, after kb.Revision, limit int) ([]kb.Revision, error) {
			list, err := s.RevisionsBy(ctx, person, after, limit)
			for i := range list {
				list[i].Body = ""
			}
			return list, err
		}}
	},
	"tells in any order": func(s *memkb.Store) halfStore {
		return halfStore{wrote: func(ctx context.Context, person string, after kb.Revision, limit int) ([]kb.Revision, error) {
			list, err := s.RevisionsBy(ctx, person, after, limit)
			slices.Reverse(list)
			return list, err
		}}
	},
	"forgets media": func(s *memkb.Store) halfStore {
		return halfStore{owned: func(ctx context.Context, person string) ([]string, []string, error) {
			articles, _, err := s.OwnedBy(ctx, person)
			return articles, nil, err
		}}
	},
	"tells only of reviews that somebody asked for": func(s *memkb.Store) halfStore {
		return halfStore{asked: func(ctx context.Context, person, after string, limit int) ([]kb.Review, error) {
			list, err := s.ReviewsOf(ctx, person, after, limit)
			return slices.DeleteFunc(list, func(r kb.Review) bool { return r.By != person }), err
		}}
	},
	"forgets all but plans": func(s *memkb.Store) halfStore {
		return halfStore{forget: func(ctx context.Context, person, pseudonym string) (int, int, error) {
			plans, _ := s.PlansOf(ctx, person, "", 100)
			removed, renamed, err := s.ForgetPerson(ctx, person, pseudonym)
			for _, p := range plans {
				p.Version += 2
				err = errors.Join(err, s.SavePlan(ctx, p))
			}
			return removed, renamed, err
		}}
	},
	"leaves the words of notes": func(s *memkb.Store) halfStore {
		return halfStore{forget: func(ctx context.Context, person, pseudonym string) (int, int, error) {
			notes, _ := s.NotesOf(ctx, person, "", 100)
			removed, renamed, err := s.ForgetPerson(ctx, person, pseudonym)
			for _, n := range notes {
				if left, findErr := s.Note(ctx, n.ID); findErr == nil {
					left.Text, left.Version = n.Text, left.Version+1
					err = errors.Join(err, s.SaveNote(ctx, left))
				}
			}
			return removed, renamed, err
		}}
	},
	"keeps what was not saved": func(s *memkb.Store) halfStore {
		return halfStore{forget: func(ctx context.Context, person, pseudonym string) (int, int, error) {
			unsaved, _ := s.Workings(ctx, person, 100)
			removed, renamed, err := s.ForgetPerson(ctx, person, pseudonym)
			for _, w := range unsaved {
				err = errors.Join(err, s.SaveWorking(ctx, w))
			}
			return removed, renamed, err
		}}
	},
	"always deletes": func(s *memkb.Store) halfStore {
		return halfStore{forget: func(ctx context.Context, person, _ string) (int, int, error) { return s.ForgetPerson(ctx, person, "") }}
	},
	"never deletes": func(s *memkb.Store) halfStore {
		return halfStore{forget: func(ctx context.Context, person, pseudonym string) (int, int, error) {
			if pseudonym == "" {
				pseudonym = "gone"
			}
			return s.ForgetPerson(ctx, person, pseudonym)
		}}
	},
	"does nothing": func(*memkb.Store) halfStore {
		return halfStore{forget: func(ctx context.Context, _, _ string) (int, int, error) { return 0, 0, ctx.Err() }}
	},
	"does not count": func(s *memkb.Store) halfStore {
		return halfStore{forget: func(ctx context.Context, person, pseudonym string) (int, int, error) {
			_, _, err := s.ForgetPerson(ctx, person, pseudonym)
			return 0, 0, err
		}}
	},
	"forgets whose name begins alike": func(s *memkb.Store) halfStore {
		return halfStore{forget: func(ctx context.Context, person, pseudonym string) (int, int, error) {
			if _, _, err := s.ForgetPerson(ctx, person+"2", pseudonym); person != "" && err != nil {
				return 0, 0, err
			}
			return s.ForgetPerson(ctx, person, pseudonym)
		}}
	},
}

// TestPersonSuiteCatches runs the suite on every faulty store and wants it to
// fail.
func TestPersonSuiteCatches(t *testing.T) {
	suitetest.Catches(t, halves, func(t *testing.T, fault func(*memkb.Store) halfStore) {
		kbtest.TestPersonStore(t, func(*testing.T) kbtest.PersonStore {
			good := memkb.New()
			half := fault(good)
			half.Store = good
			return half
		})
	})
}
