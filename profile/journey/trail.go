package journey

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/stoa-go/stoa/analytics"
)

// A step is something that somebody did.
type step struct {
	at               time.Time
	session, article string
	counts           uint64 // a bit for each of the counts that it belongs to
}

// Limits of what is kept of a person.
const (
	mostRecent = 256
	mostValues = 200              // of a fact, as of an attribute
	fresh      = 10 * time.Second // how long facts are believed where nothing happens
)

// A trail is what one person did: what was read from the store, up to a moment,
// and what was recorded here since then. An event is in one of the two, whether
// it is in the store already or not.
type trail struct {
	mu     sync.Mutex
	stored []step // the latest first, before cut
	recent []step // from cut on, as they came
	cut    time.Time
	loaded time.Time
	known  map[string][]string // nil if something happened since
	until  time.Time
}

// note adds a step, and drops those that are certainly in the store and will be
// read from there.
func (t *trail) note(s step, old time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.recent) >= mostRecent || t.loaded.IsZero() {
		t.recent = slices.DeleteFunc(t.recent, func(s step) bool { return s.at.Before(old) })
	}
	if len(t.recent) >= mostRecent {
		t.recent = slices.Delete(t.recent, 0, 1)
	}
	t.recent, t.known = append(t.recent, s), nil
}

func (t *trail) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stored, t.recent, t.known, t.loaded = nil, nil, nil, time.Time{}
}

// facts returns all that is known. The map does not change any more.
func (t *trail) facts(ctx context.Context, j *Journey, person string, categories bool) (map[string][]string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := j.now()
	if now.Sub(t.loaded) >= j.opts.For {
		if err := t.load(ctx, j, person, now); err != nil && t.loaded.IsZero() {
			return nil, err
		}
	}
	if t.known == nil || !now.Before(t.until) {
		t.known, t.until = t.count(j, now), now.Add(fresh)
	}
	if _, ok := t.known[factReadIn]; categories && !ok && j.opts.Category != nil {
		t.known = maps.Clone(t.known)
		t.known[factReadIn] = j.categories(ctx, t.known[factRead])
	}
	return t.known, nil
}

// categories returns those of articles.
func (j *Journey) categories(ctx context.Context, articles []string) []string {
	set := map[string]bool{}
	for _, article := range articles {
		if category := j.opts.Category(ctx, article); category != "" {
			set[category] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// load reads what is certainly in the store. What was recorded here later than
// that stays.
func (t *trail) load(ctx context.Context, j *Journey, person string, now time.Time) error {
	cut := now.Add(-j.opts.Settle)
	events, err := j.history.Latest(ctx, analytics.LatestQuery{User: person, From: now.Add(-longest), To: cut, Limit: j.opts.Most})
	if err != nil {
		return err
	}
	stored := make([]step, len(events))
	for i, e := range events {
		stored[i] = j.step(e)
	}
	t.stored, t.cut, t.loaded, t.known = stored, cut, now, nil
	t.recent = slices.DeleteFunc(t.recent, func(s step) bool { return s.at.Before(cut) })
	return nil
}

// count makes facts of the steps.
func (t *trail) count(j *Journey, now time.Time) map[string][]string {
	c := counter{now: now, sums: make([][]int, 1+len(j.counts)), seen: map[visit]bool{}, articles: map[string]bool{}}
	for i := range c.sums {
		c.sums[i] = make([]int, len(spans))
	}
	for _, s := range slices.Backward(t.recent) {
		c.add(s)
	}
	for _, s := range t.stored {
		c.add(s)
	}
	return c.facts(j)
}

// A counter goes through steps, the latest first.
type counter struct {
	now      time.Time
	sums     [][]int // by count, visits first, and span
	seen     map[visit]bool
	articles map[string]bool
	here     string    // the session of the latest step
	before   time.Time // the latest step of another
	any      bool
}

// A visit is a session; without one, it is all of a day.
type visit struct{ session, day string }

func (c *counter) add(s step) {
	age := c.now.Sub(s.at)
	if age >= longest {
		return
	}
	v := visit{session: s.session}
	if s.session == "" {
		v.day = analytics.Day(s.at)
	}
	if !c.any {
		c.any, c.here = true, v.session+v.day
	} else if c.before.IsZero() && v.session+v.day != c.here {
		c.before = s.at
	}
	if !c.seen[v] {
		c.seen[v] = true
		c.sum(0, age)
	}
	for i := range len(c.sums) - 1 {
		if s.counts&(1<<i) != 0 {
			c.sum(i+1, age)
		}
	}
	if age < 30*day && s.article != "" && len(c.articles) < mostValues {
		c.articles[s.article] = true
	}
}

func (c *counter) sum(i int, age time.Duration) {
	for k, span := range spans {
		if age < span.long {
			c.sums[i][k]++
		}
	}
}

func (c *counter) facts(j *Journey) map[string][]string {
	known := make(map[string][]string, len(j.infos))
	for i, sums := range c.sums {
		name := factVisits
		if i > 0 {
			name = j.counts[i-1].Name
		}
		for k, n := range sums {
			known[name+"."+spans[k].name] = []string{strconv.Itoa(n)}
		}
	}
	if !c.before.IsZero() {
		known[factAway] = []string{strconv.Itoa(int(c.now.Sub(c.before) / day))}
	}
	known[factRead] = slices.Sorted(maps.Keys(c.articles))
	return known
}
