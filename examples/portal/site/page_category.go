package site

import (
	"context"
	"net/http"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

func (s *Site) categories(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	places, err := s.places(r)
	if err != nil {
		return err
	}
	p := s.newPage(r, v.P.T("categories.title"))
	p.Crumbs = s.crumbs(v)
	p.Body = places
	return s.show(w, r, http.StatusOK, "categories", p)
}

type categoryBody struct {
	Place    kb.Place
	Below    []below
	Articles []kb.Entry
	Next     string // address of the next page
	First    string // address of the first, on later ones
	Follow   followForm
}

// A below is a category under the one that is shown, with the first of what is
// in it, so that most readers need not go further down.
type below struct {
	Place    kb.Place
	Articles []kb.Entry
	More     bool // there are more articles, or only categories
}

// peek is how many articles are shown of each category below.
const peek = 6

type categoryParams struct {
	After string `query:"after"`
}

func (s *Site) category(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	slug, err := web.PathValue(r, "slug")
	if err != nil {
		return err
	}
	found, err := s.library.FindCategory(r.Context(), v.By, string(v.Wanted), slug)
	if err != nil {
		return err
	}
	if found.Moved {
		http.Redirect(w, r, v.link("/categories/"+escape(found.Slug)), http.StatusMovedPermanently)
		return nil
	}
	params, err := web.Query[categoryParams](r)
	if err != nil {
		return err
	}
	s.arranger.Used(r.Context(), v.By, categoryRef+found.ID)
	return s.showCategory(w, r, found.ID, params.After)
}

func (s *Site) showCategory(w http.ResponseWriter, r *http.Request, id, after string) error {
	v := visitOf(r.Context())
	html, err := s.builtOnce(r, categoryLasts, func(r *http.Request) ([]byte, error) { return s.buildCategory(r, id, after) })
	if err != nil {
		return err
	}
	return s.send(w, r, http.StatusOK, v.By, html)
}

// categoryLasts is for how long the page of a category that has not changed is
// kept.
const categoryLasts = time.Hour

func (s *Site) buildCategory(r *http.Request, id, after string) ([]byte, error) {
	v := visitOf(r.Context())
	place, err := s.library.Category(r.Context(), v.By, id, string(v.Wanted))
	if err != nil {
		return nil, err
	}
	place.Children = filled(place.Children)
	articles, next, err := s.library.Articles(r.Context(), v.By, kb.Query{Category: id, Locale: string(v.Wanted), After: after, Limit: 50})
	if err != nil {
		return nil, err
	}
	path, err := s.library.CategoryPath(r.Context(), v.By, id, string(v.Wanted))
	if err != nil {
		return nil, err
	}
	p := s.newPage(r, place.Title)
	p.Description = place.Description
	p.Crumbs = s.crumbs(v, path[:len(path)-1]...)
	p.Alternates = alternatesOf("/categories/", place.Languages, s.offered(v), place.Slug)
	b := categoryBody{Place: place, Articles: articles}
	if b.Below, err = s.below(r.Context(), v, place.Children); err != nil {
		return nil, err
	}
	f := followable{Ref: categoryRef + id, Title: place.Title, Path: "/categories/" + escape(place.Slug)}
	if b.Follow, err = s.followFormOf(r.Context(), v, f); err != nil {
		return nil, err
	}
	p.Feed = &feedLink{place.Title, b.Follow.Feed}
	if next != "" {
		b.Next = p.With("after", next)
	}
	if after != "" {
		b.First, p.NoIndex = p.With("after", ""), true
	}
	p.Body = b
	if place.Locale != "" {
		p.Canonical = v.Origin + s.path(kb.Ref{Kind: "category", Locale: place.Locale, Slug: place.Slug})
	}
	p.tell(breadcrumbData(v, p.Crumbs, place.Title, p.Canonical))
	return s.build("category", p)
}

func (s *Site) below(ctx context.Context, v *visit, children []kb.Place) ([]below, error) {
	var out []below
	for _, child := range children {
		articles, _, err := s.library.Articles(ctx, v.By, kb.Query{Category: child.ID, Locale: string(v.Wanted), Limit: peek})
		if err != nil {
			return nil, err
		}
		out = append(out, below{child, articles, child.Articles > len(articles)})
	}
	return out, nil
}

// crumbs returns the way from the home page down to the last of places.
func (s *Site) crumbs(v *visit, places ...kb.Place) []crumb {
	out := []crumb{{Title: v.P.T("nav.home"), Href: v.link("/")}}
	for _, p := range places {
		out = append(out, crumb{Title: p.Title, Href: v.link("/categories/" + escape(p.Slug)), Locale: p.Locale})
	}
	return out
}

// alternatesOf returns the addresses of content in every offered language: its
// own name where it is translated, the one shown otherwise.
func alternatesOf(prefix string, languages []kb.Language, offered []i18n.Locale, slug string) []alternate {
	var out []alternate
	for _, l := range offered {
		name, written := slug, false
		for _, have := range languages {
			if have.Locale == string(l) {
				name, written = have.Slug, true
			}
		}
		out = append(out, alternate{l, i18n.JoinPath(l, prefix+escape(name)), written})
	}
	return out
}
