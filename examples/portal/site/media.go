package site

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// media serves pictures and files of articles to those who may read one that
// shows them.
func (s *Site) media(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	return s.sendMedia(w, r, visitOf(r.Context()).By, name)
}

func (s *Site) sendMedia(w http.ResponseWriter, r *http.Request, by profile.Actor, name string) error {
	m, content, err := s.library.File(r.Context(), by, name)
	if err != nil {
		return err
	}
	defer content.Close() //nolint:errcheck // it was only read
	web.Unhurried(r)
	kb.ServeMedia(w, r, m, content)
	return nil
}
