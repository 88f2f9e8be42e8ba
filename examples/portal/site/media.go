package site

import (
	"bytes"
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

// media serves the pictures of articles to those who may read one that shows
// it. A drawing opened by itself is in a sandbox, where nothing in it can run.
func (s *Site) media(w http.ResponseWriter, r *http.Request) error {
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	m, err := s.library.Media(r.Context(), visitOf(r.Context()).By, name)
	if err != nil {
		return err
	}
	return serveMedia(w, r, m)
}

func serveMedia(w http.ResponseWriter, r *http.Request, m kb.Media) error {
	h := w.Header()
	h.Set("Content-Type", m.Type)
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+m.Hash[:32]+`"`)
	http.ServeContent(w, r, "", m.At, bytes.NewReader(m.Data))
	return nil
}
