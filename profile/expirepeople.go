package profile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

// PeoplePruner returns the Pruner of the people of a directory who are disabled,
// by when they were last changed: they are erased, with a pseudonym in their
// place, as by, who must have the right to. Whom a [Guard] keeps stays.
func PeoplePruner(d *Directory, by Actor) Pruner {
	return PrunerFunc(func(ctx context.Context, e Expiry) (int, error) {
		if e.Limit <= 0 {
			return 0, fmt.Errorf("prune people: %w", ErrInvalid)
		}
		left, err := d.left(ctx, e)
		if err != nil || e.Dry {
			return len(left), err
		}
		for i, p := range left {
			_, err := d.EraseEverything(ctx, by, p.ID, EraseModePseudonym)
			if err != nil && !errors.Is(err, ErrConflict) {
				return i, fmt.Errorf("prune people: %w", err)
			}
		}
		return len(left), nil
	})
}

// left returns people who have been disabled since before a time, the longest
// first.
func (d *Directory) left(ctx context.Context, e Expiry) (out []Person, err error) {
	everybody := all(func(after string) ([]Person, string, error) {
		return d.store.People(ctx, PersonQuery{After: after, Limit: maxLimit})
	})
	for p, err := range everybody {
		if err != nil {
			return nil, fmt.Errorf("people: %w", err)
		}
		if p.Disabled && p.UpdatedAt.Before(e.Before) && !slices.Contains(e.Held, p.ID) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Person) int { return cmp.Or(a.UpdatedAt.Compare(b.UpdatedAt), cmp.Compare(a.ID, b.ID)) })
	return out[:min(len(out), e.Limit)], nil
}
