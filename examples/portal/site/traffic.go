package site

import (
	"net/http"

	"github.com/stoa-go/stoa/analytics"
)

// withTraffic gives every request what its events have in common: a visitor
// without a cookie, a visit, a device, where they came from.
func (s *Site) withTraffic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		common := analytics.Event{Channel: "web", Device: analytics.DeviceOf(r.UserAgent())}
		if len(r.URL.Path) >= len(apiPrefix) && r.URL.Path[:len(apiPrefix)] == apiPrefix {
			common.Channel = "api"
		}
		next.ServeHTTP(w, r.WithContext(analytics.NewContext(r.Context(), common)))
	})
}
