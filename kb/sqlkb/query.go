package sqlkb

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// Articles implements [kb.ArticleStore].
func (s *Store) Articles(ctx context.Context, q kb.ArticleQuery) ([]kb.Article, string, error) {
	limit := cmp.Or(max(q.Limit, 0), 50)
	query, args, err := articlesQuery(q, limit+1)
	if err != nil {
		return nil, "", err
	}
	var rows []articleRow
	if err := s.db.Select(ctx, &rows, query, args...); err != nil {
		return nil, "", err
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = token(q.Order, rows[limit-1])
	}
	var page []kb.Article
	for _, r := range rows {
		page = append(page, r.article())
	}
	if err := s.translations(ctx, page); err != nil {
		return nil, "", err
	}
	return page, next, nil
}

// maxBranches is in how many categories a page is looked for one by one.
const maxBranches = 8

// articlesQuery returns the query for a page. What it costs must not grow with
// the number of articles, so it says which index to walk: databases tend to
// find all articles of all categories asked for, and sort them.
func articlesQuery(q kb.ArticleQuery, limit int) (string, []any, error) {
	order := ` order by place, id`
	if q.Order == kb.OrderUpdated {
		order = ` order by shown_at desc, id`
	}
	branches := 0
	if q.Order == kb.OrderPlace && q.IDs == nil && len(q.Categories) > 0 && len(q.Categories) <= maxBranches {
		branches = len(q.Categories)
	}
	w := &sqldb.Where{}
	if q.Categories != nil && branches == 0 {
		sqldb.In(w, "category || ''", storable(q.Categories)) // by no index
	}
	categories := storable(q.Categories)
	q.Categories = nil
	filter(w, q)
	if err := past(w, q); err != nil {
		return "", nil, err
	}
	bound := ` limit ` + w.Arg(limit)
	if branches == 0 {
		return `select ` + articleColumns + ` from stoa_article ` + w.String() + order + bound, w.Args(), nil
	}
	return branched(w, categories, order+bound), w.Args(), nil
}

// branched returns the query for a page of several categories: the first few of
// each, and of these the first.
func branched(w *sqldb.Where, categories []string, tail string) string {
	cond := " and category = "
	if w.String() == "" {
		cond = "where category = "
	}
	var parts []string
	for i, c := range categories {
		part := `select ` + articleColumns + ` from stoa_article ` + w.String() + cond + w.Arg(c) + tail
		parts = append(parts, `select `+articleColumns+` from (`+part+`) as c`+strconv.Itoa(i))
	}
	switch len(parts) {
	case 0:
		return `select ` + articleColumns + ` from stoa_article ` + w.And("1 = 0").String() + tail
	case 1:
		return parts[0] + tail
	}
	return `select ` + articleColumns + ` from (` + strings.Join(parts, ` union all `) + `) as c` + tail
}

// CountArticles implements [kb.ArticleStore].
func (s *Store) CountArticles(ctx context.Context) ([]kb.Count, error) {
	var rows []struct {
		Category string
		Audience sqldb.Strings
		N        int
	}
	err := s.db.Select(ctx, &rows, `select category, audience, n from stoa_article_count where n > 0`)
	var out []kb.Count
	for _, r := range rows {
		out = append(out, kb.Count{Category: r.Category, Audience: profile.Audience(r.Audience), Articles: r.N})
	}
	return out, err
}

// filter adds the conditions of a query to w.
func filter(w *sqldb.Where, q kb.ArticleQuery) *sqldb.Where {
	if q.Visible {
		w.And("visible")
	}
	if q.IDs != nil {
		sqldb.In(w, "id", storable(q.IDs))
	}
	if q.Categories != nil {
		sqldb.In(w, "category", storable(q.Categories))
	}
	if len(q.Kinds) > 0 {
		sqldb.In(w, "kind", storable(q.Kinds))
	}
	if q.Product != "" && sqldb.CheckText(q.Product) != nil {
		w.And("1 = 0")
	} else if q.Product != "" {
		w.And("exists (select 1 from stoa_article_product p where p.product = ? and p.article = stoa_article.id)", q.Product)
	}
	if q.Sight != nil {
		cond, args := q.Sight.Where("stoa_article_audience", "stoa_article.id", w.Next())
		w.Numbered(cond, args...)
	}
	return w
}

// storable returns the texts that a column can hold; nothing equals the others.
func storable[T ~string](list []T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(s T) bool { return sqldb.CheckText(string(s)) != nil })
}

// past adds the condition that rows come after the page token.
func past(w *sqldb.Where, q kb.ArticleQuery) error {
	if q.After == "" {
		return nil
	}
	parts, err := cursor.Decode(q.After, 2)
	if err != nil {
		return err
	}
	if q.Order == kb.OrderUpdated {
		at, err := cursor.ParseTime(parts[0])
		w.And("(shown_at < ? or shown_at = ? and id > ?)", sqldb.At(at), sqldb.At(at), parts[1])
		return err
	}
	place, err := cursor.ParseInt(parts[0])
	w.And("(place, id) > (?, ?)", place, parts[1])
	return err
}

func token(order kb.ArticleOrder, r articleRow) string {
	if order == kb.OrderUpdated {
		return cursor.Encode(cursor.FormatTime(r.ShownAt.Time), r.ID)
	}
	return cursor.Encode(cursor.FormatInt(int64(r.Place)), r.ID)
}

type revisionRow struct {
	Article string
	Locale  string
	Number  int
	Title   string
	Summary string
	Body    string
	Media   sqldb.Strings
	Blocks  sqldb.Strings
	Links   *sqldb.JSON[[]kb.Link]
	Based   int
	Author  string
	Note    string
	At      sqldb.Time

	SEOTitle    string `db:"seo_title"`
	Description string
}

func (r revisionRow) revision() kb.Revision {
	var links []kb.Link
	if r.Links != nil {
		links = r.Links.V
	}
	return kb.Revision{
		Article: r.Article, Locale: r.Locale, Number: r.Number, Title: r.Title, Summary: r.Summary, Body: r.Body,
		Media: r.Media, Blocks: r.Blocks, Links: links, Based: r.Based, Author: r.Author, Note: r.Note, At: r.At.Time,
		SEOTitle: r.SEOTitle, Description: r.Description,
	}
}

// Revision implements [kb.ArticleStore].
func (s *Store) Revision(ctx context.Context, article, locale string, number int) (kb.Revision, error) {
	var r revisionRow
	if sqldb.CheckText(article, locale) != nil {
		return kb.Revision{}, kb.ErrNotFound
	}
	err := s.db.Get(ctx, &r, "revision", `
		select article, locale, number, title, summary, body, media, based, author, note, at, blocks, links, seo_title, description
		from stoa_revision where article = $1 and locale = $2 and number = $3`, article, locale, number)
	return r.revision(), err
}

// Revisions implements [kb.ArticleStore].
func (s *Store) Revisions(ctx context.Context, article, locale string, before, limit int) ([]kb.Revision, error) {
	var rows []revisionRow
	if sqldb.CheckText(article, locale) != nil {
		return nil, nil
	}
	err := s.db.Select(ctx, &rows, `
		select article, locale, number, title, summary, '' as body, media, based, author, note, at, blocks, links, seo_title, description
		from stoa_revision
		where article = $1 and locale = $2 and (number < $3 or $3 = 0)
		order by number desc limit $4`, article, locale, before, max(limit, 0))
	var out []kb.Revision
	for _, r := range rows {
		out = append(out, r.revision())
	}
	return out, err
}
