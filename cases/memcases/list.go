package memcases

import (
	"context"
	"slices"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/internal/rows"
	"github.com/stoa-go/stoa/internal/stored"
)

// Cases implements [cases.Store].
func (s *Store) Cases(ctx context.Context, q cases.Query) ([]cases.Case, string, error) {
	column, desc, err := rows.Column(q.Order)
	if err != nil {
		return nil, "", err
	}
	after, err := rows.After(q)
	if err != nil {
		return nil, "", err
	}
	if err := stored.Enter(ctx, &s.mu); err != nil {
		return nil, "", err
	}
	defer s.mu.Unlock()
	compare := func(a, b rows.Place) int {
		if desc {
			a, b = b, a
		}
		return a.Compare(b)
	}
	var places []rows.Place
	for id, c := range s.cases {
		p := rows.Place{N: rows.Numbers(c)[column], ID: id}
		if matches(c, q) && (after == nil || compare(p, *after) > 0) {
			places = append(places, p)
		}
	}
	slices.SortFunc(places, compare)
	next := ""
	if n := rows.Limit(q); len(places) > n {
		places, next = places[:n], rows.Token(q.Order, places[n-1])
	}
	var page []cases.Case
	for _, p := range places {
		page = append(page, rows.Case(s.cases[p.ID]))
	}
	return page, next, nil
}

// Count implements [cases.Store].
func (s *Store) Count(ctx context.Context, q cases.Query, most int) (n int, err error) {
	if err := stored.Enter(ctx, &s.mu); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	for _, c := range s.cases {
		if n < most && matches(c, q) {
			n++
		}
	}
	return n, nil
}

// matches reports whether a query selects c.
func matches(c cases.Case, q cases.Query) bool {
	return (q.Sight == nil || q.Sight.Admits(c.Audience)) &&
		(q.IDs == nil || slices.Contains(q.IDs, c.ID)) &&
		is(q.Requester, c.Requester) && is(q.Account, c.Account) && is(q.Product, c.Product) &&
		(q.Assignee == nil || *q.Assignee == c.Assignee) &&
		among(q.Queues, c.Queue) && among(q.Kinds, c.Kind) && among(q.States, c.State) &&
		among(q.Statuses, c.Status) && among(q.Priority, c.Priority) &&
		(q.Tag == "" || slices.Contains(c.Tags, q.Tag)) &&
		(q.Article == "" || slices.Contains(c.Articles, q.Article)) &&
		(q.Follower == "" || slices.ContainsFunc(c.People, func(p cases.Participant) bool { return p.Person == q.Follower })) &&
		(!q.Escalated || c.Escalated) &&
		(q.Since.IsZero() || !c.CreatedAt.Before(q.Since)) && (q.Until.IsZero() || c.CreatedAt.Before(q.Until))
}

func is(want, have string) bool { return want == "" || want == have }

// among reports whether have is one of those wanted. None wanted means any.
func among[T comparable](want []T, have T) bool { return len(want) == 0 || slices.Contains(want, have) }
