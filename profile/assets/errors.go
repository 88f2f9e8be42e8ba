package assets

import (
	"fmt"

	"github.com/stoa-go/stoa/internal/errs"
)

// Errors that an Inventory and every store return, alone or wrapped.
var (
	ErrNotFound    = errs.NotFound    // no such thing, or none the actor may know of
	ErrConflict    = errs.Conflict    // it changed since it was read, or the id or serial number is taken
	ErrForbidden   = errs.Forbidden   // the actor may not do this
	ErrInvalid     = errs.Invalid     // an argument cannot be accepted
	ErrUnsupported = errs.Unsupported // what keeps this can only be read
	ErrUnavailable = errs.Unavailable // what keeps this cannot answer now
	ErrTooMany     = errs.TooMany     // so much is not left, or somebody tries too often
)

// wrap names the subject of an error, and leaves nil alone.
func wrap(err error, kind, id string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %q: %w", kind, id, err)
}
