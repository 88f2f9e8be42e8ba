package site

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Searches that people keep are references of their own: what was asked for, as
// it stands in an address. What they find is found anew each time.

const searchRef = "search/"

// askedOf returns what a search asked for as it is kept: words and filters, and
// not which page. It is "" for one that asks for nothing or is too long to keep.
func askedOf(query url.Values) string {
	kept := url.Values{}
	for _, name := range append([]string{"q", "sort"}, facets...) {
		for _, value := range query[name] {
			if value = strings.TrimSpace(value); value != "" {
				kept.Add(name, value)
			}
		}
	}
	text := kept.Encode()
	if len(text) > mostAsked || kept.Get("q") == "" && len(kept) < 2 {
		return ""
	}
	return text
}

// mostAsked is how long a search may be to be kept, in bytes.
const mostAsked = 500

// A searchKeeping is what a reader has done with a search.
type searchKeeping struct {
	Action, Asked string
	Kept          bool
}

// searchKeepingOf returns what the visitor has done with a search, nil for those
// who cannot keep it.
func (s *Site) searchKeepingOf(ctx context.Context, p *page) (*searchKeeping, error) {
	asked := askedOf(p.Query)
	if asked == "" || p.By.Anonymous() || p.By.Viewer != "" {
		return nil, nil
	}
	items, _, err := s.people.Shelf(ctx, p.By, profile.ShelfQuery{List: profile.ListSearches, Ref: searchRef + asked, Limit: 1})
	return &searchKeeping{Action: p.link("/search/keep"), Asked: asked, Kept: len(items) > 0}, err
}

// keepSearch puts a search on the visitor's list or takes it off.
func (s *Site) keepSearch(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v := visitOf(r.Context())
	query, err := url.ParseQuery(r.PostFormValue("asked"))
	asked := askedOf(query)
	if err != nil || asked == "" {
		return errs.Field("asked", "error.field.invalid", nil)
	}
	if r.PostFormValue("do") == "drop" {
		err = s.people.Unshelve(r.Context(), v.By, profile.ListSearches, searchRef+asked)
	} else {
		_, err = s.people.Shelve(r.Context(), v.By, profile.ShelfItem{List: profile.ListSearches, Ref: searchRef + asked, Title: query.Get("q")})
	}
	if err != nil {
		return err
	}
	to := "/search?" + asked
	if r.PostFormValue("from") == "saved" {
		to = "/account/saved"
	}
	http.Redirect(w, r, v.link(to), http.StatusSeeOther)
	return nil
}

// A savedSearch is a search on the visitor's list.
type savedSearch struct {
	Words   string
	Filters []string
	Href    string
	Keeping searchKeeping
}

// savedSearches returns the newest searches that the visitor keeps.
func (s *Site) savedSearches(ctx context.Context, v *visit) (out []savedSearch, err error) {
	items, _, err := s.people.Shelf(ctx, v.By, profile.ShelfQuery{List: profile.ListSearches, Limit: 100})
	if err != nil || len(items) == 0 {
		return nil, err
	}
	places, err := s.placesByID(ctx, v.By, v.Wanted)
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		asked := strings.TrimPrefix(item.Ref, searchRef)
		query, err := url.ParseQuery(asked)
		if err != nil {
			continue // an API may have kept anything
		}
		one := savedSearch{Words: query.Get("q"), Href: v.link("/search?" + asked), Keeping: searchKeeping{Action: v.link("/search/keep"), Asked: asked}}
		for _, name := range facets {
			n := narrowing{s: s, p: &page{visit: v}, name: name, places: places}
			for _, value := range query[name] {
				one.Filters = append(one.Filters, n.label(value))
			}
		}
		out = append(out, one)
	}
	return out, nil
}
