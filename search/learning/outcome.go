package learning

import (
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/search"
)

// An Outcome is what came of one search.
type Outcome struct {
	ID       string // of the event
	Question string
	Locale   string
	Who      string // a person, or a browser for one day; empty means nobody knows, and nothing is learned
	At       time.Time
	Shown    []string           // groups, in the order in which they were shown
	Pinned   []string           // those of them that a team had put there, of which nothing is learned
	Worth    map[string]float64 // of the groups that were followed, from here or from a search that came after: 0 for nothing, 1 for an answer
	Solved   []string           // of these, what somebody said helped
}

const (
	together = 30 * time.Minute // a session that pauses longer has ended
	glance   = 10 * time.Second // who comes back sooner has not read
	reading  = 45 * time.Second // who comes back later has
	soon     = 5 * time.Minute  // another search within is about the same question

	worthFollowed = 0.5 // it was read for a while, and then something else
	worthGlance   = 0.1
	worthLater    = 0.5 // it was found by asking again, beside what it was worth there
)

// The events besides those of package search that say what an answer was worth.
const (
	rated  = "article.rated"
	opened = "case.opened"
)

// Outcomes joins events to outcomes. The events must be in the order of sessions
// and times, as [analytics.Store.Scan] tells them. Those of bots, and those of no
// session, are left out. Who opened a case after a search, or did something that
// asked names, found nothing that was worth it. An error ends it.
func Outcomes(events iter.Seq2[analytics.Event, error], asked ...string) iter.Seq2[Outcome, error] {
	return func(yield func(Outcome, error) bool) {
		escaped := append([]string{opened}, asked...)
		s := session{escaped: escaped}
		for e, err := range events {
			if err != nil {
				yield(Outcome{}, err)
				return
			}
			if e.Session == "" || e.Device == analytics.DeviceBot {
				continue
			}
			if e.Session != s.id || e.At.Sub(s.last) > together {
				if !s.tell(yield) {
					return
				}
				s = session{id: e.Session, escaped: escaped}
			}
			s.take(e)
		}
		s.tell(yield)
	}
}

// session is what one visit has searched for so far.
type session struct {
	id       string
	last     time.Time
	searches []*asked
	open     *follow // what is being read
	escaped  []string
}

type asked struct {
	Outcome
	gaveUp bool // and asked people
}

type follow struct {
	search *asked
	group  string
	at     time.Time
}

func (s *session) take(e analytics.Event) {
	s.last = e.At
	switch e.Name {
	case search.EventPerformed:
		s.leave(e.At)
		s.ask(e)
	case search.EventClicked:
		s.leave(e.At)
		s.follow(e)
	case search.EventAnswered:
		s.answered(e)
	case rated:
		s.rate(e)
	}
	if slices.Contains(s.escaped, e.Name) {
		for _, a := range s.searches {
			a.gaveUp = a.gaveUp || e.At.Sub(a.At) <= together
		}
	}
}

func (s *session) ask(e analytics.Event) {
	who := e.User
	if who == "" {
		who = e.Visitor
	}
	s.searches = append(s.searches, &asked{Outcome: Outcome{
		ID: e.ID, Question: e.Text, Locale: e.Locale, Who: who, At: e.At,
		Shown: strings.Fields(e.Props[search.PropShown]), Pinned: strings.Fields(e.Props[search.PropPinned]), Worth: map[string]float64{},
	}})
}

func (s *session) follow(e analytics.Event) {
	for _, a := range s.searches {
		if a.ID == e.Search && e.Subject != "" {
			a.Worth[e.Subject] = max(a.Worth[e.Subject], 1) // until something else comes
			s.open = &follow{a, e.Subject, e.At}
		}
	}
}

// leave says what the document that was open was worth, now that somebody has
// come back from it.
func (s *session) leave(at time.Time) {
	if s.open == nil {
		return
	}
	worth := worthFollowed
	switch stayed := at.Sub(s.open.at); {
	case stayed < glance:
		worth = worthGlance
	case stayed >= reading:
		worth = 1
	}
	s.open.search.Worth[s.open.group] = worth
	s.open = nil
}

// rate takes the word of who has read: it counts more than how long they stayed.
func (s *session) rate(e analytics.Event) {
	worth := 0.0
	if e.Props["helpful"] == "true" {
		worth = 1
	}
	for _, a := range s.searches {
		if _, followed := a.Worth[e.Subject]; followed {
			a.Worth[e.Subject] = worth
			a.solvedBy(e.Subject, worth == 1)
			if s.open != nil && s.open.group == e.Subject {
				s.open = nil
			}
		}
	}
}

// answered takes the word of who has read the answer above the hits: what they
// were looking for was in it, or not, whether they followed it or no.
func (s *session) answered(e analytics.Event) {
	for _, a := range s.searches {
		if a.ID != e.Search || e.Subject == "" {
			continue
		}
		delete(a.Worth, e.Subject)
		right := e.Props[search.PropRight] == "true"
		if right {
			a.Worth[e.Subject] = 1
		}
		a.solvedBy(e.Subject, right)
		if s.open != nil && s.open.search == a && s.open.group == e.Subject {
			s.open = nil
		}
	}
}

// solvedBy notes that somebody said whether a document helped: their last word
// counts.
func (a *asked) solvedBy(group string, helped bool) {
	a.Solved = slices.DeleteFunc(a.Solved, func(g string) bool { return g == group })
	if helped {
		a.Solved = append(a.Solved, group)
	}
}

// tell yields what has come of the searches of a session that has ended.
func (s *session) tell(yield func(Outcome, error) bool) bool {
	for i, a := range s.searches {
		if a.gaveUp {
			clear(a.Worth)
			a.Solved = nil
		} else if len(a.Worth) == 0 {
			a.foundLater(s.searches[i+1:])
		}
	}
	for _, a := range s.searches {
		if !yield(a.Outcome, nil) {
			return false
		}
	}
	return true
}

// foundLater puts down to a search that led nowhere what the next ones found.
func (a *asked) foundLater(next []*asked) {
	for _, b := range next {
		if b.At.Sub(a.At) > soon {
			return
		}
		if len(b.Worth) > 0 && !b.gaveUp {
			for group, worth := range b.Worth {
				a.Worth[group] = worth * worthLater
			}
			return
		}
	}
}
