package learning

import (
	"hash/maphash"
	"iter"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/stoa-go/stoa/analytics"
)

// Options adjust a [Model]. The zero value is ready to use.
type Options struct {
	HalfLife  time.Duration    // after which what was learned counts half; 0 means 60 days
	People    int              // how many must have spoken of a document; 0 means 3
	Questions int              // how many different ones are remembered; 0 means 50,000
	Events    []string         // by which people ask others for help, besides opening a case; nil means none
	Now       func() time.Time // nil means time.Now
}

func (o *Options) filled() Options {
	var f Options
	if o != nil {
		f = *o
	}
	if f.HalfLife <= 0 {
		f.HalfLife = 60 * 24 * time.Hour
	}
	if f.People <= 0 {
		f.People = 3
	}
	if f.Questions <= 0 {
		f.Questions = 50_000
	}
	if f.Now == nil {
		f.Now = time.Now
	}
	return f
}

// A Model remembers what came of searches. It is safe for concurrent use.
type Model struct {
	opts Options
	seed maphash.Seed

	mu        sync.RWMutex
	epoch     time.Time // counts of this time weigh 1, later ones more
	places    places
	questions *index[experience]
}

// NewModel returns a model that has learned nothing. A nil opts means the
// defaults.
func NewModel(opts *Options) *Model {
	m := &Model{opts: opts.filled(), seed: maphash.MakeSeed(), questions: newIndex[experience]()}
	m.epoch = m.opts.Now()
	return m
}

// experience is what is known of one question.
type experience struct {
	groups map[string]*tally
	day    string
	asked  int // searches on that day
}

// tally is what is known of one document for one question.
type tally struct {
	worth    float64 // what it was to those who followed it
	expected float64 // what it would have been if it were like others in its places
	people   people
}

// Learn takes what came of searches, oldest first where that is possible.
func (m *Model) Learn(outcomes iter.Seq2[Outcome, error]) error {
	for o, err := range outcomes {
		if err != nil {
			return err
		}
		m.Observe(o)
	}
	return nil
}

// Observe takes what came of one search.
func (m *Model) Observe(o Outcome) {
	q := questionOf(o.Locale, o.Question)
	if o.Who == "" || len(q.words) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	x := m.experience(q, o)
	if o.At.After(x.last) {
		x.last = o.At
	}
	weight := m.weight(o.At) / float64(x.is.count(o.At))
	for i, group := range o.Shown {
		if slices.Contains(o.Pinned, group) {
			continue
		}
		worth := o.Worth[group]
		m.places.count(i, worth, weight)
		m.credit(&x.is, group, o.Who, worth, m.places.expected(i), weight)
	}
	for group, worth := range o.Worth {
		if !slices.Contains(o.Shown, group) {
			m.credit(&x.is, group, o.Who, worth, 0, weight)
		}
	}
}

// weight returns how much counts that happened at a time: an outcome is weighed
// up for being new, so that those that are there need not be weighed down.
func (m *Model) weight(at time.Time) float64 {
	return math.Exp2(float64(at.Sub(m.epoch)) / float64(m.opts.HalfLife))
}

// experience returns what is known of a question, and makes room for it.
func (m *Model) experience(q question, o Outcome) *entry[experience] {
	if x, ok := m.questions.entries[q.key]; ok {
		return x
	}
	if len(m.questions.entries) >= m.opts.Questions {
		m.questions.drop(m.questions.oldest()...)
	}
	x := m.questions.put(q.key, o.Locale, q.words)
	x.is.groups = map[string]*tally{}
	return x
}

// count returns which search of its day this is.
func (x *experience) count(at time.Time) int {
	if day := analytics.Day(at); day != x.day {
		x.day, x.asked = day, 0
	}
	x.asked++
	return x.asked
}

// mostGroups is how many documents one question remembers.
const mostGroups = 50

// credit adds what one person's search says of a document. Each counts once:
// the next time, nothing but a better word of theirs.
func (m *Model) credit(x *experience, group, who string, worth, expected, weight float64) {
	t, ok := x.groups[group]
	if !ok {
		if len(x.groups) >= mostGroups {
			return
		}
		t = &tally{people: people{}}
		x.groups[group] = t
	}
	before, new := t.people.take(maphash.String(m.seed, who), worth)
	if new {
		t.expected += expected * weight
	}
	t.worth += max(worth-before, 0) * weight
}
