package cases

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Case returns a case that by may see, by its ID or its reference. Of the cases
// it is linked with, those are named that by may see too.
func (d *Desk) Case(ctx context.Context, by profile.Actor, id string) (Case, error) {
	c, err := d.read(ctx, by, id)
	if err != nil {
		return Case{}, fmt.Errorf("case %s: %w", id, err)
	}
	c.Links, err = d.linksOf(ctx, by, c)
	if err != nil {
		return Case{}, fmt.Errorf("case %s: %w", id, err)
	}
	return d.shown(by, c), nil
}

// resolve returns the ID of a case from its ID or its reference, whoever asks.
func (d *Desk) resolve(ctx context.Context, id string) (string, error) {
	if ref, ok := ParseReference(id); ok {
		return d.store.Reference(ctx, ref)
	}
	return id, nil
}

// read returns a case that by may see, as it is stored.
func (d *Desk) read(ctx context.Context, by profile.Actor, id string) (Case, error) {
	id, err := d.resolve(ctx, id)
	if err != nil {
		return Case{}, err
	}
	c, err := d.store.Case(ctx, id)
	if err != nil {
		return Case{}, err
	}
	if !d.Sight(by).Admits(c.Audience) {
		return Case{}, ErrNotFound
	}
	return c, nil
}

// linksOf returns the links of a case that lead to what by may see.
func (d *Desk) linksOf(ctx context.Context, by profile.Actor, c Case) ([]Link, error) {
	var ids []string
	for _, l := range c.Links {
		ids = append(ids, l.Case)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	sight := d.Sight(by)
	seen, _, err := d.store.Cases(ctx, Query{Sight: &sight, IDs: ids, Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(c.Links), func(l Link) bool {
		return !slices.ContainsFunc(seen, func(s Case) bool { return s.ID == l.Case })
	}), nil
}

const (
	defaultLimit = 50
	maxLimit     = 200
)

// Cases returns a page of the cases that by may see and that match q, and a token
// for the next page, empty on the last. The Sight in q counts for nothing. What
// customers are not shown of a case they cannot ask for either.
func (d *Desk) Cases(ctx context.Context, by profile.Actor, q Query) (page []Case, next string, err error) {
	q, err = d.asked(by, q)
	if err != nil {
		return nil, "", fmt.Errorf("cases: %w", err)
	}
	scope := q.scope(by)
	if q.After, err = d.tokens.Open(scope, q.After); err != nil {
		return nil, "", fmt.Errorf("cases: %w", err)
	}
	if page, next, err = d.store.Cases(ctx, q); err != nil {
		return nil, "", fmt.Errorf("cases: %w", err)
	}
	for i, c := range page {
		c.Links = nil
		page[i] = d.shown(by, c)
	}
	return page, d.tokens.Seal(scope, next), nil
}

// All returns every case that by may see and that matches q.
func (d *Desk) All(ctx context.Context, by profile.Actor, q Query) iter.Seq2[Case, error] {
	return func(yield func(Case, error) bool) {
		for {
			page, next, err := d.Cases(ctx, by, q)
			if err != nil {
				yield(Case{}, err)
				return
			}
			for _, c := range page {
				if !yield(c, nil) {
					return
				}
			}
			if q.After = next; next == "" {
				return
			}
		}
	}
}

// Count returns how many cases by may see match q, but no more than most.
func (d *Desk) Count(ctx context.Context, by profile.Actor, q Query, most int) (int, error) {
	q, err := d.asked(by, q)
	if err != nil {
		return 0, fmt.Errorf("count cases: %w", err)
	}
	q.After = ""
	return d.store.Count(ctx, q, most)
}

// asked returns q as the store takes it from by.
func (d *Desk) asked(by profile.Actor, q Query) (Query, error) {
	if by.Anonymous() {
		return q, ErrForbidden
	}
	if !slices.Contains([]Order{OrderUpdated, OrderTouched, OrderCreated, OrderOldest, OrderUrgent}, q.Order) {
		return q, errs.Field("order", "error.field.choice", map[string]any{"choices": "empty"})
	}
	staff := q.Assignee != nil || len(q.Queues) > 0 || len(q.Statuses) > 0 || q.Tag != "" || q.Order == OrderTouched
	if staff && !d.policy.May(by, profile.PermissionCasesRead) {
		return q, ErrForbidden
	}
	sight := d.Sight(by)
	if staff { // of a case that they only take part in, staff see what customers do
		sight = profile.Actor{}.Sight().With(d.queues(by)...)
	}
	q.Sight = &sight
	if q.Limit <= 0 {
		q.Limit = defaultLimit
	}
	q.Limit = min(q.Limit, maxLimit)
	return q, nil
}

// scope names a query in its page tokens, so that a token serves no other.
func (q Query) scope(by profile.Actor) string {
	assignee := "any"
	if q.Assignee != nil {
		assignee = strconv.Quote(*q.Assignee)
	}
	q.Sight, q.Assignee, q.After, q.Limit = nil, nil, "", 0
	return fmt.Sprintf("cases|%q|%s|%+v", by.ID, assignee, q)
}

// Entries returns what was said and done about a case that by may see, in order,
// from after a token on, and a token for what follows, empty at the end.
func (d *Desk) Entries(ctx context.Context, by profile.Actor, id, after string, limit int) (page []Entry, next string, err error) {
	c, err := d.read(ctx, by, id)
	if err != nil {
		return nil, "", fmt.Errorf("case %s: %w", id, err)
	}
	if limit <= 0 || limit > maxLimit {
		limit = maxLimit
	}
	scope := "entries|" + c.ID
	position, err := d.tokens.Open(scope, after)
	if err != nil {
		return nil, "", fmt.Errorf("case %s: %w", id, err)
	}
	number := 0
	if position != "" {
		if number, err = strconv.Atoi(position); err != nil {
			return nil, "", fmt.Errorf("case %s: after: %w", id, errors.Join(ErrInvalid, err))
		}
	}
	notes := d.reads(by, c)
	if page, err = d.store.Entries(ctx, c.ID, notes, number, limit+1); err != nil {
		return nil, "", fmt.Errorf("case %s: %w", id, err)
	}
	if len(page) > limit {
		page = page[:limit]
		next = d.tokens.Seal(scope, strconv.Itoa(page[limit-1].Number))
	}
	if !notes {
		for i := range page {
			page[i] = d.plain(page[i])
		}
	}
	return page, next, nil
}

// plain returns an entry as customers are shown it. Numbers would tell how much
// there is between that they do not see, and a team's own statuses what it calls
// them among itself.
func (d *Desk) plain(e Entry) Entry {
	e.Number, e.Input = 0, ""
	e.Changes = slices.DeleteFunc(slices.Clone(e.Changes), func(c Change) bool {
		return c.Field == "status" && len(d.status(Key(c.To)).Public) == 0
	})
	return e
}
