package kbtest_test

import (
	"context"
	"errors"
	"slices"

	"github.com/stoa-go/stoa/kb"
)

var brokenFeedback = []broke{
	{"keeps feedback twice", "Feedback", func(s kb.Store) faulty {
		return faulty{addFeedback: func(ctx context.Context, f kb.Feedback) error {
			if err := s.AddFeedback(ctx, f); !errors.Is(err, kb.ErrConflict) {
				return err
			}
			return nil
		}}
	}},
	{"pages of feedback end early", "FeedbackAmong", func(s kb.Store) faulty {
		return faulty{feedback: func(ctx context.Context, q kb.FeedbackQuery) ([]kb.Feedback, string, error) {
			all := q
			all.Among, all.Owner = nil, ""
			page, next, err := s.Feedback(ctx, all)
			kept, _, _ := s.Feedback(ctx, kb.FeedbackQuery{Article: q.Article, Among: q.Among, Owner: q.Owner, Limit: 1000})
			page = slices.DeleteFunc(page, func(f kb.Feedback) bool { return !slices.Contains(kept, f) })
			if len(page) == 0 {
				next = ""
			}
			return page, next, err
		}}
	}},
	{"counts every opinion", "Ratings", func(s kb.Store) faulty {
		return faulty{ratings: func(ctx context.Context, articles []string) (map[string]kb.Rating, error) {
			out, err := s.Ratings(ctx, articles)
			for id := range out {
				out[id] = kb.Rating{}
			}
			page, _, _ := s.Feedback(ctx, kb.FeedbackQuery{Limit: 1000})
			for _, f := range page {
				if r, ok := out[f.Article]; ok {
					if f.Helpful {
						r.Helpful++
					} else {
						r.Unhelpful++
					}
					out[f.Article] = r
				}
			}
			return out, err
		}}
	}},
	{"ignores among what", "FeedbackAmong", opining(func(q *kb.FeedbackQuery) { q.Among = nil })},
	{"ignores the owner", "FeedbackAmong", opining(func(q *kb.FeedbackQuery) { q.Owner = "" })},
}
