package oidcprofile

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"golang.org/x/oauth2"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// What the reader is told. The reasons are for the log.
func errDenied() error    { return errs.Say(errs.Forbidden, "error.profile.signin_denied", nil) }
func errExpired() error   { return errs.Say(errs.Invalid, "error.profile.signin_expired", nil) }
func errUntrusted() error { return errs.Say(errs.Forbidden, "error.profile.signin_untrusted", nil) }
func errUnavailable() error {
	return errs.Say(errs.Unavailable, "error.profile.signin_unavailable", nil)
}
func errNoAccess() error  { return errs.Say(errs.Forbidden, "error.profile.signin_no_access", nil) }
func errNotStrong() error { return errs.Say(errs.Forbidden, "error.profile.signin_not_strong", nil) }

// refuse notes why nobody was signed in, and returns what the reader is told.
func (p *Provider) refuse(ctx context.Context, why string, cause, say error) error {
	p.opts.Logger.WarnContext(ctx, "sign-in refused", "via", p.via, "why", why, "error", brief(cause))
	p.opts.Events.Record(ctx, analytics.Event{
		Name: "session.refused", At: p.clock(), Props: map[string]string{"via": p.via, "why": why},
	})
	return say
}

// brief is an error as the log may have it: no answer of a provider's in full,
// which may be long, or hold what nobody else should see.
func brief(err error) string {
	if failed, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		status := 0
		if failed.Response != nil {
			status = failed.Response.StatusCode
		}
		return fmt.Sprintf("the token endpoint answered with status %d and error %q", status, plainCode(failed.ErrorCode))
	}
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, err.Error())
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return strings.ToValidUTF8(text, "")
}

// plainCode is an error code of the protocol, and no prose.
func plainCode(code string) string {
	odd := func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }
	if len(code) > 64 || strings.ContainsFunc(code, odd) {
		return "?"
	}
	return code
}

// answered turns an error that the provider answered with into what the reader
// is told.
func answered(code string) error {
	switch code {
	case "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required":
		return errDenied()
	case "server_error", "temporarily_unavailable":
		return errUnavailable()
	case "unmet_authentication_requirements":
		return errNotStrong()
	}
	return errUntrusted()
}

// An unwelcome is why the host does not let somebody in. What it says to readers
// they are told.
type unwelcome struct{ error }

func (u unwelcome) Unwrap() error { return u.error }

// exchanged turns an error of the token endpoint into what the reader is told.
func exchanged(err error) error {
	failed, ok := errors.AsType[*oauth2.RetrieveError](err)
	if ok && failed.Response != nil && failed.Response.StatusCode < http.StatusInternalServerError {
		return errUntrusted()
	}
	return errUnavailable()
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
