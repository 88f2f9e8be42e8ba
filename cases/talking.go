package cases

import (
	"context"
	"fmt"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// A Message is what somebody says about a case.
type Message struct {
	Body     string // Markdown
	Files    []string
	Internal bool    // only those who work on cases see it
	Solution bool    // staff: it is proposed as the solution
	Status   Key     // staff: where the case stands after it; empty means what follows from it
	Channel  Channel // how it came; empty means the portal
	Key      string  // makes it safe to repeat; not kept
}

// Say adds what somebody says to a case: a reply, a proposed solution, or an
// internal note. A customer's reply takes up again what waited for it or was
// solved.
func (d *Desk) Say(ctx context.Context, by profile.Actor, id string, m Message) (Entry, error) {
	id, err := d.resolve(ctx, id)
	if err != nil {
		return Entry{}, fmt.Errorf("case %s: %w", id, err)
	}
	m.Body = strings.TrimSpace(valid.Newlines(m.Body))
	a := act{id: id, do: func(w *work) error { return d.say(w, m) }}
	if m.Key != "" {
		if err := idem.CheckKey(m.Key); err != nil {
			return Entry{}, fmt.Errorf("case %s: %w", id, err)
		}
		a.key, a.input = idem.ID("cases.say", by.ID, id+"\n"+m.Key), idem.Hash(m)
	}
	c, e, err := d.change(ctx, by, a)
	if err != nil {
		return Entry{}, fmt.Errorf("case %s: %w", id, err)
	}
	name, notice := "case.replied", NoticeReplied
	switch e.Kind {
	case EntryNote:
		name, notice = "case.noted", NoticeNoted
	case EntrySolution:
		name, notice = "case.solution_proposed", NoticeSolution
	}
	d.record(ctx, by, name, c.ID, map[string]string{"side": string(e.Side), "channel": string(e.Channel)})
	if err := d.tell(ctx, by, c, notice, e); err != nil {
		return Entry{}, fmt.Errorf("case %s: %w", id, err)
	}
	if !d.reads(by, c) {
		e = d.plain(e)
	}
	return e, nil
}

func (d *Desk) say(w *work, m Message) error {
	rights := d.Rights(w.by, w.Case)
	if !rights.Comment || (m.Internal || m.Solution || m.Status != "") && !rights.Work {
		return d.closedOr(w.Case, ErrForbidden)
	}
	if err := d.checkMessage(m); err != nil {
		return err
	}
	e := Entry{Kind: EntryReply, Body: m.Body, Files: m.Files, Channel: m.Channel}
	switch {
	case m.Internal:
		e.Kind, e.Internal = EntryNote, true
	case m.Solution:
		e.Kind = EntrySolution
	}
	w.add(e)
	if m.Solution {
		w.Solution = w.entries[0].ID
	}
	if w.side == SideStaff && !m.Internal {
		w.RepliedAt = or(w.RepliedAt, d.clock())
	}
	if changes := w.move(d.after(w, m), d.clock()); len(changes) > 0 {
		w.add(Entry{Kind: EntryChange, Changes: changes, Internal: len(changes) == 1})
	}
	return nil
}

// after returns where a case stands after a message.
func (d *Desk) after(w *work, m Message) Status {
	switch {
	case m.Status != "":
		return d.status(m.Status)
	case m.Internal:
	case m.Solution:
		return d.statusFor(StateSolved)
	case w.side == SideStaff && w.State == StateOpen, w.side == SideCustomer && w.State == StateWaiting:
		return d.statusFor(StateProgress)
	case w.side == SideCustomer && w.State.Over():
		return d.statusFor(StateOpen)
	}
	return Status{Key: w.Status, State: w.State}
}

// closedOr says that a case is closed for good, if that is why somebody may not
// do something.
func (d *Desk) closedOr(c Case, err error) error {
	if c.State == StateClosed && !d.reopens(c) {
		return errs.Say(ErrConflict, "error.cases.closed", nil)
	}
	return err
}

func (d *Desk) checkMessage(m Message) error {
	w := errs.Fields{}
	checkText(w, "body", m.Body, valid.TextMessage)
	if len(m.Files) > MaxFiles {
		w.Add("files", "error.field.too_many", map[string]any{"max": MaxFiles})
	}
	if m.Internal && m.Solution {
		w.Add("solution", "error.field.mismatch", nil)
	}
	if m.Status != "" && d.status(m.Status).State == "" {
		w.Add("status", "error.field.choice", map[string]any{"choices": "empty"})
	}
	return w.Err()
}

// Accept says that the proposed solution helped, which closes the case.
func (d *Desk) Accept(ctx context.Context, by profile.Actor, id string) (Case, error) {
	return d.decide(ctx, by, id, EntryAccepted, "")
}

// Reject says that the proposed solution did not help, and why. The case is taken
// up again.
func (d *Desk) Reject(ctx context.Context, by profile.Actor, id, why string) (Case, error) {
	return d.decide(ctx, by, id, EntryRejected, why)
}

func (d *Desk) decide(ctx context.Context, by profile.Actor, id string, kind EntryKind, why string) (Case, error) {
	return d.step(ctx, by, id, step{"case.solution_" + string(kind), NoticeDecided, func(w *work) error {
		if !d.Rights(by, w.Case).Decide {
			return d.closedOr(w.Case, ErrForbidden)
		}
		why, err := reason(why, kind == EntryRejected)
		if err != nil {
			return err
		}
		to := d.statusFor(StateClosed)
		if kind == EntryRejected {
			w.Solution, to = "", d.statusFor(StateProgress)
		}
		w.add(Entry{Kind: kind, Body: why, Changes: w.move(to, d.clock())})
		return nil
	}})
}

// reason returns why somebody does something, as it is kept.
func reason(why string, required bool) (string, error) {
	w := errs.Fields{}
	why = strings.TrimSpace(valid.Newlines(why))
	if why == "" && !required {
		return "", nil
	}
	checkText(w, "reason", why, valid.TextReason)
	return why, w.Err()
}

// A step is an act that is told of by one event and one notice.
type step struct {
	event  string
	notice string
	do     func(w *work) error
}

func (d *Desk) step(ctx context.Context, by profile.Actor, id string, s step) (Case, error) {
	return d.stepFrom(ctx, by, id, 0, s)
}

// stepFrom is step for acts that depend on the version that somebody saw.
func (d *Desk) stepFrom(ctx context.Context, by profile.Actor, id string, version int, s step) (Case, error) {
	c, e, err := d.change(ctx, by, act{id: id, version: version, do: s.do})
	if err != nil {
		return Case{}, fmt.Errorf("case %s: %w", id, err)
	}
	if e.ID != "" {
		d.record(ctx, by, s.event, c.ID, nil)
		if err := d.tell(ctx, by, c, s.notice, e); err != nil {
			return Case{}, fmt.Errorf("case %s: %w", id, err)
		}
	}
	if c.Links, err = d.linksOf(ctx, by, c); err != nil {
		return Case{}, fmt.Errorf("case %s: %w", id, err)
	}
	return d.shown(by, c), nil
}
