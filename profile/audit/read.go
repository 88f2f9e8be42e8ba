package audit

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/profile"
)

// A Query selects the entries that match every field that is set.
type Query struct {
	Who     string           // did it: the ID of a person
	Whom    string           // it is about them: the ID of a person
	Anyone  string           // did it, or it was done in their place, or it is about them
	Action  string           // this action, or all of a kind: "person.changed", "person"
	Outcome *profile.Outcome // nil means any
	From    time.Time        // not before
	To      time.Time        // before
	After   string           // token of the page before
	Limit   int              // 0 means 50; at most 200
}

const (
	defaultLimit = 50
	maxLimit     = 200
)

// Entries returns a page of what was done, the newest first. It takes
// [profile.PermissionAuditRead].
func (l *Log) Entries(ctx context.Context, by profile.Actor, q Query) (page []Entry, next string, err error) {
	if !l.opts.Policy.May(by, profile.PermissionAuditRead) {
		return nil, "", fmt.Errorf("audit: %w", profile.ErrForbidden)
	}
	f, err := l.filter(ctx, q)
	if err == nil {
		page, next, err = l.page(ctx, by, "all", f, q)
	}
	if err != nil {
		return nil, "", fmt.Errorf("audit: %w", err)
	}
	return page, next, nil
}

// All ranges over everything that Entries selects.
func (l *Log) All(ctx context.Context, by profile.Actor, q Query) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for {
			page, next, err := l.Entries(ctx, by, q)
			if err != nil {
				yield(Entry{}, err)
				return
			}
			for _, e := range page {
				if !yield(e, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			q.After = next
		}
	}
}

// About returns a page of what others did that concerns a person since a time,
// the newest first: to the person themselves, and with
// [profile.PermissionAuditRead] to others. The person learns what was done and
// whether it was staff, and neither who nor from where. Give the time that the
// person was added: before, their ID may have been somebody else's.
func (l *Log) About(ctx context.Context, by profile.Actor, person string, since time.Time, after string, limit int) (page []Entry, next string, err error) {
	reads := l.opts.Policy.May(by, profile.PermissionAuditRead)
	if by.Anonymous() || person == "" || !reads && by.ID != person || by.ID == person && by.Viewer != "" {
		return nil, "", fmt.Errorf("audit of %q: %w", person, profile.ErrForbidden)
	}
	q := Query{Whom: person, From: since, After: after, Limit: limit}
	f, err := l.filter(ctx, q)
	f.Except = f.Whom
	if err == nil {
		page, next, err = l.page(ctx, by, "about|"+person, f, q)
	}
	if err != nil {
		return nil, "", fmt.Errorf("audit of %q: %w", person, err)
	}
	if !reads {
		for i := range page {
			page[i] = page[i].forPerson()
		}
	}
	return page, next, nil
}

// forPerson leaves out of an entry what is about whoever did it, and what tells
// of attributes that the person may not know of.
func (e Entry) forPerson() Entry {
	e.Changes = slices.DeleteFunc(slices.Clone(e.Changes), func(c profile.Change) bool { return strings.HasPrefix(c.Field, "attributes.") })
	return Entry{Seq: e.Seq, At: e.At, Action: e.Action, Outcome: e.Outcome, As: e.As, Person: e.Person, Subject: e.Subject, Changes: e.Changes, Of: e.Of}
}

// filter turns the people of a query into their tokens.
func (l *Log) filter(ctx context.Context, q Query) (f Filter, err error) {
	f = Filter{Action: text(q.Action), From: q.From, To: q.To, Outcome: (*string)(q.Outcome)}
	for _, one := range []struct {
		person string
		into   *[]string
	}{{q.Who, &f.Who}, {q.Whom, &f.Whom}, {q.Anyone, &f.Anyone}} {
		if one.person == "" || err != nil {
			continue
		}
		var known []string
		known, err = l.store.Tokens(ctx, text(one.person))
		*one.into = append([]string{}, known...)
	}
	return f, err
}

func (l *Log) page(ctx context.Context, by profile.Actor, scope string, f Filter, q Query) (page []Entry, next string, err error) {
	outcome := ""
	if q.Outcome != nil {
		outcome = "=" + string(*q.Outcome)
	}
	scope = strings.Join([]string{"audit", scope, by.ID, q.Who, q.Whom, q.Anyone, q.Action, outcome, q.From.String(), q.To.String()}, "|")
	at, err := l.tokens.Open(scope, q.After)
	if err == nil && at != "" {
		f.Before, err = cursor.ParseInt(at)
	}
	if err != nil {
		return nil, "", err
	}
	f.Limit = defaultLimit
	if q.Limit > 0 {
		f.Limit = min(q.Limit, maxLimit)
	}
	f.Limit++
	page, err = l.store.Entries(ctx, f)
	if err != nil {
		return nil, "", err
	}
	if len(page) == f.Limit {
		page = page[:len(page)-1]
		next = l.tokens.Seal(scope, cursor.FormatInt(page[len(page)-1].Seq))
	}
	return page, next, l.named(ctx, page)
}

// named puts the IDs of people in the place of their tokens.
func (l *Log) named(ctx context.Context, page []Entry) error {
	var tokens []string
	for _, e := range page {
		tokens = append(tokens, e.people()...)
	}
	if len(tokens) == 0 {
		return nil
	}
	names, err := l.store.Persons(ctx, tokens)
	if err != nil {
		return err
	}
	for i := range page {
		for _, who := range []*string{&page[i].Actor, &page[i].Behalf, &page[i].Person} {
			if name, ok := names[*who]; ok {
				*who = name
			}
		}
	}
	return nil
}

// people returns who comes up in an entry.
func (e Entry) people() []string {
	var out []string
	for _, who := range []string{e.Actor, e.Behalf, e.Person} {
		if who != "" {
			out = append(out, who)
		}
	}
	return out
}
