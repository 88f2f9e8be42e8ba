package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// A Draft is what somebody fills in to open a case.
type Draft struct {
	Kind      Key
	Subject   string
	Body      string // Markdown
	Fields    map[string][]string
	Product   string
	Urgency   Level         // where the form asks; empty means the kind's
	Private   bool          // colleagues do not see it
	Requester string        // whom it is opened for, by those who answer; empty means oneself
	People    []Participant // who follows it from the beginning
	Articles  []string      // references of what was read: "article/ID"
	Files     []string      // IDs of attachments
	Follows   string        // ID of the case that it came of
	Channel   Channel       // how it came; empty means the portal
	Locale    string        // language of the requester; empty means theirs
	Key       string        // makes it safe to repeat; not kept
}

// Limits of a case.
const (
	MaxPeople   = 50
	MaxArticles = 50
	MaxFiles    = 20 // of one entry
	MaxTags     = 20
	MaxLinks    = 200
)

// Open opens a case.
func (d *Desk) Open(ctx context.Context, by profile.Actor, draft Draft) (Case, error) {
	c, opened, err := d.fresh(ctx, by, draft)
	if err != nil {
		return Case{}, fmt.Errorf("open case: %w", err)
	}
	c, err = idem.Once(c.Input,
		func() (Case, error) { return d.insert(ctx, by, c, opened) },
		func() (Case, string, error) { c, err := d.store.Case(ctx, c.ID); return c, c.Input, err })
	if err != nil {
		return Case{}, fmt.Errorf("open case: %w", err)
	}
	return d.shown(by, c), nil
}

// tries is how many references are tried for a case, and how often an act that
// others overtake is done again.
const tries = 20

// insert stores a new case under a reference that no other has.
func (d *Desk) insert(ctx context.Context, by profile.Actor, c Case, opened Entry) (Case, error) {
	for try := range tries {
		c.Reference = referenceOf(c.ID, try)
		if _, err := d.store.Reference(ctx, c.Reference); err == nil {
			continue
		} else if !errors.Is(err, ErrNotFound) {
			return Case{}, err
		}
		saved, entries, err := d.withFollowed(ctx, by, c, opened)
		if err != nil {
			return Case{}, err
		}
		err = d.store.Save(ctx, saved, entries)
		if err == nil {
			d.record(ctx, by, "case.opened", c.ID, map[string]string{"kind": string(c.Kind), "channel": string(c.Channel)})
			return c, d.tell(ctx, by, c, NoticeOpened, opened)
		}
		if _, known := d.store.Case(ctx, c.ID); !errors.Is(err, ErrConflict) || known == nil {
			return Case{}, err
		}
	}
	return Case{}, errs.Say(ErrConflict, "error.cases.busy", nil)
}

// withFollowed returns what is saved with a new case: the one that it came of
// leads to it.
func (d *Desk) withFollowed(ctx context.Context, by profile.Actor, c Case, opened Entry) ([]Case, []Entry, error) {
	if len(c.Links) == 0 {
		return []Case{c}, []Entry{opened}, nil
	}
	earlier, err := d.read(ctx, by, c.Links[0].Case)
	if err != nil {
		return nil, nil, err
	}
	w, err := d.try(by, earlier, act{id: earlier.ID, do: func(w *work) error {
		if len(w.Links) >= MaxLinks {
			return errs.Say(ErrConflict, "error.cases.too_many_links", map[string]any{"max": MaxLinks})
		}
		w.Links = append(w.Links, Link{LinkFollowed, c.ID})
		w.add(Entry{Kind: EntryLinked, Changes: []Change{{Field: "links." + string(LinkFollowed), To: c.ID}}})
		return nil
	}})
	if err != nil {
		return nil, nil, err
	}
	return []Case{c, w.Case}, append([]Entry{opened}, w.entries...), nil
}

// fresh makes a case and its first entry from a draft.
func (d *Desk) fresh(ctx context.Context, by profile.Actor, draft Draft) (Case, Entry, error) {
	if !acts(by) {
		return Case{}, Entry{}, ErrForbidden
	}
	requester, err := d.requester(ctx, by, draft.Requester)
	if err != nil {
		return Case{}, Entry{}, err
	}
	if draft.Key != "" {
		if err := idem.CheckKey(draft.Key); err != nil {
			return Case{}, Entry{}, err
		}
	}
	kind, fields, err := d.checkDraft(ctx, by, &draft)
	if err != nil {
		return Case{}, Entry{}, err
	}
	now := d.clock()
	c := Case{
		ID: idem.ID("cases.open", by.ID, draft.Key), Kind: kind.Key, Subject: draft.Subject, Requester: requester.ID, Account: requester.Account,
		Private: draft.Private || kind.Private, Queue: d.queue(kind.Queue).Key, Channel: or(draft.Channel, ChannelPortal),
		Locale: or(draft.Locale, or(requester.Locale, d.locales[0])), Product: draft.Product, Fields: fields, Articles: draft.Articles,
		Impact: or(kind.Impact, LevelMedium), Urgency: or(draft.Urgency, or(kind.Urgency, LevelMedium)),
		CreatedAt: now, UpdatedAt: now, TouchedAt: now, Last: 1, Version: 1, Input: idem.Hash(draft),
	}
	if by.ID != requester.ID {
		c.OpenedBy = by.ID
	}
	if draft.Follows != "" {
		c.Links = []Link{{LinkFollows, draft.Follows}}
	}
	c.Priority = PriorityOf(c.Impact, c.Urgency)
	c.enter(d.statusFor(StateOpen), now)
	if c.People, err = d.participants(ctx, by, c, draft.People); err != nil {
		return Case{}, Entry{}, err
	}
	if c.Audience, err = d.audience(c); err != nil {
		return Case{}, Entry{}, err
	}
	e := Entry{
		ID: idem.ID("cases.open.entry", by.ID, draft.Key), Case: c.ID, Number: 1, Kind: EntryOpened, Author: by.ID, BehalfOf: behalf(by, c),
		Side: d.side(by, c), Body: draft.Body, Channel: c.Channel, Files: draft.Files, At: now, Input: c.Input,
	}
	return c, e, nil
}

// behalf returns whom somebody acts for about a case.
func behalf(by profile.Actor, c Case) string {
	if by.OnBehalfOf != "" {
		return by.OnBehalfOf
	}
	if c.OpenedBy == by.ID {
		return c.Requester
	}
	return ""
}

// side returns which side of the desk an actor is on for a case: those who answer
// others may ask something themselves.
func (d *Desk) side(by profile.Actor, c Case) Side {
	if by.ID != c.Requester && d.works(by, c) {
		return SideStaff
	}
	return SideCustomer
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// requester returns whom a case is opened for.
func (d *Desk) requester(ctx context.Context, by profile.Actor, person string) (profile.Actor, error) {
	if person == "" || person == by.ID {
		return by, nil
	}
	if !d.policy.May(by, profile.PermissionCasesAnswer) {
		return profile.Actor{}, fmt.Errorf("for somebody else: %w", ErrForbidden)
	}
	a, err := d.person(ctx, person)
	if errors.Is(err, ErrNotFound) {
		return a, errs.Field("requester", "error.cases.no_person", nil)
	}
	return a, err
}

func (d *Desk) person(ctx context.Context, id string) (profile.Actor, error) {
	if d.actor == nil {
		return profile.Actor{}, ErrNotFound
	}
	return d.actor(ctx, id)
}

// checkDraft checks and tidies what somebody filled in.
func (d *Desk) checkDraft(ctx context.Context, by profile.Actor, draft *Draft) (Kind, map[string][]string, error) {
	w := errs.Fields{}
	draft.Subject = strings.TrimSpace(draft.Subject)
	draft.Body = strings.TrimSpace(valid.Newlines(draft.Body))
	draft.Product = strings.TrimSpace(draft.Product)
	checkText(w, "subject", draft.Subject, valid.TextSubject)
	checkText(w, "body", draft.Body, valid.TextMessage)
	valid.Note(w, "product", valid.Text(draft.Product, valid.TextName))
	if draft.Locale != "" {
		valid.Note(w, "locale", valid.Locale(draft.Locale))
	}
	if draft.Urgency != "" && !slices.Contains(levels, draft.Urgency) {
		w.Add("urgency", "error.field.choice", map[string]any{"choices": "empty"})
	}
	var fields map[string][]string
	kinds := d.Kinds(by)
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Key == draft.Kind })
	if i < 0 {
		w.Add("kind", "error.field.choice", map[string]any{"choices": "empty"})
	} else {
		fields = kinds[i].values(w, draft.Fields)
	}
	if len(draft.Files) > MaxFiles {
		w.Add("files", "error.field.too_many", map[string]any{"max": MaxFiles})
	}
	if err := d.checkReferences(ctx, by, w, draft.Articles); err != nil {
		return Kind{}, nil, err
	}
	if err := d.checkFollowed(ctx, by, w, draft); err != nil {
		return Kind{}, nil, err
	}
	if err := w.Err(); err != nil {
		return Kind{}, nil, err
	}
	if len(fields) == 0 {
		fields = nil
	}
	return kinds[i], fields, nil
}

func checkText(w errs.Fields, at, text string, kind valid.TextKind) {
	if text == "" {
		w.Add(at, "error.field.required", nil)
		return
	}
	valid.Note(w, at, valid.Text(text, kind))
}

// checkReferences refuses references to what by may not know of.
func (d *Desk) checkReferences(ctx context.Context, by profile.Actor, w errs.Fields, refs []string) error {
	if len(refs) > MaxArticles {
		w.Add("articles", "error.field.too_many", map[string]any{"max": MaxArticles})
		return nil
	}
	for _, ref := range refs {
		ok := false
		if d.knows != nil && valid.Text(ref, valid.TextID) == nil {
			var err error
			if ok, err = d.knows(ctx, by, ref); err != nil {
				return err
			}
		}
		if !ok {
			w.Add("articles", "error.cases.no_reference", nil)
		}
	}
	return nil
}

// checkFollowed refuses to follow a case that by does not see.
func (d *Desk) checkFollowed(ctx context.Context, by profile.Actor, w errs.Fields, draft *Draft) error {
	if draft.Follows == "" {
		return nil
	}
	c, err := d.read(ctx, by, draft.Follows)
	if errors.Is(err, ErrNotFound) {
		w.Add("follows", "error.cases.no_reference", nil)
		return nil
	}
	draft.Follows = c.ID
	return err
}
