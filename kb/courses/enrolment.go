package courses

import (
	"maps"
	"slices"
	"time"

	"github.com/stoa-go/stoa/i18n"
)

// A State is how somebody stands to a course.
type State string

// The states.
const (
	StateRequested State = "requested" // somebody has to decide
	StateUnpaid    State = "unpaid"    // they are in as soon as it is paid
	StateActive    State = "active"    // they learn
	StateFinished  State = "finished"  // they have finished every lesson
	StateRefused   State = "refused"
	StateLeft      State = "left" // of their own will
)

// States returns all of them.
func States() []State {
	return []State{StateRequested, StateUnpaid, StateActive, StateFinished, StateRefused, StateLeft}
}

// In reports whether somebody in the state may read the lessons.
func (s State) In() bool { return s == StateActive || s == StateFinished }

// An Enrolment is all that one person has to do with one course. There is at most
// one of each.
type Enrolment struct {
	ID           string               `json:"id"`
	Course       string               `json:"course"`
	Person       string               `json:"person"`
	Account      string               `json:"account,omitempty"` // their organisation when they enrolled
	State        State                `json:"state"`
	Revision     int                  `json:"revision"`        // of the course that they learn from
	Lessons      int                  `json:"lessons"`         // that it has
	Finished     map[string]time.Time `json:"finished"`        // lessons, with when
	Place        string               `json:"place,omitempty"` // lesson they looked at last
	Attempts     []Attempt            `json:"attempts"`
	Order        *Order               `json:"order,omitempty"` // nil if it is free
	Certificates []Certificate        `json:"certificates"`    // the oldest first
	AskedAt      time.Time            `json:"asked_at"`
	StartedAt    time.Time            `json:"started_at"`  // when they got in; zero means not yet
	FinishedAt   time.Time            `json:"finished_at"` // zero means not yet
	UpdatedAt    time.Time            `json:"updated_at"`
	Version      int                  `json:"version"`
}

// An Attempt is one try at a quiz.
type Attempt struct {
	Lesson   string              `json:"lesson"`
	Number   int                 `json:"number"`   // from 1
	Revision int                 `json:"revision"` // that its questions are from
	BegunAt  time.Time           `json:"begun_at"`
	EndedAt  time.Time           `json:"ended_at"` // zero while it is open
	Given    map[string][]string `json:"given"`    // by question: IDs of options, or the text
	Points   int                 `json:"points"`
	Of       int                 `json:"of"`
	Passed   bool                `json:"passed"`
}

// Open reports whether the attempt waits to be answered.
func (a Attempt) Open() bool { return a.EndedAt.IsZero() }

// Percent returns how much was right.
func (a Attempt) Percent() int {
	if a.Of == 0 {
		return 0
	}
	return a.Points * 100 / a.Of
}

// An Order is what somebody has to pay for a course.
type Order struct {
	ID       string     `json:"id"`
	Course   string     `json:"course"`
	Person   string     `json:"person"`
	Amount   i18n.Money `json:"amount"`
	Invoiced bool       `json:"invoiced"` // it is to be paid by invoice
	At       time.Time  `json:"at"`
	PaidAt   time.Time  `json:"paid_at"`       // zero means not yet
	Ref      string     `json:"ref,omitempty"` // what the payment is called where it was made
}

// Paid reports whether it is.
func (o Order) Paid() bool { return !o.PaidAt.IsZero() }

// A Certificate says that somebody finished a course.
type Certificate struct {
	Number    string    `json:"number"`
	Title     Words     `json:"title"` // of the course when it was issued
	Source    string    `json:"source"`
	Minutes   int       `json:"minutes"`
	IssuedAt  time.Time `json:"issued_at"`
	ExpiresAt time.Time `json:"expires_at"` // zero means never
	Shown
}

// Shown is what the holder of a certificate shows to those who have its number.
type Shown struct {
	Name   string `json:"name"`   // what the holder wants to be called; "" shows none
	Hidden bool   `json:"hidden"` // nobody else finds the certificate
}

// Valid reports whether the certificate holds at a time.
func (c Certificate) Valid(at time.Time) bool { return c.ExpiresAt.IsZero() || at.Before(c.ExpiresAt) }

// A Progress is how far somebody is.
type Progress struct{ Done, Of int }

// Percent returns how much is done.
func (p Progress) Percent() int {
	if p.Of == 0 {
		return 0
	}
	return p.Done * 100 / p.Of
}

// Progress returns how far they are.
func (e Enrolment) Progress() Progress { return Progress{len(e.Finished), e.Lessons} }

// attempts returns the attempts at a quiz, the first one first.
func (e Enrolment) attempts(lesson string) (out []Attempt) {
	for _, a := range e.Attempts {
		if a.Lesson == lesson {
			out = append(out, a)
		}
	}
	return out
}

// Clone returns a copy that shares nothing with e.
func (e Enrolment) Clone() Enrolment {
	e.Finished, e.Attempts, e.Certificates = maps.Clone(e.Finished), slices.Clone(e.Attempts), slices.Clone(e.Certificates)
	for i := range e.Attempts {
		given := maps.Clone(e.Attempts[i].Given)
		for question, list := range given {
			given[question] = slices.Clone(list)
		}
		e.Attempts[i].Given = given
	}
	for i := range e.Certificates {
		e.Certificates[i].Title = maps.Clone(e.Certificates[i].Title)
	}
	if e.Order != nil {
		o := *e.Order
		e.Order = &o
	}
	return e
}

// AsKept returns e as stores keep it: a copy with its times in UTC and cut to
// microseconds.
func (e Enrolment) AsKept() Enrolment {
	e = e.Clone()
	e.AskedAt, e.StartedAt, e.FinishedAt, e.UpdatedAt = cut(e.AskedAt), cut(e.StartedAt), cut(e.FinishedAt), cut(e.UpdatedAt)
	for lesson, at := range e.Finished {
		e.Finished[lesson] = cut(at)
	}
	for i := range e.Attempts {
		a := &e.Attempts[i]
		a.BegunAt, a.EndedAt = cut(a.BegunAt), cut(a.EndedAt)
	}
	for i := range e.Certificates {
		c := &e.Certificates[i]
		c.IssuedAt, c.ExpiresAt = cut(c.IssuedAt), cut(c.ExpiresAt)
	}
	if o := e.Order; o != nil {
		o.At, o.PaidAt = cut(o.At), cut(o.PaidAt)
	}
	return e
}

// Texts returns every text in e.
func (e Enrolment) Texts() []string {
	out := []string{e.ID, e.Course, e.Person, e.Account, string(e.State), e.Place}
	for lesson := range e.Finished {
		out = append(out, lesson)
	}
	for _, a := range e.Attempts {
		out = append(out, a.Lesson)
		for question, given := range a.Given {
			out = append(append(out, question), given...)
		}
	}
	for _, c := range e.Certificates {
		out = append(append(out, c.Number, c.Source, c.Name), c.Title.texts()...)
	}
	if o := e.Order; o != nil {
		out = append(out, o.ID, o.Course, o.Person, o.Ref, o.Amount.Currency)
	}
	return out
}
