package importkb

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/stoa-go/stoa/kb"
)

var pageNumber = regexp.MustCompile(`^(?:.*_)?(\d+)$`)

// confluence reads a page of an exported space: what stands in its content, under
// its title without the space's name, in a category for the space.
func confluence(root *html.Node, file string, spaces wiki) (kb.Item, bool) {
	heading, content := byID(root, "title-text"), byID(root, "main-content")
	if heading == nil || content == nil {
		return kb.Item{}, false
	}
	name, title, ok := strings.Cut(plain(heading), " : ")
	if !ok {
		name, title = "", plain(heading)
	}
	folder := spaces.space(path.Dir(file))
	if path.Base(file) == "index.html" || byID(root, "space-details") != nil {
		folder.list(content)
		return kb.Item{}, true
	}
	item := kb.Item{
		External: pageID(file), Title: title, Slug: kb.Slugify(title), Category: name, Locale: language(langOf(root)), File: file, Path: file,
		RedirectFrom: []string{"/" + path.Base(file)},
	}
	if pageNumber.MatchString(item.External) {
		item.RedirectFrom = append(item.RedirectFrom, "/pages/"+item.External)
	}
	item.Body = (&markup{title: title}).text(content)
	folder.pages[item.External] = pageAt{trail: trailOf(root), space: name, title: title}
	return item, true
}

// pageID returns what the page in a file is known by: its number, or the name of
// the file.
func pageID(file string) string {
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if f := pageNumber.FindStringSubmatch(name); f != nil {
		return f[1]
	}
	return name
}

// A wiki is the exported spaces that were met, by folder.
type wiki map[string]*space

// A space is how the pages of one hang together.
type space struct {
	pages map[string]pageAt
	order map[string]int // of the pages in its table of contents, from 1

	parents map[string]bool // pages with others below them; nil before all are known
	home    string          // page that all others are below, if there is one
}

// know finds what follows from all pages.
func (s *space) know() {
	s.parents = map[string]bool{}
	tops := map[string]bool{}
	for id, page := range s.pages {
		for _, at := range page.trail {
			s.parents[at.id] = true
		}
		if len(page.trail) > 0 {
			id = page.trail[0].id
		}
		tops[id] = true
	}
	for id := range tops {
		if len(tops) == 1 && s.parents[id] {
			s.home = id
		}
	}
}

// A pageAt says where a page stands.
type pageAt struct {
	trail        []step // the pages above it, from the top
	space, title string
}

// A step is a page on the way to another.
type step struct{ id, title string }

func (w wiki) space(folder string) *space {
	if w[folder] == nil {
		w[folder] = &space{pages: map[string]pageAt{}, order: map[string]int{}}
	}
	return w[folder]
}

// list notes the order of the pages in a table of contents.
func (s *space) list(contents *html.Node) {
	for n := range contents.Descendants() {
		if href := attr(n, "href"); n.Data == "a" && strings.HasSuffix(href, ".html") && s.order[pageID(href)] == 0 {
			s.order[pageID(href)] = len(s.order) + 1
		}
	}
}

// trailOf returns the pages above one. The first that it names is the space.
func trailOf(root *html.Node) (out []step) {
	crumbs := byID(root, "breadcrumbs")
	if crumbs == nil {
		return nil
	}
	for n := range crumbs.Descendants() {
		if href := attr(n, "href"); n.Data == "a" && strings.HasSuffix(href, ".html") && path.Base(href) != "index.html" {
			out = append(out, step{pageID(href), plain(n)})
		}
	}
	return out
}

// mostDeep is how many categories stand below each other at most: that of the
// space, and so many less one.
const mostDeep = 8

// place makes categories of the pages that have others below them, and puts these
// there. The page that all others of a space are below, its home, is none.
func (w wiki) place(b *kb.Bundle) {
	made := map[string]bool{}
	for i, item := range b.Items {
		s := w[path.Dir(item.File)]
		if s == nil {
			continue
		}
		page, ok := s.pages[item.External]
		if !ok {
			continue
		}
		above := s.above(item.External, page)
		b.Items[i].Order = 10 * s.order[item.External]
		if len(above) == 0 {
			continue
		}
		if last := above[len(above)-1]; last.id == item.External {
			b.Items[i].Order = 0 // it says what the others are about
		}
		b.Items[i].Category = s.categories(b, made, page.space, above)
	}
}

// above returns the pages that are categories on the way to one, itself among
// them if it is one.
func (s *space) above(id string, page pageAt) []step {
	way := page.trail
	if s.parents == nil {
		s.know()
	}
	if s.parents[id] {
		way = append(slices.Clone(way), step{id, page.title})
	}
	if len(way) > 0 && way[0].id == s.home {
		way = way[1:]
	}
	return way[:min(len(way), mostDeep-1)]
}

// categories makes those of the steps that are not there yet, and returns the
// name of the last.
func (s *space) categories(b *kb.Bundle, made map[string]bool, name string, way []step) string {
	parent := name
	if name != "" && !made[name] {
		b.Categories = append(b.Categories, kb.CategoryItem{External: name, Keep: true, Labels: map[string]kb.Label{"": {Title: name}}})
	}
	made[name] = true
	for _, at := range way {
		id := "page-" + at.id
		if !made[id] {
			b.Categories = append(b.Categories, kb.CategoryItem{External: id, Parent: parent, Order: 10 * s.order[at.id], Labels: map[string]kb.Label{"": {Title: at.title}}})
		}
		made[id], parent = true, id
	}
	return parent
}
