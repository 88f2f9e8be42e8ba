package site

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/kb/insight/sqlinsight"
)

// contactOpened is the event that somebody looks for people to ask.
const contactOpened = "contact.opened"

// openInsight opens what looks at how articles do.
func (s *Site) openInsight(context.Context) error {
	s.analyst = insight.New(sqlinsight.New(s.db.write).WithReader(s.db.read), s.library, sqlanalytics.New(s.db.write).WithReader(s.db.read), insight.Options{
		Policy: s.policy, Logger: s.cfg.Log, Now: s.cfg.Now, Secret: s.secret, As: system, Resolved: s.answered, Redactor: s.redactor,
		Escalated: asksPeople, Searches: s.reporter,
	})
	s.people.Register(s.analyst.Keeper())
	return nil
}

// asksPeople reports whether an event is somebody asking people for help. Whoever
// goes to the page that says how to reach people did not find what they looked for.
func asksPeople(e analytics.Event) bool { return e.Name == "case.opened" || e.Name == contactOpened }

// answered tells what readers said and what came of it, since a portal without
// cases and threads has no other conversations.
func (s *Site) answered(ctx context.Context, since time.Time) iter.Seq2[insight.Resolved, error] {
	return func(yield func(insight.Resolved, error) bool) {
		list := kb.FeedbackList{States: []kb.FeedbackState{kb.FeedbackDone}, Limit: 200}
		for {
			page, next, err := s.library.ListFeedback(ctx, system, list)
			if err != nil {
				yield(insight.Resolved{}, err)
				return
			}
			slices.Reverse(page)
			for _, f := range page {
				if f.Comment == "" || f.Resolution == "" || f.UpdatedAt.Before(since) {
					continue
				}
				if !yield(s.resolvedOf(ctx, f)) {
					return
				}
			}
			if list.After = next; next == "" {
				return
			}
		}
	}
}

func (s *Site) resolvedOf(ctx context.Context, f kb.Feedback) (insight.Resolved, error) {
	r := insight.Resolved{Asker: cmpText(f.Person, f.Visitor), At: f.UpdatedAt, Conversation: kb.Conversation{
		Source: kb.Source{Kind: "feedback", Ref: f.ID}, Locale: f.Locale,
		Turns: []kb.Turn{{Role: kb.TurnAsker, Text: f.Comment, At: f.At}, {Role: kb.TurnHelper, Text: f.Resolution, At: f.UpdatedAt, Accepted: true}},
	}}
	for _, id := range []string{f.Person, f.Assignee} {
		if id == "" {
			continue
		}
		p, err := s.keeping.Person(ctx, id)
		if err != nil && !errors.Is(err, kb.ErrNotFound) {
			return r, err
		}
		r.People = append(r.People, p.Name)
	}
	return r, nil
}
