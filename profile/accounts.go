package profile

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/idem"
)

// Account returns an account that the actor may see: their own, or with
// [PermissionDirectoryRead] any. The latter see all Attributes, managers of the
// account those that are a [Field] which is not hidden.
func (d *Directory) Account(ctx context.Context, by Actor, id string) (Account, error) {
	reads := d.policy.May(by, PermissionDirectoryRead)
	if !reads && (by.Anonymous() || by.Account != id) {
		return Account{}, wrap(ErrNotFound, "account", id)
	}
	a, err := d.store.Account(ctx, id)
	if err != nil {
		return Account{}, wrap(err, "account", id)
	}
	return d.shownAccount(ctx, by, a)
}

// Accounts returns a page of all accounts, by name. It takes
// [PermissionDirectoryRead].
func (d *Directory) Accounts(ctx context.Context, by Actor, q AccountQuery) (page []Account, next string, err error) {
	if !d.policy.May(by, PermissionDirectoryRead) {
		return nil, "", fmt.Errorf("accounts: %w", ErrForbidden)
	}
	scope := "profile.accounts|" + by.ID
	if q.After, err = d.tokens.Open(scope, q.After); err != nil {
		return nil, "", fmt.Errorf("accounts: %w", err)
	}
	q.Limit = limit(q.Limit)
	page, next, err = d.store.Accounts(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("accounts: %w", err)
	}
	for i, a := range page {
		if page[i], err = d.shownAccount(ctx, by, a); err != nil {
			return nil, "", fmt.Errorf("accounts: %w", err)
		}
	}
	return page, d.tokens.Seal(scope, next), nil
}

// AllAccounts ranges over all accounts.
func (d *Directory) AllAccounts(ctx context.Context, by Actor, q AccountQuery) iter.Seq2[Account, error] {
	return all(func(after string) ([]Account, string, error) {
		if after != "" {
			q.After = after
		}
		return d.Accounts(ctx, by, q)
	})
}

// SaveAccount adds a if a.Version is 0, and otherwise replaces the account that
// has a.ID and a.Version; ErrConflict means that somebody else was first. It
// takes [PermissionDirectoryWrite]; with [PermissionMembersWrite] people change
// those Attributes of their own account whose [Field] lets them. Adding is safe to repeat: the same a with
// the same ID or Key answers with the same account. Disabling an account signs
// out all of its people at once.
func (d *Directory) SaveAccount(ctx context.Context, by Actor, a Account) (Account, error) {
	whole := d.policy.May(by, PermissionDirectoryWrite) && d.policy.May(by, PermissionDirectoryRead)
	if !whole && (a.Version == 0 || !d.overAccount(by, a).manager) {
		return Account{}, d.denied(ctx, by, Deed{Action: "account.changed", Account: a.ID}, fmt.Errorf("save account: %w", ErrForbidden))
	}
	if a.ID != "" && a.ID == by.Account && a.Disabled {
		return Account{}, wrap(ErrForbidden, "account", a.ID) // it would disable the actor
	}
	deed := Deed{Action: "account.changed", Account: a.ID}
	var err error
	if a = a.Clone(); a.Version == 0 {
		a, err = d.addAccount(ctx, by, a)
	} else {
		a, err = d.changeAccount(ctx, by, a)
	}
	if err != nil {
		return Account{}, d.denied(ctx, by, deed, err)
	}
	return d.shownAccount(ctx, by, a)
}

func (d *Directory) addAccount(ctx context.Context, by Actor, a Account) (Account, error) {
	if a.Key != "" {
		if err := idem.CheckKey(a.Key); err != nil {
			return Account{}, fmt.Errorf("add account: %w", err)
		}
	}
	key := a.Key
	a.Key, a.Origin, a.CreatedAt, a.UpdatedAt = "", "", time.Time{}, time.Time{}
	hash := idem.Hash(a)
	if a.ID == "" {
		a.ID = idem.ID("profile.account", by.ID, key)
	}
	now := d.clock()
	a.Origin, a.CreatedAt, a.UpdatedAt, a.Version = hash, now, now, 1
	set, err := d.fieldSet(ctx)
	if err != nil {
		return Account{}, fmt.Errorf("add account: %w", err)
	}
	given, wrong := d.overAccount(by, a).checkFields(set.accounts, nil, a.Attributes, false)
	a.Attributes = given
	if a, err = a.check(); both(err, wrong) != nil {
		return Account{}, fmt.Errorf("add account: %w", both(err, wrong))
	}
	if err := d.checkData(ctx, subject{}, accountSubject(a), func(string) bool { return false }); err != nil {
		return Account{}, fmt.Errorf("add account: %w", err)
	}
	made, err := idem.Once(hash,
		func() (Account, error) { return a, d.keepAccount(ctx, by, Account{}, a) },
		func() (Account, string, error) {
			first, err := d.store.Account(ctx, a.ID)
			return first, first.Origin, err
		})
	return made, wrap(err, "account", a.ID)
}

func (d *Directory) changeAccount(ctx context.Context, by Actor, a Account) (Account, error) {
	old, err := d.store.Account(ctx, a.ID)
	if err == nil && old.Version != a.Version {
		err = ErrConflict
	}
	if err != nil {
		return Account{}, wrap(err, "account", a.ID)
	}
	set, err := d.fieldSet(ctx)
	if err != nil {
		return Account{}, wrap(err, "account", a.ID)
	}
	reach, form := d.overAccount(by, old), a.Attributes != nil
	if a.Attributes, err = reach.merge(set.accounts, old.Attributes, a.Attributes, d.seesAttributes(by)); err != nil {
		return Account{}, wrap(err, "account", a.ID)
	}
	if !reach.all && !sameButAttributes(old, a) {
		return Account{}, wrap(ErrForbidden, "account", a.ID)
	}
	a.Key, a.Origin, a.CreatedAt, a.UpdatedAt, a.LockedAt = "", old.Origin, old.CreatedAt, d.clock(), old.LockedAt
	if a.Disabled && !old.Disabled {
		a.LockedAt = a.UpdatedAt
	}
	a.Version++
	given, wrong := reach.checkFields(set.accounts, old.Attributes, a.Attributes, form)
	a.Attributes = given
	if a, err = a.check(); both(err, wrong) != nil {
		return Account{}, wrap(both(err, wrong), "account", a.ID)
	}
	if err := d.checkData(ctx, accountSubject(old), accountSubject(a), reach.asks(set.accounts, form)); err != nil {
		return Account{}, wrap(err, "account", a.ID)
	}
	keep := func(ctx context.Context) error { return d.keepAccount(ctx, by, old, a) }
	if a.Disabled && !old.Disabled {
		err = d.guarded(ctx, func(set *roleSet) (*roleSet, func(Person) bool) {
			return set, func(p Person) bool { return p.Account == a.ID }
		}, "", keep)
	} else {
		err = keep(ctx)
	}
	return a, wrap(err, "account", a.ID)
}

// sameButAttributes reports whether b changes nothing else in a.
func sameButAttributes(a, b Account) bool {
	return a.Name == b.Name && a.Plan == b.Plan && a.Country == b.Country && a.Disabled == b.Disabled && slices.Equal(a.Products, b.Products)
}

// keepAccount stores a in the place of old and says so.
func (d *Directory) keepAccount(ctx context.Context, by Actor, old, a Account) error {
	if old.Version == 0 {
		if _, err := d.store.Account(ctx, a.ID); err == nil {
			return ErrConflict // a retry is no deed
		}
	}
	deed := Deed{Action: savedAs("account", old.Version), Account: a.ID, Changes: accountChanges(old, a)}
	if err := d.audited(ctx, by, deed, func() error { return d.store.SaveAccount(ctx, a) }); err != nil {
		return err
	}
	d.record(ctx, by, "account.saved", "account/"+a.ID)
	return nil
}

// shownAccount returns a as the actor may see it.
func (d *Directory) shownAccount(ctx context.Context, by Actor, a Account) (Account, error) {
	a.Origin = ""
	if d.seesAttributes(by) {
		return a, nil
	}
	set, err := d.fieldSet(ctx)
	if err != nil {
		return Account{}, wrap(err, "account", a.ID)
	}
	a.Attributes = d.overAccount(by, a).visible(set.accounts, a.Attributes)
	return a, nil
}
