package courses

import (
	"errors"
	"fmt"

	"github.com/stoa-go/stoa/internal/errs"
)

// Errors that a School and every store return, alone or wrapped.
var (
	ErrNotFound    = errs.NotFound    // no such thing, or none the actor may know of
	ErrConflict    = errs.Conflict    // it changed since it was read, or the id or address is taken
	ErrForbidden   = errs.Forbidden   // the actor may not do this
	ErrInvalid     = errs.Invalid     // an argument cannot be accepted
	ErrUnavailable = errs.Unavailable // what is needed for it cannot answer now
	ErrTooMany     = errs.TooMany     // no attempt is left
)

// wrap names the subject of an error, and leaves nil alone.
func wrap(err error, kind, id string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %q: %w", kind, id, err)
}

// absent returns ErrNotFound itself for what the store does not have, so that it
// cannot be told from what is hidden.
func absent(err error) error {
	if errors.Is(err, ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// say is an error of a class that tells the reader why.
func say(class error, key string) error { return errs.Say(class, "error.course."+key, nil) }
