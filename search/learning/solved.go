package learning

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"iter"
	"log/slog"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/again"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// A Solution is a question that somebody asked, and the document that solved it.
type Solution struct {
	ID     string // of the question, such as "case/17"; a later one takes its place
	Text   string // what was asked
	Locale string
	Group  string    // of what solved it
	Voter  string    // who asked: a person, or a browser for one day; without one nothing is learned
	At     time.Time // when it was solved
}

// A Source tells what was solved since a time, in any order. What is told again is
// learned once.
type Source func(ctx context.Context, since time.Time) iter.Seq2[Solution, error]

// SolvedOptions adjust [Solved]. The zero value is ready to use.
type SolvedOptions struct {
	Sources []Source // nil means that only Add teaches

	// Terms returns the words of a text in a language as they are compared, such as
	// [search.Linguist.Terms] of an index. nil means words as they are written.
	Terms func(locale, text string) []string

	HalfLife  time.Duration    // after which a vote counts half; 0 means 180 days
	People    int              // how many voters bring in a document that has none of the words; 0 means 2
	Questions int              // how many are remembered; 0 means 100,000
	Each      int              // how many of one voter are; 0 means 50
	Now       func() time.Time // nil means time.Now
	Logger    *slog.Logger     // nil discards logs
}

func (o *SolvedOptions) filled() SolvedOptions {
	var f SolvedOptions
	if o != nil {
		f = *o
	}
	if f.Terms == nil {
		f.Terms = func(_, text string) []string { return wordsOf(text) }
	}
	f.HalfLife = cmp.Or(max(f.HalfLife, 0), 180*24*time.Hour)
	f.People = cmp.Or(max(f.People, 0), 2)
	f.Questions = cmp.Or(max(f.Questions, 0), 100_000)
	f.Each = cmp.Or(max(f.Each, 0), 50)
	if f.Now == nil {
		f.Now = time.Now
	}
	if f.Logger == nil {
		f.Logger = slog.New(slog.DiscardHandler)
	}
	return f
}

// Solved remembers which documents solved which questions, and lets these vote
// when something similar is asked. It is safe for concurrent use.
//
// Of a question it keeps the words, without their order, and of who asked a hash
// that means something to this process only. Neither is told to anybody.
type Solved struct {
	opts SolvedOptions
	seed maphash.Seed

	reading sync.Mutex // one reads the sources
	since   time.Time  // what was solved before has been read

	writing sync.Mutex // one changes what is told

	mu   sync.RWMutex
	told *memory
}

// A memory is the questions that are remembered.
type memory struct {
	*index[vote]
	voters map[uint64][]string // keys of what each asked, the oldest first
}

type vote struct {
	group string
	voter uint64
}

// NewSolved returns one that remembers nothing. A nil opts means the defaults.
func NewSolved(opts *SolvedOptions) *Solved {
	return &Solved{opts: opts.filled(), seed: maphash.MakeSeed(), told: newMemory()}
}

func newMemory() *memory { return &memory{newIndex[vote](), map[uint64][]string{}} }

// Add remembers solutions. Nothing is learned of one without words, group or
// voter.
func (s *Solved) Add(list ...Solution) {
	s.writing.Lock()
	defer s.writing.Unlock()
	for _, one := range list {
		words := s.words(one.Locale, one.Text)
		if len(s.told.entries) >= s.opts.Questions {
			s.replace(s.told.younger()) // made beside it: no search waits for that
		}
		s.mu.Lock()
		s.add(s.told, one, words)
		s.mu.Unlock()
	}
}

func (s *Solved) replace(m *memory) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = m
}

// younger returns a copy without the oldest tenth.
func (m *memory) younger() *memory {
	list := slices.SortedFunc(maps.Values(m.entries), func(a, b *entry[vote]) int { return cmp.Or(a.last.Compare(b.last), cmp.Compare(a.key, b.key)) })
	out := newMemory()
	for _, e := range list[len(list)/10+1:] {
		words := make([]string, len(e.words))
		for i, w := range e.words {
			words[i] = w.text
		}
		out.keep(e.key, e.locale, words, e.last, e.is)
	}
	return out
}

// keep adds a question that is not there.
func (m *memory) keep(key, locale string, words []string, at time.Time, v vote) {
	e := m.put(key, locale, words)
	e.last, e.is = at, v
	m.voters[v.voter] = append(m.voters[v.voter], key)
}

// words returns the words of a question, each once.
func (s *Solved) words(locale, text string) []string {
	list := slices.Compact(slices.Sorted(slices.Values(s.opts.Terms(locale, text))))
	return list[:min(len(list), mostWords)]
}

func (s *Solved) add(m *memory, one Solution, words []string) {
	if old, ok := m.entries[one.ID]; ok {
		m.remove(old)
	}
	if one.ID == "" || one.Voter == "" || one.Group == "" || len(words) == 0 {
		return
	}
	voter := maphash.String(s.seed, one.Voter)
	if mine := m.voters[voter]; len(mine) >= s.opts.Each {
		m.remove(m.entries[mine[0]])
	}
	m.keep(one.ID, one.Locale, words, one.At, vote{one.Group, voter})
}

func (m *memory) remove(list ...*entry[vote]) {
	m.drop(list...)
	for _, e := range list {
		left := slices.DeleteFunc(m.voters[e.is.voter], func(key string) bool { return key == e.key })
		if m.voters[e.is.voter] = left; len(left) == 0 {
			delete(m.voters, e.is.voter)
		}
	}
}

// Forget removes what somebody asked, and returns how many questions that were.
func (s *Solved) Forget(voter string) int {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*entry[vote]
	for _, key := range s.told.voters[maphash.String(s.seed, voter)] {
		list = append(list, s.told.entries[key])
	}
	s.told.remove(list...)
	return len(list)
}

// Questions returns how many are remembered.
func (s *Solved) Questions() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.told.entries)
}

// Keeper returns what forgets whoever is erased, named "solved-questions". It has
// nothing to hand over: it keeps no texts, and what it learned them from does.
// Other instances do not hear of it: call [Solved.Anew] there.
func (s *Solved) Keeper() profile.Keeper {
	none := func(context.Context, string) iter.Seq2[any, error] { return func(func(any, error) bool) {} }
	return profile.NewKeeper("solved-questions", none, func(_ context.Context, person string, _ profile.Erasure) (profile.Erased, error) {
		return profile.Erased{Removed: s.Forget(person)}, nil
	})
}

const (
	kindred   = 0.25 // how alike questions must be to vote
	mostVotes = 40   // questions that do
	nobody    = 0.8  // votes for none: before there are more, half is believed
	alone     = 0.3  // what too few voters can say: they move a document, and bring none in
)

// whatVoted is what votes are called in explanations.
const whatVoted = "earlier questions that it solved"

// Signals returns the documents that earlier questions vote for which are like
// one that is asked, the strongest first. Each voter has one vote for a document.
// It knows nothing of rights.
func (s *Solved) Signals(text, locale string) []search.Signal {
	words := s.words(locale, text)
	s.mu.RLock()
	defer s.mu.RUnlock()
	type ballot map[uint64]float64
	votes, total := map[string]ballot{}, nobody
	now := s.opts.Now()
	for _, n := range s.told.alike(words, locale, kindred, mostVotes) {
		b, ok := votes[n.is.group]
		if !ok {
			b = ballot{}
			votes[n.is.group] = b
		}
		weight := n.like * n.like * n.like * math.Exp2(-max(0, float64(now.Sub(n.last)))/float64(s.opts.HalfLife))
		if before := b[n.is.voter]; weight > before {
			b[n.is.voter] = weight
			total += weight - before
		}
	}
	var out []search.Signal
	for group, b := range votes {
		sum := 0.0
		for _, weight := range b {
			sum += weight
		}
		one := search.Signal{Group: group, Value: math.Cbrt(sum / total), People: len(b), What: whatVoted}
		if one.People < s.opts.People {
			one.Value = min(one.Value, alone)
		}
		out = append(out, one)
	}
	return strongest(out)
}

const (
	solvedEvery = 10 * time.Minute
	overlap     = 2 * time.Hour // what was solved may be told late
)

// Run learns from the sources until ctx ends, and then returns nil. What fails is
// tried again.
func (s *Solved) Run(ctx context.Context) error {
	again.Every(ctx, solvedEvery, s.opts.Logger, "cannot learn from solved questions", s.Catch)
	return nil
}

// Catch learns what was solved since it was called last.
func (s *Solved) Catch(ctx context.Context) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	began := s.opts.Now()
	list, err := s.read(ctx, cmp.Or(s.since, s.start()))
	if err != nil {
		return err
	}
	s.Add(list...)
	s.since = began.Add(-overlap)
	return nil
}

// Anew forgets everything and learns it again: what sources do not tell any more,
// and what only Add taught, is gone. Searches are answered from what was
// remembered until it is done.
func (s *Solved) Anew(ctx context.Context) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	began, m := s.opts.Now(), newMemory()
	list, err := s.read(ctx, s.start())
	if err != nil {
		return err
	}
	for _, one := range list {
		s.add(m, one, s.words(one.Locale, one.Text))
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	s.replace(m)
	s.since = began.Add(-overlap)
	return nil
}

func (s *Solved) start() time.Time { return s.opts.Now().Add(-halfLives * s.opts.HalfLife) }

// read returns what was solved since a time, as much of the latest as there is
// room for.
func (s *Solved) read(ctx context.Context, since time.Time) (out []Solution, err error) {
	for _, source := range s.opts.Sources {
		for one, err := range source(ctx, since) {
			if err != nil {
				return nil, fmt.Errorf("learn what was solved since %s: %w", since.Format(time.RFC3339), err)
			}
			if out = append(out, one); len(out) >= 2*s.opts.Questions {
				out = latest(out, s.opts.Questions)
			}
		}
	}
	return latest(out, s.opts.Questions), nil
}

// latest returns the n latest, the oldest first.
func latest(list []Solution, n int) []Solution {
	slices.SortStableFunc(list, func(a, b Solution) int { return a.At.Compare(b.At) })
	return list[max(0, len(list)-n):]
}
