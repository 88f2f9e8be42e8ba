package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Actor returns the person with the given ID as somebody to act for, with their
// roles and the segments they belong to now. The person and their account are
// read anew each time: one who is removed or disabled, or whose account is, is
// ErrNotFound from then on.
//
// The host's [Authenticator] calls it once it knows who is asking, and raises
// Assurance if they signed in with more than usual.
func (d *Directory) Actor(ctx context.Context, id string) (Actor, error) {
	return d.signedIn(ctx, id, time.Time{})
}

// ActorSince is Actor for what somebody made at a time and that is to open what
// they may see now, such as the address of a feed. It is ErrNotFound once they or
// their account have been disabled since, whatever became of that.
func (d *Directory) ActorSince(ctx context.Context, id string, made time.Time) (Actor, error) {
	return d.signedIn(ctx, id, made)
}

// signedIn is Actor for somebody who signed in at a time; zero is now. If they or
// their account have been disabled since, it is ErrNotFound, whatever became of
// that: a session ends for good.
func (d *Directory) signedIn(ctx context.Context, id string, at time.Time) (Actor, error) {
	p, err := d.store.Person(ctx, id)
	if err == nil && (p.Disabled || locked(p.LockedAt, at)) {
		err = ErrNotFound
	}
	var a Account
	if err == nil {
		a, err = d.accountOf(ctx, p)
	}
	if err == nil && locked(a.LockedAt, at) {
		err = ErrNotFound
	}
	if err != nil {
		return Actor{}, wrap(err, "person", id)
	}
	actor, err := d.actorIn(ctx, p, a)
	return actor, wrap(err, "person", id)
}

// locked reports whether somebody who signed in at a time was signed out since.
func locked(since, at time.Time) bool { return !at.IsZero() && !at.After(since) }

// actorOf returns p as somebody to act for.
func (d *Directory) actorOf(ctx context.Context, p Person) (Actor, error) {
	a, err := d.accountOf(ctx, p)
	if err != nil {
		return Actor{}, err
	}
	return d.actorIn(ctx, p, a)
}

func (d *Directory) actorIn(ctx context.Context, p Person, a Account) (Actor, error) {
	own, err := d.roleSet(ctx)
	if err != nil {
		return Actor{}, err
	}
	p.Roles = own.held(d.policy, p.Roles)
	segments, declared, err := d.segmentsOf(ctx, p, a)
	if err != nil {
		return Actor{}, err
	}
	return Actor{
		ID: p.ID, Account: p.Account, Roles: p.Roles, Grants: own.grants(p.Roles), Segments: segments, Declared: declared,
		Locale: p.Locale, Zone: p.Zone, Name: p.Name, Assurance: AssuranceSignIn,
	}, nil
}

// accountOf returns p's account. Of one that the directory does not know,
// nothing is known.
func (d *Directory) accountOf(ctx context.Context, p Person) (Account, error) {
	if p.Account == "" {
		return Account{}, nil
	}
	a, err := d.store.Account(ctx, p.Account)
	if errors.Is(err, ErrNotFound) {
		return Account{ID: p.Account}, nil
	}
	if err == nil && a.Disabled {
		err = ErrNotFound
	}
	return a, err
}

// segmentsOf returns the segments that p belongs to: those that open content,
// and those that anybody could talk themselves into.
func (d *Directory) segmentsOf(ctx context.Context, p Person, a Account) (proven, declared []string, err error) {
	set, err := d.ruleSet(ctx)
	if err != nil {
		return nil, nil, err
	}
	facts := FactsOf(p, a)
	d.addFacts(ctx, p, d.facts, FactBehaviour, set.behaviour, facts)
	d.addFacts(ctx, p, d.owned, FactOwned, set.owned, facts)
	for _, r := range set.rules {
		switch {
		case !r.holds(facts):
		case r.declared:
			declared = append(declared, r.name)
		default:
			proven = append(proven, r.name)
		}
	}
	return proven, declared, nil
}

// addFacts adds what somebody else knows under the names. If they cannot say, it
// is not known, and the conditions do not hold.
func (d *Directory) addFacts(ctx context.Context, p Person, from joinedFacts, prefix string, names []string, facts map[string][]string) {
	if len(from) == 0 || len(names) == 0 {
		return
	}
	for _, part := range from {
		if err := part.add(ctx, p, prefix, names, facts); err != nil {
			d.log.WarnContext(ctx, "facts about a person are not available", "person", p.ID, "error", err)
		}
	}
}

// A ruleSet is all segments, compiled.
type ruleSet struct {
	rules     []namedRule
	behaviour []string // names of the facts to ask Options.Facts for
	owned     []string // and Options.Owned
	until     time.Time
}

type namedRule struct {
	name     string
	declared bool
	holds    Predicate
}

// ruleSet returns the rules as they were at most Options.RulesFor ago.
func (d *Directory) ruleSet(ctx context.Context) (*ruleSet, error) {
	now := d.now()
	if set := d.rules.Load(); set != nil && now.Before(set.until) {
		return set, nil
	}
	changes := d.changes.Load()
	list, err := d.store.Segments(ctx)
	if err != nil {
		return nil, fmt.Errorf("segments: %w", err)
	}
	fields, err := d.fieldSet(ctx)
	if err != nil {
		return nil, err
	}
	set := d.compile(list, fields)
	set.until = now.Add(d.rulesFor)
	if d.changes.Load() == changes {
		d.rules.Store(set)
	}
	return set, nil
}

// forgetRules makes the next request read the rules again.
func (d *Directory) forgetRules() {
	d.changes.Add(1)
	d.rules.Store(nil)
	d.fields.Store(nil)
	d.roles.Store(nil)
}

// compile leaves out what this version of the library does not understand, so
// that nobody belongs to it.
func (d *Directory) compile(list []Segment, fields *fieldSet) *ruleSet {
	set := &ruleSet{}
	for _, s := range list {
		holds, err := s.Rule.Compile()
		if err != nil || reserved(s.Name) {
			d.log.Error("segment without a usable rule", "segment", s.Name, "error", err)
			continue
		}
		set.rules = append(set.rules, namedRule{s.Name, s.Rule.Declared() || fields.declares(s.Rule), holds})
		set.behaviour = s.Rule.asks(FactBehaviour, set.behaviour)
		set.owned = s.Rule.asks(FactOwned, set.owned)
	}
	slices.Sort(set.behaviour)
	slices.Sort(set.owned)
	set.behaviour, set.owned = slices.Compact(set.behaviour), slices.Compact(set.owned)
	return set
}

// asks appends the names of the facts with a prefix that r asks for.
func (r Rule) asks(prefix string, names []string) []string {
	for _, list := range [][]Rule{r.All, r.Any} {
		for _, sub := range list {
			names = sub.asks(prefix, names)
		}
	}
	if name, ok := strings.CutPrefix(r.Fact, prefix); ok {
		names = append(names, name)
	}
	return names
}

// lockedAt returns since when sessions of a person are good.
func (d *Directory) lockedAt(ctx context.Context, id string) (time.Time, error) {
	p, err := d.store.Person(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return time.Time{}, nil
	}
	if err != nil || p.Account == "" {
		return p.LockedAt, err
	}
	a, err := d.store.Account(ctx, p.Account)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return time.Time{}, err
	}
	if a.LockedAt.After(p.LockedAt) {
		return a.LockedAt, nil
	}
	return p.LockedAt, nil
}
