package layout

import (
	"regexp"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/profile"
)

// Limits of a site.
const (
	maxItems    = 500 // items and blocks of one brand
	maxNesting  = 4   // of menu items
	maxData     = 50  // settings of a block
	maxOffers   = 5   // promotions in one slot
	maxBrands   = 50
	maxSegments = 50 // that one thing names
)

// Check reports everything that is wrong with s as [Faults], by place: what it
// is and what to do. Themes are held to WCAG 2.2, see [Theme.Check].
func (s *Site) Check() error {
	f := errs.Fields{}
	s.Theme.check("theme", f)
	s.checkBrands(f)
	checkMenus("menus", s.Menus, fresh(f))
	for i, b := range s.brands() {
		checkMenus("brands"+index(i)+".menus", b.Menus, fresh(f))
		s.checkTogether(i, b, f)
	}
	return faultsOf(f)
}

// checkTogether looks at all that a brand shows, for IDs that only meet there.
// What is wrong inside a menu has been noted.
func (s *Site) checkTogether(i int, b Brand, f errs.Fields) {
	ids := fresh(errs.Fields{})
	at := "menus"
	if len(b.Menus) > 0 {
		at = "brands" + index(i) + ".all_menus"
	}
	checkMenus(at, s.menusOf(b), ids)
	s.checkPages(ids)
	for at, m := range ids.fields {
		if m.Key == "error.layout.id_taken" || strings.HasPrefix(at, "pages") {
			f.Add(at, m.Key, m.Args)
		}
	}
	if len(ids.seen) > maxItems {
		f.Add(at, "error.field.too_many", map[string]any{"max": maxItems})
	}
}

func fresh(f errs.Fields) *identities { return &identities{fields: f, seen: map[string]bool{}} }

// An identities holds the IDs that are taken.
type identities struct {
	fields errs.Fields
	seen   map[string]bool
}

var idForm = regexp.MustCompile(`^[a-z0-9]+([._-][a-z0-9]+)*$`)

func validID(id string) bool { return len(id) <= 64 && idForm.MatchString(id) }

func (d *identities) take(at, id string) {
	switch {
	case !validID(id):
		d.fields.Add(at, "error.layout.id", nil)
	case d.seen[id]:
		d.fields.Add(at, "error.layout.id_taken", map[string]any{"id": id})
	}
	d.seen[id] = true
}

func checkMenus(at string, menus []Menu, ids *identities) {
	names := fresh(ids.fields)
	for i, m := range menus {
		names.take(at+index(i)+".name", m.Name)
		checkItems(at+index(i)+".items", m.Items, ids, 1)
	}
}

func checkItems(at string, items []Item, ids *identities, depth int) {
	if depth > maxNesting {
		ids.fields.Add(at, "error.layout.nesting", map[string]any{"max": maxNesting})
		return
	}
	for i, it := range items {
		it.check(at+index(i), ids)
		checkItems(at+index(i)+".children", it.Children, ids, depth+1)
	}
}

func (it Item) check(at string, ids *identities) {
	f := ids.fields
	ids.take(at+".id", it.ID)
	it.Label.check(at+".label", true, f)
	checkAudience(at, it.Audience, it.For, f)
	if it.Icon != "" && !validID(it.Icon) {
		f.Add(at+".icon", "error.layout.id", nil)
	}
	switch {
	case it.Address != "":
		checkAddress(at+".address", it.Address, f)
	case len(it.Children) == 0:
		f.Add(at+".address", "error.layout.nowhere", nil)
	}
}

// checkAddress wants an address as it will be compared and shown.
func checkAddress(at, address string, f errs.Fields) {
	clean, err := valid.SafeURL(address)
	valid.Note(f, at, err)
	if err == nil && clean != address {
		f.Add(at, "error.layout.address", map[string]any{"address": clean})
	}
}

func (l Label) check(at string, needed bool, f errs.Fields) {
	switch {
	case l.Key != "" && len(l.Texts) > 0:
		f.Add(at, "error.layout.label_both", nil)
	case l.Key != "" && !i18n.ValidKey(l.Key):
		f.Add(at+".key", "error.layout.label_key", nil)
	case l.IsZero() && needed:
		f.Add(at, "error.layout.label", nil)
	}
	checkTexts(at+".texts", l.Texts, valid.TextTitle, f)
}

func checkTexts(at string, texts map[string]string, kind valid.TextKind, f errs.Fields) {
	if len(texts) > 100 {
		f.Add(at, "error.field.too_many", map[string]any{"max": 100})
	}
	for lang, text := range texts {
		if canonical, err := i18n.ParseLocale(lang); err != nil || string(canonical) != lang {
			f.Add(at+"."+lang, "error.layout.language", nil)
		}
		if strings.TrimSpace(text) == "" {
			f.Add(at+"."+lang, "error.field.required", nil)
		}
		valid.Note(f, at+"."+lang, valid.Text(text, kind))
	}
}

// checkAudience refuses what nobody may see: it is a mistake far more often
// than a wish.
func checkAudience(at string, a profile.Audience, segments []string, f errs.Fields) {
	if _, err := profile.ParseAudience(a); err != nil {
		f.Add(at+".audience", "error.layout.audience_term", nil)
	}
	if a.Nobody() {
		f.Add(at+".audience", "error.layout.audience", nil)
	}
	checkSegments(at+".for", segments, f)
}

func checkSegments(at string, segments []string, f errs.Fields) {
	if len(segments) > maxSegments {
		f.Add(at, "error.field.too_many", map[string]any{"max": maxSegments})
	}
	for i, name := range segments {
		if _, err := profile.ParseAudience([]string{name}); err != nil || strings.Contains(name, "+") {
			f.Add(at+index(i), "error.layout.segment", nil)
		}
	}
}

func (s *Site) checkPages(ids *identities) {
	pages := fresh(ids.fields)
	for i, p := range s.Pages {
		at := "pages" + index(i)
		pages.take(at+".name", p.Name)
		slots := fresh(ids.fields)
		for j, slot := range p.Slots {
			slots.take(at+".slots"+index(j)+".name", slot.Name)
			slot.check(at+".slots"+index(j), ids)
		}
	}
}

func (s Slot) check(at string, ids *identities) {
	if s.Offers < 0 || s.Offers > maxOffers {
		ids.fields.Add(at+".offers", "error.field.out_of_range", map[string]any{"min": 0, "max": maxOffers})
	}
	for i, b := range s.Blocks {
		b.check(at+".blocks"+index(i), ids)
	}
}

func (b Block) check(at string, ids *identities) {
	f := ids.fields
	ids.take(at+".id", b.ID)
	if !validID(b.Kind) {
		f.Add(at+".kind", "error.layout.id", nil)
	}
	b.Title.check(at+".title", false, f)
	checkAudience(at, b.Audience, b.For, f)
	if len(b.Data) > maxData {
		f.Add(at+".data", "error.field.too_many", map[string]any{"max": maxData})
	}
	for name, value := range b.Data {
		if !validID(name) {
			f.Add(at+".data."+name, "error.layout.id", nil)
		}
		valid.Note(f, at+".data."+name, valid.Text(value, valid.TextMessage))
	}
}

var hostForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

func (s *Site) checkBrands(f errs.Fields) {
	if len(s.Brands) > maxBrands {
		f.Add("brands", "error.field.too_many", map[string]any{"max": maxBrands})
	}
	ids := fresh(f)
	hosts := map[string]bool{}
	for i, b := range s.Brands {
		at := "brands" + index(i)
		ids.take(at+".id", b.ID)
		b.check(at, f)
		s.themeOf(b).check(at+".theme", f)
		for j, host := range b.Hosts {
			if !hostForm.MatchString(host) || len(host) > 253 {
				f.Add(at+".hosts"+index(j), "error.layout.host", nil)
			}
			if hosts[host] {
				f.Add(at+".hosts"+index(j), "error.layout.host_taken", map[string]any{"host": host})
			}
			hosts[host] = true
		}
	}
}

func (b Brand) check(at string, f errs.Fields) {
	if strings.TrimSpace(b.Name) == "" {
		f.Add(at+".name", "error.field.required", nil)
	}
	valid.Note(f, at+".name", valid.Text(b.Name, valid.TextName))
	if b.Sender != "" {
		_, err := valid.Email(b.Sender)
		valid.Note(f, at+".sender", err)
	}
	for i, l := range b.Locales {
		if canonical, err := i18n.ParseLocale(string(l)); err != nil || canonical != l || slices.Index(b.Locales, l) != i {
			f.Add(at+".locales"+index(i), "error.layout.language", nil)
		}
	}
}
