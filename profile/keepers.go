package profile

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Names of Keepers that are treated apart.
const (
	keeperPerson     = "person"     // goes last
	keeperIdentities = "identities" // stays when a person is removed but not erased: who left is not somebody new
)

// ownKeepers returns a Keeper for everything that the Directory's stores keep of
// people.
func (d *Directory) ownKeepers() []Keeper {
	all := []Keeper{NewKeeper(keeperPerson, d.exportPerson, d.erasePerson)}
	all = append(all, NewKeeper("segments", d.exportSegments, d.eraseSegments))
	all = append(all, d.own.others...)
	if d.own.preferences != nil {
		all = append(all, NewKeeper("preferences", d.exportPreferences, d.erasePreferences))
	}
	if d.own.consents != nil {
		all = append(all, NewKeeper("consents", d.exportConsents, d.eraseConsents))
	}
	if d.own.shelf != nil {
		all = append(all, privateKeeper{NewKeeper("shelf", d.exportShelf, d.eraseShelf)})
	}
	return all
}

type privateKeeper struct{ Keeper }

// Private marks the Keeper.
func (privateKeeper) Private() {}

// one ranges over a single record, or none if there is none.
func one(v any, err error) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		if !errors.Is(err, ErrNotFound) {
			yield(v, err)
		}
	}
}

// records ranges over the pages of a store.
func records[T any](wire func(T) any, list func(after string) ([]T, string, error)) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for v, err := range all(list) {
			if !yield(wire(v), err) {
				return
			}
		}
	}
}

// A personRecord is a person in an export.
type personRecord struct {
	ID         string              `json:"id"`
	Name       string              `json:"name"`
	Email      string              `json:"email"`
	Account    string              `json:"account"`
	Roles      []Role              `json:"roles"`
	Locale     string              `json:"locale"`
	Zone       string              `json:"zone"`
	Attributes map[string][]string `json:"attributes"`
	Disabled   bool                `json:"disabled"`
	LockedAt   time.Time           `json:"locked_at,omitzero"`
	CreatedAt  time.Time           `json:"created_at"`
	UpdatedAt  time.Time           `json:"updated_at"`
}

func (d *Directory) exportPerson(ctx context.Context, person string) iter.Seq2[any, error] {
	p, err := d.store.Person(ctx, person)
	return one(personRecord{
		ID: p.ID, Name: p.Name, Email: p.Email, Account: p.Account, Roles: p.Roles, Locale: p.Locale, Zone: p.Zone,
		Attributes: p.Attributes, Disabled: p.Disabled, LockedAt: p.LockedAt, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}, err)
}

func (d *Directory) erasePerson(ctx context.Context, person string, _ Erasure) (Erased, error) {
	return removed(d.store.RemovePerson(ctx, person))
}

// removed counts one record, unless there was none.
func removed(err error) (Erased, error) {
	if errors.Is(err, ErrNotFound) {
		return Erased{}, nil
	}
	if err != nil {
		return Erased{}, err
	}
	return Erased{Removed: 1}, nil
}

func (d *Directory) exportPreferences(ctx context.Context, person string) iter.Seq2[any, error] {
	p, err := d.own.preferences.Preferences(ctx, person)
	return one(preferencesAsWire(p), err)
}

func (d *Directory) erasePreferences(ctx context.Context, person string, _ Erasure) (Erased, error) {
	return removed(d.own.preferences.RemovePreferences(ctx, person))
}

func (d *Directory) exportConsents(ctx context.Context, person string) iter.Seq2[any, error] {
	return records(func(c Consent) any { return consentAsWire(c) }, func(after string) ([]Consent, string, error) {
		return d.own.consents.Consents(ctx, ConsentQuery{Person: person, After: after, Limit: maxLimit})
	})
}

// eraseConsents keeps what proves that somebody had agreed, if it may: whoever
// holds the secret can find it by the person's ID, nobody can tell the ID.
func (d *Directory) eraseConsents(ctx context.Context, person string, how Erasure) (Erased, error) {
	n, err := d.own.consents.EraseConsents(ctx, person, how.Pseudonym)
	if how.Pseudonym != "" {
		return Erased{Renamed: n}, err
	}
	return Erased{Removed: n}, err
}

func (d *Directory) exportShelf(ctx context.Context, person string) iter.Seq2[any, error] {
	return records(func(i ShelfItem) any { return itemRecord{i.List, itemAsWire(i)} }, func(after string) ([]ShelfItem, string, error) {
		return d.own.shelf.Items(ctx, ShelfQuery{Person: person, After: after, Limit: maxLimit})
	})
}

// An itemRecord is an item of a shelf in an export.
type itemRecord struct {
	List string `json:"list"`
	itemWire
}

func (d *Directory) eraseShelf(ctx context.Context, person string, _ Erasure) (Erased, error) {
	n, err := d.own.shelf.RemoveItems(ctx, ShelfQuery{Person: person})
	return Erased{Removed: n}, err
}

// forgetHabits forgets how a person who is removed used the portal, before the
// ID is free for somebody else: nobody inherits preferences or a consent. What
// was agreed to stays under a pseudonym.
func (d *Directory) forgetHabits(ctx context.Context, person string) error {
	how := Erasure{Mode: EraseModePseudonym, Pseudonym: d.own.pseudonym(person)}
	for _, k := range d.ownKeepers() {
		if k.Name() == keeperPerson || k.Name() == keeperIdentities {
			continue
		}
		if _, err := k.Erase(ctx, person, how); err != nil {
			return err
		}
	}
	return nil
}
