package courses

import (
	"context"
	"iter"

	"github.com/stoa-go/stoa/profile"
)

// Keeper hands over and forgets what is kept about people: their enrolments, with
// answers and certificates, their seats, and what they wrote.
func (s *School) Keeper() profile.Keeper {
	return profile.NewKeeper("courses", s.export,
		func(ctx context.Context, person string, how profile.Erasure) (profile.Erased, error) {
			removed, renamed, err := s.store.Forget(ctx, person, how.Pseudonym, s.clock())
			return profile.Erased{Removed: removed, Renamed: renamed}, err
		})
}

type exported struct {
	Kind string `json:"kind"`
	What any    `json:"what"`
}

func (s *School) export(ctx context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(nil, err)
			return
		}
		if person == "" {
			return
		}
		for e, err := range all(func(after string) ([]Enrolment, string, error) {
			return s.store.Enrolments(ctx, EnrolmentQuery{Person: person, After: after, Limit: maxLimit})
		}) {
			if !yield(exported{"enrolment", e}, err) || err != nil {
				return
			}
		}
		for b, err := range s.bookings(ctx, BookingQuery{Person: person}) {
			if !yield(exported{"seat", b}, err) || err != nil {
				return
			}
		}
		s.exportWritten(ctx, person, yield)
	}
}

// exportWritten yields what a person wrote and looks after.
func (s *School) exportWritten(ctx context.Context, person string, yield func(any, error) bool) {
	written, err := s.store.Written(ctx, person)
	for _, rev := range written {
		if !yield(exported{"revision", rev}, nil) {
			return
		}
	}
	var owned []string
	if err == nil {
		owned, err = s.store.OwnedBy(ctx, person)
	}
	if err != nil {
		yield(nil, err)
		return
	}
	for _, id := range owned {
		if !yield(exported{"course", id}, nil) {
			return
		}
	}
}

// Pseudonymous returns an enrolment with a pseudonym in its person's place, and
// without what they typed: stores keep that when they forget somebody.
func Pseudonymous(e Enrolment, pseudonym string) Enrolment {
	e = e.Clone()
	e.Person, e.Account = pseudonym, ""
	e.Version++
	if e.Order != nil {
		e.Order.Person = pseudonym
	}
	for i := range e.Attempts {
		e.Attempts[i].Given = nil
	}
	for i := range e.Certificates {
		e.Certificates[i].Name = ""
	}
	return e
}
