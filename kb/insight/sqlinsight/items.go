package sqlinsight

import (
	"cmp"
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb/insight"
)

type itemRow struct {
	Kind, ID, Owner, Category, Type, Locale, State string

	Rank   int
	Labels sqldb.Strings
	By     string `db:"decider"`
	Body   string
	At     sqldb.Time
}

func (r itemRow) item() insight.Item {
	i := insight.Item{
		Kind: r.Kind, ID: r.ID, Rank: r.Rank, Owner: r.Owner, Category: r.Category, Type: r.Type, Locale: r.Locale, Labels: r.Labels,
		State: r.State, By: r.By, At: r.At.Time,
	}
	if r.Body != "" {
		i.Body = []byte(r.Body)
	}
	return i
}

const itemColumns = `kind, id, rank, owner, category, type, locale, labels, state, decider, body, at`

// SaveItems implements [insight.Store].
func (s *Store) SaveItems(ctx context.Context, items ...insight.Item) error {
	for _, i := range items {
		if err := sqldb.CheckText(append([]string{i.Kind, i.ID, i.Owner, i.Category, i.Type, i.Locale, i.State, i.By, string(i.Body)}, i.Labels...)...); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		for _, i := range items {
			if err := putItem(ctx, tx, i); err != nil {
				return err
			}
		}
		return nil
	})
}

func putItem(ctx context.Context, tx sqlx.ExtContext, i insight.Item) error {
	_, err := sqldb.Exec(ctx, tx, `insert into stoa_insight_item (`+itemColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		on conflict (kind, id) do update set rank = excluded.rank, owner = excluded.owner, category = excluded.category, type = excluded.type,
			locale = excluded.locale, labels = excluded.labels, state = excluded.state, decider = excluded.decider, body = excluded.body, at = excluded.at`,
		i.Kind, i.ID, i.Rank, i.Owner, i.Category, i.Type, i.Locale, sqldb.Strings(i.Labels), i.State, i.By, string(i.Body), sqldb.At(i.At))
	if err != nil {
		return err
	}
	if _, err := sqldb.Exec(ctx, tx, `delete from stoa_insight_label where kind = $1 and id = $2`, i.Kind, i.ID); err != nil {
		return err
	}
	for _, l := range i.Labels {
		if _, err := sqldb.Exec(ctx, tx, `insert into stoa_insight_label (kind, id, label) values ($1, $2, $3) on conflict do nothing`, i.Kind, i.ID, l); err != nil {
			return err
		}
	}
	return nil
}

// Items implements [insight.Store].
func (s *Store) Items(ctx context.Context, q insight.ItemQuery) ([]insight.Item, string, error) {
	w, none := itemsOf(q)
	if none {
		return nil, "", ctx.Err()
	}
	if q.After != "" {
		parts, err := cursor.Decode(q.After, 2)
		if err != nil {
			return nil, "", err
		}
		rank, err := cursor.ParseInt(parts[0])
		if err != nil {
			return nil, "", err
		}
		w.And("(rank < ? or rank = ? and id > ?)", rank, rank, parts[1])
	}
	limit := cmp.Or(q.Limit, 50)
	var rows []itemRow
	if err := s.db.Select(ctx, &rows, `select `+itemColumns+` from stoa_insight_item `+w.String()+` order by rank desc, id limit `+w.Arg(limit+1), w.Args()...); err != nil {
		return nil, "", err
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = cursor.Encode(cursor.FormatInt(int64(rows[limit-1].Rank)), rows[limit-1].ID)
	}
	var out []insight.Item
	for _, r := range rows {
		out = append(out, r.item())
	}
	return out, next, nil
}

// itemsOf returns the conditions of a query, or that nothing can match.
func itemsOf(q insight.ItemQuery) (w *sqldb.Where, none bool) {
	w = &sqldb.Where{}
	w.And("kind = ?", q.Kind)
	for column, value := range map[string]string{"owner": q.Owner, "type": q.Type, "locale": q.Locale} {
		if sqldb.CheckText(value) != nil {
			return w, true
		}
		if value != "" {
			w.And(column+" = ?", value)
		}
	}
	for _, l := range q.Labels {
		if sqldb.CheckText(l) != nil {
			return w, true
		}
		w.And("exists (select 1 from stoa_insight_label l where l.kind = stoa_insight_item.kind and l.id = stoa_insight_item.id and l.label = ?)", l)
	}
	if q.IDs != nil {
		sqldb.In(w, "id", storable(q.IDs))
	}
	if q.Category != nil {
		sqldb.In(w, "category", storable(q.Category))
	}
	if q.States != nil {
		sqldb.In(w, "state", storable(q.States))
	}
	return w, sqldb.CheckText(q.Kind) != nil
}

// DropItems implements [insight.Store].
func (s *Store) DropItems(ctx context.Context, kind string, before time.Time) (n int, err error) {
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		n = 0
		if _, err := sqldb.Exec(ctx, tx, `delete from stoa_insight_label where kind = $1 and id in (select id from stoa_insight_item where kind = $1 and at < $2)`, kind, sqldb.At(before)); err != nil {
			return err
		}
		return sqldb.Tally(ctx, tx, &n, `delete from stoa_insight_item where kind = $1 and at < $2`, kind, sqldb.At(before))
	})
	return n, err
}

// Prune implements [insight.Store].
func (s *Store) Prune(ctx context.Context, day string) (n int, err error) {
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		return sqldb.Tally(ctx, tx, &n, `delete from stoa_insight_count where day < $1`, day)
	})
	return n, err
}

// ItemsBy implements [insight.Store].
func (s *Store) ItemsBy(ctx context.Context, person string) ([]insight.Item, error) {
	if person == "" || sqldb.CheckText(person) != nil {
		return nil, ctx.Err()
	}
	var rows []itemRow
	err := s.db.Select(ctx, &rows, `select `+itemColumns+` from stoa_insight_item where decider = $1 and decider <> '' order by kind, id`, person)
	var out []insight.Item
	for _, r := range rows {
		out = append(out, r.item())
	}
	return out, err
}

// ForgetPerson implements [insight.Store].
func (s *Store) ForgetPerson(ctx context.Context, person, pseudonym string) (renamed int, err error) {
	if err := sqldb.CheckText(person, pseudonym); err != nil {
		return 0, err
	}
	if person == "" {
		return 0, insight.ErrInvalid
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		return sqldb.Tally(ctx, tx, &renamed, `update stoa_insight_item set decider = case when decider = $1 then $2 else decider end,
			owner = case when owner = $1 then $2 else owner end where decider = $1 or owner = $1`, person, pseudonym)
	})
	if err != nil {
		return 0, err
	}
	return renamed, nil
}
