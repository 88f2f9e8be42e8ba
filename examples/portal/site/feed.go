package site

import (
	"cmp"
	"context"
	"encoding/xml"
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
	self := v.Origin + v.link("/feed.atom")
	return s.writeFeed(w, r, atomFeed{Title: v.P.T("home.recent"), ID: self}, "/", entries)
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
	return s.feedOf(w, r, f, kb.Query{Category: found.ID, Below: true})
}

// typeFeed lists what changed last of a type.
func (s *Site) typeFeed(w http.ResponseWriter, r *http.Request) error {
	f, err := s.typeAt(r)
	if err != nil {
		return err
	}
	return s.feedOf(w, r, f, kb.Query{Kinds: []kb.Kind{kb.Kind(strings.TrimPrefix(f.Ref, typeRef))}})
}

// feedOf writes the feed of what can be followed. Its ID is the same at whatever
// address it is read.
func (s *Site) feedOf(w http.ResponseWriter, r *http.Request, f followable, q kb.Query) error {
	v := visitOf(r.Context())
	entries, err := s.fed(r.Context(), v, q)
	if err != nil {
		return err
	}
	id := "urn:stoa:feed:" + strings.ReplaceAll(f.Ref, "/", ":") + ":" + string(v.Wanted)
	return s.writeFeed(w, r, atomFeed{Title: f.Title, ID: id}, f.Path, entries)
}

// fed returns the articles that q selects and that changed last.
func (s *Site) fed(ctx context.Context, v *visit, q kb.Query) ([]kb.Entry, error) {
	q.Locale, q.Order, q.Limit = string(v.Wanted), kb.OrderUpdated, mostFed
	entries, _, err := s.library.Articles(ctx, v.By, q)
	return entries, err
}

// writeFeed writes a feed of articles about the page at path, unless the asker
// has it. A feed has what the page in its language has: texts that are not in it
// come in another, say so, and lead to where they are in that. They come in the order in which the texts changed that it shows.
func (s *Site) writeFeed(w http.ResponseWriter, r *http.Request, f atomFeed, path string, entries []kb.Entry) error {
	v := visitOf(r.Context())
	f.Lang, f.Author, f.Title = string(v.Wanted), v.Brand.Name, v.Brand.Name+" – "+f.Title
	f.Links = []atomLink{
		{Rel: "self", Type: "application/atom+xml", Href: v.Origin + v.link(v.Path)}, {Rel: "alternate", Type: "text/html", Href: v.Origin + v.link(path)},
	}
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b kb.Entry) int {
		return cmp.Or(b.TextAt.Compare(a.TextAt), cmp.Compare(a.Article, b.Article))
	})
	var newest time.Time
	for _, e := range entries {
		if e.TextAt.After(newest) {
			newest = e.TextAt
		}
		f.Entries = append(f.Entries, atomEntry{
			Lang: e.Locale, Title: e.Title, ID: "urn:stoa:article:" + e.Article, Updated: e.TextAt.Format(time.RFC3339), Summary: e.Summary,
			// Where it is in another language than the feed, that is what is read there.
			Link: atomLink{Rel: "alternate", Type: "text/html", Href: v.Origin + s.path(kb.Ref{Kind: "article", Locale: e.Locale, Slug: e.Slug})},
		})
	}
	if newest.IsZero() {
		newest = time.Unix(0, 0)
	}
	f.Updated = newest.UTC().Format(time.RFC3339)
	data, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	data = append([]byte(xml.Header), data...)
	w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
	keepable(w, v.By, "private, max-age=300")
	if v.By.Anonymous() && web.NotModified(w, r, web.HashETag(data)) {
		return nil
	}
	_, err = w.Write(data)
	return err
}
