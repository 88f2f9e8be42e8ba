package layout

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// Besides their trail, people are in what administrators made: who saved it, and
// whom it is for.

// namesPerson reports whether m asks for a person.
func (m Match) namesPerson(person string) bool {
	return slices.Contains(m.names(), profile.SegmentPerson+person)
}

// renamed returns m with another ID in the place of a person's. A list that
// lost its only name would mean everybody, so there is one in any case.
func (m Match) renamed(person, to string) Match {
	m = m.clone()
	for _, list := range [][]string{m.Any, m.All, m.None} {
		for i, name := range list {
			if name == profile.SegmentPerson+person {
				list[i] = profile.SegmentPerson + to
			}
		}
	}
	return m
}

func (p Promotion) namesPerson(person string) bool {
	return p.SavedBy == person || p.Audience.Names(person) || p.For.namesPerson(person)
}

func (r Rule) namesPerson(person string) bool {
	return r.SavedBy == person || r.For.namesPerson(person)
}

// forgetNames puts a pseudonym, or nobody, in the place of a person in
// promotions and rules, and returns in how many. A rulebook of before is kept
// for a week, so that nothing moves in visits that have begun.
func (a *Arranger) forgetNames(ctx context.Context, person, pseudonym string) (n int, err error) {
	stand := pseudonym
	if stand == "" {
		stand = "nobody-" + strings.ToLower(rand.Text())
	}
	list, err := a.store.Promotions(ctx)
	for _, p := range list {
		if err != nil || !p.namesPerson(person) {
			continue
		}
		err = a.forgetInPromotion(ctx, p, person, pseudonym, stand)
		n++
	}
	if err != nil {
		return n, err
	}
	rules := 0
	err = a.rewrite(ctx, func(book *Rulebook) (bool, error) {
		rules = 0
		for i, r := range book.Rules {
			if !r.namesPerson(person) {
				continue
			}
			if r.SavedBy == person {
				r.SavedBy = pseudonym
			}
			r.For = r.For.renamed(person, stand)
			book.Rules[i] = r
			rules++
		}
		return rules > 0, nil
	})
	return n + rules, err
}

func (a *Arranger) forgetInPromotion(ctx context.Context, p Promotion, person, pseudonym, stand string) error {
	defer a.deck.Store(nil)
	for range tries {
		p = p.Clone()
		if p.SavedBy == person {
			p.SavedBy = pseudonym
		}
		p.Audience, p.For = p.Audience.Without(person, pseudonym), p.For.renamed(person, stand)
		p.Version++
		err := a.store.SavePromotion(ctx, p)
		if !errors.Is(err, ErrConflict) {
			return err
		}
		list, err := a.store.Promotions(ctx)
		i := slices.IndexFunc(list, func(o Promotion) bool { return o.ID == p.ID })
		if err != nil || i < 0 {
			return err
		}
		p = list[i]
	}
	return ErrConflict
}

// madeRecords returns what a person made or is named in, for an export.
func (a *Arranger) madeRecords(ctx context.Context, person string) (out []trailRecord, err error) {
	list, err := a.store.Promotions(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if p.namesPerson(person) {
			out = append(out, trailRecord{Kind: "named in promotion", Ref: p.ID, At: when(p.SavedAt)})
		}
	}
	book, err := a.store.Rulebook(ctx, time.Time{})
	for _, r := range book.Rules {
		if r.namesPerson(person) {
			out = append(out, trailRecord{Kind: "named in rule", Ref: r.ID, At: when(r.SavedAt)})
		}
	}
	return out, err
}
