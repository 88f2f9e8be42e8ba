package sqlkb

import (
	"cmp"
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

func textsOfLinks(links []kb.Link) []string {
	var out []string
	for _, l := range links {
		out = append(out, string(l.Kind), l.To, l.Anchor)
	}
	return out
}

// linksColumn is null for links that nobody has looked for.
func linksColumn(links []kb.Link) any {
	if links == nil {
		return nil
	}
	return sqldb.JSON[[]kb.Link]{V: links}
}

func linkRows(r kb.Revision) (rows [][]any) {
	for _, l := range r.Links {
		rows = append(rows, []any{string(l.Kind), l.To, l.Anchor, r.Article, r.Locale, r.Number})
	}
	return rows
}

func putLinks(ctx context.Context, tx sqlx.ExtContext, rows [][]any) error {
	_, err := putRows(ctx, tx, `insert into stoa_article_link (kind, target, anchor, article, locale, number)`, rows, ` on conflict do nothing`)
	if err != nil {
		return err
	}
	return putTargets(ctx, tx, rows)
}

// LinksTo implements [kb.LinkStore].
func (s *Store) LinksTo(ctx context.Context, q kb.LinkQuery) ([]kb.LinkUse, string, error) {
	last := []string{"", ""}
	if q.After != "" {
		var err error
		if last, err = cursor.Decode(q.After, 2); err != nil {
			return nil, "", err
		}
	}
	if sqldb.CheckText(string(q.Kind), q.To) != nil {
		return nil, "", ctx.Err()
	}
	if err := sqldb.CheckText(last...); err != nil {
		return nil, "", err
	}
	limit := cmp.Or(max(q.Limit, 0), 50)
	var rows []struct {
		Article string
		Locale  string
		Live    int
	}
	err := s.db.Select(ctx, &rows, `
		select l.article, l.locale, max(case when l.locale = '' and a.visible or t.status = 'published' and t.live = l.number then 1 else 0 end) as live
		from stoa_article_link l join stoa_article a on a.id = l.article
			left join stoa_translation t on t.article = l.article and t.locale = l.locale
		where (l.kind = $1 and l.target = $2
				or $1 = 'article' and l.kind = 'related' and l.target = $2
				or $1 = 'article' and l.kind = 'path' and l.target in (select slug from stoa_article_slug where article = $2))
			and (l.article, l.locale) > ($3, $4) and a.deleted_at is null
			and (l.locale = '' or t.head = l.number or t.status = 'published' and t.live = l.number)
		group by l.article, l.locale order by l.article, l.locale limit $5`, string(q.Kind), q.To, last[0], last[1], limit+1)
	var out []kb.LinkUse
	for _, r := range rows[:min(len(rows), limit)] {
		out = append(out, kb.LinkUse{Article: r.Article, Locale: r.Locale, Live: r.Live > 0})
	}
	if err != nil || len(rows) <= limit {
		return out, "", err
	}
	return out, cursor.Encode(out[limit-1].Article, out[limit-1].Locale), nil
}

// Unlinked implements [kb.LinkStore].
func (s *Store) Unlinked(ctx context.Context, limit int) ([]kb.Revision, error) {
	var rows []revisionRow
	err := s.db.Select(ctx, &rows, `
		select article, locale, number, title, summary, body, media, based, author, note, at, blocks, links, seo_title, description
		from stoa_revision where links is null order by article, locale, number limit $1`, max(limit, 0))
	var out []kb.Revision
	for _, r := range rows {
		out = append(out, r.revision())
	}
	return out, err
}

// SaveLinks implements [kb.LinkStore].
func (s *Store) SaveLinks(ctx context.Context, article, locale string, number int, links []kb.Link) error {
	if sqldb.CheckText(article, locale) != nil {
		return kb.ErrNotFound
	}
	if err := sqldb.CheckText(textsOfLinks(links)...); err != nil {
		return err
	}
	links = append([]kb.Link{}, links...)
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		// The row's lock makes who purges the article wait, and find the links.
		if _, err := sqldb.Exec(ctx, tx, `update stoa_kb_stamp set n = n where name = 'content'`); err != nil {
			return err // it is locked, not changed: others lock it before they lock what is noted below
		}
		n := 0
		err := sqldb.Tally(ctx, tx, &n, `update stoa_revision set links = $4 where article = $1 and locale = $2 and number = $3 and links is null`,
			article, locale, number, linksColumn(links))
		if err != nil {
			return err
		}
		if n == 0 {
			return sqldb.Get(ctx, tx, &n, "revision", `select 1 from stoa_revision where article = $1 and locale = $2 and number = $3`, article, locale, number)
		}
		return putLinks(ctx, tx, linkRows(kb.Revision{Article: article, Locale: locale, Number: number, Links: links}))
	})
}
