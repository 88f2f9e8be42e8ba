package kb

import (
	"encoding/json"
	"net/http"

	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

// Handler serves the library as JSON over HTTP. Its operations are those of
// [Library.API]. The actor comes from [profile.FromContext]: mount it behind
// [profile.Middleware], under any prefix, with [http.StripPrefix].
func (l *Library) Handler() http.Handler { return l.API().Handler() }

// API returns the declarations of what Handler serves, for the documentation.
func (l *Library) API() *web.API {
	api := web.NewAPI("kb", l.log)
	l.serveReading(api)
	l.serveWriting(api)
	l.serveProcess(api)
	l.serveTransfer(api)
	l.serveMedia(api)
	return api
}

const visibility = "only what the reader's audience admits"

func (l *Library) serveReading(api *web.API) {
	api.Handle(web.Op{
		Method: "GET", Path: "/articles", Name: "kb.articles", Summary: "Lists articles, without their texts.",
		Policy: visibility, Public: true, Params: articlesParams{}, Out: articlesWire{},
	}, l.serveArticles)
	api.Handle(web.Op{
		Method: "GET", Path: "/articles/{id}", Name: "kb.article", Summary: "Returns an article in the language that suits the reader.",
		Policy: visibility, Public: true, Params: articleParams{}, Out: articleWire{},
	}, l.serveArticle)
	api.Handle(web.Op{
		Method: "GET", Path: "/slugs/{locale}/{slug}", Name: "kb.find", Summary: "Returns which article has or had a name in addresses.",
		Policy: visibility, Public: true, Out: foundWire{},
	}, l.serveFind)
	api.Handle(web.Op{
		Method: "GET", Path: "/categories", Name: "kb.categories", Summary: "Returns the categories as trees, with the number of articles in each.",
		Policy: visibility, Public: true, Params: articleParams{}, Out: []placeWire{},
	}, l.serveCategories)
	api.Handle(web.Op{
		Method: "GET", Path: "/categories/{id}", Name: "kb.category", Summary: "Returns a category.",
		Policy: visibility, Public: true, Params: articleParams{}, Out: placeWire{},
	}, l.serveCategory)
	api.Handle(web.Op{
		Method: "POST", Path: "/articles/{id}/feedback", Name: "kb.rate", Summary: "Says whether an article helped.",
		Policy: visibility, Public: true, In: opinionWire{}, Out: feedbackWire{}, Create: true,
	}, l.serveRate)
	l.serveHandling(api)
	l.serveNotes(api)
}

type articlesParams struct {
	Category string `query:"category" max:"100" doc:"ID of a category"`
	Below    bool   `query:"below" doc:"also the categories under it"`
	Kind     []Kind `query:"kind"`
	Product  string `query:"product" max:"100"`
	Locale   string `query:"locale" max:"35" doc:"reader's language"`
	Order    string `query:"order" max:"20" doc:"empty for the authors' order, \"updated\" for newest first"`
	After    string `query:"after" doc:"token of the page before"`
	Limit    int    `query:"limit" default:"50" clamp:"1,200"`
}

type articleParams struct {
	Locale string `query:"locale" max:"35" doc:"reader's language"`
}

func (l *Library) serveArticles(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[articlesParams](r)
	if err != nil {
		return err
	}
	by := profile.FromContext(r.Context())
	page, next, err := l.Articles(r.Context(), by, Query{
		Category: p.Category, Below: p.Below, Kinds: p.Kind, Product: p.Product, Locale: reader(by, p.Locale),
		Order: ArticleOrder(p.Order), After: p.After, Limit: p.Limit,
	})
	if err != nil {
		return err
	}
	out := articlesWire{Articles: make([]entryWire, 0, len(page)), Next: next}
	for _, e := range page {
		out.Articles = append(out.Articles, l.entryWire(e))
	}
	return tagged(w, r, out)
}

// reader returns the language asked for, or the actor's.
func reader(by profile.Actor, asked string) string {
	if asked != "" && valid.Locale(asked) == nil {
		return asked
	}
	return by.Locale
}

func (l *Library) serveArticle(w http.ResponseWriter, r *http.Request) error {
	id, params, err := idAnd[articleParams](r)
	if err != nil {
		return err
	}
	by := profile.FromContext(r.Context())
	p, err := l.Article(r.Context(), by, id, reader(by, params.Locale))
	if err != nil {
		return err
	}
	return tagged(w, r, l.articleWire(p))
}

// tagged answers with v, unless the client has it already.
func tagged(w http.ResponseWriter, r *http.Request, v any) error {
	content, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if web.NotModified(w, r, web.HashETag(content)) {
		return nil
	}
	return web.JSON(w, r, http.StatusOK, json.RawMessage(content))
}

// idAnd reads the path's ID and the query.
func idAnd[T any](r *http.Request) (string, T, error) {
	var zero T
	id, err := web.PathValue(r, "id")
	if err != nil {
		return "", zero, err
	}
	params, err := web.Query[T](r)
	return id, params, err
}

func (l *Library) serveFind(w http.ResponseWriter, r *http.Request) error {
	locale, err := web.PathValue(r, "locale")
	if err != nil {
		return err
	}
	slug, err := web.PathValue(r, "slug")
	if err != nil {
		return err
	}
	f, err := l.Find(r.Context(), profile.FromContext(r.Context()), locale, slug)
	if err != nil {
		return err
	}
	return tagged(w, r, foundWire{Article: f.ID, Locale: f.Locale, Slug: f.Slug, Moved: f.Moved, Path: l.path(f.Ref)})
}

func (l *Library) serveCategories(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[articleParams](r)
	if err != nil {
		return err
	}
	by := profile.FromContext(r.Context())
	tree, err := l.Categories(r.Context(), by, reader(by, p.Locale))
	if err != nil {
		return err
	}
	return tagged(w, r, l.placesWire(tree))
}

func (l *Library) serveCategory(w http.ResponseWriter, r *http.Request) error {
	id, params, err := idAnd[articleParams](r)
	if err != nil {
		return err
	}
	by := profile.FromContext(r.Context())
	p, err := l.Category(r.Context(), by, id, reader(by, params.Locale))
	if err != nil {
		return err
	}
	return tagged(w, r, l.placeWire(p))
}

func (l *Library) serveRate(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	in, err := web.Decode[opinionWire](w, r, 0)
	if err != nil {
		return err
	}
	key, err := web.IdempotencyKey(r)
	if err != nil {
		return err
	}
	f, err := l.Rate(r.Context(), profile.FromContext(r.Context()), Opinion{
		Article: id, Locale: in.Locale, Helpful: in.Helpful, Reason: in.Reason, Comment: in.Comment, Key: key,
	})
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusCreated, wireOfFeedback(f))
}
