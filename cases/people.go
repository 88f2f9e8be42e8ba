package cases

import (
	"context"
	"errors"
	"slices"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Follow has somebody follow a case, or changes whether they may add to it.
// Customers ask colleagues; those who work on it ask anybody.
func (d *Desk) Follow(ctx context.Context, by profile.Actor, id string, p Participant) (Case, error) {
	return d.step(ctx, by, id, step{"case.followed", NoticeFollowed, func(w *work) error {
		if !d.Rights(by, w.Case).Invite {
			return ErrForbidden
		}
		list, err := d.participants(ctx, by, w.Case, []Participant{p})
		if err != nil || len(list) == 0 {
			return err
		}
		i := slices.IndexFunc(w.People, func(have Participant) bool { return have.Person == p.Person })
		switch {
		case i < 0 && len(w.People) >= MaxPeople:
			return errs.Field("people", "error.field.too_many", map[string]any{"max": MaxPeople})
		case i < 0:
			w.People = append(w.People, list[0])
		case w.People[i].Comment == p.Comment:
			return nil
		default:
			w.People[i].Comment = p.Comment
		}
		w.add(Entry{Kind: EntryPeople, Changes: []Change{{Field: "people", To: p.Person}}})
		return nil
	}})
}

// Unfollow ends that somebody follows a case: everybody may for themselves.
func (d *Desk) Unfollow(ctx context.Context, by profile.Actor, id, person string) (Case, error) {
	return d.step(ctx, by, id, step{"case.unfollowed", "", func(w *work) error {
		if !d.Rights(by, w.Case).Invite && (person != by.ID || !acts(by)) {
			return ErrForbidden
		}
		i := slices.IndexFunc(w.People, func(have Participant) bool { return have.Person == person })
		if i < 0 {
			return nil
		}
		w.People = slices.Delete(w.People, i, i+1)
		w.add(Entry{Kind: EntryPeople, Changes: []Change{{Field: "people", From: person}}})
		return nil
	}})
}

// participants returns those of a list who can follow a case, each once and
// without its requester.
func (d *Desk) participants(ctx context.Context, by profile.Actor, c Case, list []Participant) ([]Participant, error) {
	if len(list) > MaxPeople {
		return nil, errs.Field("people", "error.field.too_many", map[string]any{"max": MaxPeople})
	}
	var out []Participant
	for _, p := range list {
		if p.Person == c.Requester || slices.ContainsFunc(out, func(have Participant) bool { return have.Person == p.Person }) {
			continue
		}
		who, err := d.person(ctx, p.Person)
		if errors.Is(err, ErrNotFound) || err == nil && !d.mayInvite(by, c, who) {
			return nil, errs.Field("people", "error.cases.no_person", nil)
		} else if err != nil {
			return nil, err
		}
		out = append(out, Participant{Person: who.ID, Comment: p.Comment, Added: d.clock(), By: by.ID})
	}
	return out, nil
}

// mayInvite reports whether by may ask who to follow a case: that somebody is
// known at all is only for those to find out who may know it.
func (d *Desk) mayInvite(by profile.Actor, c Case, who profile.Actor) bool {
	if d.works(by, c) {
		return true
	}
	return c.Account != "" && who.Account == c.Account && by.Account == c.Account
}
