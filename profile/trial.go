package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// A Trial says what keeping a segment would change, see [Directory.TrySegment].
type Trial struct {
	Opens  bool  // as it would be kept it could open content: its rule is not declared
	Opened bool  // as it is kept it can
	In     Group // who would be in it
	Was    Group // who is in it as it is kept
	Joins  Group // who would be, and is not
	Leaves Group // who is, and would not be
	Looked int   // how many people were looked at
	More   bool  // there are more people, and nothing of what is said here is about them
}

// A Group is some of the people that a [Trial] looked at.
type Group struct {
	People   int
	Accounts int      // how many organisations they belong to
	Sample   []Person // the first of them by name, ten at most
}

// Gains are those for whom more content could be opened than is now.
func (t Trial) Gains() Group {
	switch {
	case !t.Opens:
		return Group{}
	case !t.Opened:
		return t.In
	}
	return t.Joins
}

// Loses are those from whom content could be closed that is open now.
func (t Trial) Loses() Group {
	switch {
	case !t.Opened:
		return Group{}
	case !t.Opens:
		return t.Was
	}
	return t.Leaves
}

// TrySegment returns what keeping s would change, by its rule; nothing is kept,
// and nothing but the name and the rule of s is looked at. It counts those who
// may sign in, of the first Options.TryPeople people by name, and holds no more
// of them at a time than a page.
//
// It takes [PermissionSegmentsWrite], counts only people whom the actor may see,
// and knows of them only what the actor may know: for rules that ask what people
// do, as it is kept or as it would be, it takes [PermissionEventsRead] as well,
// and for those that ask what people own [PermissionAssetsRead].
func (d *Directory) TrySegment(ctx context.Context, by Actor, s Segment) (Trial, error) {
	if !d.maySegments(by) {
		return Trial{}, wrap(ErrForbidden, "try segment", s.Name)
	}
	after, err := s.Rule.Compile()
	if err != nil {
		return Trial{}, wrap(err, "try segment", s.Name)
	}
	old, err := d.segment(ctx, s.Name)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Trial{}, wrap(err, "try segment", s.Name)
	}
	does, owns := asked(FactBehaviour, s.Rule, old.Rule), asked(FactOwned, s.Rule, old.Rule)
	if len(does) > 0 && !d.policy.May(by, PermissionEventsRead) || len(owns) > 0 && !d.policy.May(by, PermissionAssetsRead) {
		return Trial{}, wrap(ErrForbidden, "try segment", s.Name)
	}
	fields, err := d.fieldSet(ctx)
	if err != nil {
		return Trial{}, wrap(err, "try segment", s.Name)
	}
	c := comparison{after: after, before: nobody, in: newTally(), was: newTally(), joins: newTally(), leaves: newTally()}
	t := Trial{Opens: !s.Rule.Declared() && !fields.declares(s.Rule)}
	if before, err := old.Rule.Compile(); err == nil && !reserved(s.Name) {
		c.before, t.Opened = before, !old.Rule.Declared() && !fields.declares(old.Rule)
	}
	t.Looked, t.More, err = d.survey(ctx, by, func(p Person, a Account) {
		facts := FactsOf(p, a)
		d.addFacts(ctx, p, d.facts, FactBehaviour, does, facts)
		d.addFacts(ctx, p, d.owned, FactOwned, owns, facts)
		c.count(p, facts)
	})
	if err != nil {
		return Trial{}, wrap(err, "try segment", s.Name)
	}
	t.In, t.Was, t.Joins, t.Leaves = c.in.Group, c.was.Group, c.joins.Group, c.leaves.Group
	return t, nil
}

// asked returns the names of the facts with a prefix that two rules ask for.
func asked(prefix string, a, b Rule) []string {
	names := a.asks(prefix, b.asks(prefix, nil))
	slices.Sort(names)
	return slices.Compact(names)
}

func nobody(map[string][]string) bool { return false }

// A comparison counts whom two rules put in.
type comparison struct {
	before, after          Predicate
	in, was, joins, leaves *tally
}

func (c *comparison) count(p Person, facts map[string][]string) {
	was, is := c.before(facts), c.after(facts)
	for _, one := range []struct {
		belongs bool
		to      *tally
	}{{is, c.in}, {was, c.was}, {is && !was, c.joins}, {was && !is, c.leaves}} {
		if one.belongs {
			one.to.add(p)
		}
	}
}

// sampled is how many people a Group shows.
const sampled = 10

// A tally is a Group that is being counted.
type tally struct {
	Group
	accounts map[string]bool
}

func newTally() *tally { return &tally{accounts: map[string]bool{}} }

func (t *tally) add(p Person) {
	if t.People++; len(t.Sample) < sampled {
		t.Sample = append(t.Sample, p)
	}
	if p.Account != "" && !t.accounts[p.Account] {
		t.accounts[p.Account] = true
		t.Accounts++
	}
}

// survey calls see for each person whom the actor may see and who may sign in,
// as the actor may know them and their account. It looks at no more people than
// Options.TryPeople, a page at a time.
func (d *Directory) survey(ctx context.Context, by Actor, see func(Person, Account)) (looked int, more bool, err error) {
	q := PersonQuery{Limit: min(maxLimit, d.tryPeople)}
	if !d.policy.May(by, PermissionDirectoryRead) {
		if by.Account == "" || !d.policy.May(by, PermissionMembersRead) {
			return 0, false, fmt.Errorf("people: %w", ErrForbidden)
		}
		q.Account = by.Account
	}
	accounts := surveyed{d: d, by: by, known: map[string]Account{}}
	for {
		page, next, err := d.store.People(ctx, q)
		if err != nil {
			return looked, false, err
		}
		for _, p := range page {
			if looked++; p.Disabled {
				continue
			}
			a, err := accounts.of(ctx, p)
			if err == nil {
				p, err = d.shown(ctx, by, p)
			}
			if err != nil {
				return looked, false, err
			}
			if !a.Disabled {
				see(p, a)
			}
		}
		if next == "" || looked >= d.tryPeople {
			return looked, next != "", nil
		}
		q.After, q.Limit = next, min(maxLimit, d.tryPeople-looked)
	}
}

// surveyed are the accounts of people, of whom many have the same.
type surveyed struct {
	d     *Directory
	by    Actor
	known map[string]Account
}

// mostSurveyed is how many accounts are kept in mind.
const mostSurveyed = 1_000

func (s *surveyed) of(ctx context.Context, p Person) (Account, error) {
	if a, ok := s.known[p.Account]; ok || p.Account == "" {
		return a, nil
	}
	a, err := s.d.store.Account(ctx, p.Account)
	if errors.Is(err, ErrNotFound) {
		a, err = Account{ID: p.Account}, nil
	}
	if err == nil {
		a, err = s.d.shownAccount(ctx, s.by, a)
	}
	if err != nil {
		return Account{}, err
	}
	if len(s.known) >= mostSurveyed {
		clear(s.known)
	}
	s.known[p.Account] = a
	return a, nil
}
