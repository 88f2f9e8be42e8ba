package sqlkb

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// A planRow is a plan as its table spells it.
type planRow struct {
	ID        string
	Article   string
	Locale    string
	Deed      string
	Number    int
	Minor     bool
	Due       sqldb.Time
	Planner   string
	Note      string
	State     string
	Error     string
	Input     string
	CreatedAt sqldb.Time `db:"created_at"`
	UpdatedAt sqldb.Time `db:"updated_at"`
	Version   int
}

const planColumns = `id, article, locale, deed, number, minor, due, planner, note, state, error, input, created_at, updated_at, version`

func (r planRow) plan() kb.Plan {
	return kb.Plan{
		ID: r.ID, Article: r.Article, Locale: r.Locale, Do: kb.Deed(r.Deed), Revision: r.Number, Minor: r.Minor, At: r.Due.Time, By: r.Planner, Note: r.Note,
		State: kb.PlanState(r.State), Error: r.Error, Input: r.Input, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

func textsOfPlan(p kb.Plan) []string {
	return []string{p.ID, p.Article, p.Locale, string(p.Do), p.By, p.Note, string(p.State), p.Error, p.Input}
}

// SavePlan implements [kb.ProcessStore].
func (s *Store) SavePlan(ctx context.Context, p kb.Plan) error {
	if err := sqldb.CheckText(textsOfPlan(p)...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error { return putPlan(ctx, tx, p) })
}

func putPlan(ctx context.Context, tx sqlx.ExtContext, p kb.Plan) error {
	if err := hasArticle(ctx, tx, p.Article); err != nil {
		return err
	}
	args := []any{
		p.ID, p.Article, p.Locale, string(p.Do), p.Revision, p.Minor, sqldb.At(p.At), p.By, p.Note, string(p.State), p.Error, p.Input,
		sqldb.At(p.CreatedAt), sqldb.At(p.UpdatedAt), p.Version,
	}
	if p.Version == 1 {
		res, err := sqldb.Exec(ctx, tx, `insert into stoa_plan (`+planColumns+`)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing`, args...)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	}
	res, err := sqldb.Exec(ctx, tx, `
		update stoa_plan set article = $2, locale = $3, deed = $4, number = $5, minor = $6, due = $7, planner = $8, note = $9, state = $10, error = $11,
			input = $12, created_at = $13, updated_at = $14, version = $15
		where id = $1 and version = $15 - 1`, args...)
	if err != nil {
		return err
	}
	if err := sqldb.Affected(res, errs.Conflict); err != nil {
		return missing(ctx, tx, err, `select 1 from stoa_plan where id = $1`, p.ID)
	}
	return nil
}

// Plan implements [kb.ProcessStore].
func (s *Store) Plan(ctx context.Context, id string) (kb.Plan, error) {
	var r planRow
	err := s.get(ctx, &r, "plan", `select `+planColumns+` from stoa_plan where id = $1`, id)
	return r.plan(), err
}

// Plans implements [kb.ProcessStore].
func (s *Store) Plans(ctx context.Context, q kb.PlanQuery) ([]kb.Plan, string, error) {
	if sqldb.CheckText(q.Article, q.Locale) != nil {
		return nil, "", nil
	}
	w := &sqldb.Where{}
	equals(w, "article", q.Article)
	equals(w, "locale", q.Locale)
	if q.States != nil {
		sqldb.In(w, "state", storable(q.States))
	}
	between(w, "due", q.From, q.Until)
	ofScope(w, q.Scope)
	there(w)
	from := `select ` + planColumns + ` from stoa_plan `
	rows, next, err := paged(ctx, s, w, from, byTime{"due", "id", false}, q.After, q.Limit, func(r planRow) (sqldb.Time, string) { return r.Due, r.ID })
	var page []kb.Plan
	for _, r := range rows {
		page = append(page, r.plan())
	}
	return page, next, err
}
