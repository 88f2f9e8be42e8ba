package site

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// robots tells outside search engines where to look.
func (s *Site) robots(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	var b strings.Builder
	b.WriteString("User-agent: *\nDisallow: /api/\nDisallow: /demo\n")
	for _, l := range s.offered(v) {
		fmt.Fprintf(&b, "Disallow: %s\n", i18n.JoinPath(l, "/search"))
	}
	fmt.Fprintf(&b, "Disallow: /search\nSitemap: %s/sitemap.xml\n", v.Origin)
	return plain(w, http.StatusOK, strings.TrimSuffix(b.String(), "\n"))
}

type sitemapXML struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	XHTML   string       `xml:"xmlns:xhtml,attr"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc     string        `xml:"loc"`
	LastMod string        `xml:"lastmod,omitempty"`
	Links   []sitemapLink `xml:"xhtml:link"`
}

type sitemapLink struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

// maxSitemap is how many addresses the format allows in one file.
const maxSitemap = 50_000

// sitemap lists what everybody may read, in every language it is written in.
func (s *Site) sitemap(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	out := sitemapXML{XHTML: "http://www.w3.org/1999/xhtml"}
	out.add(v.Origin, s.links(v, "/"), time.Time{})
	anyone := profile.Actor{Segments: s.segmentsOf(v.Brand)}
	tree, err := s.library.Categories(r.Context(), anyone, "")
	if err != nil {
		return err
	}
	s.addPlaces(&out, v.Origin, filled(tree))
	for e, err := range s.library.All(r.Context(), anyone, kb.Query{Limit: 200}) {
		if err != nil {
			return err
		}
		if len(out.URLs) >= maxSitemap {
			break
		}
		out.add(v.Origin, s.contentLinks("/articles/", e.Languages), e.UpdatedAt)
	}
	out.URLs = out.URLs[:min(len(out.URLs), maxSitemap)]
	return writeXML(w, profile.Actor{}, "application/xml; charset=utf-8", out)
}

func (s *Site) addPlaces(out *sitemapXML, origin string, places []kb.Place) {
	for _, p := range places {
		out.add(origin, s.contentLinks("/categories/", p.Languages), time.Time{})
		s.addPlaces(out, origin, p.Children)
	}
}

// add adds one address for each language, each naming all others.
func (x *sitemapXML) add(origin string, in []alternate, modified time.Time) {
	var links []sitemapLink
	for _, a := range in {
		links = append(links, sitemapLink{Rel: "alternate", Lang: string(a.Locale), Href: origin + a.Href})
	}
	for _, l := range links {
		u := sitemapURL{Loc: l.Href, Links: links}
		if !modified.IsZero() {
			u.LastMod = modified.Format(time.RFC3339)
		}
		x.URLs = append(x.URLs, u)
	}
}

// links returns a path of the interface in every language.
func (s *Site) links(v *visit, path string) []alternate {
	var out []alternate
	for _, l := range s.offered(v) {
		out = append(out, alternate{l, i18n.JoinPath(l, path), true})
	}
	return out
}

// contentLinks returns the addresses of content in the languages it is written
// in and the interface is offered in; in others, outside search engines would
// find the same text again.
func (s *Site) contentLinks(prefix string, languages []kb.Language) []alternate {
	var out []alternate
	for _, l := range languages {
		out = append(out, alternate{i18n.Locale(l.Locale), i18n.JoinPath(i18n.Locale(l.Locale), prefix+escape(l.Slug)), true})
	}
	return out
}

func writeXML(w http.ResponseWriter, by profile.Actor, contentType string, v any) error {
	data, err := xml.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", contentType)
	keepable(w, by, "private, max-age=300")
	_, err = w.Write(append([]byte(xml.Header), data...))
	return err
}
