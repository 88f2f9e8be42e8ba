package layout

import (
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/profile"
)

// A Site is what a portal consists of: declared once, in Go or in a file (see
// [Load]), and arranged for each visit by an [Arranger]. IDs of items and blocks
// are unique in the whole site, since rules and counts go by them.
type Site struct {
	Menus  []Menu  `json:"menus,omitempty"`
	Pages  []Page  `json:"pages,omitempty"`
	Theme  Theme   `json:"theme,omitzero"`
	Brands []Brand `json:"brands,omitempty"` // nil means one without a name, for every host
}

// A Menu is a named list of items, "main" or "footer".
type Menu struct {
	Name  string `json:"name"`
	Fixed bool   `json:"fixed,omitempty"` // nothing in it moves, for anybody
	Items []Item `json:"items"`
}

// An Item of a menu leads somewhere. One without an address is a heading, which
// is there as long as something under it is.
type Item struct {
	ID       string           `json:"id"`
	Label    Label            `json:"label"`
	Address  string           `json:"address,omitempty"`  // a path on this site or an http(s) address
	Icon     string           `json:"icon,omitempty"`     // name of an icon of the portal
	Audience profile.Audience `json:"audience"`           // who may see it; nobody else can tell that it is there
	For      []string         `json:"for,omitempty"`      // segments it is meant for, any of them; nil means everybody who may see it
	Pinned   bool             `json:"pinned,omitempty"`   // neither use nor a rule moves or hides it
	Children []Item           `json:"children,omitempty"` // seen by those who see the item, at most
}

// A Page is a page that has slots for blocks.
type Page struct {
	Name  string `json:"name"`
	Slots []Slot `json:"slots"`
}

// A Slot is a place on a page that blocks stand in, one after the other.
type Slot struct {
	Name   string  `json:"name"`
	Fixed  bool    `json:"fixed,omitempty"`  // nothing in it moves, for anybody
	Offers int     `json:"offers,omitempty"` // how many promotions it shows at most; 0 means none
	Blocks []Block `json:"blocks,omitempty"`
}

// A Block is a part of a page. What its kind and data mean is for the portal's
// templates to know.
type Block struct {
	ID       string            `json:"id"`
	Kind     string            `json:"kind"`
	Title    Label             `json:"title,omitzero"`
	Data     map[string]string `json:"data,omitempty"`
	Audience profile.Audience  `json:"audience"`
	For      []string          `json:"for,omitempty"`
	Pinned   bool              `json:"pinned,omitempty"`
}

// A Brand is one of several portals over one store. It is chosen by the host
// that was asked.
type Brand struct {
	ID      string        `json:"id"`
	Hosts   []string      `json:"hosts,omitempty"` // "help.example.com"; the first brand also serves every other host
	Name    string        `json:"name"`
	Sender  string        `json:"sender,omitempty"`  // address that its mail comes from; "" means the portal's
	Theme   Theme         `json:"theme,omitzero"`    // over that of the site
	Locales []i18n.Locale `json:"locales,omitempty"` // languages on offer; nil means all the portal has
	Menus   []Menu        `json:"menus,omitempty"`   // in the place of those of the same name
}

// A Label is a short text: the key of a text in the catalogs, or the text itself
// by language.
type Label struct {
	Key   string            `json:"key,omitempty"`
	Texts map[string]string `json:"texts,omitempty"`
}

// IsZero reports whether l says nothing.
func (l Label) IsZero() bool { return l.Key == "" && len(l.Texts) == 0 }

// In returns the text in a language, or in the one that c puts in its place.
func (l Label) In(c *i18n.Catalog, locale i18n.Locale) string {
	if l.Key != "" {
		return c.In(locale).T(l.Key)
	}
	return textIn(l.Texts, c, locale)
}

func textIn(texts map[string]string, c *i18n.Catalog, locale i18n.Locale) string {
	have := make([]i18n.Locale, 0, len(texts))
	for _, lang := range slices.Sorted(maps.Keys(texts)) {
		have = append(have, i18n.Locale(lang))
	}
	shown, ok := c.Choose(locale, have...)
	if !ok {
		return ""
	}
	return texts[string(shown.In)]
}

// clone returns a copy that shares nothing with s but theme values, which
// nothing changes.
func (s Site) clone() Site {
	s.Menus, s.Pages, s.Brands = cloneMenus(s.Menus), slices.Clone(s.Pages), slices.Clone(s.Brands)
	for i, p := range s.Pages {
		s.Pages[i].Slots = slices.Clone(p.Slots)
		for j, slot := range s.Pages[i].Slots {
			s.Pages[i].Slots[j].Blocks = cloneBlocks(slot.Blocks)
		}
	}
	for i, b := range s.Brands {
		s.Brands[i].Hosts, s.Brands[i].Locales = slices.Clone(b.Hosts), slices.Clone(b.Locales)
		s.Brands[i].Menus = cloneMenus(b.Menus)
	}
	return s
}

func cloneMenus(menus []Menu) []Menu {
	menus = slices.Clone(menus)
	for i, m := range menus {
		menus[i].Items = cloneItems(m.Items)
	}
	return menus
}

func cloneItems(items []Item) []Item {
	items = slices.Clone(items)
	for i, it := range items {
		items[i].Label.Texts, items[i].Audience, items[i].For = maps.Clone(it.Label.Texts), slices.Clone(it.Audience), slices.Clone(it.For)
		items[i].Children = cloneItems(it.Children)
	}
	return items
}

func cloneBlocks(blocks []Block) []Block {
	blocks = slices.Clone(blocks)
	for i, b := range blocks {
		blocks[i].Title.Texts, blocks[i].Data = maps.Clone(b.Title.Texts), maps.Clone(b.Data)
		blocks[i].Audience, blocks[i].For = slices.Clone(b.Audience), slices.Clone(b.For)
	}
	return blocks
}

// menusOf returns the menus as a brand has them.
func (s *Site) menusOf(b Brand) []Menu {
	out := slices.Clone(s.Menus)
	for _, m := range b.Menus {
		if i := slices.IndexFunc(out, func(o Menu) bool { return o.Name == m.Name }); i >= 0 {
			out[i] = m
		} else {
			out = append(out, m)
		}
	}
	return out
}

// brands returns the brands, of which there is always one.
func (s *Site) brands() []Brand {
	if len(s.Brands) == 0 {
		return []Brand{{}}
	}
	return s.Brands
}

// Brand returns the brand that answers for a host, as a request names it: with
// or without a port, in any case. A host that no brand claims is the first's.
func (s *Site) Brand(host string) Brand {
	host = plainHost(host)
	for _, b := range s.Brands {
		if slices.Contains(b.Hosts, host) {
			return b
		}
	}
	return s.brands()[0]
}

func plainHost(host string) string {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}
