package sqlkb

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// An articleRow is an article as its table spells it.
type articleRow struct {
	ID        string
	Category  string
	Kind      string
	Audience  sqldb.Strings
	Products  sqldb.Strings
	Tags      sqldb.Strings
	Related   sqldb.Strings
	Fields    sqldb.StringMap
	Media     sqldb.Strings
	Place     int
	Source    string
	Owner     string
	External  string
	Input     string
	CreatedAt sqldb.Time `db:"created_at"`
	UpdatedAt sqldb.Time `db:"updated_at"`
	ShownAt   sqldb.Time `db:"shown_at"`
	DeletedAt sqldb.Time `db:"deleted_at"`
	DeletedBy string     `db:"deleted_by"`
	Version   int
}

const articleColumns = `id, category, kind, audience, products, tags, related, fields, media, place, source, owner, external, input,
	created_at, updated_at, shown_at, deleted_at, deleted_by, version`

func (r articleRow) article() kb.Article {
	return kb.Article{
		ID: r.ID, Category: r.Category, Kind: kb.Kind(r.Kind), Audience: profile.Audience(r.Audience),
		Products: r.Products, Tags: r.Tags, Related: r.Related, Fields: r.Fields, Media: r.Media, Order: r.Place, Source: r.Source, Owner: r.Owner,
		External: r.External, Input: r.Input, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
		ShownAt: r.ShownAt.Time, DeletedAt: r.DeletedAt.Time, DeletedBy: r.DeletedBy, Version: r.Version,
	}
}

type translationRow struct {
	Article     string
	Locale      string
	Slug        string
	Status      string
	Live        int
	Head        int
	Based       int
	Title       string
	Summary     string
	PublishedAt sqldb.Time `db:"published_at"`
	UpdatedAt   sqldb.Time `db:"updated_at"`
	NewsAt      sqldb.Time `db:"news_at"`
}

func (r translationRow) translation() kb.Translation {
	return kb.Translation{
		Locale: r.Locale, Slug: r.Slug, Status: kb.Status(r.Status), Live: r.Live, Head: r.Head, Based: r.Based,
		Title: r.Title, Summary: r.Summary, PublishedAt: r.PublishedAt.Time, UpdatedAt: r.UpdatedAt.Time, NewsAt: r.NewsAt.Time,
	}
}

// Article implements [kb.ArticleStore].
func (s *Store) Article(ctx context.Context, id string) (kb.Article, error) {
	var r articleRow
	err := s.get(ctx, &r, "article", `select `+articleColumns+` from stoa_article where id = $1`, id)
	if err != nil {
		return kb.Article{}, err
	}
	page := []kb.Article{r.article()}
	if err := s.translations(ctx, page); err != nil {
		return kb.Article{}, err
	}
	return page[0], nil
}

// translations fills in the translations of a page of articles.
func (s *Store) translations(ctx context.Context, page []kb.Article) error {
	if len(page) == 0 {
		return nil
	}
	at := make(map[string]int, len(page))
	ids := make([]string, len(page))
	for i, a := range page {
		at[a.ID], ids[i] = i, a.ID
	}
	var w sqldb.Where
	sqldb.In(&w, "article", ids)
	var rows []translationRow
	err := s.db.Select(ctx, &rows, `
		select article, locale, slug, status, live, head, based, title, summary, published_at, updated_at, news_at
		from stoa_translation `+w.String()+` order by article, locale`, w.Args()...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		a := &page[at[r.Article]]
		a.Translations = append(a.Translations, r.translation())
	}
	return nil
}

// SaveArticle implements [kb.ArticleStore].
func (s *Store) SaveArticle(ctx context.Context, a kb.Article, revisions ...kb.Revision) error {
	return s.saveArticles(ctx, []kb.Article{a}, revisions)
}

// SaveArticles implements [kb.ArticleStore].
func (s *Store) SaveArticles(ctx context.Context, articles []kb.Article) error {
	if len(articles) == 0 {
		return ctx.Err()
	}
	return s.saveArticles(ctx, articles, nil)
}

// saveArticles takes about as long for many articles as for one, but for a
// statement for each.
func (s *Store) saveArticles(ctx context.Context, articles []kb.Article, revisions []kb.Revision) error {
	ids, changes := make([]string, len(articles)), make([]feed.Change, len(articles))
	for i, a := range articles {
		if err := sqldb.CheckText(textsOf(a, nil)...); err != nil {
			return err
		}
		ids[i], changes[i] = a.ID, feed.Change{Topic: topic, Ref: a.ID}
	}
	if err := sqldb.CheckText(textsOf(kb.Article{}, revisions)...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		// The stamp comes first: its row lock makes writers wait here, before
		// they hold anything that another might want.
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		for chunk := range slices.Chunk(articles, maxRows) {
			if err := putArticles(ctx, tx, chunk); err != nil {
				return err
			}
		}
		if err := putRevisions(ctx, tx, revisions); err != nil {
			return err
		}
		for chunk := range slices.Chunk(ids, maxRows) {
			if err := askArticles(ctx, tx, chunk); err != nil {
				return err
			}
		}
		return feed.Append(ctx, tx, changes...)
	})
}

// putArticles stores as many articles as a statement can name.
func putArticles(ctx context.Context, tx sqlx.ExtContext, articles []kb.Article) error {
	ids := make([]string, len(articles))
	for i, a := range articles {
		ids[i] = a.ID
	}
	if err := checkPlaces(ctx, tx, articles); err != nil {
		return err
	}
	if err := putCounts(ctx, tx, ids, articles); err != nil {
		return err
	}
	for _, a := range articles {
		if err := putArticle(ctx, tx, a); err != nil {
			return err
		}
	}
	if err := clearLists(ctx, tx, ids); err != nil {
		return err
	}
	for _, step := range []func(context.Context, sqlx.ExtContext, []kb.Article) error{putSlugs, putTranslations, putAudience, putProducts, putFieldMedia, putRelated} {
		if err := step(ctx, tx, articles); err != nil {
			return err
		}
	}
	return nil
}

// clearLists takes away what articles are found by and what they name, which is
// then put anew.
func clearLists(ctx context.Context, tx sqlx.ExtContext, ids []string) error {
	for _, clear := range [][2]string{
		{`delete from stoa_article_audience `, "ref"}, {`delete from stoa_article_product `, "article"},
		{`delete from stoa_media_use `, "locale = '' and article"}, {`delete from stoa_article_link `, "locale = '' and article"},
	} {
		w := &sqldb.Where{}
		sqldb.In(w, clear[1], ids)
		if _, err := sqldb.Exec(ctx, tx, clear[0]+w.String(), w.Args()...); err != nil {
			return err
		}
	}
	return nil
}

func textsOf(a kb.Article, revisions []kb.Revision) []string {
	texts := []string{a.ID, a.Category, string(a.Kind), a.Owner, a.External, a.Source, a.Input, a.DeletedBy}
	texts = slices.Concat(texts, a.Audience, a.Products, a.Tags, a.Related, a.Media)
	for key, value := range a.Fields {
		texts = append(texts, key, value)
	}
	for _, t := range a.Translations {
		texts = append(texts, t.Locale, t.Slug, string(t.Status), t.Title, t.Summary)
	}
	for _, r := range revisions {
		texts = append(texts, r.Article, r.Locale, r.Title, r.Summary, r.Body, r.Note, r.Author, r.SEOTitle, r.Description)
		texts = append(texts, r.Media...)
		texts = append(texts, r.Blocks...)
		texts = append(texts, textsOfLinks(r.Links)...)
	}
	return texts
}

func putArticle(ctx context.Context, tx sqlx.ExtContext, a kb.Article) error {
	args := []any{
		a.ID, a.Category, string(a.Kind), sqldb.Strings(a.Audience), sqldb.Strings(a.Products), sqldb.Strings(a.Tags),
		sqldb.Strings(a.Related), a.Order, a.Source, a.Owner, a.External, a.Input, len(a.Live()) > 0,
		sqldb.At(a.CreatedAt), sqldb.At(a.UpdatedAt), sqldb.At(a.ShownAt), a.Version, heading(a), sqldb.StringMap(a.Fields),
		sqldb.At(a.DeletedAt), a.DeletedBy, sqldb.Strings(a.Media),
	}
	if a.Version == 1 {
		res, err := sqldb.Exec(ctx, tx, `
			insert into stoa_article (id, category, kind, audience, products, tags, related, place, source, owner,
				external, input, visible, created_at, updated_at, shown_at, version, heading, fields,
				deleted_at, deleted_by, media)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
			on conflict (id) do nothing`, args...)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	}
	res, err := sqldb.Exec(ctx, tx, `
		update stoa_article set category = $2, kind = $3, audience = $4, products = $5, tags = $6, related = $7,
			place = $8, source = $9, owner = $10, external = $11, input = $12, visible = $13, created_at = $14,
			updated_at = $15, shown_at = $16, version = $17, heading = $18, fields = $19,
			deleted_at = $20, deleted_by = $21, media = $22
		where id = $1 and version = $17 - 1`, args...)
	if err != nil {
		return err
	}
	if err := sqldb.Affected(res, errs.Conflict); err != nil {
		return missing(ctx, tx, err, `select 1 from stoa_article where id = $1`, a.ID)
	}
	return nil
}

// missing returns not-found if the query finds nothing, and otherwise conflict.
func missing(ctx context.Context, tx sqlx.QueryerContext, conflict error, query, id string) error {
	var one int
	err := sqlx.GetContext(ctx, tx, &one, query, id)
	if errors.Is(err, sql.ErrNoRows) {
		return kb.ErrNotFound
	}
	return errors.Join(conflict, err)
}

// maxRows keeps the placeholders of one statement within what SQLite takes, which
// looks for each among all those before: ten times as many take longer.
const maxRows = 100

// putRows inserts rows of equal width. It returns how many were inserted or,
// where tail says what to do about those that are there, changed.
func putRows(ctx context.Context, tx sqlx.ExtContext, head string, rows [][]any, tail string) (n int, err error) {
	for chunk := range slices.Chunk(rows, maxRows) {
		err := sqldb.Tally(ctx, tx, &n, head+` values `+sqldb.Tuples(len(chunk), len(chunk[0]))+tail, slices.Concat(chunk...)...)
		if err != nil {
			return 0, err
		}
	}
	return n, nil
}

// putAll is putRows for rows none of which may be refused.
func putAll(ctx context.Context, tx sqlx.ExtContext, head string, rows [][]any, tail string) error {
	n, err := putRows(ctx, tx, head, rows, tail)
	if err == nil && n != len(rows) {
		return errs.Conflict
	}
	return err
}

func putTranslations(ctx context.Context, tx sqlx.ExtContext, articles []kb.Article) error {
	var rows [][]any
	for _, a := range articles {
		for _, t := range a.Translations {
			rows = append(rows, []any{
				a.ID, t.Locale, t.Slug, string(t.Status), t.Live, t.Head, t.Based, t.Title, t.Summary,
				sqldb.At(t.PublishedAt), sqldb.At(t.UpdatedAt), strings.ToLower(t.Title), sqldb.At(t.NewsAt),
			})
		}
	}
	return putAll(ctx, tx, `
		insert into stoa_translation (article, locale, slug, status, live, head, based, title, summary, published_at, updated_at, fold, news_at)`, rows, `
		on conflict (article, locale) do update set slug = excluded.slug, status = excluded.status, live = excluded.live,
			head = excluded.head, based = excluded.based, title = excluded.title, summary = excluded.summary,
			published_at = excluded.published_at, updated_at = excluded.updated_at, fold = excluded.fold,
			news_at = excluded.news_at`)
}

// putSlugs takes the slugs of articles, if no other has them or had them.
func putSlugs(ctx context.Context, tx sqlx.ExtContext, articles []kb.Article) error {
	shown, of := map[string]bool{}, map[string]string{}
	for _, a := range articles {
		for _, t := range a.Translations {
			if other, taken := of[t.Slug]; taken && other != a.ID {
				return errs.Conflict
			}
			shown[t.Slug], of[t.Slug] = shown[t.Slug] || t.Visible(), a.ID
		}
	}
	var rows [][]any
	for _, slug := range slices.Sorted(maps.Keys(shown)) {
		rows = append(rows, []any{slug, of[slug], shown[slug]})
	}
	return putAll(ctx, tx, `insert into stoa_article_slug (slug, article, shown)`, rows, `
		on conflict (slug) do update set shown = stoa_article_slug.shown or excluded.shown
			where stoa_article_slug.article = excluded.article`)
}

func putRevisions(ctx context.Context, tx sqlx.ExtContext, revisions []kb.Revision) error {
	var rows, uses, blocks, links [][]any
	for _, r := range revisions {
		rows = append(rows, []any{
			r.Article, r.Locale, r.Number, r.Title, r.Summary, r.Body, sqldb.Strings(r.Media), r.Based, r.Author, r.Note, sqldb.At(r.At), sqldb.Strings(r.Blocks), linksColumn(r.Links), r.SEOTitle, r.Description,
		})
		for _, name := range r.Media {
			uses = append(uses, []any{name, r.Article, r.Locale, r.Number})
		}
		for _, name := range r.Blocks {
			blocks = append(blocks, []any{name, r.Article, r.Locale, r.Number})
		}
		links = append(links, linkRows(r)...)
	}
	err := putAll(ctx, tx, `
		insert into stoa_revision (article, locale, number, title, summary, body, media, based, author, note, at, blocks, links, seo_title, description)`, rows, `
		on conflict (article, locale, number) do nothing`)
	if err != nil {
		return err
	}
	if err := putLinks(ctx, tx, links); err != nil {
		return err
	}
	if _, err := putRows(ctx, tx, `insert into stoa_block_use (name, article, locale, number)`, blocks, ` on conflict do nothing`); err != nil {
		return err
	}
	_, err = putRows(ctx, tx, `insert into stoa_media_use (name, article, locale, number)`, uses, ` on conflict do nothing`)
	return err
}

func putAudience(ctx context.Context, tx sqlx.ExtContext, articles []kb.Article) error {
	var rows [][]any
	for _, a := range articles {
		for _, r := range a.Audience.Rows() {
			rows = append(rows, []any{a.ID, r.Term, r.Parts, r.Segment})
		}
	}
	return putAll(ctx, tx, `insert into stoa_article_audience (ref, term, parts, segment)`, rows, ``)
}

func putProducts(ctx context.Context, tx sqlx.ExtContext, articles []kb.Article) error {
	var rows [][]any
	for _, a := range articles {
		for _, p := range a.Products {
			rows = append(rows, []any{a.ID, p})
		}
	}
	_, err := putRows(ctx, tx, `insert into stoa_article_product (article, product)`, rows, ` on conflict do nothing`)
	return err
}

// putFieldMedia notes which media the fields of articles name.
func putFieldMedia(ctx context.Context, tx sqlx.ExtContext, articles []kb.Article) error {
	var rows [][]any
	for _, a := range articles {
		for _, name := range a.Media {
			rows = append(rows, []any{name, a.ID, "", 0})
		}
	}
	_, err := putRows(ctx, tx, `insert into stoa_media_use (name, article, locale, number)`, rows, ` on conflict do nothing`)
	return err
}

// Slug implements [kb.ArticleStore].
func (s *Store) Slug(ctx context.Context, slug string) (string, error) {
	var id string
	err := s.get(ctx, &id, "slug", `select article from stoa_article_slug where slug = $1 and shown`, slug)
	return id, err
}

// Slugs implements [kb.ArticleStore].
func (s *Store) Slugs(ctx context.Context, article string) ([]string, error) {
	var out []string
	err := s.db.Select(ctx, &out, `select slug from stoa_article_slug where article = $1 and shown order by slug`, article)
	return out, err
}

// Holder implements [kb.ArticleStore].
func (s *Store) Holder(ctx context.Context, slug string) (string, error) {
	var id string
	err := s.get(ctx, &id, "slug", `select article from stoa_article_slug where slug = $1`, slug)
	return id, err
}
