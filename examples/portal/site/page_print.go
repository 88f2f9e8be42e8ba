package site

import (
	"context"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

// printRoutes are articles as documents, to be printed or kept as PDF by the
// reader's browser.
func (s *Site) printRoutes() []route {
	return []route{
		{"GET /articles/{slug}/print", "print", s.printArticle},
		{"GET /categories/{slug}/print", "print", s.printCategory},
	}
}

// A paper is a document of one article or many.
type paper struct {
	Origin   string // address of the page that it was made from
	At       time.Time
	Lead     string
	Single   bool
	Sections []printedSection
	Cut      int // how many articles there are, if not all are here
}

// A printedSection is a category of a document.
type printedSection struct {
	Title, Locale string // empty for a document without categories
	Level         int
	Articles      []printedArticle
	ids           []string
}

type printedArticle struct {
	Anchor string
	Page   kb.Page
	Facts  []detail
	Films  []detail
	Parts  []kb.Part
}

// printArticle shows an article alone, and a series with all its parts.
func (s *Site) printArticle(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	slug, err := web.PathValue(r, "slug")
	if err != nil {
		return err
	}
	found, err := s.library.Find(r.Context(), v.By, string(v.Wanted), slug)
	if err != nil {
		return err
	}
	if found.Moved {
		http.Redirect(w, r, v.link("/articles/"+escape(found.Slug)+"/print"), http.StatusMovedPermanently)
		return nil
	}
	parts, err := s.library.SeriesParts(r.Context(), v.By, found.ID, string(v.Wanted))
	if err != nil {
		return err
	}
	ids := []string{found.ID}
	for _, e := range parts {
		ids = append(ids, e.Article)
	}
	d := paper{Origin: "/articles/" + escape(found.Slug), Sections: []printedSection{{ids: ids}}}
	return s.showPrinted(w, r, "", d)
}

// printCategory shows everything in a category and below it.
func (s *Site) printCategory(w http.ResponseWriter, r *http.Request) error {
	f, found, err := s.categoryAt(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	if found.Moved {
		http.Redirect(w, r, v.link(f.Path+"/print"), http.StatusMovedPermanently)
		return nil
	}
	place, err := s.library.Category(r.Context(), v.By, found.ID, string(v.Wanted))
	if err != nil {
		return err
	}
	d := paper{Origin: f.Path, Lead: place.Description}
	if err := s.gather(r.Context(), v, &d, place, 1); err != nil {
		return err
	}
	if d.Cut = place.Articles; d.Cut <= kb.MostPrinted {
		d.Cut = 0
	}
	return s.showPrinted(w, r, place.Title, d)
}

// gather adds a category and those below it to a document, as far as there is
// room.
func (s *Site) gather(ctx context.Context, v *visit, d *paper, place kb.Place, level int) error {
	section := printedSection{Title: place.Title, Locale: place.Locale, Level: level}
	for e, err := range s.library.All(ctx, v.By, kb.Query{Category: place.ID, Locale: string(v.Wanted), Limit: 50}) {
		if err != nil {
			return err
		}
		if d.size()+len(section.ids) == kb.MostPrinted {
			break
		}
		section.ids = append(section.ids, e.Article)
	}
	d.Sections = append(d.Sections, section)
	for _, child := range filled(place.Children) {
		if err := s.gather(ctx, v, d, child, level+1); err != nil {
			return err
		}
	}
	return nil
}

func (d *paper) size() (n int) {
	for _, s := range d.Sections {
		n += len(s.ids)
	}
	return n
}

// showPrinted reads the articles of a document and shows it. Without a title it
// has that of its first article.
func (s *Site) showPrinted(w http.ResponseWriter, r *http.Request, title string, d paper) error {
	v, places := visitOf(r.Context()), map[string]string{}
	for i, section := range d.Sections {
		pages, err := s.library.Print(r.Context(), v.By, section.ids[:min(len(section.ids), kb.MostPrinted)], string(v.Wanted))
		if err != nil {
			return err
		}
		for _, p := range pages {
			one := printedArticle{Anchor: "a" + strconv.Itoa(len(places)+1), Page: p}
			places[s.path(kb.Ref{Kind: "article", Locale: string(v.Wanted), Slug: p.Slug})] = one.Anchor
			facts, watch := s.factsOf(v, p.Kind, p.Fields)
			for _, w := range watch {
				facts = append(facts, detail{Name: w.Name, Text: w.Href})
			}
			one.Facts, one.Films = facts, s.filmsOf(v, p)
			d.Sections[i].Articles = append(d.Sections[i].Articles, one)
		}
	}
	for _, section := range d.Sections {
		for i, a := range section.Articles {
			section.Articles[i].document(v.Origin, places)
			if title == "" {
				title = a.Page.Title
			}
		}
	}
	if len(places) == 0 && title == "" {
		return kb.ErrNotFound
	}
	d.Sections = slices.DeleteFunc(d.Sections, func(p printedSection) bool { return len(p.Articles) == 0 })
	d.Single, d.At = len(places) == 1, s.cfg.Now()
	p := s.newPage(r, title)
	d.Origin = v.Origin + v.link(d.Origin)
	p.NoIndex, p.Body = true, d
	return s.show(w, r, http.StatusOK, "print", p)
}

var (
	anchors = regexp.MustCompile(` (id|aria-labelledby|aria-describedby|for)="([^"]+)"`)
	links   = regexp.MustCompile(` href="([^"]+)"`)
)

// playing finds what plays, with where it is and what it is.
var playing = regexp.MustCompile(`(?s)<(?:video|audio) [^>]*?src="([^"]+)" aria-label="([^"]*)"[^>]*>.*?</(?:video|audio)>`)

// document makes what an article shows stand in a document: with anchors of its
// own, links to other articles of the document as links within it, and all others
// whole, since paper has no address. Nothing plays on paper: films are links, with
// what is said in them.
func (a *printedArticle) document(origin string, places map[string]string) {
	change := func(h template.HTML) template.HTML {
		text := playing.ReplaceAllString(string(h), `<span class="sheaf-film"><a href="$1">$2</a> <bdi class="sheaf-address">`+origin+`$1</bdi></span>`)
		text = strings.ReplaceAll(text, `<details class="transcript">`, `<details class="transcript" open>`)
		text = anchors.ReplaceAllString(text, ` $1="`+a.Anchor+`-$2"`)
		text = links.ReplaceAllStringFunc(text, func(s string) string { return ` href="` + linked(s[7:len(s)-1], a.Anchor, origin, places) + `"` })
		return template.HTML(strings.ReplaceAll(text, ` loading="lazy"`, ""))
	}
	for i, f := range a.Films {
		a.Films[i].Film, a.Films[i].Said = change(f.Film), change(f.Said)
	}
	a.Parts = slices.Clone(a.Page.Parts)
	for i, p := range a.Parts {
		a.Parts[i].HTML, a.Parts[i].Heading = change(p.HTML), change(p.Heading)
		if p.ID != "" {
			a.Parts[i].ID = a.Anchor + "-" + p.ID
		}
	}
}

func linked(href, anchor, origin string, places map[string]string) string {
	path, _, _ := strings.Cut(href, "#")
	switch {
	case strings.HasPrefix(href, "#"):
		return "#" + anchor + "-" + href[1:]
	case places[path] != "":
		return "#" + places[path]
	case strings.HasPrefix(href, "/"):
		return origin + href
	}
	return href
}
