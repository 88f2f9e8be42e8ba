package sqlkb

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// atOnce is when a target is due that somebody is to look at.
func atOnce() sqldb.Time { return sqldb.At(time.Unix(0, 0)) }

// targetLocale is the language of a target: only places differ by it.
const targetLocale = `case when l.anchor = '' then '' else l.locale end`

// putTargets notes where links lead, for somebody to look.
func putTargets(ctx context.Context, tx sqlx.ExtContext, links [][]any) error {
	seen := map[[4]string]bool{}
	var rows [][]any
	for _, l := range links {
		key := [4]string{l[0].(string), l[1].(string), l[2].(string)}
		if key[2] != "" {
			key[3] = l[4].(string)
		}
		if !seen[key] {
			seen[key] = true
			rows = append(rows, []any{key[0], key[1], key[2], key[3], "", 0, 0, atOnce(), 1})
		}
	}
	slices.SortFunc(rows, func(a, b []any) int {
		return cmp.Or(strings.Compare(a[0].(string), b[0].(string)), strings.Compare(a[1].(string), b[1].(string)), strings.Compare(a[2].(string), b[2].(string)))
	})
	_, err := putRows(ctx, tx, `insert into stoa_link_target (kind, target, anchor, locale, state, status, tries, due_at, version)`, rows, `
		on conflict (kind, target, anchor, locale) do update set due_at = excluded.due_at, version = stoa_link_target.version + 1
			where stoa_link_target.due_at is null`)
	return err
}

// putRelated notes which articles articles name to be read next.
func putRelated(ctx context.Context, tx sqlx.ExtContext, articles []kb.Article) error {
	var rows [][]any
	for _, a := range articles {
		for _, id := range a.Related {
			rows = append(rows, []any{string(kb.LinkRelated), id, "", a.ID, "", 0})
		}
	}
	return putLinks(ctx, tx, rows)
}

const asksAnew = `update stoa_link_target set due_at = $1, version = version + 1 where `

// askArticles has somebody look at what leads to articles.
func askArticles(ctx context.Context, tx sqlx.ExtContext, ids []string) error {
	w := &sqldb.Where{}
	w.Arg(atOnce())
	among := make([]string, len(ids))
	for i, id := range ids {
		among[i] = w.Arg(id)
	}
	list := ` in (` + strings.Join(among, ", ") + `)`
	_, err := sqldb.Exec(ctx, tx, asksAnew+`kind in ('article', 'place', 'related') and target`+list+`
		or kind = 'path' and target in (select slug from stoa_article_slug where article`+list+`)`, w.Args()...)
	return err
}

// askShown has somebody look at places in the articles that include any of the
// blocks.
func askShown(ctx context.Context, tx sqlx.ExtContext, blocks []string) error {
	if len(blocks) == 0 {
		return nil
	}
	w := &sqldb.Where{}
	due := w.Arg(atOnce())
	sqldb.In(w, "name", blocks)
	shown := `(select article from stoa_block_use ` + w.String() + `)`
	_, err := sqldb.Exec(ctx, tx, `update stoa_link_target set due_at = `+due+`, version = version + 1 where anchor <> ''
		and (kind in ('article', 'place') and target in `+shown+` or kind = 'path' and target in (select slug from stoa_article_slug where article in `+shown+`))`, w.Args()...)
	return err
}

// askNamed has somebody look at what leads to a block or a medium.
func askNamed(ctx context.Context, tx sqlx.ExtContext, kind kb.LinkKind, name string) error {
	_, err := sqldb.Exec(ctx, tx, asksAnew+`kind = $2 and target = $3`, atOnce(), string(kind), name)
	return err
}

type targetRow struct {
	Kind      string
	Target    string
	Anchor    string
	Locale    string
	State     string
	Status    int
	Tries     int
	CheckedAt sqldb.Time `db:"checked_at"`
	DueAt     sqldb.Time `db:"due_at"`
	Version   int
}

const targetColumns = `t.kind, t.target, t.anchor, t.locale, t.state, t.status, t.tries, t.checked_at, t.due_at, t.version`

func (r targetRow) linkTarget() kb.LinkTarget {
	return kb.LinkTarget{
		Link: kb.Link{Kind: kb.LinkKind(r.Kind), To: r.Target, Anchor: r.Anchor}, Locale: r.Locale, State: kb.LinkState(r.State), Status: r.Status,
		Tries: r.Tries, CheckedAt: r.CheckedAt.Time, DueAt: r.DueAt.Time, Version: r.Version,
	}
}

// DueLinks implements [kb.LinkStore].
func (s *Store) DueLinks(ctx context.Context, kinds []kb.LinkKind, by time.Time, limit int) ([]kb.LinkTarget, error) {
	w := &sqldb.Where{}
	sqldb.In(w, "t.kind", storable(kinds))
	w.And("t.due_at <= ?", sqldb.At(by))
	var rows []targetRow
	err := s.db.Select(ctx, &rows, `select `+targetColumns+` from stoa_link_target t `+w.String()+`
		order by t.due_at, t.kind, t.target, t.anchor, t.locale limit `+w.Arg(max(limit, 0)), w.Args()...)
	var out []kb.LinkTarget
	for _, r := range rows {
		out = append(out, r.linkTarget())
	}
	return out, err
}

// SaveLinkTarget implements [kb.LinkStore].
func (s *Store) SaveLinkTarget(ctx context.Context, t kb.LinkTarget) error {
	if sqldb.CheckText(string(t.Kind), t.To, t.Anchor, t.Locale) != nil {
		return kb.ErrNotFound
	}
	if err := sqldb.CheckText(string(t.State)); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `
			update stoa_link_target set state = $5, status = $6, tries = $7, checked_at = $8, due_at = $9, version = $10
			where kind = $1 and target = $2 and anchor = $3 and locale = $4 and version = $10 - 1`,
			string(t.Kind), t.To, t.Anchor, t.Locale, string(t.State), t.Status, t.Tries, sqldb.At(t.CheckedAt), sqldb.At(t.DueAt), t.Version)
		if err != nil {
			return err
		}
		if err := sqldb.Affected(res, kb.ErrConflict); err != nil {
			n := 0
			found := sqldb.Get(ctx, tx, &n, "link", `select 1 from stoa_link_target where kind = $1 and target = $2 and anchor = $3 and locale = $4`,
				string(t.Kind), t.To, t.Anchor, t.Locale)
			return cmp.Or(found, err)
		}
		return nil
	})
}

type faultRow struct {
	targetRow
	Article string
	Within  string
	Live    int
}

// LinkFaults implements [kb.LinkStore].
func (s *Store) LinkFaults(ctx context.Context, q kb.FaultQuery) ([]kb.LinkFault, string, error) {
	w := &sqldb.Where{}
	w.And(`t.state <> '' and t.state <> 'ok'`) // as the index has it
	w.And(`a.deleted_at is null and (l.locale = '' or tr.head = l.number or tr.status = 'published' and tr.live = l.number)`)
	if q.Article != "" {
		w.And("l.article = ?", q.Article)
	}
	if q.States != nil {
		sqldb.In(w, "t.state", storable(q.States))
	}
	if q.After != "" {
		last, err := cursor.Decode(q.After, 6)
		if err != nil {
			return nil, "", err
		}
		if err := sqldb.CheckText(last...); err != nil {
			return nil, "", err
		}
		w.And("(t.kind, t.target, t.anchor, t.locale) >= (?, ?, ?, ?)", last[0], last[1], last[2], last[3])
		w.And("(t.kind, t.target, t.anchor, t.locale, l.article, l.locale) > (?, ?, ?, ?, ?, ?)", last[0], last[1], last[2], last[3], last[4], last[5])
	}
	if sqldb.CheckText(q.Article) != nil {
		return nil, "", ctx.Err()
	}
	limit := cmp.Or(max(q.Limit, 0), 50)
	var rows []faultRow
	err := s.db.Select(ctx, &rows, `
		select `+targetColumns+`, l.article, l.locale as within,
			max(case when l.locale = '' and a.visible or tr.status = 'published' and tr.live = l.number then 1 else 0 end) as live
		from stoa_link_target t
			join stoa_article_link l on l.kind = t.kind and l.target = t.target and l.anchor = t.anchor and t.locale = `+targetLocale+`
			join stoa_article a on a.id = l.article
			left join stoa_translation tr on tr.article = l.article and tr.locale = l.locale
		`+w.String()+`
		group by `+targetColumns+`, l.article, l.locale
		order by t.kind, t.target, t.anchor, t.locale, l.article, l.locale limit `+w.Arg(limit+1), w.Args()...)
	var out []kb.LinkFault
	for _, r := range rows[:min(len(rows), limit)] {
		out = append(out, kb.LinkFault{LinkTarget: r.linkTarget(), Use: kb.LinkUse{Article: r.Article, Locale: r.Within, Live: r.Live > 0}})
	}
	if err != nil || len(rows) <= limit {
		return out, "", err
	}
	l := out[limit-1]
	return out, cursor.Encode(string(l.Kind), l.To, l.Anchor, l.Locale, l.Use.Article, l.Use.Locale), nil
}
