package analytics

import "github.com/stoa-go/stoa/internal/errs"

// Errors that a Ledger and every Store return, alone or wrapped.
var (
	ErrInvalid     = errs.Invalid     // an argument, or an event, cannot be accepted
	ErrUnavailable = errs.Unavailable // the store cannot be reached now
)
