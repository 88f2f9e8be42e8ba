package sqlassets

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile/assets"
)

// A table keeps one kind of thing: as a document, with the columns beside it
// that lists go by.
type table string

const (
	assetTable       table = "asset"
	purchaseTable    table = "purchase"
	entitlementTable table = "entitlement"
)

func (t table) name() string { return "stoa_" + string(t) }

// column is the document's.
func (t table) column() string { return string(t) }

// A document is a row as it is read.
type document[T any] struct {
	ID  string
	At  sqldb.Time
	Doc sqldb.JSON[T]
}

// admits adds the condition that a scope admits a row.
func admits(w *sqldb.Where, s assets.Scope) {
	switch {
	case s.All:
		return
	case s.Account == "":
		w.And(`(person = ? and person <> '' and account = '')`, s.Person)
	case s.Members:
		w.And(`(account = ? or person = ? and person <> '' and account = '')`, s.Account, s.Person)
	case s.Shared:
		w.And(`(account = ? and person = '' or person = ? and person <> '' and account in ('', ?))`, s.Account, s.Person, s.Account)
	default:
		w.And(`(person = ? and person <> '' and account in ('', ?))`, s.Person, s.Account)
	}
}

// about adds the condition that a row names a person.
func about(w *sqldb.Where, t table, person string) {
	switch {
	case person == "":
		return
	case t == assetTable:
		w.And(`(person = ? or registered_by = ?)`, person, person)
	default:
		w.And(`person = ?`, person)
	}
}

// after adds the condition that a row comes after a position.
func after(w *sqldb.Where, position string) error {
	if position == "" {
		return nil
	}
	parts, err := cursor.Decode(position, 2)
	if err != nil {
		return err
	}
	at, err := cursor.ParseTime(parts[0])
	if err != nil {
		return err
	}
	w.And(`(at < ? or at = ? and id > ?)`, sqldb.At(at), sqldb.At(at), parts[1])
	return nil
}

// page returns the documents that a query selects.
func page[T any](ctx context.Context, s *Store, t table, q assets.Query) (out []T, next string, err error) {
	w := sqldb.NewWhere()
	admits(w, q.Sees)
	if !q.Of.None() {
		admits(w, q.Of)
	}
	about(w, t, q.About)
	if err := after(w, q.After); err != nil {
		return nil, "", err
	}
	if q.Limit <= 0 {
		q.Limit = assets.DefaultLimit
	}
	n := w.Arg(q.Limit + 1)
	var rows []document[T]
	if err := s.db.Select(ctx, &rows, `select id, at, `+t.column()+` as doc from `+t.name()+` `+w.String()+` order by at desc, id limit `+n, w.Args()...); err != nil {
		return nil, "", err
	}
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		last := rows[q.Limit-1]
		next = cursor.Encode(cursor.FormatTime(last.At.Time), last.ID)
	}
	for _, r := range rows {
		out = append(out, r.Doc.V)
	}
	return out, next, nil
}

// one returns the document with an ID.
func one[T any](ctx context.Context, from sqlx.QueryerContext, t table, id string) (T, error) {
	var row document[T]
	err := sqldb.Get(ctx, from, &row, id, `select id, at, `+t.column()+` as doc from `+t.name()+` where id = $1`, id)
	return row.Doc.V, err
}

// write inserts a document or replaces its last version. A row that was not
// written is there in another version, or not at all.
func write(ctx context.Context, tx sqlx.ExtContext, t table, id string, version int, insert, update string, args ...any) error {
	text := update
	if version == 1 {
		text = insert
	}
	res, err := sqldb.Exec(ctx, tx, text, args...)
	if err != nil {
		return err
	}
	err = sqldb.Affected(res, errs.Conflict)
	if version == 1 || !errors.Is(err, errs.Conflict) {
		return err
	}
	var found string
	if err := sqldb.Get(ctx, tx, &found, id, `select id from `+t.name()+` where id = $1`, id); err != nil {
		return err
	}
	return errs.Conflict
}

// save writes a thing that has no columns of its own.
func save[T any](ctx context.Context, tx sqlx.ExtContext, t table, id string, h assets.Holder, at time.Time, version int, doc T) error {
	return write(ctx, tx, t, id, version,
		`insert into `+t.name()+` (id, person, account, at, `+t.column()+`, version) values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
		`update `+t.name()+` set person = $2, account = $3, at = $4, `+t.column()+` = $5, version = $6 where id = $1 and version = $6 - 1`,
		id, h.Person, h.Account, sqldb.At(at), sqldb.JSON[T]{V: doc}, version)
}

// stored returns t as every store keeps it.
func stored(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// empty returns nil for an empty slice, so that what was written and what is
// read compare equal.
func empty[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return list
}
