package cases

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// An Edit changes what a case says. Nil leaves something as it is. Of those who
// do not work on it, only what stands before Kind counts.
type Edit struct {
	Version int // the one that was seen; the case must still have it
	Subject *string
	Product *string
	Urgency *Level
	Private *bool
	Fields  map[string][]string // all values of the form

	Kind      *Key // with Fields, if its form differs
	Impact    *Level
	Priority  *Priority // instead of what follows from impact and urgency
	Queue     *Key
	Tags      *[]string
	Escalated *bool // false: the attention that was asked for is given
}

// staff reports whether an edit is one for those who work on cases.
func (e Edit) staff() bool {
	return e.Kind != nil || e.Impact != nil || e.Priority != nil || e.Queue != nil || e.Tags != nil || e.Escalated != nil
}

// Edit changes what a case says.
func (d *Desk) Edit(ctx context.Context, by profile.Actor, id string, e Edit) (Case, error) {
	if e.Version <= 0 {
		return Case{}, errs.Field("version", "error.field.required", nil)
	}
	return d.stepFrom(ctx, by, id, e.Version, step{"case.edited", NoticeEdited, func(w *work) error {
		rights := d.Rights(by, w.Case)
		if !rights.Edit && !rights.Work || e.staff() && !rights.Work {
			return d.closedOr(w.Case, ErrForbidden)
		}
		return d.edit(w, e)
	}})
}

func (d *Desk) edit(w *work, e Edit) error {
	before := clone(w.Case)
	fields := errs.Fields{}
	d.editText(fields, w, e)
	d.editForm(fields, w, e)
	d.editWork(fields, w, e)
	if err := fields.Err(); err != nil {
		return err
	}
	open, inner := differences(before, w.Case)
	if len(open) > 0 {
		w.add(Entry{Kind: EntryChange, Changes: open})
	}
	if len(inner) > 0 {
		w.add(Entry{Kind: EntryChange, Changes: inner, Internal: true})
	}
	return nil
}

func (d *Desk) editText(fields errs.Fields, w *work, e Edit) {
	if e.Subject != nil {
		w.Subject = strings.TrimSpace(*e.Subject)
		checkText(fields, "subject", w.Subject, valid.TextSubject)
	}
	if e.Product != nil {
		w.Product = strings.TrimSpace(*e.Product)
		valid.Note(fields, "product", valid.Text(w.Product, valid.TextName))
	}
	if e.Private != nil {
		w.Private = *e.Private
	}
}

// editForm changes the kind and what its form asks. What customers are not asked
// stays as it is when they change the rest.
func (d *Desk) editForm(fields errs.Fields, w *work, e Edit) {
	if e.Kind != nil {
		w.Kind = *e.Kind
	}
	kind, ok := d.kind(w.Kind)
	if !ok && e.Kind != nil {
		fields.Add("kind", "error.field.choice", map[string]any{"choices": "empty"})
	}
	if !ok || e.Fields == nil && e.Kind == nil {
		return
	}
	given, had := e.Fields, w.Fields
	if given == nil {
		given = had
	}
	whole := kind
	if w.side == SideCustomer {
		kind = kind.askedOf(w.by.Sight())
	}
	w.Fields = kind.values(fields, given)
	for _, f := range whole.Fields {
		if !slices.ContainsFunc(kind.Fields, func(asked Field) bool { return asked.Name == f.Name }) && len(had[f.Name]) > 0 {
			w.Fields[f.Name] = had[f.Name]
		}
	}
}

func (d *Desk) editWork(fields errs.Fields, w *work, e Edit) {
	for _, l := range []struct {
		at   string
		to   *Level
		into *Level
	}{{"urgency", e.Urgency, &w.Urgency}, {"impact", e.Impact, &w.Impact}} {
		if l.to == nil {
			continue
		}
		if *l.into = *l.to; !slices.Contains(levels, *l.to) {
			fields.Add(l.at, "error.field.choice", map[string]any{"choices": "empty"})
		}
		w.Priority = PriorityOf(w.Impact, w.Urgency)
	}
	if e.Priority != nil {
		if w.Priority = *e.Priority; !slices.Contains(priorities, w.Priority) {
			fields.Add("priority", "error.field.choice", map[string]any{"choices": "empty"})
		}
	}
	if e.Queue != nil {
		if w.Queue = *e.Queue; d.queue(w.Queue).Key != w.Queue {
			fields.Add("queue", "error.field.choice", map[string]any{"choices": "empty"})
		}
	}
	if e.Escalated != nil {
		w.Escalated = *e.Escalated
	}
	if e.Tags != nil {
		w.Tags = tidyTags(fields, *e.Tags)
	}
}

func tidyTags(fields errs.Fields, tags []string) []string {
	var out []string
	for _, t := range tags {
		if t = strings.ToLower(strings.TrimSpace(t)); t != "" && !slices.Contains(out, t) {
			out = append(out, t)
			valid.Note(fields, "tags", valid.Text(t, valid.TextTag))
		}
	}
	if len(out) > MaxTags {
		fields.Add("tags", "error.field.too_many", map[string]any{"max": MaxTags})
	}
	slices.Sort(out)
	return out
}

// differences returns what the requester is shown of a change, and what those are
// who work on the case.
func differences(a, b Case) (open, inner []Change) {
	open = slices.Concat(
		changed("subject", a.Subject, b.Subject), changed("product", a.Product, b.Product), changed("kind", string(a.Kind), string(b.Kind)),
		changed("urgency", string(a.Urgency), string(b.Urgency)), changed("priority", string(a.Priority), string(b.Priority)),
		changed("private", truth(a.Private), truth(b.Private)), changed("escalated", truth(a.Escalated), truth(b.Escalated)),
	)
	names := slices.Sorted(maps.Keys(a.Fields))
	for name := range b.Fields {
		if _, had := a.Fields[name]; !had {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		open = append(open, changed("fields."+name, strings.Join(a.Fields[name], ", "), strings.Join(b.Fields[name], ", "))...)
	}
	inner = slices.Concat(
		changed("impact", string(a.Impact), string(b.Impact)), changed("queue", string(a.Queue), string(b.Queue)),
		changed("tags", strings.Join(a.Tags, ", "), strings.Join(b.Tags, ", ")),
	)
	return open, inner
}

func truth(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// Assign says who works on a case; "" is nobody.
func (d *Desk) Assign(ctx context.Context, by profile.Actor, id, person string) (Case, error) {
	return d.step(ctx, by, id, step{"case.assigned", NoticeAssigned, func(w *work) error {
		if !d.Rights(by, w.Case).Work {
			return ErrForbidden
		}
		if w.Assignee == person {
			return nil
		}
		if person != "" && person != by.ID {
			to, err := d.person(ctx, person)
			if errors.Is(err, ErrNotFound) || err == nil && !d.works(to, w.Case) {
				return errs.Field("assignee", "error.cases.no_worker", nil)
			} else if err != nil {
				return err
			}
		}
		w.add(Entry{Kind: EntryChange, Internal: true, Changes: changed("assignee", w.Assignee, person)})
		w.Assignee = person
		return nil
	}})
}
