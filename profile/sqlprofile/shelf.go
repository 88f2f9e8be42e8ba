package sqlprofile

import (
	"cmp"
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.ShelfStore = (*Store)(nil)

// An item is an item of a shelf as the table spells one.
type item struct {
	Person string
	List   string
	Ref    string
	Title  string
	Level  string
	Data   sqldb.StringMap
	At     sqldb.Time
}

const itemColumns = `person, list, ref, title, level, data, at`

// PutItem implements [profile.ShelfStore].
func (s *Store) PutItem(ctx context.Context, i profile.ShelfItem, most int, viewed bool) error {
	texts := []string{i.Person, i.List, i.Ref, i.Title, i.Level}
	for key, value := range i.Data {
		texts = append(texts, key, value)
	}
	if err := sqldb.CheckText(texts...); err != nil {
		return err
	}
	dialect, err := s.db.Dialect(ctx) // asked outside: in SQLite the transaction has the only connection
	if err != nil {
		return err
	}
	args := []any{i.Person, i.List, i.Ref, i.Title, i.Level, sqldb.StringMap(i.Data), sqldb.At(i.At)}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := oneAtATime(ctx, tx, dialect, i.Person); err != nil {
			return err
		}
		if viewed {
			return putViewed(ctx, tx, args, most)
		}
		return put(ctx, tx, args, most)
	})
}

// oneAtATime makes other transactions that call it for the same person wait for
// the end of this one, so that no two of them count the same items. SQLite has
// one writer anyway.
func oneAtATime(ctx context.Context, tx sqlx.ExtContext, dialect sqldb.Dialect, person string) error {
	if dialect != sqldb.DialectPostgres {
		return nil
	}
	_, err := sqldb.Exec(ctx, tx, `select pg_advisory_xact_lock(hashtextextended('stoa_shelf ' || $1, 0))`, person)
	return err
}

func put(ctx context.Context, tx sqlx.ExtContext, args []any, most int) error {
	var others int
	err := sqldb.Get(ctx, tx, &others, "", `select count(*) from stoa_shelf where person = $1 and list = $2 and ref <> $3`, args[:3]...)
	if err != nil {
		return err
	}
	text := `insert into stoa_shelf (` + itemColumns + `) values ` + sqldb.Tuples(1, len(args)) + `
		on conflict (person, list, ref) do update set title = excluded.title, level = excluded.level, data = excluded.data`
	if others >= most { // what is there already may change
		text, args = `update stoa_shelf set title = $4, level = $5, data = $6 where person = $1 and list = $2 and ref = $3`, args[:6]
	}
	res, err := sqldb.Exec(ctx, tx, text, args...)
	if err != nil {
		return err
	}
	return sqldb.Affected(res, errs.TooMany)
}

func putViewed(ctx context.Context, tx sqlx.ExtContext, args []any, most int) error {
	_, err := sqldb.Exec(ctx, tx, `insert into stoa_shelf (`+itemColumns+`) values `+sqldb.Tuples(1, len(args))+`
		on conflict (person, list, ref) do update set title = excluded.title, level = excluded.level, data = excluded.data,
			at = case when stoa_shelf.at < excluded.at then excluded.at else stoa_shelf.at end`, args...)
	if err != nil {
		return err
	}
	_, err = sqldb.Exec(ctx, tx, `delete from stoa_shelf where person = $1 and list = $2 and ref in (
		select ref from stoa_shelf where person = $1 and list = $2 order by at desc, ref limit 1000000 offset $3)`, args[0], args[1], most)
	return err
}

// Items implements [profile.ShelfStore].
func (s *Store) Items(ctx context.Context, q profile.ShelfQuery) ([]profile.ShelfItem, string, error) {
	w := ofShelf(q)
	if q.After != "" {
		at, err := cursor.Decode(q.After, 3)
		if err != nil {
			return nil, "", err
		}
		t, err := cursor.ParseTime(at[0])
		if err != nil {
			return nil, "", err
		}
		w.And("(at < ? or at = ? and (list, ref) > (?, ?))", sqldb.At(t), sqldb.At(t), at[1], at[2])
	}
	limit := cmp.Or(q.Limit, profile.DefaultLimit)
	var rows []item
	err := s.db.Select(ctx, &rows, `select `+itemColumns+` from stoa_shelf `+w.String()+`
		order by at desc, list, ref limit `+w.Arg(limit+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(rows) > limit {
		last := rows[limit-1]
		rows, next = rows[:limit], cursor.Encode(cursor.FormatTime(last.At.Time), last.List, last.Ref)
	}
	page := make([]profile.ShelfItem, len(rows))
	for i, r := range rows {
		page[i] = profile.ShelfItem{Person: r.Person, List: r.List, Ref: r.Ref, Title: r.Title, Level: r.Level, Data: r.Data, At: r.At.Time}
	}
	return page, next, nil
}

func ofShelf(q profile.ShelfQuery) *sqldb.Where {
	w := sqldb.NewWhere().And("person = ?", q.Person)
	if q.List != "" {
		w.And("list = ?", q.List)
	}
	if q.Ref != "" {
		w.And("ref = ?", q.Ref)
	}
	return w
}

// RemoveItems implements [profile.ShelfStore].
func (s *Store) RemoveItems(ctx context.Context, q profile.ShelfQuery) (int, error) {
	if q.Person == "" {
		return 0, errs.Invalid
	}
	w := ofShelf(q)
	return s.count(ctx, `delete from stoa_shelf `+w.String(), w.Args()...)
}

// Followers implements [profile.ShelfStore].
func (s *Store) Followers(ctx context.Context, q profile.FollowerQuery) ([]profile.Follower, string, error) {
	w := sqldb.NewWhere().And("ref = ? and list = ? and level <> ?", q.Ref, q.List, profile.LevelNone)
	if q.After != "" {
		at, err := cursor.Decode(q.After, 1)
		if err != nil {
			return nil, "", err
		}
		w.And("person > ?", at[0])
	}
	limit := cmp.Or(q.Limit, profile.DefaultLimit)
	var rows []struct {
		Person, Level string
		At            sqldb.Time
	}
	err := s.db.Select(ctx, &rows, `select person, level, at from stoa_shelf `+w.String()+` order by person limit `+w.Arg(limit+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	var page []profile.Follower
	for _, r := range rows[:min(len(rows), limit)] {
		page = append(page, profile.Follower{Person: r.Person, Level: r.Level, Since: r.At.Time})
	}
	if len(rows) <= limit {
		return page, "", nil
	}
	return page, cursor.Encode(page[limit-1].Person), nil
}
