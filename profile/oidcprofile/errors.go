package oidcprofile

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/oauth2"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile/internal/signin"
)

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
	return signin.Brief(err.Error())
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
		return signin.Denied()
	case "server_error", "temporarily_unavailable":
		return signin.Unavailable()
	case "unmet_authentication_requirements":
		return signin.NotStrong()
	}
	return signin.Untrusted()
}

// exchanged turns an error of the token endpoint into what the reader is told.
func exchanged(err error) error {
	failed, ok := errors.AsType[*oauth2.RetrieveError](err)
	if ok && failed.Response != nil && failed.Response.StatusCode < http.StatusInternalServerError {
		return signin.Untrusted()
	}
	return signin.Unavailable()
}
