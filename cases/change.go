package cases

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// A work is a case while somebody changes it, with the entries that say so.
type work struct {
	Case
	by      profile.Actor
	side    Side
	entries []Entry
	open    bool // something changed that the requester sees
}

// An act is what somebody does about a case.
type act struct {
	id      string
	version int    // the one that was seen; 0 means whatever it is by then
	key     string // of the entry that it makes, for acts that can be repeated
	input   string // hash of it
	do      func(w *work) error
}

// change does an act: it reads the case, has the act change it and saves both,
// again if somebody else was faster and the act does not depend on what they
// changed. It returns the case and the first entry that was added.
func (d *Desk) change(ctx context.Context, by profile.Actor, a act) (Case, Entry, error) {
	for range tries {
		c, err := d.read(ctx, by, a.id)
		if err != nil {
			return Case{}, Entry{}, err
		}
		if a.key != "" {
			if e, err := d.store.Entry(ctx, a.key); err == nil {
				return c, e, idem.Check(e.Input, a.input)
			} else if !errors.Is(err, ErrNotFound) {
				return Case{}, Entry{}, err
			}
		}
		w, err := d.try(by, c, a)
		if err != nil {
			return Case{}, Entry{}, err
		}
		if len(w.entries) == 0 {
			return c, Entry{}, nil
		}
		err = d.store.Save(ctx, []Case{w.Case}, w.entries)
		if err == nil {
			return w.Case, w.entries[0], nil
		}
		if !errors.Is(err, ErrConflict) {
			return Case{}, Entry{}, err
		}
	}
	return Case{}, Entry{}, errs.Say(ErrConflict, "error.cases.busy", nil)
}

// try does an act on a case as it was read.
func (d *Desk) try(by profile.Actor, c Case, a act) (*work, error) {
	if a.version != 0 && a.version != c.Version {
		return nil, errs.Changed()
	}
	w := &work{Case: clone(c), by: by, side: d.side(by, c)}
	if err := a.do(w); err != nil {
		return nil, err
	}
	if len(w.entries) == 0 {
		return w, nil
	}
	if a.key != "" {
		w.entries[0].ID, w.entries[0].Input = a.key, a.input
	}
	if len(w.Fields) == 0 {
		w.Fields = nil
	}
	w.TouchedAt = d.clock()
	for i := range w.entries {
		w.Last++
		w.entries[i].Number, w.entries[i].At = w.Last, w.TouchedAt
		w.open = w.open || !w.entries[i].Internal
	}
	if w.open {
		w.UpdatedAt = w.TouchedAt
	}
	w.Version++
	var err error
	w.Audience, err = d.audience(w.Case)
	return w, err
}

// clone returns a copy that shares nothing with c.
func clone(c Case) Case {
	c.People, c.Articles, c.Tags, c.Links = slices.Clone(c.People), slices.Clone(c.Articles), slices.Clone(c.Tags), slices.Clone(c.Links)
	fields := make(map[string][]string, len(c.Fields))
	for name, values := range c.Fields {
		fields[name] = slices.Clone(values)
	}
	c.Fields = fields
	return c
}

// add adds an entry by whoever does the act.
func (w *work) add(e Entry) {
	e.ID, e.Case, e.Author, e.Side = idem.New(), w.ID, w.by.ID, w.side
	if e.BehalfOf = w.by.OnBehalfOf; e.Channel == "" {
		e.Channel = ChannelPortal
	}
	w.entries = append(w.entries, e)
}

// enter puts a case into a status, and notes the times that go with its state.
func (c *Case) enter(s Status, now time.Time) {
	if s.State == StateWaiting && c.State != StateWaiting {
		c.WaitingAt = now
	}
	if s.State != StateWaiting {
		c.WaitingAt = time.Time{}
	}
	switch s.State {
	case StateSolved:
		c.SolvedAt, c.ClosedAt = or(c.SolvedAt, now), time.Time{}
	case StateClosed:
		c.SolvedAt, c.ClosedAt = or(c.SolvedAt, now), or(c.ClosedAt, now)
	default:
		c.SolvedAt, c.ClosedAt = time.Time{}, time.Time{}
	}
	c.Status, c.State = s.Key, s.State
}

// move puts a case into a status and returns what changed.
func (w *work) move(s Status, now time.Time) []Change {
	if s.Key == w.Status {
		return nil
	}
	changes := []Change{{Field: "status", From: string(w.Status), To: string(s.Key)}}
	if s.State != w.State {
		changes = append(changes, Change{Field: "state", From: string(w.State), To: string(s.State)})
	}
	w.enter(s, now)
	return changes
}
