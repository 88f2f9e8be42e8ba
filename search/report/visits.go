package report

import (
	"iter"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/search"
)

// Together is how far apart the steps of one visit may be.
const Together = 30 * time.Minute

// rightAfter is within what time another search refines the one before.
const rightAfter = 5 * time.Minute

// A Visit is what somebody did without a long pause. Without a session it is a
// single step, of which nobody knows what came before and after.
type Visit struct {
	Session  string
	Searches []*Search
	Steps    []Step // all that is no search
}

// A Search is one of a visit, with what came of it.
type Search struct {
	analytics.Event

	Query   Query
	Follows []Follow // hits that were followed, in order
	Refined bool     // something else was searched for right after, and no hit was followed
	Asked   bool     // people were asked for help afterwards
	Last    bool     // nothing came after it
}

// A Follow is a hit that was followed.
type Follow struct {
	Subject string
	Rank    int
}

// A Step is anything else that somebody did.
type Step struct {
	analytics.Event

	Asked bool // people were asked for help afterwards
}

// Visits joins events to visits. They must be in the order of sessions and times,
// as [analytics.Store.Scan] tells them; those of bots are left out. asks reports
// whether an event is somebody asking people for help. An error ends it.
func Visits(events iter.Seq2[analytics.Event, error], asks func(analytics.Event) bool) iter.Seq2[Visit, error] {
	return func(yield func(Visit, error) bool) {
		var v Visit
		var last time.Time
		some := false
		for e, err := range events {
			if err != nil {
				yield(Visit{}, err)
				return
			}
			if e.Device == analytics.DeviceBot {
				continue
			}
			if some && (e.Session == "" || e.Session != v.Session || e.At.Sub(last) > Together) {
				if !yield(v, nil) {
					return
				}
				some = false
			}
			if !some {
				v, some = Visit{Session: e.Session}, true
			}
			last = e.At
			v.take(e, asks(e))
		}
		if some {
			yield(v, nil)
		}
	}
}

func (v *Visit) take(e analytics.Event, asks bool) {
	if n := len(v.Searches); n > 0 {
		v.Searches[n-1].Last = false
	}
	switch e.Name {
	case search.EventPerformed:
		v.search(e)
	case search.EventClicked:
		v.follow(e)
	}
	if e.Name != search.EventPerformed {
		v.Steps = append(v.Steps, Step{Event: e})
	}
	if asks {
		v.asked(e.At)
	}
}

func (v *Visit) search(e analytics.Event) {
	q := NewQuery(e.Locale, e.Text)
	if q.Text == "" {
		return
	}
	if n := len(v.Searches); n > 0 {
		before := v.Searches[n-1]
		before.Refined = before.Refined || len(before.Follows) == 0 && before.Query != q && e.At.Sub(before.At) <= rightAfter
	}
	v.Searches = append(v.Searches, &Search{Event: e, Query: q, Last: v.Session != ""})
}

func (v *Visit) follow(e analytics.Event) {
	for _, s := range v.Searches {
		if s.ID == e.Search {
			s.Follows = append(s.Follows, Follow{e.Subject, e.Rank})
			s.Refined = false // they came back to it
		}
	}
}

func (v *Visit) asked(at time.Time) {
	for _, s := range v.Searches {
		s.Asked = s.Asked || at.Sub(s.At) <= Together
	}
	for i := range v.Steps {
		v.Steps[i].Asked = v.Steps[i].Asked || at.Sub(v.Steps[i].At) <= Together
	}
}
