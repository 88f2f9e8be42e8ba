package layout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/profile"
)

// audited writes a deed down, does it, and says if that failed.
func (a *Arranger) audited(ctx context.Context, by profile.Actor, deed profile.Deed, do func() error) error {
	if a.opts.Audit == nil {
		return do()
	}
	n, err := a.opts.Audit.Audit(ctx, by, deed)
	if err != nil {
		return fmt.Errorf("audit of %s: %w: %s", deed.Action, ErrUnavailable, err.Error())
	}
	if err = do(); err == nil {
		return nil
	}
	deed.Of, deed.Outcome, deed.Changes = n, profile.OutcomeFailed, nil
	// The request may be over; that it failed is still to be known.
	a.tellAudit(context.WithoutCancel(ctx), by, deed)
	return err
}

// denied writes down that somebody who has signed in was refused something, and
// returns the refusal.
func (a *Arranger) denied(ctx context.Context, by profile.Actor, kind, id, action string) error {
	if a.opts.Audit != nil && !by.Anonymous() {
		a.tellAudit(context.WithoutCancel(ctx), by, profile.Deed{Action: kind + "." + action, Subject: kind + "/" + id, Outcome: profile.OutcomeRefused})
	}
	return wrap(ErrForbidden, kind, id)
}

func (a *Arranger) tellAudit(ctx context.Context, by profile.Actor, deed profile.Deed) {
	if _, err := a.opts.Audit.Audit(ctx, by, deed); err != nil && !errors.Is(err, context.Canceled) {
		a.opts.Logger.ErrorContext(ctx, "outcome of a deed not written down", "action", deed.Action, "error", err)
	}
}

// savedAs names what saving something as a version does.
func savedAs(kind string, version int) string { return kind + "." + savedAct(version-1) }

// savedAct names what saving something does that was read as a version.
func savedAct(version int) string {
	if version < 1 {
		return "added"
	}
	return "changed"
}

// changesOf returns the fields in which two records differ, as their JSON spells
// them. Who saved them, and when, is in the audit itself.
func changesOf(from, to any) (out []profile.Change) {
	was, is := map[string]string{}, map[string]string{}
	spell(was, from)
	spell(is, to)
	names := slices.Collect(maps.Keys(was))
	for name := range is {
		if _, ok := was[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if was[name] != is[name] && !slices.Contains([]string{"id", "saved_by", "saved_at", "version"}, name) {
			out = append(out, profile.Change{Field: name, From: was[name], To: is[name]})
		}
	}
	return out
}

// spell puts the fields of a record into out, each as a text.
func spell(out map[string]string, record any) {
	data, err := json.Marshal(record)
	if err != nil {
		return // nothing that is kept here fails
	}
	var fields map[string]any
	if json.Unmarshal(data, &fields) == nil {
		spellAll(out, "", fields)
	}
}

func spellAll(out map[string]string, prefix string, fields map[string]any) {
	for name, value := range fields {
		switch v := value.(type) {
		case map[string]any:
			spellAll(out, prefix+name+".", v)
		case []any:
			var texts []string
			for _, one := range v {
				texts = append(texts, nameless(fmt.Sprint(one)))
			}
			out[prefix+name] = strings.Join(texts, ", ")
		case float64:
			if v != 0 {
				out[prefix+name] = strconv.FormatFloat(v, 'f', -1, 64)
			}
		case bool:
			out[prefix+name] = strconv.FormatBool(v)
		case string:
			out[prefix+name] = v
		}
	}
}

// nameless returns a term of an audience without the person whom it may name.
func nameless(term string) string {
	parts := strings.Split(term, "+")
	for i, part := range parts {
		if strings.HasPrefix(part, profile.SegmentPerson) {
			parts[i] = profile.SegmentPerson + profile.Masked
		}
	}
	return strings.Join(parts, "+")
}
