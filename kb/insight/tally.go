package insight

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
)

// Journeys tells what people did: an analytics.Store.
type Journeys interface {
	Scan(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error]
}

const (
	tallyName   = "tally"
	tallyStep   = time.Hour        // how much is counted at once
	together    = 30 * time.Minute // steps this far apart belong to one journey
	rightAfter  = 5 * time.Minute  // a search that refines another follows it within
	settle      = 2 * time.Minute  // until when an event is certainly in the store
	mostStrange = 20_000           // different queries and subjects that one step counts
)

// The events that are counted.
const (
	searched = "search.performed"
	clicked  = "search.clicked"
	viewed   = "article.viewed"
)

// article is how the subjects of events begin that are about articles.
const article = "article/"

// Tally counts what has happened since it was called last, as far as journeys
// have ended. Of several instances that do so at once, one counts each step.
func (a *Analyst) Tally(ctx context.Context) error {
	for {
		from, err := a.store.Progress(ctx, tallyName)
		if err != nil {
			return fmt.Errorf("tally: %w", err)
		}
		start := from
		if from.IsZero() {
			start = a.clock().Add(-a.opts.Window).Truncate(tallyStep)
		}
		until := start.Add(tallyStep)
		if until.After(a.clock().Add(-together - settle)) {
			return nil
		}
		if err := a.tallyStep(ctx, from, start, until); errors.Is(err, ErrConflict) {
			return nil // another instance does it
		} else if err != nil {
			return fmt.Errorf("tally: %w", err)
		}
	}
}

// tallyStep counts what happened from start on and before until. What followed on
// it is read as well.
func (a *Analyst) tallyStep(ctx context.Context, from, start, until time.Time) error {
	t := &tally{from: start, until: until, escalated: a.opts.Escalated, rows: map[Row]Counts{}, who: map[Searcher]bool{}}
	for e, err := range a.journeys.Scan(ctx, analytics.Range{From: start, To: until.Add(together)}) {
		if err != nil {
			return err
		}
		t.take(e)
	}
	t.end()
	if t.left > 0 {
		a.opts.Logger.WarnContext(ctx, "too many different searches to count all", "from", start, "left", t.left)
	}
	return a.store.Count(ctx, tallyName, from, until, t.list(), slices.Collect(maps.Keys(t.who)))
}

// A tally counts the events of a stretch of time, journey by journey.
type tally struct {
	from, until time.Time
	escalated   func(analytics.Event) bool
	rows        map[Row]Counts // by all but the counts
	who         map[Searcher]bool
	left        int

	session  string
	last     time.Time
	searches []*search
	views    []view
}

type search struct {
	analytics.Event
	query                     Query
	clicked, refined, escaped bool
}

type view struct {
	analytics.Event
	escaped bool
}

func (t *tally) take(e analytics.Event) {
	if e.Device == analytics.DeviceBot {
		return
	}
	if e.Session == "" || e.Session != t.session || e.At.Sub(t.last) > together {
		t.end()
		t.session = e.Session
	}
	t.last = e.At
	switch {
	case e.Name == searched:
		t.search(e)
	case e.Name == clicked:
		t.click(e)
	case e.Name == viewed && strings.HasPrefix(e.Subject, article):
		t.views = append(t.views, view{Event: e})
	}
	if t.escalated(e) {
		t.escape(e.At)
	}
}

func (t *tally) search(e analytics.Event) {
	q := NewQuery(e.Locale, e.Text)
	if q.Text == "" {
		return
	}
	if n := len(t.searches); n > 0 {
		before := t.searches[n-1]
		if !before.clicked && before.query != q && e.At.Sub(before.At) <= rightAfter {
			before.refined = true
		}
	}
	t.searches = append(t.searches, &search{Event: e, query: q})
}

// click notes that a result was followed. Without a session nothing is known of
// the search.
func (t *tally) click(e analytics.Event) {
	id, ok := strings.CutPrefix(e.Subject, article)
	for _, s := range t.searches {
		if s.ID != e.Search {
			continue
		}
		s.clicked = true
		if ok && t.counts(s.At) {
			day := analytics.Day(s.At)
			t.add(Row{Series: SeriesLeads, Subject: id, Detail: s.query.Key(), Day: day}, Counts{Clicks: 1})
		}
	}
	if ok && t.counts(e.At) {
		t.article(id, e.At, Counts{Clicks: 1})
	}
}

// escape notes that somebody asked people for help after what they did.
func (t *tally) escape(at time.Time) {
	for _, s := range t.searches {
		s.escaped = s.escaped || at.Sub(s.At) <= together
	}
	for i := range t.views {
		t.views[i].escaped = t.views[i].escaped || at.Sub(t.views[i].At) <= together
	}
}

// end counts the journey that has ended.
func (t *tally) end() {
	for _, s := range t.searches {
		if t.counts(s.At) {
			t.endSearch(s)
		}
	}
	for _, v := range t.views {
		if t.counts(v.At) {
			t.article(strings.TrimPrefix(v.Subject, article), v.At, Counts{Views: 1, Cases: one(v.escaped)})
		}
	}
	t.searches, t.views, t.session = nil, nil, ""
}

func (t *tally) endSearch(s *search) {
	known := t.session != ""
	c := Counts{
		Searches: 1, Empty: one(s.Hits == 0), Unclicked: one(known && !s.clicked), Refined: one(known && s.refined && !s.clicked), Cases: one(known && s.escaped),
	}
	day := analytics.Day(s.At)
	if !t.add(Row{Series: SeriesQueries, Subject: s.query.Key(), Day: day}, c) {
		return
	}
	t.add(Row{Series: SeriesAll, Day: day}, c)
	for _, group := range strings.Fields(s.Props["shown"]) {
		if id, ok := strings.CutPrefix(group, article); ok {
			t.add(Row{Series: SeriesLeads, Subject: id, Detail: s.query.Key(), Day: day}, Counts{Shown: 1})
			t.article(id, s.At, Counts{Shown: 1})
		}
	}
	w := Searcher{Query: s.query.Key(), Person: s.User, Day: day}
	if w.Person == "" {
		w.Visitor = s.Visitor
	}
	if w.Person != "" || w.Visitor != "" {
		t.who[w] = true
	}
}

func (t *tally) article(id string, at time.Time, c Counts) {
	day := analytics.Day(at)
	if t.add(Row{Series: SeriesArticles, Subject: id, Day: day}, c) {
		c.Shown = 0 // of all articles together it says nothing
		t.add(Row{Series: SeriesAll, Day: day}, c)
	}
}

// add counts something, unless there is too much that is different.
func (t *tally) add(key Row, c Counts) bool {
	if _, known := t.rows[key]; !known && len(t.rows) >= mostStrange {
		t.left++
		return false
	}
	t.rows[key] = t.rows[key].Plus(c)
	return true
}

func (t *tally) counts(at time.Time) bool { return !at.Before(t.from) && at.Before(t.until) }

func (t *tally) list() []Row {
	out := make([]Row, 0, len(t.rows))
	for key, c := range t.rows {
		key.Counts = c
		out = append(out, key)
	}
	return out
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
