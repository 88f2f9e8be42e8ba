// Package memlayout keeps rules, promotions and what is remembered of visitors
// in memory, for tests and for programs that may forget it.
package memlayout

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
	"github.com/stoa-go/stoa/profile/layout"
)

// A Store is a [layout.Store] in memory. Make one with [New].
type Store struct {
	mu         sync.Mutex
	books      []layout.Rulebook // by revision
	promotions map[string]layout.Promotion
	people     map[layout.Who]*person
}

// A person is somebody who is remembered.
type person struct {
	choice layout.Choice
	uses   map[layout.Use]int // by what they are apart from N
	starts map[string]layout.Start
	shows  map[showKey]layout.Show
}

type showKey struct{ visit, promotion string }

var _ layout.Store = (*Store)(nil)

// New returns an empty Store.
func New() *Store {
	return &Store{promotions: map[string]layout.Promotion{}, people: map[layout.Who]*person{}}
}

// person returns what is remembered of somebody, to be added to.
func (s *Store) person(who layout.Who) *person {
	p, ok := s.people[who]
	if !ok {
		p = &person{uses: map[layout.Use]int{}, starts: map[string]layout.Start{}, shows: map[showKey]layout.Show{}}
		s.people[who] = p
	}
	return p
}

// enter locks s, unless ctx is done or a text is one that no store keeps. The
// caller unlocks.
func (s *Store) enter(ctx context.Context, texts ...string) error {
	return stored.Enter(ctx, &s.mu, texts...)
}

// storedIf leaves the zero time alone.
func storedIf(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return stored.Time(t)
}

// Rulebook implements [layout.RuleStore].
func (s *Store) Rulebook(ctx context.Context, at time.Time) (layout.Rulebook, error) {
	if err := s.enter(ctx); err != nil {
		return layout.Rulebook{}, err
	}
	defer s.mu.Unlock()
	for _, b := range slices.Backward(s.books) {
		if at.IsZero() || !b.From.After(at) {
			return b.Clone(), nil
		}
	}
	return layout.Rulebook{}, nil
}

// SaveRulebook implements [layout.RuleStore].
func (s *Store) SaveRulebook(ctx context.Context, b layout.Rulebook, keep time.Time) error {
	if err := s.enter(ctx, b.Texts()...); err != nil {
		return err
	}
	defer s.mu.Unlock()
	highest := 0
	if n := len(s.books); n > 0 {
		highest = s.books[n-1].Revision
	}
	if b.Revision != highest+1 {
		return errs.Conflict
	}
	b = b.Clone()
	b.From = stored.Time(b.From)
	for i, r := range b.Rules {
		b.Rules[i].SavedAt = storedIf(r.SavedAt)
	}
	s.books = append(s.books, b)
	for len(s.books) > 1 && s.books[1].From.Before(keep) {
		s.books = s.books[1:]
	}
	return nil
}

// Promotions implements [layout.PromotionStore].
func (s *Store) Promotions(ctx context.Context) ([]layout.Promotion, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.mu.Unlock()
	var list []layout.Promotion
	for _, id := range slices.Sorted(maps.Keys(s.promotions)) {
		list = append(list, s.promotions[id].Clone())
	}
	return list, nil
}

// SavePromotion implements [layout.PromotionStore].
func (s *Store) SavePromotion(ctx context.Context, p layout.Promotion) error {
	if err := s.enter(ctx, p.Texts()...); err != nil {
		return err
	}
	defer s.mu.Unlock()
	old, ok := s.promotions[p.ID]
	switch {
	case p.Version == 1 && ok:
		return errs.Conflict
	case p.Version != 1 && !ok:
		return errs.NotFound
	case p.Version != 1 && old.Version != p.Version-1:
		return errs.Conflict
	}
	p = p.Clone()
	p.SavedAt = storedIf(p.SavedAt)
	s.promotions[p.ID] = p
	return nil
}

// RemovePromotion implements [layout.PromotionStore].
func (s *Store) RemovePromotion(ctx context.Context, id string) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if _, ok := s.promotions[id]; !ok {
		return errs.NotFound
	}
	delete(s.promotions, id)
	return nil
}

// Choice implements [layout.TrailStore].
func (s *Store) Choice(ctx context.Context, who layout.Who) (layout.Choice, error) {
	if err := s.enter(ctx); err != nil {
		return layout.Choice{}, err
	}
	defer s.mu.Unlock()
	return s.choice(who), nil
}

func (s *Store) choice(who layout.Who) layout.Choice {
	var c layout.Choice
	if p, ok := s.people[who]; ok {
		c = p.choice
	}
	c.Who = who
	return c
}

// SaveChoice implements [layout.TrailStore].
func (s *Store) SaveChoice(ctx context.Context, c layout.Choice) error {
	if err := s.enter(ctx, string(c.Who)); err != nil {
		return err
	}
	defer s.mu.Unlock()
	if s.choice(c.Who).Version != c.Version-1 {
		return errs.Conflict
	}
	p := s.person(c.Who)
	if c.Forget {
		clear(p.uses)
	}
	c.At, c.Forget = stored.Time(c.At), false
	p.choice = c
	return nil
}

// Trail implements [layout.TrailStore].
func (s *Store) Trail(ctx context.Context, who layout.Who) (layout.Trail, error) {
	if err := s.enter(ctx); err != nil {
		return layout.Trail{}, err
	}
	defer s.mu.Unlock()
	t := layout.Trail{Choice: s.choice(who)}
	p, ok := s.people[who]
	if !ok {
		return t, nil
	}
	for u, n := range p.uses {
		u.N = n
		t.Uses = append(t.Uses, u)
	}
	for _, start := range p.starts {
		t.Starts = append(t.Starts, start.Clone())
	}
	for _, show := range p.shows {
		t.Shows = append(t.Shows, show)
	}
	slices.SortFunc(t.Uses, func(a, b layout.Use) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Ref, b.Ref)) })
	slices.SortFunc(t.Starts, func(a, b layout.Start) int { return cmp.Compare(a.Visit, b.Visit) })
	slices.SortFunc(t.Shows, func(a, b layout.Show) int {
		return cmp.Or(cmp.Compare(a.Visit, b.Visit), cmp.Compare(a.Promotion, b.Promotion))
	})
	return t, nil
}

// AddUses implements [layout.TrailStore].
func (s *Store) AddUses(ctx context.Context, uses []layout.Use) error {
	var texts []string
	for _, u := range uses {
		texts = append(texts, string(u.Who), u.Ref, u.Day)
	}
	if err := s.enter(ctx, texts...); err != nil {
		return err
	}
	defer s.mu.Unlock()
	for _, u := range uses {
		n := u.N
		u.N = 0
		s.person(u.Who).uses[u] += n
	}
	return nil
}

// Begin implements [layout.TrailStore].
func (s *Store) Begin(ctx context.Context, start layout.Start) (layout.Start, error) {
	if err := s.enter(ctx, append(slices.Clone(start.Segments), start.Visit, string(start.Who))...); err != nil {
		return layout.Start{}, err
	}
	defer s.mu.Unlock()
	p := s.person(start.Who)
	if first, ok := p.starts[start.Visit]; ok {
		return first.Clone(), nil
	}
	start = start.Clone()
	start.Began = stored.Time(start.Began)
	if len(start.Segments) == 0 {
		start.Segments = nil
	}
	p.starts[start.Visit] = start
	return start.Clone(), nil
}

// SaveShow implements [layout.TrailStore].
func (s *Store) SaveShow(ctx context.Context, show layout.Show) error {
	if err := s.enter(ctx, string(show.Who), show.Promotion, show.Visit); err != nil {
		return err
	}
	defer s.mu.Unlock()
	show.At, show.ClickedAt, show.DismissedAt = stored.Time(show.At), storedIf(show.ClickedAt), storedIf(show.DismissedAt)
	p, key := s.person(show.Who), showKey{show.Visit, show.Promotion}
	if first, ok := p.shows[key]; ok {
		show.At = first.At
		show.ClickedAt, show.DismissedAt = earlier(first.ClickedAt, show.ClickedAt), earlier(first.DismissedAt, show.DismissedAt)
	}
	p.shows[key] = show
	return nil
}

func earlier(first, second time.Time) time.Time {
	if first.IsZero() {
		return second
	}
	return first
}

// Forget implements [layout.TrailStore].
func (s *Store) Forget(ctx context.Context, who layout.Who) (int, error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	p, ok := s.people[who]
	if !ok {
		return 0, nil
	}
	delete(s.people, who)
	n := p.size()
	if p.choice.Version > 0 {
		n++
	}
	return n, nil
}

// Prune implements [layout.TrailStore].
func (s *Store) Prune(ctx context.Context, h layout.Horizon) (int, error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.mu.Unlock()
	day, n := h.Uses.UTC().Format(time.DateOnly), 0
	for who, p := range s.people {
		before := p.size()
		maps.DeleteFunc(p.uses, func(u layout.Use, _ int) bool { return !h.Uses.IsZero() && u.Day < day })
		maps.DeleteFunc(p.starts, func(_ string, v layout.Start) bool { return v.Began.Before(h.Starts) })
		maps.DeleteFunc(p.shows, func(_ showKey, v layout.Show) bool { return v.At.Before(h.Shows) && v.DismissedAt.IsZero() })
		n += before - p.size()
		if p.size() == 0 && p.choice.Version == 0 {
			delete(s.people, who)
		}
	}
	return n, nil
}

func (p *person) size() int { return len(p.uses) + len(p.starts) + len(p.shows) }
