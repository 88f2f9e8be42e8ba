package kbtest_test

import (
	"context"
	"errors"

	"github.com/stoa-go/stoa/kb"
)

// atDesk changes what is asked for at the desk before it is answered.
func atDesk(change func(scope *kb.DeskScope, q *kb.ManuscriptQuery)) breaking {
	return func(s kb.Store) faulty {
		return faulty{manuscripts: func(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery) ([]kb.Article, string, error) {
			change(&scope, &q)
			return s.Manuscripts(ctx, scope, q)
		}}
	}
}

// counting changes what is counted at the desk.
func counting(change func(scope *kb.DeskScope, q *kb.ManuscriptQuery, most *int)) breaking {
	return func(s kb.Store) faulty {
		return faulty{countDesk: func(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery, most int) (int, error) {
			change(&scope, &q, &most)
			return s.CountManuscripts(ctx, scope, q, most)
		}}
	}
}

// brokenDesks are stores whose lists at the desk are wrong.
var brokenDesks = []broke{
	{"ignores titles", "Manuscripts", atDesk(func(_ *kb.DeskScope, q *kb.ManuscriptQuery) { q.Title = "" })},
	{"knows drafts and no other states", "Manuscripts", atDesk(func(_ *kb.DeskScope, q *kb.ManuscriptQuery) {
		if q.Status != "" {
			q.Status = kb.StatusDraft
		}
	})},
	{"asks for the language alone", "Manuscripts", atDesk(func(_ *kb.DeskScope, q *kb.ManuscriptQuery) {
		if q.Locale != "" {
			q.Status, q.Ahead, q.Title = "", false, ""
		}
	})},
	{"finds nothing stale", "Manuscripts", atDesk(func(_ *kb.DeskScope, q *kb.ManuscriptQuery) { q.Ahead, q.Stale = q.Ahead || q.Stale, false })},
	{"ignores what is lacking", "Manuscripts", atDesk(func(_ *kb.DeskScope, q *kb.ManuscriptQuery) { q.Lacks = "" })},
	{"ignores owners", "Manuscripts", atDesk(func(_ *kb.DeskScope, q *kb.ManuscriptQuery) { q.Owner = "" })},
	{"counts without an end", "Manuscripts", counting(func(_ *kb.DeskScope, _ *kb.ManuscriptQuery, most *int) { *most = 1000 })},
	{"counts all there is", "Manuscripts", counting(func(_ *kb.DeskScope, q *kb.ManuscriptQuery, _ *int) { *q = kb.ManuscriptQuery{} })},
	{"counts what cannot be seen", "ManuscriptScope", counting(func(scope *kb.DeskScope, _ *kb.ManuscriptQuery, _ *int) { *scope = kb.DeskScope{} })},
	{"lists what cannot be seen", "ManuscriptScope", atDesk(func(scope *kb.DeskScope, _ *kb.ManuscriptQuery) { scope.Sight = nil })},
	{"hides what one owns", "ManuscriptScope", atDesk(func(scope *kb.DeskScope, _ *kb.ManuscriptQuery) { scope.Owner = "" })},
	{"takes one's own for all", "ManuscriptScope", atDesk(func(scope *kb.DeskScope, q *kb.ManuscriptQuery) {
		if scope.Owner != "" && q.Owner != "" {
			q.Owner = scope.Owner
		}
	})},
	{"knows one order at the desk", "ManuscriptPages", atDesk(func(_ *kb.DeskScope, q *kb.ManuscriptQuery) { q.Order = kb.ManuscriptsChanged })},
	{"has one more on a page of the desk", "ManuscriptPages", atDesk(func(_ *kb.DeskScope, q *kb.ManuscriptQuery) { q.Limit++ })},
	{"starts over at the desk", "ManuscriptTokens", func(s kb.Store) faulty {
		return faulty{manuscripts: func(ctx context.Context, scope kb.DeskScope, q kb.ManuscriptQuery) ([]kb.Article, string, error) {
			page, next, err := s.Manuscripts(ctx, scope, q)
			if errors.Is(err, kb.ErrInvalid) {
				q.After = ""
				return s.Manuscripts(ctx, scope, q)
			}
			return page, next, err
		}}
	}},
}
