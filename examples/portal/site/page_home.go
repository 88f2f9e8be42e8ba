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
	ctx, locale := r.Context(), string(v.Wanted)
	var b homeBody
	var err error
	if b.Places, err = s.library.Categories(ctx, v.By, locale); err != nil {
		return err
	}
	b.Places = filled(b.Places)
	if b.Recent, _, err = s.library.Articles(ctx, v.By, kb.Query{Locale: locale, Order: kb.OrderUpdated, Limit: 5}); err != nil {
		return err
	}
	if b.Popular, err = s.popular(ctx, v.By, locale, 5); err != nil {
		return err
	}
	p := s.newPage(r, s.cfg.Brand+" – "+v.P.T("home.title"))
	p.Description, p.Big, p.Body = v.P.T("home.description", "brand", s.cfg.Brand), true, b
	p.Data = []any{s.websiteData(v)}
	return s.show(w, r, http.StatusOK, "home", p)
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
