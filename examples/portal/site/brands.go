package site

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// Several portals over one store are brands: the host that is asked says which
// one. Each has a name, a look, menus and languages of its own, and what is
// written for "brand-ID" is seen at its hosts alone. That parts the brands, and
// keeps no secret: anybody may ask any of the hosts.

// readBrands adds the brands of a file to what the portal consists of.
func (s *Site) readBrands(declared *layout.Site) error {
	if s.cfg.Brands == "" {
		return nil
	}
	data, err := os.ReadFile(s.cfg.Brands)
	if err != nil {
		return fmt.Errorf("-brands: %w", err)
	}
	more, err := layout.Load(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("-brands %s: %w", s.cfg.Brands, err)
	}
	declared.Brands = more.Brands
	if err := declared.Check(); err != nil {
		return fmt.Errorf("-brands %s: %w", s.cfg.Brands, err)
	}
	return s.speakBrands(declared.Brands)
}

// speakBrands makes ready how each brand chooses languages, of which the first
// is for those who ask for none that it has.
func (s *Site) speakBrands(brands []layout.Brand) error {
	s.tongues = map[string]*i18n.Negotiator{}
	for _, b := range brands {
		if len(b.Locales) == 0 {
			continue
		}
		for _, l := range b.Locales {
			if !slices.Contains(s.languages.texts.Offered(), l) {
				return fmt.Errorf("brand %s: the portal does not speak %q", b.ID, l)
			}
		}
		n, err := i18n.NewNegotiator(b.Locales[0], b.Locales, nil)
		if err != nil {
			return fmt.Errorf("brand %s: %w", b.ID, err)
		}
		s.tongues[b.ID] = n
	}
	return nil
}

// brandOf returns the brand that a request is for. One that has no name of its
// own is called as the portal is.
func (s *Site) brandOf(r *http.Request) layout.Brand {
	b := s.arranger.Brand(r.Host)
	if b.Name == "" {
		b.Name = s.cfg.Brand
	}
	return b
}

// segmentsOf returns the segments of everybody who is on a brand.
func (s *Site) segmentsOf(b layout.Brand) []string {
	if len(s.declared.Brands) < 2 {
		return nil
	}
	return []string{brandSegment + b.ID}
}

// onBrand adds to whoever asks what the host says of them.
func (s *Site) onBrand(ask func(*http.Request) (profile.Actor, error)) func(*http.Request) (profile.Actor, error) {
	return func(r *http.Request) (profile.Actor, error) {
		by, err := ask(r)
		if err == nil {
			by = s.at(by, s.arranger.Brand(r.Host))
		}
		return by, err
	}
}

// at returns somebody as they are on a brand.
func (s *Site) at(by profile.Actor, b layout.Brand) profile.Actor {
	if own := s.segmentsOf(b); own != nil {
		// A rule cannot put people on a brand: its host alone does.
		by.Segments = slices.DeleteFunc(slices.Clone(by.Segments), func(name string) bool { return strings.HasPrefix(name, brandSegment) })
		by.Segments = append(by.Segments, own...)
	}
	return by
}

// ownTongue picks the language of a visit, where its brand has languages of its
// own and the address says none.
func (s *Site) ownTongue(v *visit, ask i18n.Request) {
	if own := s.tongues[v.Brand.ID]; own != nil && !v.Prefix {
		v.Wanted, _ = own.Pick(ask)
		v.Locale = v.Wanted
	}
}

// offered returns the languages that a visitor can switch to.
func (s *Site) offered(v *visit) []i18n.Locale {
	if own := s.tongues[v.Brand.ID]; own != nil {
		return own.Offered()
	}
	return s.languages.Offered()
}

// brandOrigin returns what absolute links of a brand begin with where the
// configuration says it for the portal: the brand's first host.
func (s *Site) brandOrigin(r *http.Request) string {
	base := strings.TrimSuffix(s.cfg.BaseURL, "/")
	b := s.arranger.Brand(r.Host)
	if len(s.declared.Brands) < 2 || b.ID == s.declared.Brands[0].ID || len(b.Hosts) == 0 {
		return base
	}
	return s.originOf(b.ID)
}

// Restricted reports whether what is not public is to be marked: to those who
// are not signed in all that they see is as public as their brand.
func (p *page) Restricted(public bool) bool { return !public && !openTo(p.By) }

// openTo reports whether somebody sees what everybody sees at the same host.
func openTo(by profile.Actor) bool {
	return by.Anonymous() && by.Assurance == profile.AssuranceNone
}
