package signin

import (
	"errors"
	"strings"
	"unicode"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// What the reader is told. The reasons are for the log.
func Denied() error      { return errs.Say(errs.Forbidden, "error.profile.signin_denied", nil) }
func Expired() error     { return errs.Say(errs.Gone, "error.profile.signin_expired", nil) }
func Untrusted() error   { return errs.Say(errs.Forbidden, "error.profile.signin_untrusted", nil) }
func Unavailable() error { return errs.Say(errs.Unavailable, "error.profile.signin_unavailable", nil) }
func NoAccess() error    { return errs.Say(errs.Forbidden, "error.profile.signin_no_access", nil) }
func NotStrong() error   { return errs.Say(errs.Forbidden, "error.profile.signin_not_strong", nil) }

// An unwelcome is why the host does not let somebody in. What it says to readers
// they are told.
type unwelcome struct{ error }

func (u unwelcome) Unwrap() error { return u.error }

// Access tells who is not let in from who cannot be asked about.
func Access(err error) error {
	if why, ok := errors.AsType[unwelcome](err); ok {
		if says, ok := errors.AsType[*errs.Says](why.error); ok {
			return says
		}
	}
	if settled(err) {
		return NoAccess()
	}
	return Unavailable()
}

// If returns say if err is want, and that the portal cannot tell otherwise.
func If(err, want, say error) error {
	if errors.Is(err, want) {
		return say
	}
	return Unavailable()
}

// settled reports whether an error is an answer, rather than the lack of one.
func settled(err error) bool {
	if errors.Is(err, profile.ErrUnavailable) {
		return false
	}
	for _, class := range []error{profile.ErrForbidden, profile.ErrNotFound, profile.ErrInvalid, profile.ErrConflict} {
		if errors.Is(err, class) {
			return true
		}
	}
	return false
}

// Brief is a text as the log may have it: one line, and no answer of a
// provider's in full.
func Brief(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return strings.ToValidUTF8(text, "")
}
