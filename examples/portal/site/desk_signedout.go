package site

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/web"
)

type signedOutBody struct {
	Action string
	Hidden []option // what was sent: names as values, and what of them as labels
	Text   string   // the longest, to be read
	Name   string   // of that
}

// refusedSession answers requests whose session has ended. What was written at
// the desk is given back, to be sent again after signing in.
func (s *Site) refusedSession() http.Handler {
	others := s.sessions.Refused()
	inWords, desk := s.withVisit(others), s.withVisit(web.Handler(s.cfg.Log, s.deskSignedOut))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		if _, rest, ok := s.languages.SplitPath(path); ok {
			path = rest
		}
		if r.Method == http.MethodPost && strings.HasPrefix(path, "/desk/") && strings.Contains(r.Header.Get("Accept"), "text/html") {
			desk.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(path, apiPrefix+"/") {
			r = r.WithContext(web.SignedIn(r.Context(), false))
			inWords.ServeHTTP(w, web.ForProgram(r)) // a page has its language from elsewhere
			return
		}
		others.ServeHTTP(w, r)
	})
}

// deskSignedOut shows what somebody sent whose session had ended. It is theirs
// alone: nothing is read and nothing kept.
func (s *Site) deskSignedOut(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseMultipartForm(maxWriting); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return err
	}
	web.NoStore(w)
	v := visitOf(r.Context())
	b := signedOutBody{Action: v.link(v.Path)}
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, value := range r.PostForm[name] {
			if name == "body" && b.Name == "" {
				b.Name, b.Text = name, strings.ReplaceAll(value, "\r\n", "\n")
				continue
			}
			b.Hidden = append(b.Hidden, option{name, value})
		}
	}
	p := s.newPage(r, v.P.T("write.signed_out"))
	p.NoIndex, p.Body = true, b
	return s.show(w, r, http.StatusForbidden, "desk-signedout", p)
}
