package site

import (
	"context"
	"net/http"
	"strconv"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/search"
)

// facets are what results can be narrowed by, in the order of the page. The
// parameter of each is its name.
var facets = []string{"kind", "category", "product", "language", "site"}

type searchParams struct {
	Text     string   `query:"q" max:"1000"`
	Kind     []string `query:"kind"`
	Category []string `query:"category"`
	Product  []string `query:"product"`
	Language []string `query:"language"`
	Site     []string `query:"site"`
	Sort     string   `query:"sort" max:"20"`
	Page     int      `query:"page" default:"1" clamp:"1,1000"`
	Token    string   `query:"t" max:"4096"` // of the search that this is another page of

	Impersonal bool `query:"impersonal"` // in everybody's order
}

func (p searchParams) filters() map[string][]string {
	out := map[string][]string{}
	for name, values := range map[string][]string{"kind": p.Kind, "category": p.Category, "product": p.Product, "language": p.Language, "site": p.Site} {
		if len(values) > 0 {
			out[name] = values
		}
	}
	return out
}

type searchBody struct {
	Text     string
	Results  search.Results
	Answer   *answerBlock // nil if nothing surely is one
	Hits     []hit
	Facets   []facet
	Active   []choice // filters in force, each with the address without it
	Sort     string
	Pages    []pageLink
	Prev     string
	Next     string
	Correct  string     // address of the corrected query
	All      string     // address without filters
	Popular  []kb.Entry // ways on when nothing is found
	Places   []kb.Place
	Personal *personal      // nil if there is nothing to say of the order
	Keeping  *searchKeeping // nil for those who cannot keep the search
}

type hit struct {
	search.Hit
	Href string
}

type pageLink struct {
	Number  int
	Href    string
	Current bool
}

func (s *Site) search(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	params, err := web.Query[searchParams](r)
	if err != nil {
		return err
	}
	q := search.Query{
		Text: params.Text, Locale: string(v.Wanted), Filters: params.filters(), Facets: facets, Page: params.Page, Token: params.Token, Limit: 10, Impersonal: params.Impersonal,
	}
	if params.Sort == string(search.SortUpdated) {
		q.Sort = search.SortUpdated
	}
	res, err := s.engine.Search(r.Context(), v.By, q)
	if err != nil {
		return err
	}
	p := s.newPage(r, v.P.T("search.title"))
	if params.Text != "" {
		p.Title = v.P.T("search.title_for", "query", params.Text)
	}
	p.Search, p.Impersonal, p.NoIndex = params.Text, params.Impersonal, true
	p.Canonical = v.Origin + v.link("/search")
	p.Crumbs = s.crumbs(v)
	if p.Body, err = s.searchBody(r.Context(), p, q, res); err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "search", p)
}

func (s *Site) searchBody(ctx context.Context, p *page, q search.Query, res search.Results) (searchBody, error) {
	b := searchBody{Text: q.Text, Results: res, Sort: string(q.Sort), All: p.With("kind", "", "category", "", "product", "", "language", "", "site", "")}
	b.Answer = s.answerOf(p, res)
	for _, h := range res.Hits {
		b.Hits = append(b.Hits, s.hitOf(p.visit, h))
	}
	places, err := s.placesByID(ctx, p.By, p.Wanted)
	if err != nil {
		return b, err
	}
	for _, name := range facets {
		f := narrowing{s: s, p: p, name: name, active: q.Filters[name], places: places}
		b.Facets = append(b.Facets, f.facet(res.Facets[name], res.Total))
		b.Active = append(b.Active, f.inForce()...)
	}
	if res.DidYouMean != "" {
		b.Correct = p.With("q", res.DidYouMean)
	}
	b.pages(p, res)
	if b.Personal, err = s.personalOf(ctx, p, q, res, places); err != nil {
		return b, err
	}
	if b.Keeping, err = s.searchKeepingOf(ctx, p); err != nil {
		return b, err
	}
	if res.Total == 0 {
		err = s.waysOn(ctx, p, &b)
	}
	return b, err
}

// waysOn fills in where to go from a search that found nothing.
func (s *Site) waysOn(ctx context.Context, p *page, b *searchBody) (err error) {
	if b.Popular, err = s.popular(ctx, p.visit); err != nil {
		return err
	}
	b.Places, err = s.library.Categories(ctx, p.By, string(p.Wanted))
	b.Places = filled(b.Places)
	return err
}

// pages fills in the links to the pages around the current one.
func (b *searchBody) pages(p *page, res search.Results) {
	if res.Pages < 2 {
		return
	}
	at := func(n int) string { return p.With("page", strconv.Itoa(n), "t", res.Token) }
	for n := max(1, res.Page-2); n <= min(res.Pages, res.Page+2); n++ {
		b.Pages = append(b.Pages, pageLink{Number: n, Href: at(n), Current: n == res.Page})
	}
	if res.Page > 1 {
		b.Prev = at(res.Page - 1)
	}
	if res.Page < res.Pages {
		b.Next = at(res.Page + 1)
	}
}

// suggestions answers the search box while somebody types.
func (s *Site) suggestions(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	params, err := web.Query[searchParams](r)
	if err != nil {
		return err
	}
	found, err := s.engine.Suggest(r.Context(), v.By, params.Text, string(v.Wanted), 7)
	if err != nil {
		return err
	}
	type span struct {
		Text  string `json:"text"`
		Match bool   `json:"match,omitempty"`
	}
	type suggestion struct {
		Title []span `json:"title"`
		Href  string `json:"href"`
		Kind  string `json:"kind"`
		Lang  string `json:"lang,omitempty"`
	}
	out := make([]suggestion, 0, len(found))
	for _, f := range found {
		item := suggestion{Href: s.relink(v, f.Path), Kind: s.kindName(v.Locale, f.Kind)}
		if at := (search.Document{Path: f.Path}).Elsewhere(); at != "" {
			item.Kind += " · " + at
			if f.Click != "" {
				item.Href = v.link("/search/out?c=" + f.Click)
			}
		}
		for _, part := range f.Title {
			item.Title = append(item.Title, span(part))
		}
		if f.Locale != string(v.Wanted) {
			item.Lang = f.Locale
		}
		out = append(out, item)
	}
	keepable(w, v.By, "private, max-age=30")
	return web.JSON(w, r, http.StatusOK, map[string]any{"suggestions": out})
}
