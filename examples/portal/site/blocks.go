package site

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// A block is a part of a page with what it shows.
type block struct {
	ID, Kind string
	Title    string
	Why      string // why it stands where it was not declared
	Half     bool   // two stand side by side where there is room
	Places   []place
	Entries  []kb.Entry
}

// A place is a category where it stands for the visitor.
type place struct {
	kb.Place
	Why string
}

// A row is one block, or two that stand side by side.
type row []block

// blockTitles are the kinds of blocks that a page can have, and the texts that
// they are called by if the site says nothing else. Those without one have no
// title, or one of their own.
var blockTitles = map[string]string{
	"search": "", "contact": "", "topics": "home.topics", "popular": "home.popular", "recent": "home.recent",
	"viewed": "saved.viewed", "favourites": "saved.favourites", "articles": "category.articles",
}

func knownBlock(kind string) bool { _, ok := blockTitles[kind]; return ok }

// rows returns the blocks of a slot with what they show. What has nothing to
// show is left out.
func (s *Site) rows(r *http.Request, slot string) ([]row, error) {
	var out []row
	for _, panel := range s.layoutOf(r).Slots[slot] {
		b, ok, err := s.block(r, panel)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if last := len(out) - 1; b.Half && last >= 0 && len(out[last]) == 1 && out[last][0].Half {
			out[last] = append(out[last], b)
		} else {
			out = append(out, row{b})
		}
	}
	return out, nil
}

// moved reports whether anything in a slot stands where it was not declared.
func moved(rows []row) bool {
	return slices.ContainsFunc(slices.Concat(rows...), func(b block) bool {
		return b.Why != "" || slices.ContainsFunc(b.Places, func(p place) bool { return p.Why != "" })
	})
}

// block returns a block with what it shows, and whether that is anything.
func (s *Site) block(r *http.Request, panel layout.Panel) (b block, ok bool, err error) {
	v := visitOf(r.Context())
	b = block{ID: panel.ID, Kind: panel.Kind, Title: panel.Title.In(s.catalog, v.Locale), Why: panel.Reason.In(s.catalog, v.Locale)}
	if key := blockTitles[panel.Kind]; b.Title == "" && key != "" {
		b.Title = v.P.T(key)
	}
	switch panel.Kind {
	case "search", "contact":
		return b, true, nil
	case "topics":
		b.Places, err = s.places(r)
		return b, true, err
	}
	b.Half = true
	b.Entries, err = s.listed(r, panel)
	return b, len(b.Entries) > 0, err
}

// listed returns the articles of a block.
func (s *Site) listed(r *http.Request, panel layout.Panel) ([]kb.Entry, error) {
	ctx, v := r.Context(), visitOf(r.Context())
	switch panel.Kind {
	case "popular":
		return s.popular(ctx, v)
	case "recent":
		return s.recent(ctx, v, listed)
	case "viewed", "favourites":
		entries, err := s.onShelf(ctx, v, map[string]string{"viewed": profile.ListViewed, "favourites": profile.ListFavourites}[panel.Kind])
		return entries[:min(len(entries), listed)], err
	}
	return s.chosen(ctx, v, panel.Data)
}

// chosen returns the first articles of a category, which is named by its address
// in the portal's own language, about a product, and of a kind: whatever of them
// is said.
func (s *Site) chosen(ctx context.Context, v *visit, data map[string]string) ([]kb.Entry, error) {
	q := kb.Query{Below: true, Product: data["product"], Kinds: s.kindsOf(data["kind"]), Locale: string(v.Wanted), Limit: listed}
	if slug := data["category"]; slug != "" {
		found, err := s.library.FindCategory(ctx, v.By, string(s.languages.Default()), slug)
		if errors.Is(err, kb.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		q.Category = found.ID
	}
	entries, _, err := s.library.Articles(ctx, v.By, q)
	return entries, err
}

func (s *Site) kindsOf(name string) []kb.Kind {
	for _, t := range s.library.Types() {
		if string(t.Kind) == name {
			return []kb.Kind{t.Kind}
		}
	}
	return nil
}

// places returns the categories that have something for the visitor, as they
// stand for them.
func (s *Site) places(r *http.Request) ([]place, error) {
	v := visitOf(r.Context())
	tree, err := s.library.Categories(r.Context(), v.By, string(v.Wanted))
	if err != nil {
		return nil, err
	}
	tree = filled(tree)
	byRef, refs := make(map[string]kb.Place, len(tree)), make([]string, 0, len(tree))
	for _, p := range tree {
		refs = append(refs, categoryRef+p.ID)
		byRef[categoryRef+p.ID] = p
	}
	out := make([]place, 0, len(tree))
	for _, at := range s.arranger.Order(r.Context(), v.By, v.stay, refs) {
		out = append(out, place{byRef[at.ID], at.Reason.In(s.catalog, v.Locale)})
	}
	return out, nil
}

// categoryRef is what rules and counts call a category by, with its ID behind.
const categoryRef = "category/"
