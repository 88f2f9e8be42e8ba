package sqlkb

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// A verificationRow is a verification as its table spells it.
type verificationRow struct {
	Article  string
	Person   string
	At       sqldb.Time
	EndsAt   sqldb.Time `db:"ends_at"`
	RemindAt sqldb.Time `db:"remind_at"`
	Lapsed   bool
	Version  int
}

const verificationColumns = `article, person, at, ends_at, remind_at, lapsed, version`

func (r verificationRow) verification() kb.Verification {
	return kb.Verification{
		Article: r.Article, By: r.Person, At: r.At.Time, Until: r.EndsAt.Time, RemindAt: r.RemindAt.Time, Lapsed: r.Lapsed, Version: r.Version,
	}
}

// SaveVerification implements [kb.ProcessStore].
func (s *Store) SaveVerification(ctx context.Context, v kb.Verification) error {
	if err := sqldb.CheckText(v.Article, v.By); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		if err := hasArticle(ctx, tx, v.Article); err != nil {
			return err
		}
		return putVerification(ctx, tx, v)
	})
}

func putVerification(ctx context.Context, tx sqlx.ExtContext, v kb.Verification) error {
	args := []any{v.Article, v.By, sqldb.At(v.At), sqldb.At(v.Until), sqldb.At(v.RemindAt), v.Lapsed, v.Version}
	if v.Version == 1 {
		res, err := sqldb.Exec(ctx, tx, `insert into stoa_verification (`+verificationColumns+`)
			values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`, args...)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	}
	res, err := sqldb.Exec(ctx, tx, `
		update stoa_verification set person = $2, at = $3, ends_at = $4, remind_at = $5, lapsed = $6, version = $7
		where article = $1 and version = $7 - 1`, args...)
	if err != nil {
		return err
	}
	if err := sqldb.Affected(res, errs.Conflict); err != nil {
		return missing(ctx, tx, err, `select 1 from stoa_verification where article = $1`, v.Article)
	}
	return nil
}

// Verifications implements [kb.ProcessStore].
func (s *Store) Verifications(ctx context.Context, articles []string) (map[string]kb.Verification, error) {
	w := &sqldb.Where{}
	sqldb.In(w, "article", storable(articles))
	var rows []verificationRow
	err := s.db.Select(ctx, &rows, `select `+verificationColumns+` from stoa_verification `+w.String(), w.Args()...)
	out := map[string]kb.Verification{}
	for _, r := range rows {
		out[r.Article] = r.verification()
	}
	return out, err
}

// Expiring implements [kb.ProcessStore].
func (s *Store) Expiring(ctx context.Context, q kb.ExpiryQuery) ([]kb.Verification, string, error) {
	if sqldb.CheckText(q.OwnedBy) != nil {
		return nil, "", nil
	}
	w := (&sqldb.Where{}).And("ends_at is not null")
	between(w, "ends_at", q.From, q.Until)
	if !q.RemindBy.IsZero() {
		w.And("remind_at < ?", sqldb.At(q.RemindBy))
	}
	if q.Standing {
		w.And("not lapsed")
	}
	if q.OwnedBy != "" {
		w.And("article in (select id from stoa_article where owner = ?)", q.OwnedBy)
	}
	ofScope(w, q.Scope)
	there(w)
	from := `select ` + verificationColumns + ` from stoa_verification `
	rows, next, err := paged(ctx, s, w, from, byTime{"ends_at", "article", false}, q.After, q.Limit,
		func(r verificationRow) (sqldb.Time, string) { return r.EndsAt, r.Article })
	var page []kb.Verification
	for _, r := range rows {
		page = append(page, r.verification())
	}
	return page, next, err
}
