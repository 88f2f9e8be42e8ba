package site

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  string      `xml:"author>name"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Lang    string   `xml:"xml:lang,attr"`
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// A feedLink says where feed readers find what is on a page.
type feedLink struct{ Title, Href string }

// mostFed is how many articles a feed has.
const mostFed = 30

// feed lists what changed last, as far as the reader may read it.
func (s *Site) feed(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	entries, err := s.recent(r.Context(), v, mostFed)
	if err != nil {
		return err
	}
	return s.writeFeed(w, r, atomFeed{Title: v.P.T("home.recent"), ID: v.Origin + v.link("/feed.atom")}, "/", entries)
}

// categoryFeed lists what changed last in a category and below it.
func (s *Site) categoryFeed(w http.ResponseWriter, r *http.Request) error {
	f, found, err := s.categoryAt(r)
	if err != nil {
		return err
	}
	if found.Moved {
		http.Redirect(w, r, visitOf(r.Context()).link(f.Path+"/feed.atom"), http.StatusMovedPermanently)
		return nil
	}
	return s.feedOf(w, r, f)
}

// typeFeed lists what changed last of a type.
func (s *Site) typeFeed(w http.ResponseWriter, r *http.Request) error {
	f, err := s.typeAt(r)
	if err != nil {
		return err
	}
	return s.feedOf(w, r, f)
}

// feedOf writes the feed of what can be followed. Its ID is the same at whatever
// address it is read.
func (s *Site) feedOf(w http.ResponseWriter, r *http.Request, f followable) error {
	v := visitOf(r.Context())
	entries, err := s.fed(r.Context(), v, f)
	if err != nil {
		return err
	}
	id := "urn:stoa:feed:" + strings.ReplaceAll(f.Ref, "/", ":") + ":" + string(v.Wanted)
	return s.writeFeed(w, r, atomFeed{Title: f.Title, ID: id}, f.Path, entries)
}

// fed returns the articles of what can be followed that changed last, or of all.
func (s *Site) fed(ctx context.Context, v *visit, f followable) ([]kb.Entry, error) {
	q := kb.Query{Locale: string(v.Wanted), Order: kb.OrderUpdated, Limit: mostFed}
	if id, ok := strings.CutPrefix(f.Ref, categoryRef); ok {
		q.Category, q.Below = id, true
	} else if kind, ok := strings.CutPrefix(f.Ref, typeRef); ok {
		q.Kinds = []kb.Kind{kb.Kind(kind)}
	}
	entries, _, err := s.library.Articles(ctx, v.By, q)
	return entries, err
}

// writeFeed writes a feed of articles about the page at path, unless the asker
// has it.
func (s *Site) writeFeed(w http.ResponseWriter, r *http.Request, f atomFeed, path string, entries []kb.Entry) error {
	v := visitOf(r.Context())
	f.Links = []atomLink{{Rel: "self", Type: atomType, Href: v.Origin + v.link(v.Path)}}
	data, err := s.atom(r.Context(), v, f, path, entries)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", atomType+"; charset=utf-8")
	keepable(w, v.By, "private, max-age=300")
	if v.By.Anonymous() && web.NotModified(w, r, web.HashETag(data)) {
		return nil
	}
	_, err = w.Write(data)
	return err
}

const atomType = "application/atom+xml"

// atom returns a feed as it is written. It has what the page at path in its
// language has: texts that are not in it come in another, say so, and lead to
// where they are in that. They come in the order in which the texts changed that
// it shows.
func (s *Site) atom(ctx context.Context, v *visit, f atomFeed, path string, entries []kb.Entry) ([]byte, error) {
	f.Lang, f.Author, f.Title = string(v.Wanted), v.Brand.Name, v.Brand.Name+" – "+f.Title
	f.Links = append(f.Links, atomLink{Rel: "alternate", Type: "text/html", Href: v.Origin + v.link(path)})
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b kb.Entry) int {
		return cmp.Or(b.TextAt.Compare(a.TextAt), cmp.Compare(a.Article, b.Article))
	})
	newest := time.Unix(0, 0)
	for i, e := range entries {
		if i == 0 {
			newest = e.TextAt
		}
		summary, err := s.summaryFor(ctx, v, e)
		if err != nil {
			return nil, err
		}
		f.Entries = append(f.Entries, atomEntry{
			Lang: e.Locale, Title: e.Title, ID: "urn:stoa:article:" + e.Article, Updated: e.TextAt.Format(time.RFC3339), Summary: summary,
			// Where it is in another language than the feed, that is what is read there.
			Link: atomLink{Rel: "alternate", Type: "text/html", Href: v.Origin + s.path(kb.Ref{Kind: "article", Locale: e.Locale, Slug: e.Slug})},
		})
	}
	f.Updated = newest.UTC().Format(time.RFC3339)
	data, err := xml.MarshalIndent(f, "", " ")
	return append([]byte(xml.Header), data...), err
}

// summaryFor returns the summary of an article, or how the text begins that the
// visitor sees.
func (s *Site) summaryFor(ctx context.Context, v *visit, e kb.Entry) (string, error) {
	if e.Summary != "" {
		return e.Summary, nil
	}
	p, err := s.library.Glance(ctx, v.By, e.Article, e.Locale)
	if errors.Is(err, kb.ErrNotFound) {
		err = nil // it was taken away between the two
	}
	return p.Start, err
}
