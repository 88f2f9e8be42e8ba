package profile

import "github.com/stoa-go/stoa/internal/errs"

// Errors that a Directory and every Store return, alone or wrapped.
var (
	ErrNotFound    = errs.NotFound    // no such person, account or segment, or none the actor may know of
	ErrGone        = errs.Gone        // a link that was good once: used, expired, replaced or revoked
	ErrConflict    = errs.Conflict    // it changed since it was read, or the id is taken
	ErrForbidden   = errs.Forbidden   // the actor may not do this
	ErrInvalid     = errs.Invalid     // an argument cannot be accepted
	ErrUnavailable = errs.Unavailable // the store or the authenticator cannot answer now
	ErrUnsupported = errs.Unsupported // what it takes is not there
	ErrTooMany     = errs.TooMany     // somebody asks for something too often
)
