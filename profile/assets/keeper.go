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
		if person == "" {
			return
		}
		of := func(q Query) Query {
			q.Sees, q.About = Scope{All: true}, person
			return q
		}
		on := pages(yield, func(q Query) ([]Asset, string, error) { return s.Assets(ctx, of(q)) }, func(a Asset) any {
			return exported{"product", a}
		}) && pages(yield, func(q Query) ([]Purchase, string, error) { return s.Purchases(ctx, of(q)) }, func(p Purchase) any {
			return exported{"purchase", p}
		}) && pages(yield, func(q Query) ([]Entitlement, string, error) { return s.Entitlements(ctx, of(q)) }, func(e Entitlement) any {
			return exported{"entitlement", e}
		})
		if on {
			pages(yield, func(q Query) ([]Spending, string, error) { return s.Spendings(ctx, person, q) }, func(v Spending) any {
				return exported{"spending", v}
			})
		}
	}
}

// pages yields the records of all pages, and reports whether more are wanted.
func pages[T any](yield func(any, error) bool, list func(Query) ([]T, string, error), as func(T) any) bool {
	q := Query{Limit: maxLimit}
	for {
		page, next, err := list(q)
		if err != nil {
			yield(nil, err)
			return false
		}
		for _, v := range page {
			if !yield(as(v), nil) {
				return false
			}
		}
		if q.After = next; next == "" {
			return true
		}
	}
}
