package site

import (
	"net/http"

	"github.com/stoa-go/stoa/kb"
)

type homeBody struct {
	Places  []kb.Place
	Popular []kb.Entry
	Recent  []kb.Entry
}

func (s *Site) home(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	html, err := s.builtOnce(r, popularLasts, s.buildHome)
	if err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, v.By, html)
}

func (s *Site) buildHome(r *http.Request) ([]byte, error) {
	ctx, v := r.Context(), visitOf(r.Context())
	places, err := s.library.Categories(ctx, v.By, string(v.Wanted))
	if err != nil {
		return nil, err
	}
	b := homeBody{Places: filled(places)}
	if b.Recent, err = s.recent(ctx, v, listed); err != nil {
		return nil, err
	}
	if b.Popular, err = s.popular(ctx, v); err != nil {
		return nil, err
	}
	p := s.newPage(r, s.cfg.Brand+" – "+v.P.T("home.title"))
	p.Description, p.Big, p.Body = v.P.T("home.description", "brand", s.cfg.Brand), true, b
	p.Data = []any{s.websiteData(v)}
	return s.build("home", p)
}

// filled leaves out the categories that have nothing for the reader.
func filled(places []kb.Place) []kb.Place {
	var out []kb.Place
	for _, p := range places {
		if p.Articles > 0 {
			p.Children = filled(p.Children)
			out = append(out, p)
		}
	}
	return out
}
