package assets

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/profile"
)

// A Model is a product that can be registered.
type Model struct {
	Product string // its ID
	Serial  string // RE2 expression that a whole serial number matches, in its [Canonical] form
	Example string // of a serial number, for messages and hints
}

type model struct {
	Model
	re *regexp.Regexp
}

// Models returns what can be registered, for the hints of forms.
func (i *Inventory) Models() []Model { return slices.Clone(i.opts.Models) }

// Canonical returns a serial number as it is compared and kept: in capitals,
// without spaces, and with hyphens for whatever a keyboard or a scanner made of
// them.
func Canonical(serial string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '\u200b', r == '\ufeff':
			return -1
		case unicode.Is(unicode.Pd, r), r == '\u2212', r == '_':
			return '-'
		case r >= '\uff01' && r <= '\uff5e': // full-width forms, as Japanese keyboards make them
			r -= 0xfee0
		}
		return unicode.ToUpper(r)
	}, serial)
}

// spelled returns a serial number as the product has it that it is of: where
// hyphens stand says the example of its model, wherever they were typed.
func (i *Inventory) spelled(serial string) string {
	serial = Canonical(serial)
	bare := strings.ReplaceAll(serial, "-", "")
	for _, m := range i.models {
		if m.re.MatchString(serial) {
			return serial
		}
		if like := laidOut(bare, m.Example); like != "" && m.re.MatchString(like) {
			return like
		}
	}
	return serial
}

// laidOut puts hyphens into bare where example has them, or returns "" if bare has
// another length.
func laidOut(bare, example string) string {
	var out strings.Builder
	left := []rune(bare)
	for _, r := range example {
		switch {
		case r == '-':
			out.WriteRune('-')
		case len(left) == 0:
			return ""
		default:
			out.WriteRune(left[0])
			left = left[1:]
		}
	}
	if len(left) > 0 {
		return ""
	}
	return out.String()
}

// A Registration is what somebody says of a product of theirs.
type Registration struct {
	Serial      string
	Name        string    // what they call it, or empty
	Site        string    // where it is, or empty
	InstalledAt time.Time // the day, or zero
	Private     bool      // it is the person's own and not of their organisation
	Key         string    // makes it safe to repeat
}

// Register adds a product of the actor's. The same serial number can be
// registered once; one that somebody else has and one that does not exist get
// the same answer, which tells nothing of others. Beyond Options.PerHour tries,
// and while 100 products of a person or an organisation wait to be confirmed, it
// is ErrTooMany; asking again with the same key is no new try.
func (i *Inventory) Register(ctx context.Context, by profile.Actor, r Registration) (Asset, error) {
	if by.Anonymous() || by.Viewer != "" || by.Assurance == profile.AssuranceLink {
		return Asset{}, wrap(ErrForbidden, "register", "product")
	}
	store, err := i.assetStore()
	if err != nil {
		return Asset{}, wrap(err, "register", "product")
	}
	a, err := i.typed(by, r)
	if err != nil {
		return Asset{}, wrap(err, "register", a.Serial)
	}
	hash := idem.Hash(a)
	a.ID, a.Origin, a.RegisteredAt, a.UpdatedAt, a.Version = idem.ID("assets.register", by.ID, r.Key), hash, i.clock(), i.clock(), 1
	a, err = idem.Once(hash,
		func() (Asset, error) { return i.add(ctx, by, store, a) },
		func() (Asset, string, error) {
			first, err := ask(ctx, i, func(ctx context.Context) (Asset, error) { return store.Asset(ctx, a.ID) })
			return first, first.Origin, err
		})
	if errors.Is(err, ErrConflict) {
		if says, ok := errors.AsType[*errs.Says](err); ok {
			return Asset{}, wrap(says, "register", a.Serial)
		}
		err = errSerial(r.Serial)
	}
	if err != nil {
		return Asset{}, wrap(err, "register", Canonical(r.Serial))
	}
	a.Origin = ""
	return a, nil
}

// add confirms a product as far as it can be, and keeps it.
func (i *Inventory) add(ctx context.Context, by profile.Actor, store AssetStore, a Asset) (Asset, error) {
	if err := i.mayTry(ctx, by, store, a); err != nil {
		return a, err
	}
	if i.opts.Confirm != nil {
		var err error
		a.Confirmed, err = ask(ctx, i, func(ctx context.Context) (ok bool, err error) {
			ok, a.Warranties, err = i.opts.Confirm(ctx, a.Clone())
			return ok, err
		})
		switch {
		case errors.Is(err, ErrNotFound):
			return a, errSerial(a.Serial)
		case errors.Is(err, ErrUnavailable):
			// It can be confirmed later; nobody is sent away for it.
			i.opts.Logger.WarnContext(ctx, "a product was not confirmed", "id", a.ID, "error", err)
			a.Confirmed, a.Warranties = false, nil
		case err != nil:
			return a, err
		}
	}
	return a, i.keepAsset(ctx, by, store, a, "asset.registered")
}

// errSerial is the one answer to a serial number that cannot be registered.
func errSerial(serial string) error {
	return errs.Field("serial", "error.asset.serial_refused", map[string]any{"serial": Canonical(serial)})
}

// typed returns a registration as a product, or what is wrong with it.
func (i *Inventory) typed(by profile.Actor, r Registration) (Asset, error) {
	a := Asset{
		ID: "new", Holder: Holder{Person: by.ID}, Serial: i.spelled(r.Serial), Name: strings.TrimSpace(r.Name), Site: strings.TrimSpace(r.Site),
		InstalledAt: day(r.InstalledAt), RegisteredBy: by.ID,
	}
	if by.Account != "" && !r.Private {
		a.Holder = Holder{Account: by.Account}
	}
	f := errs.Fields{}
	if r.Key != "" {
		if err := idem.CheckKey(r.Key); err != nil {
			return a, err
		}
	}
	a.Product = i.product(f, a.Serial)
	i.checkDay(f, a.InstalledAt)
	return a, join(f, a.check())
}

// product returns which product a serial number is of.
func (i *Inventory) product(f errs.Fields, serial string) string {
	if serial == "" {
		f.Add("serial", "error.field.required", nil)
		return "unknown"
	}
	for _, m := range i.models {
		if m.re.MatchString(serial) {
			return m.Product
		}
	}
	if len(i.models) > 0 {
		f.Add("serial", "error.asset.serial_form", map[string]any{"example": i.models[0].Example})
	}
	return "unknown"
}

// checkDay takes the days on which something can have been installed.
func (i *Inventory) checkDay(f errs.Fields, at time.Time) {
	if !at.IsZero() && (at.After(i.clock().AddDate(0, 0, 1)) || at.Before(i.clock().AddDate(-50, 0, 0))) {
		f.Add("installed_at", "error.asset.installed", nil)
	}
}

// day returns the day of a time, at midnight in UTC.
func day(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// join adds the fields of err to f.
func join(f errs.Fields, err error) error {
	more, ok := errors.AsType[errs.Fields](err)
	if err != nil && !ok {
		return err
	}
	for at, m := range more {
		f.Add(at, m.Key, m.Args)
	}
	return f.Err()
}

func (i *Inventory) assetStore() (AssetStore, error) {
	store, ok := i.ports.Assets.(AssetStore)
	if !ok {
		return nil, errReadOnly
	}
	return store, nil
}

// keepAsset stores a and says so.
func (i *Inventory) keepAsset(ctx context.Context, by profile.Actor, store AssetStore, a Asset, event string) error {
	_, err := ask(ctx, i, func(ctx context.Context) (struct{}, error) { return struct{}{}, store.SaveAsset(ctx, a) })
	if err != nil {
		return err
	}
	i.facts.forget(a.Holder)
	i.record(ctx, by, event, "asset/"+a.ID)
	return nil
}

// A Change is what the holder of a product may say of it.
type Change struct {
	Name, Site  string
	InstalledAt time.Time
	Person      string // whose it becomes within the organisation; "" means the organisation's as a whole
	Version     int    // of the product that was read
}

// Change changes what its holder says of a product, and moves it within the
// organisation. Members may change and hand on what is theirs; with
// [profile.PermissionHoldingsWrite] all of the organisation's products, with
// [profile.PermissionAssetsWrite] everybody's. A Person who is not of the
// organisation is an error at the field "person", see Options.Member.
func (i *Inventory) Change(ctx context.Context, by profile.Actor, id string, c Change) (Asset, error) {
	a, store, err := i.mine(ctx, by, id)
	if err != nil {
		return Asset{}, wrap(err, "product", id)
	}
	if a.Version != c.Version {
		return Asset{}, wrap(ErrConflict, "product", id)
	}
	old := a.Holder
	a.Name, a.Site, a.InstalledAt = strings.TrimSpace(c.Name), strings.TrimSpace(c.Site), day(c.InstalledAt)
	if a.Person = c.Person; a.Account == "" && a.Person != old.Person {
		return Asset{}, wrap(ErrForbidden, "product", id) // nobody gives things to strangers here
	}
	f := errs.Fields{}
	i.checkDay(f, a.InstalledAt)
	if a.Person != old.Person {
		err = i.checkMember(ctx, f, by, a.Holder)
	}
	if err == nil {
		err = join(f, a.check())
	}
	if err != nil {
		return Asset{}, wrap(err, "product", id)
	}
	a.UpdatedAt = i.clock()
	a.Version++
	if err := i.keepAsset(ctx, by, store, a, "asset.changed"); err != nil {
		return Asset{}, wrap(err, "product", id)
	}
	i.facts.forget(old)
	a.Origin = ""
	return a, nil
}

// checkMember takes those to whom something of an organisation can be given: its
// people, or nobody in particular.
func (i *Inventory) checkMember(ctx context.Context, f errs.Fields, by profile.Actor, to Holder) error {
	of := to.Person == "" || to == Holder{Person: by.ID, Account: by.Account}
	if !of && i.opts.Member != nil {
		var err error
		of, err = ask(ctx, i, func(ctx context.Context) (bool, error) { return i.opts.Member(ctx, to.Account, to.Person) })
		if err != nil {
			return err
		}
	}
	if !of {
		f.Add("person", "error.field.choice", map[string]any{"choices": "empty"})
	}
	return nil
}

// Unregister forgets a product, whose serial number is free again. Who may is as
// for Change, and whoever registered it.
func (i *Inventory) Unregister(ctx context.Context, by profile.Actor, id string, version int) error {
	a, store, err := i.mine(ctx, by, id)
	if err == nil {
		_, err = ask(ctx, i, func(ctx context.Context) (struct{}, error) { return struct{}{}, store.RemoveAsset(ctx, id, version) })
	}
	if err != nil {
		return wrap(err, "product", id)
	}
	i.facts.forget(a.Holder)
	i.record(ctx, by, "asset.unregistered", "asset/"+id)
	return nil
}

// Changes reports whether the actor may change a product, for pages.
func (i *Inventory) Changes(by profile.Actor, a Asset) bool {
	_, err := i.assetStore()
	own := by.ID != "" && by.Viewer == "" && by.Assurance != profile.AssuranceLink && a.RegisteredBy == by.ID && a.Account == by.Account
	return err == nil && (own || i.changes(by, a.Holder))
}

// mine returns a product that the actor may change.
func (i *Inventory) mine(ctx context.Context, by profile.Actor, id string) (Asset, AssetStore, error) {
	if i.ports.Assets == nil {
		return Asset{}, nil, ErrNotFound
	}
	a, err := one(ctx, i, by, kindAsset, id, i.ports.Assets.Asset)
	if err != nil {
		return a, nil, err
	}
	store, err := i.assetStore()
	if err == nil && !i.Changes(by, a) {
		err = ErrForbidden
	}
	return a, store, err
}
