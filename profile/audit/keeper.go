package audit

import (
	"context"
	"fmt"
	"iter"

	"github.com/stoa-go/stoa/profile"
)

// Keeper returns the [profile.Keeper] of the log, named "audit". What a person
// did, and what others did that concerns them, is exported as the person may
// know it: see [Log.About]. To erase them is to forget which tokens are theirs;
// entries stay, since whoever did something must not be able to take it out.
func (l *Log) Keeper() profile.Keeper {
	return profile.NewKeeper("audit", l.exportPerson, func(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
		n, err := l.store.Rename(ctx, person, how.Pseudonym)
		if err != nil {
			return profile.Erased{}, fmt.Errorf("audit: %w", err)
		}
		l.forget()
		if how.Pseudonym != "" {
			return profile.Erased{Renamed: n}, nil
		}
		return profile.Erased{Removed: n}, nil
	})
}

// forget drops what is remembered of who read what: it has IDs of people.
func (l *Log) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.seen)
}

func (l *Log) exportPerson(ctx context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		f, err := l.filter(ctx, Query{Anyone: person})
		if err == nil {
			err = ctx.Err()
		}
		f.Limit = maxLimit
		for err == nil {
			var page []Entry
			if page, err = l.store.Entries(ctx, f); err != nil || len(page) == 0 {
				break
			}
			f.Before = page[len(page)-1].Seq
			if err = l.named(ctx, page); err != nil {
				break
			}
			for _, e := range page {
				if !yield(e.exported(person), nil) {
					return
				}
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// exported returns an entry as a person may know it.
func (e Entry) exported(person string) wireEntry {
	own := e.Actor == person
	e.Hash = ""
	if !own {
		e = e.forPerson()
	}
	if e.Person != person {
		e.Person, e.Changes = "", nil // of somebody else
	}
	if e.Actor != person {
		e.Actor = ""
	}
	if e.Behalf != person {
		e.Behalf = ""
	}
	return e.wire()
}
