package kbtest_test

import (
	"context"
	"time"

	"github.com/stoa-go/stoa/kb"
)

// faultyHandling are the faults that a store can have with what is done about
// feedback.
type faultyHandling struct {
	saveFeedback func(ctx context.Context, f kb.Feedback) error
	countReasons func(ctx context.Context, articles []string) (map[string]map[kb.Reason]int, error)
}

func (f faulty) SaveFeedback(ctx context.Context, fb kb.Feedback) error {
	return or(&f.saveFeedback, f.saveFeedback != nil, f.Store.SaveFeedback)(ctx, fb)
}

func (f faulty) CountReasons(ctx context.Context, articles []string) (map[string]map[kb.Reason]int, error) {
	return or(&f.countReasons, f.countReasons != nil, f.Store.CountReasons)(ctx, articles)
}

// saying changes feedback before it is kept, handling before it is kept anew.
func saying(change func(f *kb.Feedback)) breaking {
	return func(s kb.Store) faulty {
		return faulty{addFeedback: func(ctx context.Context, f kb.Feedback) error {
			change(&f)
			return s.AddFeedback(ctx, f)
		}}
	}
}

func handling(save func(ctx context.Context, s kb.Store, f kb.Feedback) error) breaking {
	return func(s kb.Store) faulty {
		return faulty{faultyHandling: faultyHandling{saveFeedback: func(ctx context.Context, f kb.Feedback) error { return save(ctx, s, f) }}}
	}
}

var brokenHandling = []broke{
	{"forgets what was proposed", "Suggestion", saying(func(f *kb.Feedback) { f.Proposal = "" })},
	{"forgets who wants to be told", "Suggestion", saying(func(f *kb.Feedback) { f.Tell = false })},
	{"counts suggestions as ratings", "Suggestion", func(s kb.Store) faulty {
		return faulty{ratings: func(ctx context.Context, articles []string) (map[string]kb.Rating, error) {
			out, err := s.Ratings(ctx, articles)
			page, _, _ := s.Feedback(ctx, kb.FeedbackQuery{})
			for _, f := range page {
				if r := out[f.Article]; out != nil && f.Kind != kb.FeedbackRating {
					r.Unhelpful++
					out[f.Article] = r
				}
			}
			return out, err
		}}
	}},
	{"answers yes to any version of feedback", "SaveFeedback", handling(func(ctx context.Context, s kb.Store, f kb.Feedback) error {
		return saysYes(s.SaveFeedback(ctx, f))
	})},
	{"forgets what came of it", "SaveFeedback", handling(func(ctx context.Context, s kb.Store, f kb.Feedback) error {
		f.Resolution = ""
		return s.SaveFeedback(ctx, f)
	})},
	{"ignores the states of feedback", "FeedbackFilters", opining(func(q *kb.FeedbackQuery) { q.States = nil })},
	{"ignores the kinds of feedback", "FeedbackFilters", opining(func(q *kb.FeedbackQuery) { q.Kinds = nil })},
	{"ignores the reason", "FeedbackFilters", opining(func(q *kb.FeedbackQuery) { q.Reason = "" })},
	{"ignores who sees to it", "FeedbackFilters", opining(func(q *kb.FeedbackQuery) { q.Assignee = "" })},
	{"ignores which is asked for", "FeedbackFilters", opining(func(q *kb.FeedbackQuery) { q.ID = "" })},
	{"ignores since when", "FeedbackFilters", opining(func(q *kb.FeedbackQuery) { q.Since = time.Time{} })},
	{"counts the reasons of all articles", "CountReasons", func(s kb.Store) faulty {
		return faulty{faultyHandling: faultyHandling{countReasons: func(ctx context.Context, articles []string) (map[string]map[kb.Reason]int, error) {
			return s.CountReasons(ctx, append(articles, "b"))
		}}}
	}},
	{"takes any time", "HandlingText", handling(func(ctx context.Context, s kb.Store, f kb.Feedback) error {
		if f.UpdatedAt.Year() > 9999 {
			f.UpdatedAt = time.Time{}
		}
		return s.SaveFeedback(ctx, f)
	})},
	{"does not notice that handling was cancelled", "HandlingCancelled", handling(func(ctx context.Context, s kb.Store, f kb.Feedback) error {
		return s.SaveFeedback(context.WithoutCancel(ctx), f)
	})},
}
