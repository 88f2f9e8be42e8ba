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
	questions map[string]*experience // by key
	words     map[string][]*experience
}

// NewModel returns a model that has learned nothing. A nil opts means the
// defaults.
func NewModel(opts *Options) *Model {
	m := &Model{opts: opts.filled(), seed: maphash.MakeSeed(), questions: map[string]*experience{}, words: map[string][]*experience{}}
	m.epoch = m.opts.Now()
	return m
}

// experience is what is known of one question.
type experience struct {
	question
	locale string
	groups map[string]*tally
	day    string
	asked  int // searches on that day
	last   time.Time
	dead   bool // forgotten, and only still in lists
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
	weight := m.weight(o.At) / float64(x.count(o.At))
	for i, group := range o.Shown {
		if slices.Contains(o.Pinned, group) {
			continue
		}
		worth := o.Worth[group]
		m.places.count(i, worth, weight)
		m.credit(x, group, o.Who, worth, m.places.expected(i), weight)
	}
	for group, worth := range o.Worth {
		if !slices.Contains(o.Shown, group) {
			m.credit(x, group, o.Who, worth, 0, weight)
		}
	}
}

// weight returns how much counts that happened at a time: an outcome is weighed
// up for being new, so that those that are there need not be weighed down.
func (m *Model) weight(at time.Time) float64 {
	return math.Exp2(float64(at.Sub(m.epoch)) / float64(m.opts.HalfLife))
}

// experience returns what is known of a question, and makes room for it.
func (m *Model) experience(q question, o Outcome) *experience {
	if x, ok := m.questions[q.key]; ok {
		return x
	}
	if len(m.questions) >= m.opts.Questions {
		m.forget()
	}
	x := &experience{question: q, locale: o.Locale, groups: map[string]*tally{}}
	m.questions[q.key] = x
	for _, w := range q.words {
		m.words[w] = append(m.words[w], x)
	}
	return x
}

// forget gives up the tenth of the questions that was asked longest ago.
func (m *Model) forget() {
	times := make([]int64, 0, len(m.questions))
	for _, x := range m.questions {
		times = append(times, x.last.UnixMicro())
	}
	limit := nth(times, len(times)/10)
	for key, x := range m.questions {
		if x.last.UnixMicro() <= limit {
			delete(m.questions, key)
			x.dead = true
		}
	}
	for w, list := range m.words {
		if list = living(list); len(list) == 0 {
			delete(m.words, w)
		} else {
			m.words[w] = list
		}
	}
}

// count returns which search of its day this is.
func (x *experience) count(at time.Time) int {
	if day := analytics.Day(at); day != x.day {
		x.day, x.asked = day, 0
	}
	if at.After(x.last) {
		x.last = at
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
