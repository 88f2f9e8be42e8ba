package cases

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/stoa-go/stoa/profile"
)

// Keeper returns the [profile.Keeper] of the desk, named "cases". It hands over
// the cases that somebody asked, as they are shown them, and of others which they
// have a part in and what they said. Whoever is erased takes their own cases with them, or leaves
// them without words: when what was asked, and what came of it, is needed still.
func (d *Desk) Keeper() profile.Keeper {
	return profile.NewKeeper("cases", d.export, func(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
		removed := 0
		if how.Pseudonym == "" {
			var err error
			if removed, err = d.purgeOf(ctx, person); err != nil {
				return profile.Erased{}, fmt.Errorf("cases: %w", err)
			}
		}
		renamed, err := d.store.Forget(ctx, person, how.Pseudonym)
		if err != nil {
			err = fmt.Errorf("cases: %w", err)
		}
		return profile.Erased{Removed: removed, Renamed: renamed}, err
	})
}

// purgeOf removes the cases that somebody asked, and returns how many.
func (d *Desk) purgeOf(ctx context.Context, person string) (removed int, err error) {
	for range tries {
		page, _, err := d.store.Cases(ctx, Query{Requester: person, Limit: maxLimit})
		if err != nil || len(page) == 0 {
			return removed, err
		}
		versions := map[string]int{}
		for _, c := range page {
			versions[c.ID] = c.Version
		}
		n, err := d.store.Purge(ctx, versions)
		if err != nil {
			return removed, err
		}
		removed += n
	}
	return removed, fmt.Errorf("cases of a person came as fast as they went: %w", ErrConflict)
}

// An exported case is one that somebody asked, or of another what they said there.
type exported struct {
	Case    *caseWire   `json:"case,omitempty"`
	In      string      `json:"in,omitempty"` // reference of a case of others
	Entries []entryWire `json:"entries"`
}

func (d *Desk) export(ctx context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		after := ""
		for {
			ids, err := d.store.Naming(ctx, person, after, maxLimit)
			if err != nil {
				yield(nil, fmt.Errorf("cases: %w", err))
				return
			}
			for _, id := range ids {
				out, err := d.exportCase(ctx, person, id)
				if errors.Is(err, ErrNotFound) {
					continue // it was removed meanwhile
				}
				if err != nil {
					yield(nil, fmt.Errorf("cases: %w", err))
					return
				}
				if !yield(out, nil) {
					return
				}
			}
			if len(ids) < maxLimit {
				return
			}
			after = ids[len(ids)-1]
		}
	}
}

func (d *Desk) exportCase(ctx context.Context, person, id string) (exported, error) {
	c, err := d.store.Case(ctx, id)
	if err != nil {
		return exported{}, err
	}
	out := exported{In: c.Reference, Entries: []entryWire{}}
	theirs := c.Requester == person
	if theirs {
		self := profile.Actor{ID: person}
		c.Links = nil
		wire := d.wire(self, d.shown(self, c))
		out.Case, out.In = &wire, ""
	}
	for after := 0; ; {
		page, err := d.store.Entries(ctx, id, true, after, maxLimit)
		if err != nil {
			return out, err
		}
		for _, e := range page {
			after = e.Number
			switch {
			case theirs && !e.Internal:
				out.Entries = append(out.Entries, wireOfEntry(d.plain(e)))
			case e.Author == person:
				out.Entries = append(out.Entries, wireOfEntry(e))
			}
		}
		if len(page) < maxLimit {
			return out, nil
		}
	}
}
