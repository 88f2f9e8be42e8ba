package site

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/lru"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/search"
)

// Why something concerns somebody. There is a text for each.
const (
	becauseOwned   = "owned"
	becauseRead    = "read"
	becauseSegment = "segment"
)

// How much it does. One's own thing weighs more than one of many that an
// organisation has, and what was read for a while less than what stays.
const (
	ownWeight     = 1.0
	oursWeight    = 0.5
	readWeight    = 0.6
	segmentWeight = 0.5

	trodden  = 5                  // articles of the recent path
	trodFor  = 3 * 24 * time.Hour // how long they are recent
	leansFor = 20 * time.Second   // how long what concerns somebody is remembered
)

// A leaner is somebody for a short while.
type leaner struct {
	person, account, viewer string
	at                      time.Time
}

// newLeanings returns what concerns people, remembered for a while. Of those who
// want nothing arranged for them nothing is read.
func (s *Site) newLeanings() func(context.Context, profile.Actor) ([]search.Leaning, error) {
	known := lru.New[leaner, []search.Leaning](2_000)
	return func(ctx context.Context, by profile.Actor) ([]search.Leaning, error) {
		if on, err := s.arranger.Arranged(ctx, by); err != nil || !on {
			return nil, err
		}
		key := leaner{by.ID, by.Account, by.Viewer, s.cfg.Now().UTC().Truncate(leansFor)}
		if list, ok := known.Load(key); ok {
			return list, nil
		}
		list, err := s.leanings(ctx, by)
		if err == nil {
			known.Store(key, list)
		}
		return list, err
	}
}

func (s *Site) leanings(ctx context.Context, by profile.Actor) ([]search.Leaning, error) {
	out, err := s.owned(ctx, by)
	if err != nil {
		return nil, err
	}
	read, err := s.justRead(ctx, by)
	if err != nil {
		return nil, err
	}
	out = append(out, read...)
	for _, name := range by.Segments {
		out = append(out, search.Leaning{Facet: search.FacetAudience, Value: name, Weight: segmentWeight, Because: becauseSegment})
	}
	return out, nil
}

// owned returns the products that somebody and their organisation have, as far as
// they can be asked for now.
func (s *Site) owned(ctx context.Context, by profile.Actor) (out []search.Leaning, err error) {
	list, _, err := s.inventory.Assets(ctx, by, assets.Query{Of: thingsOf(by), Limit: 200})
	if err != nil && !away(err) {
		return nil, err
	}
	for _, a := range list {
		l := search.Leaning{Facet: "product", Value: a.Product, Weight: oursWeight, Because: becauseOwned}
		if a.Holder.Person == by.ID {
			l.Weight = ownWeight
		}
		i := slices.IndexFunc(out, func(o search.Leaning) bool { return o.Value == l.Value })
		switch {
		case l.Value == "":
		case i < 0:
			out = append(out, l)
		default:
			out[i].Weight = max(out[i].Weight, l.Weight)
		}
	}
	return out, nil
}

// justRead returns what the articles are about that somebody has read last. It is
// known of those who have a list of what they viewed.
func (s *Site) justRead(ctx context.Context, by profile.Actor) ([]search.Leaning, error) {
	items, _, err := s.people.Shelf(ctx, by, profile.ShelfQuery{List: profile.ListViewed, Limit: trodden})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, item := range items {
		if id, ok := strings.CutPrefix(item.Ref, articleRef); ok && s.cfg.Now().Sub(item.At) < trodFor {
			ids = append(ids, id)
		}
	}
	entries, err := s.library.Entries(ctx, by, ids, by.Locale)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	return readings(entries), nil
}

// readings returns what articles are about: each has one voice, which it shares out
// among its products.
func readings(entries []kb.Entry) (out []search.Leaning) {
	voice := readWeight / float64(len(entries))
	add := func(facet, value string, weight float64) {
		i := slices.IndexFunc(out, func(l search.Leaning) bool { return l.Facet == facet && l.Value == value })
		if i < 0 {
			out = append(out, search.Leaning{Facet: facet, Value: value, Weight: weight, Because: becauseRead})
		} else {
			out[i].Weight += weight
		}
	}
	for _, e := range entries {
		for _, product := range e.Products {
			add("product", product, voice/float64(len(e.Products)))
		}
		if e.Category != "" {
			add("category", e.Category, voice)
		}
	}
	return out
}

// A personal is what a page says of the order of its results.
type personal struct {
	Off     bool // it is everybody's, as was asked for
	Reasons []personalReason
	Href    string // the other way
}

type personalReason struct {
	Because string
	What    []string
}

// impersonalParam is the parameter of those who want everybody's order.
const impersonalParam = "impersonal"

// personalOf returns what a page says of the order of its results, nil if there
// is nothing to say.
func (s *Site) personalOf(ctx context.Context, p *page, q search.Query, res search.Results, places map[string]kb.Place) (*personal, error) {
	if q.Impersonal {
		if on, err := s.arranger.Arranged(ctx, p.By); err != nil || !on {
			return nil, err
		}
		return &personal{Off: true, Href: p.With(impersonalParam, "")}, nil
	}
	b := &personal{Href: p.With(impersonalParam, "true")}
	for _, l := range res.Leanings() {
		b.add(l, s.concerns(p, l, places))
	}
	if len(b.Reasons) == 0 {
		return nil, nil
	}
	return b, nil
}

// add names one more thing, once, beside what concerns somebody for the same
// reason.
func (b *personal) add(l search.Leaning, name string) {
	i := slices.IndexFunc(b.Reasons, func(r personalReason) bool { return r.Because == l.Because })
	if i < 0 {
		i, b.Reasons = len(b.Reasons), append(b.Reasons, personalReason{Because: l.Because})
	}
	if r := &b.Reasons[i]; name != "" && !slices.Contains(r.What, name) {
		r.What = append(r.What, name)
	}
}

// concerns returns what something is called that concerns the visitor, nothing of
// what has no name for them: a segment, or a place that they no longer see.
func (s *Site) concerns(p *page, l search.Leaning, places map[string]kb.Place) string {
	if _, seen := places[l.Value]; l.Facet == search.FacetAudience || l.Facet == "category" && !seen {
		return ""
	}
	return narrowing{s: s, p: p, name: l.Facet, places: places}.label(l.Value)
}
