package assets

import (
	"context"
	"iter"

	"github.com/stoa-go/stoa/profile"
)

// Keeper hands over and forgets what people have, for a portal's register of
// such data. What only an organisation has is not exported with a person. Of
// ports that cannot forget nothing is kept here; their CRM has a process of its
// own.
func Keeper(s Store) profile.Keeper {
	return profile.NewKeeper("assets",
		func(ctx context.Context, person string) iter.Seq2[any, error] { return export(ctx, s, person) },
		func(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
			removed, renamed, err := s.Forget(ctx, person, how.Pseudonym)
			return profile.Erased{Removed: removed, Renamed: renamed}, err
		})
}

type exported struct {
	Kind string `json:"kind"`
	What any    `json:"what"`
}

// export ranges over what a person has, what they registered and what they spent.
func export(ctx context.Context, s Store, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return
		}
		everything := Scope{All: true}
		on := pages(yield, func(q Query) ([]Asset, string, error) { q.Sees = everything; return s.Assets(ctx, q) }, func(a Asset) (any, bool) {
			return exported{"product", a}, a.Person == person || a.RegisteredBy == person
		}) && pages(yield, func(q Query) ([]Purchase, string, error) { q.Sees = everything; return s.Purchases(ctx, q) }, func(p Purchase) (any, bool) {
			return exported{"purchase", p}, p.Person == person
		}) && pages(yield, func(q Query) ([]Entitlement, string, error) { q.Sees = everything; return s.Entitlements(ctx, q) }, func(e Entitlement) (any, bool) {
			return exported{"entitlement", e}, e.Person == person
		})
		if on {
			pages(yield, func(q Query) ([]Spending, string, error) { return s.Spendings(ctx, person, q) }, func(v Spending) (any, bool) {
				return exported{"spending", v}, true
			})
		}
	}
}

// pages yields the records of all pages, and reports whether more are wanted.
func pages[T any](yield func(any, error) bool, list func(Query) ([]T, string, error), as func(T) (any, bool)) bool {
	q := Query{Limit: maxLimit}
	for {
		page, next, err := list(q)
		if err != nil {
			yield(nil, err)
			return false
		}
		for _, v := range page {
			if one, is := as(v); is && !yield(one, nil) {
				return false
			}
		}
		if q.After = next; next == "" {
			return true
		}
	}
}
