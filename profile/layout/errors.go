package layout

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
)

// Errors that an Arranger and every Store return, alone or wrapped.
var (
	ErrNotFound    = errs.NotFound    // no such rule or promotion, or none the actor may know of
	ErrConflict    = errs.Conflict    // it changed since it was read, or the id is taken
	ErrForbidden   = errs.Forbidden   // the actor may not do this
	ErrInvalid     = errs.Invalid     // an argument cannot be accepted
	ErrUnavailable = errs.Unavailable // the store cannot answer now
)

// Faults is what is wrong with a [Site], a line for each place: what it is and
// what to do about it. It matches [ErrInvalid] and unwraps to field errors, so
// that an API tells the same in the reader's language.
type Faults struct{ fields errs.Fields }

// Error lists the faults in English, in order of their places.
func (f *Faults) Error() string {
	catalog, err := i18n.New(nil)
	if err != nil {
		return f.fields.Error()
	}
	english := catalog.In("en").WithIsolation(i18n.IsolationOff)
	lines := make([]string, 0, len(f.fields))
	for _, at := range slices.Sorted(maps.Keys(f.fields)) {
		m := f.fields[at]
		if english.Has(m.Key) {
			lines = append(lines, at+": "+english.Message(m))
		} else {
			lines = append(lines, at+": "+m.Key+arguments(m.Args))
		}
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes f match ErrInvalid and carry its fields.
func (f *Faults) Unwrap() error { return f.fields }

func arguments(args map[string]any) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(args)) {
		fmt.Fprintf(&b, " %s=%v", name, args[name])
	}
	return b.String()
}

// faultsOf returns f as an error, or nil if it is empty.
func faultsOf(f errs.Fields) error {
	if len(f) == 0 {
		return nil
	}
	return &Faults{fields: f}
}

// wrap names the subject of an error, and leaves nil alone.
func wrap(err error, kind, id string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %q: %w", kind, id, err)
}
