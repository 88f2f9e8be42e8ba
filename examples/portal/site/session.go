package site

import (
	"net/http"
	"strings"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/tokenprofile"
)

// The portal signs people in as one of the demo's people, or with an identity
// provider. A product with sessions of its own hands the middleware its own
// authenticator instead.

const (
	sessionCookie = "stoa_session"
	bearerPrefix  = "Bearer demo-"
)

// authenticate says who sends a request: by the demo's token, by what a product
// has signed for its widget, by their session, or by
// the pass of a guest.
func (s *Site) authenticate(r *http.Request) (profile.Actor, error) {
	if person, ok := strings.CutPrefix(r.Header.Get("Authorization"), bearerPrefix); ok && s.cfg.Demo {
		by, err := s.people.Actor(r.Context(), person)
		by.Assurance = max(by.Assurance, profile.AssuranceStrong) // it proves nothing, so that nothing more is to be proved
		return by, err
	}
	if strings.HasPrefix(r.URL.Path, apiPrefix+"/") {
		if id, ok := tokenprofile.KeyID(r); ok {
			return s.widgetUser(r, id)
		}
	}
	by, err := s.sessions.Authenticate(r)
	if err != nil || !by.Anonymous() {
		return by, err
	}
	return s.asGuest(r)
}

// viewerMay lets people who look at the portal as somebody else end that, and
// sign out.
func (s *Site) viewerMay(r *http.Request) bool {
	path := r.URL.Path
	if _, rest, ok := s.languages.SplitPath(path); ok {
		path = rest
	}
	return path == "/sign-out" || path == "/account/view/end" || path == apiPrefix+"/me/view"
}

// cookie returns a cookie for the whole portal that no script reads and no other
// site's form sends.
func (s *Site) cookie(name, value string) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode}
}

// secure reports whether the portal is reached by https, whatever is between.
func (s *Site) secure() bool { return strings.HasPrefix(s.cfg.BaseURL, "https:") }
