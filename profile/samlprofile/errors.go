package samlprofile

import (
	"context"
	"fmt"
	"strings"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile/internal/signin"
)

// refuse notes why nobody was signed in, and returns what the reader is told.
func (p *Provider) refuse(ctx context.Context, why string, cause, say error) error {
	p.opts.Logger.WarnContext(ctx, "sign-in refused", "via", p.via, "why", why, "error", signin.Brief(cause.Error()))
	p.opts.Events.Record(ctx, analytics.Event{
		Name: "session.refused", At: p.clock(), Props: map[string]string{"via": p.via, "why": why},
	})
	return say
}

// brief is a word of the provider's as an error may have it.
func brief(s string) string {
	s = signin.Brief(s)
	if len(s) > 80 {
		s = strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}

// A statusError is an answer that says that there is no assertion.
type statusError struct{ top, sub string }

func (e statusError) Error() string {
	return fmt.Sprintf("the provider answered %s", plainStatus(e.top)+" "+plainStatus(e.sub))
}

const statuses = "urn:oasis:names:tc:SAML:2.0:status:"

// plainStatus is a status of the standard, and no prose.
func plainStatus(s string) string {
	name, ok := strings.CutPrefix(s, statuses)
	odd := func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }
	switch {
	case s == "":
		return ""
	case !ok, len(name) > 40, strings.ContainsFunc(name, odd):
		return "?"
	}
	return name
}

// say is what the reader is told of a status.
func (e statusError) say() error {
	switch sub, _ := strings.CutPrefix(e.sub, statuses); sub {
	case "AuthnFailed", "RequestDenied":
		return signin.Denied()
	case "NoAuthnContext":
		return signin.NotStrong()
	}
	if e.top == statuses+"Responder" {
		return signin.Unavailable()
	}
	return signin.Untrusted()
}
