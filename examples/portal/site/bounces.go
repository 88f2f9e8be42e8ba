package site

import (
	"crypto/subtle"
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/mailprofile"
)

// What came back is told to the portal by whoever carries its mails: a provider
// by a webhook, or a mail server that hands on what comes to the sender's
// address. Both know a secret: who may say so has an address left alone.

const bouncesPath = "/hooks/mail"

type bounceWire struct {
	Address string `json:"address" doc:"The mail address."`
	Kind    string `json:"kind" doc:"soft, hard or complaint."`
	Status  string `json:"status,omitempty" doc:"Enhanced status of the mail server, such as 5.1.1."`
	Key     string `json:"key,omitempty" doc:"The provider's name for the event; the same twice counts once."`
}

func (s *Site) openBounces() {
	s.bounces = profile.NewBounces(s.keeping, s.people, &profile.BounceOptions{Logger: s.cfg.Log, Now: s.cfg.Now})
}

// mailBounced takes a report: one of a provider's as JSON, or a delivery status
// message as it is.
func (s *Site) mailBounced(w http.ResponseWriter, r *http.Request) error {
	given, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if s.cfg.Mail.Hook == "" || subtle.ConstantTimeCompare([]byte(given), []byte(s.cfg.Mail.Hook)) != 1 {
		return errs.NotFound
	}
	reports, err := reportsIn(w, r)
	if err != nil {
		return err
	}
	for _, one := range reports {
		// A mail server names addresses that nobody here has, and odd ones.
		if err := s.bounces.Note(r.Context(), one); err != nil && (len(reports) == 1 || !errors.Is(err, profile.ErrInvalid)) {
			return err
		}
	}
	return web.NoContent(w)
}

func reportsIn(w http.ResponseWriter, r *http.Request) ([]profile.BounceReport, error) {
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "message/rfc822" {
		return mailprofile.ParseReport(r.Body)
	}
	in, err := web.Decode[bounceWire](w, r, 0)
	if err != nil {
		return nil, err
	}
	return []profile.BounceReport{{Address: in.Address, Kind: profile.Bounce(in.Kind), Status: in.Status, Key: in.Key}}, nil
}

// retryMail has the visitor's address written to again.
func (s *Site) retryMail(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if err := s.bounces.Retry(r.Context(), v.By); err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/account/preferences")+"?saved=1", http.StatusSeeOther)
	return nil
}
