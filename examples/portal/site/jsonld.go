package site

import (
	"maps"
	"time"

	"github.com/stoa-go/stoa/kb"
)

// JSON-LD tells outside search engines what a page is, in the words of
// schema.org.

type object map[string]any

func thing(kind string, fields object) object {
	fields["@context"], fields["@type"] = "https://schema.org", kind
	return fields
}

func (s *Site) websiteData(v *visit) object {
	return thing("WebSite", object{
		"name": v.Brand.Name, "url": v.Origin + v.link("/"), "inLanguage": string(v.Locale),
		"potentialAction": object{
			"@type": "SearchAction", "target": v.Origin + v.link("/search") + "?q={search_term_string}",
			"query-input": "required name=search_term_string",
		},
	})
}

func (s *Site) breadcrumbData(v *visit, crumbs []crumb, title, address string) object {
	items := make([]object, 0, len(crumbs)+1)
	for _, c := range crumbs {
		items = append(items, object{"@type": "ListItem", "position": len(items) + 1, "name": c.Title, "item": v.Origin + c.Href})
	}
	items = append(items, object{"@type": "ListItem", "position": len(items) + 1, "name": title, "item": address})
	return thing("BreadcrumbList", object{"itemListElement": items})
}

func (s *Site) articleData(v *visit, p *page, a kb.Page) []any {
	if !a.Public && !openTo(v.By) {
		return nil
	}
	fields := object{
		"headline": a.Title, "description": a.Summary, "inLanguage": a.Locale, "url": p.Canonical,
		"datePublished": a.PublishedAt.Format(time.RFC3339), "dateModified": a.UpdatedAt.Format(time.RFC3339),
		"publisher": object{"@type": "Organization", "name": v.Brand.Name},
	}
	kind, more := s.structured(v, a, p.Canonical)
	maps.Copy(fields, more)
	return []any{thing(kind, fields), s.breadcrumbData(v, p.Crumbs, a.Title, p.Canonical)}
}
