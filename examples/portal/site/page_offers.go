package site

import (
	"net/http"
	"strings"

	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile/layout"
)

// An offer is a promotion as a page shows it.
type offer struct {
	ID, Title, Text string
	Action, Href    string // empty for one that leads nowhere
	Dismiss         string // where its button leads
}

// Offers returns the promotions of a slot that were chosen for the visitor.
func (p *page) Offers(slot string) []offer {
	var out []offer
	for _, o := range p.laid.Shown[slot] {
		shown := offer{
			ID: o.ID, Title: o.TitleIn(p.texts, p.Locale), Text: o.TextIn(p.texts, p.Locale), Action: o.ActionIn(p.texts, p.Locale),
			Dismiss: p.link("/promotions/" + escape(o.ID) + "/dismissal"),
		}
		if o.Address != "" {
			shown.Href = p.link("/promotions/" + escape(o.ID))
		}
		out = append(out, shown)
	}
	return out
}

// followOffer counts that somebody followed a promotion, and leads there.
func (s *Site) followOffer(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	o, err := s.arranger.Offer(r.Context(), v.By, id)
	if err != nil {
		return err
	}
	if o.Address == "" {
		return layout.ErrNotFound
	}
	if v.By.Viewer == "" && r.Method == http.MethodGet {
		// Counting a click must not keep anybody from where it leads.
		if err := s.arranger.Clicked(r.Context(), v.By, v.stay, id); err != nil {
			s.cfg.Log.WarnContext(r.Context(), "click not recorded", "err", err)
		}
	}
	to := o.Address
	if strings.HasPrefix(to, "/") {
		to = v.link(to)
	}
	web.NoStore(w)
	http.Redirect(w, r, to, http.StatusFound)
	return nil
}

// dismissOffer takes a promotion out of somebody's sight, and leads back to
// where they saw it. Once more changes nothing.
func (s *Site) dismissOffer(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	if err := s.arranger.Dismiss(r.Context(), v.By, v.stay, id); err != nil {
		return err
	}
	http.Redirect(w, r, valid.ReturnPath(r.PostFormValue("return_to")), http.StatusSeeOther)
	return nil
}
