package sqlkb

import (
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// A typed is what somebody typed, as its column spells it.
type typed struct {
	Text kb.Text
	Meta kb.Meta
}

type workingRow struct {
	Person  string
	Article string
	Locale  string
	Version int
	Head    int
	Base    string
	Typed   sqldb.JSON[typed]
	At      sqldb.Time
}

const workingColumns = `person, article, locale, version, head, base, typed, at`

func (r workingRow) working() kb.Working {
	if len(r.Typed.V.Meta.Audience) == 0 {
		r.Typed.V.Meta.Audience = nil // which JSON does not tell from an empty one
	}
	return kb.Working{
		Person: r.Person, Article: r.Article, Locale: r.Locale, Version: r.Version, Head: r.Head, Base: r.Base,
		Text: r.Typed.V.Text, Meta: r.Typed.V.Meta, At: r.At.Time,
	}
}

// SaveWorking implements [kb.WorkingStore].
func (s *Store) SaveWorking(ctx context.Context, w kb.Working) error {
	t, m := w.Text, w.Meta
	texts := []string{w.Person, w.Article, w.Locale, w.Base, t.Title, t.Slug, t.Summary, t.Body, t.Note, t.SEOTitle, t.Description, m.Category, string(m.Kind), m.Owner}
	for key, value := range m.Fields {
		texts = append(texts, key, value)
	}
	if err := sqldb.CheckText(slices.Concat(texts, m.Audience, m.Products, m.Tags, m.Related)...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `
			insert into stoa_working (`+workingColumns+`) values ($1, $2, $3, $4, $5, $6, $7, $8)
			on conflict (person, article, locale) do update set version = excluded.version, head = excluded.head, base = excluded.base,
				typed = excluded.typed, at = excluded.at`,
			w.Person, w.Article, w.Locale, w.Version, w.Head, w.Base, sqldb.JSON[typed]{V: typed{t, m}}, sqldb.At(w.At))
		return err
	})
}

// Working implements [kb.WorkingStore].
func (s *Store) Working(ctx context.Context, person, article, locale string) (kb.Working, error) {
	if sqldb.CheckText(person, article, locale) != nil {
		return kb.Working{}, errs.NotFound
	}
	var r workingRow
	err := s.db.Get(ctx, &r, "working", `select `+workingColumns+` from stoa_working where person = $1 and article = $2 and locale = $3`, person, article, locale)
	return r.working(), err
}

// Workings implements [kb.WorkingStore].
func (s *Store) Workings(ctx context.Context, person string, limit int) ([]kb.Working, error) {
	if nobody(person) {
		return nil, ctx.Err()
	}
	var rows []workingRow
	err := s.db.Select(ctx, &rows, `select `+workingColumns+` from stoa_working where person = $1 order by at desc, article, locale limit $2`, person, max(limit, 0))
	var out []kb.Working
	for _, r := range rows {
		out = append(out, r.working())
	}
	return out, err
}

// DropWorking implements [kb.WorkingStore].
func (s *Store) DropWorking(ctx context.Context, person, article, locale string) error {
	return s.drop(ctx, `delete from stoa_working where person = $1 and article = $2 and locale = $3`, person, article, locale)
}

// drop removes what the texts name, which is nothing if no column can hold them.
func (s *Store) drop(ctx context.Context, statement string, names ...string) error {
	if sqldb.CheckText(names...) != nil {
		return ctx.Err()
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, statement, names[0], names[1], names[2])
		return err
	})
}

type lockRow struct {
	Article string
	Locale  string
	Person  string
	Since   sqldb.Time
	Until   sqldb.Time `db:"ends"`
}

// KeepLock implements [kb.WorkingStore].
func (s *Store) KeepLock(ctx context.Context, k kb.Lock) error {
	if err := sqldb.CheckText(k.Article, k.Locale, k.Person); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if _, err := sqldb.Exec(ctx, tx, `delete from stoa_lock where article = $1 and locale = $2 and ends <= $3`, k.Article, k.Locale, sqldb.At(k.Since)); err != nil {
			return err
		}
		_, err := sqldb.Exec(ctx, tx, `
			insert into stoa_lock (article, locale, person, since, ends) values ($1, $2, $3, $4, $5)
			on conflict (article, locale, person) do update set ends = excluded.ends`,
			k.Article, k.Locale, k.Person, sqldb.At(k.Since), sqldb.At(k.Until))
		return err
	})
}

// DropLock implements [kb.WorkingStore].
func (s *Store) DropLock(ctx context.Context, article, locale, person string) error {
	return s.drop(ctx, `delete from stoa_lock where article = $1 and locale = $2 and person = $3`, article, locale, person)
}

// Locks implements [kb.WorkingStore].
func (s *Store) Locks(ctx context.Context, article string, at time.Time) ([]kb.Lock, error) {
	if sqldb.CheckText(article) != nil {
		return nil, ctx.Err()
	}
	var rows []lockRow
	err := s.db.Select(ctx, &rows, `select article, locale, person, since, ends from stoa_lock where article = $1 and ends > $2 order by locale, since, person`, article, sqldb.At(at))
	var out []kb.Lock
	for _, r := range rows {
		out = append(out, kb.Lock{Article: r.Article, Locale: r.Locale, Person: r.Person, Since: r.Since.Time, Until: r.Until.Time})
	}
	return out, err
}
