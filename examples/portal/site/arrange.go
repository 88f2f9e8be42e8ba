package site

import (
	"bytes"
	"context"
	_ "embed" // for the file below
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/layout/sqllayout"
)

// What the portal consists of is declared in one file: menus, the blocks of
// pages, places for promotions, the look. It is arranged for each visit.

//go:embed site.json
var ownSite []byte

// stylePrefix is where the style sheets of themes are.
const stylePrefix = "/static/theme/"

// openLayout arranges what the portal consists of.
func (s *Site) openLayout(context.Context) (err error) {
	s.arranger, err = layout.NewArranger(*s.declared, sqllayout.New(s.db.write).WithReader(s.db.read), &layout.Options{
		Policy: s.policy, Audit: s.audit, Events: s.events, Logger: s.cfg.Log, Now: s.cfg.Now, Holdout: s.cfg.Holdout,
	})
	if err == nil {
		s.people.Register(s.arranger.Keeper())
	}
	return err
}

// readSite reads the site of the configuration, or the portal's own, and refuses
// what no page could show. It needs no database: a mistake leaves nothing behind.
func (s *Site) readSite(context.Context) (err error) {
	file, name := ownSite, "site.json"
	if s.cfg.Site != "" {
		if file, err = os.ReadFile(s.cfg.Site); err != nil {
			return fmt.Errorf("-site: %w", err)
		}
		name = "-site " + s.cfg.Site
	}
	s.declared, err = layout.Load(bytes.NewReader(file))
	if err == nil {
		err = s.speakBrands(s.declared.Brands)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := s.readBrands(s.declared); err != nil {
		return err
	}
	if err := s.shows(s.declared); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// shows reports what of a site the templates and the texts do not know.
func (s *Site) shows(declared *layout.Site) error {
	menus := declared.Menus
	for _, b := range declared.Brands {
		menus = append(menus, b.Menus...)
	}
	for _, m := range menus {
		if err := s.showsItems(m.Items); err != nil {
			return err
		}
	}
	for _, p := range declared.Pages {
		for _, slot := range p.Slots {
			if err := s.showsBlocks(slot.Blocks); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Site) showsItems(items []layout.Item) error {
	for _, it := range items {
		if err := errors.Join(s.showsLabel(it.ID, it.Label), s.showsItems(it.Children)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Site) showsBlocks(blocks []layout.Block) error {
	for _, b := range blocks {
		if !knownBlock(b.Kind) {
			return fmt.Errorf("%s: there is no block of the kind %q", b.ID, b.Kind)
		}
		if err := s.showsLabel(b.ID, b.Title); err != nil {
			return err
		}
	}
	return nil
}

func (s *Site) showsLabel(id string, l layout.Label) error {
	if l.Key != "" && !s.catalog.In(s.languages.Default()).Has(l.Key) {
		return fmt.Errorf("%s: there is no text with the key %q", id, l.Key)
	}
	return nil
}

// pageName returns what a site calls the page at a path, "" for those that have
// no slots.
func pageName(path string) string {
	switch {
	case path == "/":
		return "home"
	case path == "/search", path == "/account":
		return path[1:]
	case strings.HasPrefix(path, "/articles/"):
		return "article"
	}
	return ""
}

// layoutOf returns how the portal is arranged for the visit that a request
// belongs to, and the blocks of its page.
func (s *Site) layoutOf(r *http.Request) layout.Layout {
	v := visitOf(r.Context())
	if v.laid == nil {
		laid := s.arranger.Arrange(r.Context(), v.By, v.stay, pageName(v.Path))
		v.laid = &laid
	}
	return *v.laid
}

// A menuLink is an item of a menu as a page shows it.
type menuLink struct {
	ID, Title, Href string
	Why             string // why it stands where it was not declared; "" for what did not move
	Current         bool
	Children        []menuLink
}

// Menu returns the links of a menu as they stand for the visitor.
func (p *page) Menu(name string) []menuLink { return p.menuLinks(p.laid.Menus[name]) }

func (p *page) menuLinks(links []layout.Link) []menuLink {
	var out []menuLink
	for _, l := range links {
		if !p.opens(l.Address) {
			continue
		}
		out = append(out, menuLink{
			ID: l.ID, Title: l.Label.In(p.texts, p.Locale), Href: p.menuHref(l.Address), Why: l.Reason.In(p.texts, p.Locale),
			Current: l.Address == p.Path, Children: p.menuLinks(l.Children),
		})
	}
	return out
}

// From returns what an address says of the block that its link stands in, if it
// is counted for the visitor which they use.
func (p *page) From(block any) template.URL {
	id, ok := block.(string)
	if !ok || id == "" || p.By.Anonymous() || p.By.Viewer != "" {
		return ""
	}
	return template.URL("?" + blockParam + "=" + url.QueryEscape(id)) //nolint:gosec // escaped
}

// Moved reports whether anything in a menu stands where it was not declared.
func (p *page) Moved(name string) bool {
	for _, l := range p.laid.Menus[name] {
		if l.Reason.Moved() {
			return true
		}
	}
	return false
}

// menuHref returns an address of a menu in the page's language. Of what has no
// languages, and of other sites, it is the address itself.
func (p *page) menuHref(address string) string {
	if !strings.HasPrefix(address, "/") || address == "/openapi.json" || strings.HasPrefix(address, apiPrefix) {
		return address
	}
	return p.link(address)
}

// needs are the pages that take a permission, for menus. To those who lack it
// they do not exist.
var needs = map[string]profile.Permission{
	"/admin/people":         profile.PermissionDirectoryRead,
	"/admin/audit":          profile.PermissionAuditRead,
	"/account/organisation": profile.PermissionMembersRead,
}

// opens reports whether the visitor may open what a menu leads to.
func (p *page) opens(address string) bool {
	if need, ok := needs[address]; ok && !p.policy.May(p.By, need) {
		return false
	}
	switch address {
	case "/admin":
		return len(p.admin) > 0
	case "/desk":
		return len(p.desk) > 0
	}
	if address == "/account/addresses" {
		return p.located
	}
	return address != "/account/organisation" || p.By.Account != ""
}
