package profile

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
)

// Person returns a person whom the actor may see: themselves, with
// [PermissionMembersRead] the people of their own account, with
// [PermissionDirectoryRead] anybody. The last see all Attributes; people
// themselves and their managers those that are a [Field] which is not hidden.
func (d *Directory) Person(ctx context.Context, by Actor, id string) (Person, error) {
	p, err := d.person(ctx, by, id)
	if err == nil {
		err = d.looked(ctx, by, "person.read", id)
	}
	if err != nil {
		return Person{}, err
	}
	return d.shown(ctx, by, p)
}

// person returns all that is known of a person whom the actor may see.
func (d *Directory) person(ctx context.Context, by Actor, id string) (Person, error) {
	if by.Anonymous() {
		return Person{}, wrap(ErrNotFound, "person", id)
	}
	p, err := d.store.Person(ctx, id)
	if err == nil && !d.sees(by, p) {
		err = ErrNotFound
	}
	if err != nil {
		return Person{}, wrap(err, "person", id)
	}
	return p, nil
}

// People returns a page of the people whom the actor may see, by name.
func (d *Directory) People(ctx context.Context, by Actor, q PersonQuery) (page []Person, next string, err error) {
	if by.Anonymous() {
		return nil, "", fmt.Errorf("people: %w", ErrForbidden)
	}
	if !d.policy.May(by, PermissionDirectoryRead) {
		if by.Account == "" || !d.policy.May(by, PermissionMembersRead) {
			return d.onlySelf(ctx, by, q)
		}
		if q.Account != "" && q.Account != by.Account {
			return nil, "", nil
		}
		q.Account = by.Account
	}
	scope := "profile.people|" + by.ID + "|" + q.Account + "|" + string(q.Role)
	if q.After, err = d.tokens.Open(scope, q.After); err != nil {
		return nil, "", fmt.Errorf("people: %w", err)
	}
	q.Limit = limit(q.Limit)
	page, next, err = d.store.People(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("people: %w", err)
	}
	for i, p := range page {
		if page[i], err = d.shown(ctx, by, p); err != nil {
			return nil, "", fmt.Errorf("people: %w", err)
		}
	}
	return page, d.tokens.Seal(scope, next), nil
}

// onlySelf answers People for those who see nobody else.
func (d *Directory) onlySelf(ctx context.Context, by Actor, q PersonQuery) ([]Person, string, error) {
	p, err := d.Person(ctx, by, by.ID)
	if errors.Is(err, ErrNotFound) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	other := q.Account != "" && q.Account != p.Account || q.Role != "" && !slices.Contains(p.Roles, q.Role)
	if q.After != "" || other {
		return nil, "", nil
	}
	return []Person{p}, "", nil
}

// AllPeople ranges over all the people whom the actor may see and q selects.
func (d *Directory) AllPeople(ctx context.Context, by Actor, q PersonQuery) iter.Seq2[Person, error] {
	return all(func(after string) ([]Person, string, error) {
		if after != "" {
			q.After = after
		}
		return d.People(ctx, by, q)
	})
}

// SavePerson adds p if p.Version is 0, and otherwise replaces the person that
// has p.ID and p.Version; ErrConflict means that somebody else was first. It
// returns the person as kept.
//
// With [PermissionDirectoryWrite] everything may be changed. With
// [PermissionMembersWrite] it is the people of the actor's own account: they
// are added without ID and Attributes, and keep their account and address.
// Everybody may change their own Name, Locale and Zone. Of Attributes, customers
// change those whose [Field] lets them. Nil Attributes stay as they are, and so
// do those that the actor does not see. Nobody can give a role that
// [Directory.MayGrant] does not let them give, nor change somebody who has one.
//
// Attributes obey the fields of people when they are changed. Whoever changes
// somebody's Attributes must fill in the required fields that are theirs to
// change; adding does not ask for them, since invitations know less.
//
// Adding is safe to repeat: the same p with the same ID or Key answers with
// the same person.
func (d *Directory) SavePerson(ctx context.Context, by Actor, p Person) (Person, error) {
	p = p.Clone()
	deed := Deed{Action: "person.changed", Person: p.ID}
	var err error
	if p.Version == 0 {
		p, err = d.addPerson(ctx, by, p)
	} else {
		p, err = d.changePerson(ctx, by, p)
	}
	if err != nil {
		return Person{}, d.denied(ctx, by, deed, err)
	}
	return d.shown(ctx, by, p)
}

func (d *Directory) addPerson(ctx context.Context, by Actor, p Person) (Person, error) {
	if err := d.mayAdd(ctx, by, &p); err != nil {
		return Person{}, fmt.Errorf("add person: %w", err)
	}
	if p.Key != "" {
		if err := idem.CheckKey(p.Key); err != nil {
			return Person{}, fmt.Errorf("add person: %w", err)
		}
	}
	key := p.Key
	p.Key, p.Origin, p.CreatedAt, p.UpdatedAt = "", "", time.Time{}, time.Time{}
	hash := idem.Hash(p)
	if p.ID == "" {
		p.ID = idem.ID("profile.person", by.ID, key)
	}
	now := d.clock()
	p.Origin, p.CreatedAt, p.UpdatedAt, p.Version = hash, now, now, 1
	set, err := d.fieldSet(ctx)
	if err != nil {
		return Person{}, fmt.Errorf("add person: %w", err)
	}
	given, wrong := d.overPerson(by, p).checkFields(set.people, nil, p.Attributes, false)
	p.Attributes = given
	if p, err = p.check(); both(err, wrong) != nil {
		err = both(err, wrong)
	} else {
		err = d.checkAccount(ctx, p.Account)
	}
	if err == nil {
		err = d.checkPersonData(ctx, Person{}, p, func(string) bool { return false })
	}
	if err != nil {
		return Person{}, fmt.Errorf("add person: %w", err)
	}
	made, err := idem.Once(hash,
		func() (Person, error) { return p, d.keepPerson(ctx, by, Person{}, p) },
		func() (Person, string, error) {
			first, err := d.person(ctx, by, p.ID)
			return first, first.Origin, err
		})
	return made, wrap(err, "person", p.ID)
}

// checkPersonData applies the CRM's rules, which may differ by the country of the
// person's organisation.
func (d *Directory) checkPersonData(ctx context.Context, old, p Person, edits func(string) bool) error {
	if d.crm.rules == nil {
		return nil
	}
	country := ""
	if p.Account != "" {
		a, err := d.store.Account(ctx, p.Account)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		country = a.Country
	}
	was := subject{}
	if old.ID != "" {
		was = personSubject(old, country)
	}
	return d.checkData(ctx, was, personSubject(p, country), edits)
}

// keepPerson stores p in the place of old and says so.
func (d *Directory) keepPerson(ctx context.Context, by Actor, old, p Person) error {
	event := changeEvent(old, p)
	deed := Deed{Action: event, Person: p.ID, Account: p.Account, Changes: personChanges(old, p)}
	if old.Version == 0 {
		deed.Action = "person.added"
		if _, err := d.store.Person(ctx, p.ID); err == nil {
			return ErrConflict // a retry is no deed
		}
	} else if event == "person.saved" {
		deed.Action = "person.changed"
	}
	err := d.audited(ctx, by, deed, func() error { return d.store.SavePerson(ctx, p) })
	if err != nil {
		return err
	}
	d.record(ctx, by, event, "person/"+p.ID)
	return nil
}

// mayAdd reports whether the actor may add p, whose account it fills in.
func (d *Directory) mayAdd(ctx context.Context, by Actor, p *Person) error {
	switch {
	case d.policy.May(by, PermissionDirectoryWrite):
	case by.Account != "" && d.policy.May(by, PermissionMembersWrite):
		if p.Account == "" {
			p.Account = by.Account
		}
		if p.Account != by.Account || p.ID != "" || len(p.Attributes) > 0 {
			return ErrForbidden
		}
	default:
		return ErrForbidden
	}
	return d.mayGrantAll(ctx, by, p.Roles)
}

func (d *Directory) changePerson(ctx context.Context, by Actor, p Person) (Person, error) {
	old, err := d.person(ctx, by, p.ID)
	if err != nil {
		return Person{}, err
	}
	set, err := d.fieldSet(ctx)
	if err != nil {
		return Person{}, wrap(err, "person", p.ID)
	}
	reach, form := d.overPerson(by, old), p.Attributes != nil
	if p.Attributes, err = reach.merge(set.people, old.Attributes, p.Attributes, d.seesAttributes(by)); err == nil {
		err = d.mayChange(ctx, by, old, p)
	}
	if err != nil {
		return Person{}, wrap(err, "person", p.ID)
	}
	if old.Version != p.Version {
		return Person{}, wrap(ErrConflict, "person", p.ID)
	}
	p.Key, p.Origin, p.CreatedAt, p.UpdatedAt, p.LockedAt = "", old.Origin, old.CreatedAt, d.clock(), old.LockedAt
	if p.Disabled && !old.Disabled {
		p.LockedAt = p.UpdatedAt
	}
	p.Version++
	given, wrong := reach.checkFields(set.people, old.Attributes, p.Attributes, form)
	p.Attributes = given
	if p, err = p.check(); both(err, wrong) != nil {
		err = both(err, wrong)
	} else if p.Account != old.Account {
		err = d.checkAccount(ctx, p.Account)
	}
	if err == nil {
		err = d.checkPersonData(ctx, old, p, reach.asks(set.people, form))
	}
	if err != nil {
		return Person{}, wrap(err, "person", old.ID)
	}
	field := "roles"
	if p.Disabled {
		field = ""
	}
	err = d.leaves(ctx, by, old, &p, field, func(ctx context.Context) error { return d.keepPerson(ctx, by, old, p) })
	return p, wrap(err, "person", p.ID)
}

func changeEvent(old, p Person) string {
	switch {
	case p.Disabled && !old.Disabled:
		return "person.disabled"
	case old.Disabled && !p.Disabled:
		return "person.enabled"
	}
	return "person.saved"
}

// mayChange reports whether the actor may turn old into p.
func (d *Directory) mayChange(ctx context.Context, by Actor, old, p Person) error {
	whole := d.policy.May(by, PermissionDirectoryWrite)
	member := d.managesMember(by, old)
	if by.ID != old.ID && !whole && !member {
		return ErrForbidden
	}
	if by.ID == old.ID {
		if p.Disabled != old.Disabled {
			return ErrForbidden
		}
	} else {
		// Whoever changes somebody's address or disables them has power over them.
		if err := d.mayManage(ctx, by, old.Roles); err != nil {
			return err
		}
	}
	if err := d.mayGrantAll(ctx, by, added(old.Roles, p.Roles)); err != nil {
		return err
	}
	if whole {
		return nil
	}
	if p.Account != old.Account || p.Email != old.Email {
		return ErrForbidden
	}
	if !member && (p.Disabled != old.Disabled || !sameRoles(p.Roles, old.Roles)) {
		return ErrForbidden
	}
	return nil
}

// RemovePerson forgets a person. Their next request is refused, and their open
// streams end. It takes [PermissionDirectoryWrite]; nobody removes themselves.
// Their sessions, preferences, notices and shelf go with them, and what they
// agreed to stays under a pseudonym. A [Guard] may refuse it. For all that other capabilities know of them, see
// [Directory.EraseEverything].
func (d *Directory) RemovePerson(ctx context.Context, by Actor, id string) error {
	p, err := d.person(ctx, by, id)
	if err != nil {
		return err
	}
	deed := Deed{Action: "person.removed", Person: id, Account: p.Account}
	if !d.policy.May(by, PermissionDirectoryWrite) || by.ID == id {
		return d.denied(ctx, by, deed, wrap(ErrForbidden, "person", id))
	}
	if err := d.mayManage(ctx, by, p.Roles); err != nil {
		return d.denied(ctx, by, deed, wrap(err, "person", id))
	}
	if err := d.unguarded(ctx, by, deed, ""); err != nil {
		return err
	}
	err = d.leaves(ctx, by, p, nil, "", func(ctx context.Context) error {
		return d.audited(ctx, by, deed, func() error {
			if err := d.forgetHabits(ctx, id); err != nil {
				return err
			}
			return d.store.RemovePerson(ctx, id)
		})
	})
	if err != nil {
		return wrap(err, "person", id)
	}
	d.record(ctx, by, "person.removed", "person/"+id)
	return nil
}

// DisablePerson keeps a person from signing in and signs them out at once.
// Nobody disables themselves.
func (d *Directory) DisablePerson(ctx context.Context, by Actor, id string) (Person, error) {
	return d.setDisabled(ctx, by, id, true)
}

// EnablePerson lets a disabled person sign in again.
func (d *Directory) EnablePerson(ctx context.Context, by Actor, id string) (Person, error) {
	return d.setDisabled(ctx, by, id, false)
}

func (d *Directory) setDisabled(ctx context.Context, by Actor, id string, disabled bool) (Person, error) {
	if by.ID == id {
		return Person{}, wrap(ErrForbidden, "person", id)
	}
	// It must win over whoever edits the person at the same time.
	for tries := 5; ; tries-- {
		p, err := d.person(ctx, by, id)
		if err != nil {
			return Person{}, err
		}
		changed := p.Clone()
		changed.Disabled, changed.Attributes = disabled, nil
		if err := d.mayChange(ctx, by, p, changed); err != nil {
			return Person{}, d.denied(ctx, by, Deed{Action: changeEvent(p, changed), Person: id}, wrap(err, "person", id))
		}
		if p.Disabled != disabled {
			p, err = d.changePerson(ctx, by, changed)
		}
		if errors.Is(err, ErrConflict) && tries > 1 {
			continue
		}
		if err != nil {
			return Person{}, err
		}
		return d.shown(ctx, by, p)
	}
}

func (d *Directory) sees(by Actor, p Person) bool {
	return by.ID == p.ID || d.policy.May(by, PermissionDirectoryRead) ||
		by.Account != "" && by.Account == p.Account && d.policy.May(by, PermissionMembersRead)
}

func (d *Directory) managesMember(by Actor, p Person) bool {
	return by.Account != "" && by.Account == p.Account && d.policy.May(by, PermissionMembersWrite)
}

func (d *Directory) seesAttributes(by Actor) bool {
	return d.policy.May(by, PermissionDirectoryRead)
}

// shown returns p as the actor may see it.
func (d *Directory) shown(ctx context.Context, by Actor, p Person) (Person, error) {
	p.Origin = ""
	if d.seesAttributes(by) {
		return p, nil
	}
	set, err := d.fieldSet(ctx)
	if err != nil {
		return Person{}, wrap(err, "person", p.ID)
	}
	p.Attributes = d.overPerson(by, p).visible(set.people, p.Attributes)
	return p, nil
}

func (d *Directory) checkAccount(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	_, err := d.store.Account(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return errs.Field("account", "error.profile.unknown_account", nil)
	}
	return err
}

// added returns the roles in new that are not in old.
func added(old, new []Role) []Role {
	return slices.DeleteFunc(slices.Clone(new), func(r Role) bool { return slices.Contains(old, r) })
}

func sameRoles(a, b []Role) bool { return len(added(a, b)) == 0 && len(added(b, a)) == 0 }
