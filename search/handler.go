package search

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// Handler serves the engine as JSON over HTTP under any prefix, with
// [http.StripPrefix]:
//
//	GET  /             search
//	GET  /suggestions  titles that continue what is being typed
//	POST /clicks       a hit was followed
//	POST /answers      somebody says whether an answer was one
//
// and below /tuning, for those with permission search.tune, synonyms, pins and
// stop words, and below /trials comparisons of two rankings.
//
// Mounted at /api/search and /api/search/, it needs no redirect from one to the
// other. The actor comes from [profile.FromContext]: mount it behind
// [profile.Middleware], and behind a rate limit.
func (e *Engine) Handler() http.Handler {
	api := e.API().Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "" { // all that http.StripPrefix has left
			r = r.Clone(r.Context())
			r.URL.Path = "/"
		}
		api.ServeHTTP(w, r)
	})
}

// API returns the declarations of what Handler serves, for the documentation.
func (e *Engine) API() *web.API {
	const visibility = "only what the reader's audience admits"
	api := web.NewAPI("search", e.opts.Logger)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/{$}", Name: "search.search", Summary: "Searches everything at once.",
		Policy: visibility, Public: true, Params: searchParams{}, Out: resultsWire{}, Errors: []int{429, 503},
	}, e.serveSearch)
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/suggestions", Name: "search.suggestions", Summary: "Returns titles that continue what is being typed.",
		Policy: visibility, Public: true, Params: suggestParams{}, Out: suggestionsWire{}, Errors: []int{429, 503},
	}, e.serveSuggestions)
	api.Handle(web.Op{
		Method: http.MethodPost, Path: "/clicks", Name: "search.click", Summary: "Says that a hit was followed.",
		Policy: "whoever was given the token", Public: true, In: clickWire{}, MaxBody: 8 << 10,
	}, e.serveClick)
	api.Handle(web.Op{
		Method: http.MethodPost, Path: "/answers", Name: "search.answered", Summary: "Says whether an answer was one.",
		Policy: "whoever was given the token", Public: true, In: answeredWire{}, MaxBody: 8 << 10,
	}, e.serveAnswered)
	e.serveTuning(api)
	e.serveTrials(api)
	return api
}

type searchParams struct {
	Text string `query:"q" doc:"everyday language; \"quoted phrases\", -excluded and +required words; any text is accepted"`
	searchOptions
}

// searchOptions are the parameters besides the text, of which none is refused.
type searchOptions struct {
	Locale     string   `query:"locale" max:"35" doc:"language of the reader, a BCP 47 tag; the actor's if missing"`
	Kind       []string `query:"kind" doc:"only documents of any of these kinds"`
	Category   []string `query:"category" doc:"only documents in any of these categories or below"`
	Product    []string `query:"product" doc:"only documents about any of these products"`
	Language   []string `query:"language" doc:"only documents in any of these languages"`
	Site       []string `query:"site" doc:"only documents that are read at any of these hosts"`
	Facets     []string `query:"facets" doc:"what to count the documents found by: kind, category, product, language, site"`
	Plain      bool     `query:"plain" doc:"results without what was learned from people's behaviour, for everybody alike"`
	Impersonal bool     `query:"impersonal" doc:"results in the order that everybody gets, whatever concerns whoever asks"`
	Sort       Sort     `query:"sort" doc:"updated for newest first; by relevance if missing"`
	Limit      int      `query:"limit" default:"10" clamp:"1,50" doc:"hits a page"`
	Page       int      `query:"page" clamp:"0,1000" doc:"number of the page, from 1"`
	After      string   `query:"after" max:"4096" doc:"next from an earlier answer to the same query"`
	Token      string   `query:"token" max:"4096" doc:"token from an earlier answer to the same query, so that this is another page of that search and no new one; ignored if it does not fit"`
}

func (o searchOptions) query(text string) Query {
	return Query{
		Text: text, Locale: o.Locale, Plain: o.Plain, Impersonal: o.Impersonal, Facets: o.Facets, Sort: o.Sort, Limit: o.Limit, Page: o.Page, After: o.After, Token: o.Token,
		Filters: map[string][]string{"kind": o.Kind, "category": o.Category, "product": o.Product, "language": o.Language, "site": o.Site},
	}
}

func (e *Engine) serveSearch(w http.ResponseWriter, r *http.Request) error {
	opts, err := web.Query[searchOptions](r)
	if err != nil {
		return err
	}
	res, err := e.Search(r.Context(), profile.FromContext(r.Context()), opts.query(r.URL.Query().Get("q")))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireResults(res))
}

type suggestParams struct {
	Text string `query:"q" doc:"what has been typed so far"`
	suggestOptions
}

type suggestOptions struct {
	Locale string `query:"locale" max:"35" doc:"language of the reader, a BCP 47 tag; the actor's if missing"`
	Limit  int    `query:"limit" default:"8" clamp:"1,20"`
}

func (e *Engine) serveSuggestions(w http.ResponseWriter, r *http.Request) error {
	opts, err := web.Query[suggestOptions](r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	list, err := e.Suggest(ctx, profile.FromContext(ctx), r.URL.Query().Get("q"), opts.Locale, opts.Limit)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireSuggestions(list))
}

func (e *Engine) serveClick(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[clickWire](w, r, 8<<10)
	if err != nil {
		return err
	}
	if err := e.Clicked(r.Context(), profile.FromContext(r.Context()), in.Token); err != nil {
		return err
	}
	return web.NoContent(w)
}

func (e *Engine) serveAnswered(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[answeredWire](w, r, 8<<10)
	if err != nil {
		return err
	}
	if err := e.Answered(r.Context(), profile.FromContext(r.Context()), in.Token, in.Right); err != nil {
		return err
	}
	return web.NoContent(w)
}
