package profile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
)

// A Keeper keeps something about people, and can hand it over or forget it.
// Whatever holds a person's ID, name, address or words is one: each capability
// and each table of the host's own registers a Keeper with
// [Directory.Register].
//
// Implementations
//
//   - must be safe for concurrent use, and must not ask who is asking: the
//     Directory has;
//   - must leave nothing behind that tells who somebody was, copies in indexes,
//     caches and files included;
//   - must take a second Erase of the same person as done, and finish what a
//     first one that failed had left;
//   - must touch nothing of other people, though their ID may begin alike;
//   - must pass profiletest.TestKeeper.
type Keeper interface {
	// Name says what is kept in one word, "cases". It is the key in exports.
	Name() string

	// Export ranges over all that is kept of a person, in values that become
	// JSON. An error ends it.
	Export(ctx context.Context, person string) iter.Seq2[any, error]

	// Erase forgets a person, or puts the pseudonym in their place where what is
	// kept is needed without them, as how says.
	Erase(ctx context.Context, person string, how Erasure) (Erased, error)
}

// A PrivateKeeper is a [Keeper] of what only the person themselves may see.
// An export that somebody else makes leaves it out and says so.
type PrivateKeeper interface {
	Keeper

	// Private marks the Keeper.
	Private()
}

// An Erasure says what becomes of what is kept of a person.
type Erasure struct {
	Mode      EraseMode
	Pseudonym string // stands for the person from now on, in every Keeper and each time; empty unless Mode is EraseModePseudonym
}

// An EraseMode is a way to forget somebody.
type EraseMode string

// The ways to forget somebody.
const (
	EraseModeDelete    EraseMode = "delete"       // nothing stays
	EraseModePseudonym EraseMode = "pseudonymise" // what others rely on stays, and does not tell whose it was
)

// Erased counts what became of records.
type Erased struct {
	Keeper  string // its name; set by the Directory
	Removed int    // records that are gone
	Renamed int    // records that the pseudonym stands in
}

// NewKeeper returns a Keeper made of two functions.
func NewKeeper(name string,
	export func(ctx context.Context, person string) iter.Seq2[any, error],
	erase func(ctx context.Context, person string, how Erasure) (Erased, error),
) Keeper {
	return keeper{name, export, erase}
}

type keeper struct {
	name   string
	export func(ctx context.Context, person string) iter.Seq2[any, error]
	erase  func(ctx context.Context, person string, how Erasure) (Erased, error)
}

// Name returns the name.
func (k keeper) Name() string { return k.name }

// Export calls the first function.
func (k keeper) Export(ctx context.Context, person string) iter.Seq2[any, error] {
	return k.export(ctx, person)
}

// Erase calls the second function.
func (k keeper) Erase(ctx context.Context, person string, how Erasure) (Erased, error) {
	return k.erase(ctx, person, how)
}

// Register adds Keepers to those that Export and EraseEverything ask. A program
// calls it while it starts. A Keeper with a name that is there already takes
// its place.
func (d *Directory) Register(keepers ...Keeper) {
	d.own.mu.Lock()
	defer d.own.mu.Unlock()
	for _, k := range keepers {
		d.own.keepers = slices.DeleteFunc(d.own.keepers, func(old Keeper) bool { return old.Name() == k.Name() })
		d.own.keepers = append(d.own.keepers, k)
	}
}

// keepers returns the Keepers by name, those of the Directory itself included.
func (d *Directory) keepers() []Keeper {
	d.own.mu.RLock()
	defer d.own.mu.RUnlock()
	all := map[string]Keeper{}
	for _, k := range slices.Concat(d.ownKeepers(), d.own.keepers) {
		all[k.Name()] = k
	}
	var out []Keeper
	for _, name := range slices.Sorted(maps.Keys(all)) {
		out = append(out, all[name])
	}
	return out
}

// Export writes all that is known of a person as one JSON document:
//
//	{"person": "ann", "at": "2026-11-22T09:30:00Z", "left_out": [], "kept": {"shelf": [...], ...}}
//
// It is for the person themselves, and with [PermissionDirectoryWrite] for
// anybody, except for what only they may see, whose names are left_out. It
// includes what pages do not show, such as Attributes: the law does not tell
// them apart. Nothing is written to those who may not; if it fails later, what
// was written is no valid document.
func (d *Directory) Export(ctx context.Context, by Actor, person string, w io.Writer) error {
	deed := Deed{Action: "person.exported", Person: person}
	_, err := d.mayForget(ctx, by, person)
	if err == nil {
		err = d.audited(ctx, by, deed, func() error { return nil })
	}
	if err != nil {
		return d.denied(ctx, by, deed, wrap(err, "export of", person))
	}
	d.record(ctx, by, "person.exported", "person/"+person)
	left, kept := []string{}, []Keeper{}
	for _, k := range d.keepers() {
		if _, private := k.(PrivateKeeper); private && by.ID != person {
			left = append(left, k.Name())
			continue
		}
		kept = append(kept, k)
	}
	out := &exporter{w: w}
	out.write(`{"person":`).value(person).write(`,"at":`).value(d.clock().Format(time.RFC3339)).write(`,"left_out":`).value(left).write(`,"kept":{`)
	for i, k := range kept {
		if i > 0 {
			out.write(",")
		}
		out.write("\n").value(k.Name()).write(":[")
		out.records(k.Export(ctx, person))
		if out.err != nil {
			return fmt.Errorf("export %s: %w", k.Name(), out.err)
		}
	}
	return out.write("\n}}\n").err
}

// An exporter writes a document piece by piece, until an error.
type exporter struct {
	w   io.Writer
	err error
}

func (e *exporter) write(text string) *exporter {
	if e.err == nil {
		_, e.err = io.WriteString(e.w, text)
	}
	return e
}

func (e *exporter) value(v any) *exporter {
	text, err := json.Marshal(v)
	if e.err == nil {
		e.err = err
	}
	return e.write(string(text))
}

func (e *exporter) records(all iter.Seq2[any, error]) {
	n := 0
	for v, err := range all {
		if e.err == nil {
			e.err = err
		}
		if e.err != nil {
			return
		}
		if n++; n > 1 {
			e.write(",")
		}
		e.write("\n").value(v)
	}
	e.write("]")
}

// EraseEverything has every Keeper forget a person, the Directory included, and
// returns what became of their records, by Keeper. It takes
// [PermissionDirectoryWrite] and the right to give the person's roles; people
// may also erase themselves, unless they have that permission, so that nobody
// locks a portal. Pages ask people to sign in afresh before.
//
// A [Guard] among the Keepers may refuse it. Otherwise
// every Keeper is asked even if another fails, and twice, so that nothing stays
// of what somebody did meanwhile. The person goes last: until all has been
// forgotten they can ask again. Repeating it is safe. The event says how much was
// forgotten and, of other people's records only, by whom; a pseudonym is made
// with Options.Secret and is the same each time as long as that is.
func (d *Directory) EraseEverything(ctx context.Context, by Actor, person string, mode EraseMode) ([]Erased, error) {
	roles, err := d.mayForget(ctx, by, person)
	switch {
	case err != nil:
	case mode != EraseModeDelete && mode != EraseModePseudonym:
		err = errs.Field("mode", "error.field.choice", map[string]any{"choices": "delete, pseudonymise"})
	case by.ID == person && d.policy.May(by, PermissionDirectoryWrite):
		err = ErrForbidden
	case by.ID != person:
		err = d.mayManage(ctx, by, roles)
	}
	deed := Deed{Action: "person.erased", Person: person, Changes: []Change{{Field: "mode", To: string(mode)}}}
	if err != nil {
		return nil, d.denied(ctx, by, deed, wrap(err, "erasure of", person))
	}
	if err := d.unguarded(ctx, by, deed, mode); err != nil {
		return nil, err
	}
	how := Erasure{Mode: mode}
	if mode == EraseModePseudonym {
		how.Pseudonym = d.own.pseudonym(person)
	}
	var report []Erased
	err = d.leaves(ctx, by, Person{ID: person, Roles: roles}, nil, "", func(ctx context.Context) error {
		return d.audited(ctx, by, deed, func() (err error) {
			report, err = d.erase(ctx, person, how)
			return err
		})
	})
	if err != nil {
		return report, err
	}
	d.recordErasure(ctx, by, person, how, report)
	if d.erased != nil {
		d.erased(context.WithoutCancel(ctx))
	}
	return report, nil
}

// mayForget reports whether the actor may take out or erase all of a person, and
// returns the roles of one who is not the actor. Those who may erase are not
// told who is there: what is left of somebody who is gone can be asked for.
func (d *Directory) mayForget(ctx context.Context, by Actor, person string) ([]Role, error) {
	switch {
	case by.Anonymous() || person == "":
		return nil, ErrNotFound
	case by.Assurance == AssuranceLink, by.Viewer != "":
		return nil, ErrForbidden // neither a link to one case nor a look is a key to everything
	case by.ID == person:
		return nil, nil
	}
	p, err := d.person(ctx, by, person)
	if !d.policy.May(by, PermissionDirectoryWrite) {
		if err == nil {
			err = ErrForbidden
		}
		return nil, err
	}
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return p.Roles, err
}

func (d *Directory) erase(ctx context.Context, person string, how Erasure) ([]Erased, error) {
	all := d.keepers()
	report := make([]Erased, len(all))
	for i, k := range all {
		report[i].Keeper = k.Name()
	}
	var failed []error
	pass := func(of func(name string) bool) {
		for i, k := range all {
			if !of(k.Name()) {
				continue
			}
			done, err := k.Erase(ctx, person, how)
			report[i].Removed += done.Removed
			report[i].Renamed += done.Renamed
			if err != nil {
				failed = append(failed, fmt.Errorf("erase %s: %w", k.Name(), err))
			}
		}
	}
	others := func(name string) bool { return name != keeperPerson }
	for _, of := range []func(string) bool{others, func(name string) bool { return name == keeperPerson }, others} {
		if pass(of); len(failed) > 0 {
			return report, errors.Join(failed...)
		}
	}
	return report, nil
}

// recordErasure says that somebody was erased, and not who.
func (d *Directory) recordErasure(ctx context.Context, by Actor, person string, how Erasure, report []Erased) {
	if by.ID == person {
		by = Actor{}
	}
	e := analytics.Event{Name: "person.erased", At: d.clock(), User: by.ID, Account: by.Account, Props: map[string]string{"mode": string(how.Mode)}}
	if how.Pseudonym != "" {
		e.Subject = "person/" + how.Pseudonym
	}
	for _, r := range report {
		e.Props[r.Keeper] = strings.Join([]string{strconv.Itoa(r.Removed), strconv.Itoa(r.Renamed)}, "/")
	}
	// The context knows the browser, which is the person's own when they ask.
	d.events.Record(analytics.NewContext(ctx, analytics.Event{}), e)
}
