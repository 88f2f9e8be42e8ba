package site

import (
	"net/http"

	"github.com/stoa-go/stoa/kb"
)

type homeBody struct {
	Top, Main []row
	Moved     bool // something stands where it was not declared
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
	v := visitOf(r.Context())
	var b homeBody
	var err error
	if b.Top, err = s.rows(r, "top"); err != nil {
		return nil, err
	}
	if b.Main, err = s.rows(r, "main"); err != nil {
		return nil, err
	}
	b.Moved = moved(b.Main)
	p := s.newPage(r, v.Brand.Name+" – "+v.P.T("home.title"))
	p.Description, p.Big, p.Body = v.P.T("home.description", "brand", v.Brand.Name), true, b
	p.tell(websiteData(v))
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
