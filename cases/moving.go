package cases

import (
	"context"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Move puts a case into a status, by those who work on it.
func (d *Desk) Move(ctx context.Context, by profile.Actor, id string, to Key, why string) (Case, error) {
	return d.step(ctx, by, id, step{"case.moved", NoticeMoved, func(w *work) error {
		if !d.Rights(by, w.Case).Work {
			return ErrForbidden
		}
		status := d.status(to)
		if status.State == "" {
			return errs.Field("status", "error.field.choice", map[string]any{"choices": "empty"})
		}
		return w.moveFor(d, status, why)
	}})
}

// Close says that a case is over, whoever it is of: it was solved otherwise, or
// it matters no more.
func (d *Desk) Close(ctx context.Context, by profile.Actor, id, why string) (Case, error) {
	return d.step(ctx, by, id, step{"case.closed", NoticeMoved, func(w *work) error {
		if !d.moves(by, w.Case) {
			return ErrForbidden
		}
		if w.State == StateClosed {
			return nil
		}
		return w.moveFor(d, d.statusFor(StateClosed), why)
	}})
}

// Reopen says that a case is not over.
func (d *Desk) Reopen(ctx context.Context, by profile.Actor, id, why string) (Case, error) {
	return d.step(ctx, by, id, step{"case.reopened", NoticeMoved, func(w *work) error {
		switch {
		case !d.moves(by, w.Case):
			return ErrForbidden
		case !w.State.Over():
			return nil
		case !d.Rights(by, w.Case).Reopen:
			return d.closedOr(w.Case, ErrForbidden)
		}
		return w.moveFor(d, d.statusFor(StateOpen), why)
	}})
}

// moves reports whether by may say whether a case is over.
func (d *Desk) moves(by profile.Actor, c Case) bool { return d.takesPart(by, c) || d.works(by, c) }

// moveFor moves a case, and says why. What stays in its state happens among
// staff.
func (w *work) moveFor(d *Desk, to Status, why string) error {
	why, err := reason(why, false)
	if err != nil {
		return err
	}
	changes := w.move(to, d.clock())
	if len(changes) > 0 {
		w.add(Entry{Kind: EntryChange, Body: why, Changes: changes, Internal: len(changes) == 1 && len(to.Public) == 0})
	}
	return nil
}

// Escalate asks for more attention, and says why. The case becomes more urgent
// by a step.
func (d *Desk) Escalate(ctx context.Context, by profile.Actor, id, why string) (Case, error) {
	return d.step(ctx, by, id, step{"case.escalated", NoticeEscalated, func(w *work) error {
		if w.Escalated && d.takesPart(by, w.Case) {
			return nil
		}
		if !d.Rights(by, w.Case).Escalate {
			return ErrForbidden
		}
		why, err := reason(why, true)
		if err != nil {
			return err
		}
		before := w.Priority
		w.Escalated, w.Priority = true, above(w.Priority)
		w.add(Entry{Kind: EntryEscalated, Body: why, Changes: changed("priority", string(before), string(w.Priority))})
		return nil
	}})
}

var priorities = []Priority{PriorityLow, PriorityNormal, PriorityHigh, PriorityUrgent}

// above returns the next higher priority.
func above(p Priority) Priority {
	for i, have := range priorities[:len(priorities)-1] {
		if have == p {
			return priorities[i+1]
		}
	}
	return PriorityUrgent
}

func changed(field, from, to string) []Change {
	if from == to {
		return nil
	}
	return []Change{{Field: field, From: from, To: to}}
}
