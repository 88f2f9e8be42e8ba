package site

import (
	"net/http"
	"strings"

	"github.com/stoa-go/stoa/analytics"
)

// withTraffic gives every request what its events have in common: a visitor
// without a cookie, a visit, a device, where they came from.
func (s *Site) withTraffic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/static/") {
			next.ServeHTTP(w, r)
			return
		}
		common := s.visits.Visit(r)
		common.Path, common.Referrer = withoutSecret(common.Path), withoutSecret(common.Referrer)
		common.Channel = "web"
		if strings.HasPrefix(r.URL.Path, apiPrefix) {
			common.Channel = "api"
		}
		next.ServeHTTP(w, r.WithContext(analytics.NewContext(r.Context(), common)))
	})
}

// withoutSecret leaves out of an address what lets whoever knows it in.
func withoutSecret(path string) string {
	for _, secret := range []string{"/invitations/", "/links/"} {
		if i := strings.Index(path, secret); i >= 0 {
			return path[:i+len(secret)-1]
		}
	}
	return path
}
