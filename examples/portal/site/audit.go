package site

import (
	"errors"
	"net/http"
	"strings"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/audit"
	"github.com/stoa-go/stoa/profile/audit/sqlaudit"
)

// openAudit makes the record of who did what, before anything that writes to it.
func (s *Site) openAudit() {
	key := s.cfg.AuditKey
	if len(key) == 0 {
		key = s.secret
	}
	s.audit = audit.NewLog(sqlaudit.New(s.db.write).WithReader(s.db.read), &audit.Options{
		Key: key, Policy: s.policy, System: []string{system.ID}, Secret: s.secret, Logger: s.cfg.Log, Now: s.cfg.Now,
	})
}

// opens names what somebody opens who looks at the portal as somebody else. What
// a page is made of says nothing that the page did not; an address that names a
// person is cut.
func (s *Site) opens(r *http.Request) string {
	path := r.URL.Path
	if _, rest, ok := s.languages.SplitPath(path); ok {
		path = rest
	}
	for _, part := range []string{"/static/", "/media/", stylePrefix, apiPrefix + "/events", apiPrefix + "/notices/wait", "/search/suggestions"} {
		if strings.HasPrefix(path, part) {
			return ""
		}
	}
	for _, people := range []string{"/admin/people/", "/account/organisation/people/", "/invitations/", apiPrefix + "/people/"} {
		if strings.HasPrefix(path, people) {
			path = people + "…"
		}
	}
	return "page" + path
}

// refused writes down that somebody who has signed in tried to open a page of
// administrators, and returns what everybody is told.
func (s *Site) refused(r *http.Request) error {
	by := visitOf(r.Context()).By
	if by.Anonymous() {
		return profile.ErrNotFound
	}
	_, pattern, _ := strings.Cut(r.Pattern, " ")
	_, err := s.audit.Audit(r.Context(), by, profile.Deed{Action: "page.opened", Subject: "page" + pattern, Outcome: profile.OutcomeRefused})
	if err != nil && !errors.Is(err, profile.ErrUnavailable) {
		s.cfg.Log.ErrorContext(r.Context(), "refusal not written down", "err", err)
	}
	return profile.ErrNotFound
}
