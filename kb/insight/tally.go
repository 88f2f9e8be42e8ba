package insight

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/report"
)

// Journeys tells what people did: an analytics.Store.
type Journeys interface {
	Scan(ctx context.Context, r analytics.Range) iter.Seq2[analytics.Event, error]
}

const (
	tallyName   = "tally"
	tallyStep   = time.Hour       // how much is counted at once
	settle      = 2 * time.Minute // until when an event is certainly in the store
	mostStrange = 20_000          // different articles and searches that led to them that one step counts
)

// viewed is the event that somebody reads an article.
const viewed = "article.viewed"

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
		if until.After(a.clock().Add(-report.Together - settle)) {
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
	t := &tally{from: start, until: until, rows: map[Row]Counts{}}
	for v, err := range report.Visits(a.journeys.Scan(ctx, analytics.Range{From: start, To: until.Add(report.Together)}), a.opts.Escalated) {
		if err != nil {
			return err
		}
		t.take(v)
	}
	if t.left > 0 {
		a.opts.Logger.WarnContext(ctx, "too many different searches that led to articles to count all", "from", start, "left", t.left)
	}
	return a.store.Count(ctx, tallyName, from, until, t.list())
}

// A tally counts the events of a stretch of time, visit by visit.
type tally struct {
	from, until time.Time
	rows        map[Row]Counts // by all but the counts
	left        int
}

// take counts a visit.
func (t *tally) take(v report.Visit) {
	for _, s := range v.Searches {
		t.leads(s)
	}
	for _, e := range v.Steps {
		id, ok := strings.CutPrefix(e.Subject, article)
		switch {
		case !ok || !t.counts(e.At):
		case e.Name == search.EventClicked:
			t.article(id, e.At, Counts{Clicks: 1})
		case e.Name == viewed:
			t.article(id, e.At, Counts{Views: 1, Cases: one(e.Asked)})
		}
	}
}

// leads counts what a search showed, and what it led to.
func (t *tally) leads(s *report.Search) {
	if !t.counts(s.At) {
		return
	}
	row := Row{Series: SeriesLeads, Detail: s.Query.Folded().Key(), Day: analytics.Day(s.At)}
	for _, f := range s.Follows {
		if id, ok := strings.CutPrefix(f.Subject, article); ok {
			row.Subject = id
			t.add(row, Counts{Clicks: 1})
		}
	}
	for _, group := range strings.Fields(s.Props[search.PropShown]) {
		if id, ok := strings.CutPrefix(group, article); ok {
			row.Subject = id
			t.add(row, Counts{Shown: 1})
			t.article(id, s.At, Counts{Shown: 1})
		}
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
