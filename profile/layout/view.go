package layout

import (
	"slices"

	"github.com/stoa-go/stoa/profile"
)

// A view is the site as one brand shows it.
type view struct {
	brand Brand
	menus []Menu
	style Stylesheet
}

// A plant is a site made ready for use.
type plant struct {
	site     Site
	views    []view
	byBrand  map[string]int
	ids      map[string]bool     // of items and blocks
	movable  map[string]bool     // those that the site has not pinned wherever they are
	links    map[string][]string // address -> IDs of the items that lead there and could move
	offers   map[string]int      // "home/aside" -> how many promotions it shows
	segments map[string]bool     // that items and blocks are meant for
}

func newPlant(s Site) *plant {
	p := &plant{
		site: s, byBrand: map[string]int{}, ids: map[string]bool{}, movable: map[string]bool{}, links: map[string][]string{},
		offers: map[string]int{}, segments: map[string]bool{},
	}
	for i, b := range s.brands() {
		theme := s.themeOf(b)
		p.views = append(p.views, view{brand: b, menus: s.menusOf(b), style: theme.Stylesheet()})
		p.byBrand[b.ID] = i
		for _, m := range p.views[i].menus {
			p.addItems(m.Items, m.Fixed)
		}
	}
	for _, page := range s.Pages {
		for _, slot := range page.Slots {
			p.addSlot(page.Name, slot)
		}
	}
	return p
}

func (p *plant) addItems(items []Item, fixed bool) {
	for i, it := range items {
		items[i].Audience = canonical(it.Audience)
		p.add(it.ID, it.Pinned)
		p.mean(it.For)
		if at := p.links[it.Address]; it.Address != "" && !fixed && !it.Pinned && !slices.Contains(at, it.ID) {
			p.links[it.Address] = append(at, it.ID)
		}
		p.addItems(it.Children, fixed)
	}
}

func (p *plant) addSlot(page string, s Slot) {
	if s.Offers > 0 {
		p.offers[page+"/"+s.Name] = s.Offers
	}
	for i, b := range s.Blocks {
		s.Blocks[i].Audience = canonical(b.Audience)
		p.add(b.ID, b.Pinned)
		p.mean(b.For)
	}
}

func (p *plant) add(id string, pinned bool) {
	p.ids[id] = true
	p.movable[id] = p.movable[id] || !pinned
}

func (p *plant) mean(segments []string) {
	for _, name := range segments {
		p.segments[name] = true
	}
}

// canonical returns a, which has been checked, as profile wants it.
func canonical(a profile.Audience) profile.Audience {
	parsed, err := profile.ParseAudience(a)
	if err != nil {
		return nil
	}
	return parsed
}

// view returns a brand's, the first for one that does not exist.
func (p *plant) view(brand string) *view { return &p.views[p.byBrand[brand]] }

func (p *plant) page(name string) (Page, bool) {
	i := slices.IndexFunc(p.site.Pages, func(o Page) bool { return o.Name == name })
	if i < 0 {
		return Page{}, false
	}
	return p.site.Pages[i], true
}

// knows reports whether a rule or a count may be about ref.
func (p *plant) knows(ref string) bool { return p.ids[ref] || dynamic(ref) }

// pinned reports whether ref is of something that no rule moves or hides.
func (p *plant) pinned(ref string) bool { return p.ids[ref] && !p.movable[ref] }

// An eye is who looks, for one arrangement.
type eye struct {
	sight    profile.Sight
	segments []string // sorted
	orders   orders
}

// sees reports whether the visitor may see something, and is meant by it.
func (e *eye) sees(a profile.Audience, segments []string) bool {
	return e.sight.Admits(a) && (Match{Any: segments}).meets(e.segments)
}

// links returns the items that the visitor sees, arranged. What they do not see
// is gone before anything is ordered or counted.
func (e *eye) links(items []Item, fixed bool) []Link {
	seen, list := make([]int, 0, len(items)), make([]entry, 0, len(items))
	below := make(map[int][]Link)
	for i := range items {
		it := &items[i]
		if !e.sees(it.Audience, it.For) {
			continue
		}
		if len(it.Children) > 0 {
			below[i] = e.links(it.Children, fixed)
		}
		if it.Address == "" && len(below[i]) == 0 {
			continue
		}
		seen, list = append(seen, i), append(list, entry{id: it.ID, pinned: it.Pinned})
	}
	out := make([]Link, 0, len(seen))
	for _, p := range e.place(list, fixed) {
		at := seen[p.at]
		it := &items[at]
		out = append(out, Link{ID: it.ID, Label: it.Label, Address: it.Address, Icon: it.Icon, Reason: p.reason, Children: below[at]})
	}
	return out
}

func (e *eye) panels(blocks []Block, fixed bool) []Panel {
	var seen []Block
	var list []entry
	for _, b := range blocks {
		if e.sees(b.Audience, b.For) {
			seen, list = append(seen, b), append(list, entry{id: b.ID, pinned: b.Pinned})
		}
	}
	out := make([]Panel, 0, len(seen))
	for _, p := range e.place(list, fixed) {
		b := seen[p.at]
		out = append(out, Panel{ID: b.ID, Kind: b.Kind, Title: b.Title, Data: b.Data, Reason: p.reason})
	}
	return out
}

func (e *eye) place(list []entry, fixed bool) []placed {
	o := e.orders
	o.still = o.still || fixed
	return o.place(list)
}
