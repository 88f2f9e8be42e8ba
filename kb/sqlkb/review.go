package sqlkb

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

// A reviewRow is a review as its table spells it.
type reviewRow struct {
	ID        string
	Article   string
	Locale    string
	Number    int
	Rule      string
	Needed    int
	Asker     string
	Note      string
	Due       sqldb.Time
	Publish   bool
	PublishAt sqldb.Time `db:"publish_at"`
	State     string
	Input     string
	CreatedAt sqldb.Time `db:"created_at"`
	UpdatedAt sqldb.Time `db:"updated_at"`
	Version   int
}

const reviewColumns = `id, article, locale, number, rule, needed, asker, note, due, publish, publish_at, state, input, created_at, updated_at, version`

func (r reviewRow) review() kb.Review {
	return kb.Review{
		ID: r.ID, Article: r.Article, Locale: r.Locale, Revision: r.Number, Rule: kb.Rule(r.Rule), Needed: r.Needed, By: r.Asker,
		Note: r.Note, Due: r.Due.Time, Publish: r.Publish, PublishAt: r.PublishAt.Time, State: kb.ReviewState(r.State), Input: r.Input,
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

// SaveReview implements [kb.ProcessStore].
func (s *Store) SaveReview(ctx context.Context, r kb.Review, plans ...kb.Plan) error {
	texts := []string{r.ID, r.Article, r.Locale, string(r.Rule), r.By, r.Note, string(r.State), r.Input}
	for _, v := range r.Votes {
		texts = append(texts, v.Person, string(v.Verdict), v.Comment)
	}
	for _, p := range plans {
		texts = append(texts, textsOfPlan(p)...)
	}
	if err := sqldb.CheckText(texts...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := hasArticle(ctx, tx, r.Article); err != nil {
			return err
		}
		if err := putReview(ctx, tx, r); err != nil {
			return err
		}
		if err := putVotes(ctx, tx, r); err != nil {
			return err
		}
		for _, p := range plans {
			if err := putPlan(ctx, tx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func hasArticle(ctx context.Context, tx sqlx.ExtContext, id string) error {
	var one int
	return sqldb.Get(ctx, tx, &one, "article", `select 1 from stoa_article where id = $1`, id)
}

func putReview(ctx context.Context, tx sqlx.ExtContext, r kb.Review) error {
	args := []any{
		r.ID, r.Article, r.Locale, r.Revision, string(r.Rule), r.Needed, r.By, r.Note, sqldb.At(r.Due), r.Publish, sqldb.At(r.PublishAt),
		string(r.State), r.Input, sqldb.At(r.CreatedAt), sqldb.At(r.UpdatedAt), r.Version, r.Pool(),
	}
	if r.Version == 1 {
		res, err := sqldb.Exec(ctx, tx, `insert into stoa_review (`+reviewColumns+`, pool)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) on conflict do nothing`, args...)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	}
	res, err := sqldb.Exec(ctx, tx, `
		update stoa_review set article = $2, locale = $3, number = $4, rule = $5, needed = $6, asker = $7, note = $8, due = $9,
			publish = $10, publish_at = $11, state = $12, input = $13, created_at = $14, updated_at = $15, version = $16, pool = $17
		where id = $1 and version = $16 - 1`, args...)
	if err != nil {
		return err
	}
	if err := sqldb.Affected(res, errs.Conflict); err != nil {
		return missing(ctx, tx, err, `select 1 from stoa_review where id = $1`, r.ID)
	}
	return nil
}

func putVotes(ctx context.Context, tx sqlx.ExtContext, r kb.Review) error {
	if _, err := sqldb.Exec(ctx, tx, `delete from stoa_review_vote where review = $1`, r.ID); err != nil {
		return err
	}
	var rows [][]any
	for i, v := range r.Votes {
		rows = append(rows, []any{r.ID, i, v.Person, v.Asked, string(v.Verdict), v.Comment, sqldb.At(v.At)})
	}
	return putAll(ctx, tx, `insert into stoa_review_vote (review, place, person, asked, verdict, comment, at)`, rows, ``)
}

// Review implements [kb.ProcessStore].
func (s *Store) Review(ctx context.Context, id string) (kb.Review, error) {
	var r reviewRow
	if err := s.get(ctx, &r, "review", `select `+reviewColumns+` from stoa_review where id = $1`, id); err != nil {
		return kb.Review{}, err
	}
	page := []kb.Review{r.review()}
	err := s.votes(ctx, page)
	return page[0], err
}

// votes fills in what reviewers said.
func (s *Store) votes(ctx context.Context, page []kb.Review) error {
	if len(page) == 0 {
		return nil
	}
	at := make(map[string]int, len(page))
	ids := make([]string, len(page))
	for i, r := range page {
		at[r.ID], ids[i] = i, r.ID
	}
	var w sqldb.Where
	sqldb.In(&w, "review", ids)
	var rows []struct {
		Review, Person, Verdict, Comment string
		Asked                            bool
		At                               sqldb.Time
	}
	err := s.db.Select(ctx, &rows, `select review, person, asked, verdict, comment, at from stoa_review_vote `+w.String()+` order by review, place`, w.Args()...)
	for _, v := range rows {
		r := &page[at[v.Review]]
		r.Votes = append(r.Votes, kb.Vote{Person: v.Person, Asked: v.Asked, Verdict: kb.Verdict(v.Verdict), Comment: v.Comment, At: v.At.Time})
	}
	return err
}

// Reviews implements [kb.ProcessStore].
func (s *Store) Reviews(ctx context.Context, q kb.ReviewQuery) ([]kb.Review, string, error) {
	if sqldb.CheckText(q.Article, q.Locale, q.For, q.By) != nil {
		return nil, "", nil
	}
	w := &sqldb.Where{}
	selectReviews(w, q)
	from := `select ` + reviewColumns + ` from stoa_review `
	rows, next, err := paged(ctx, s, w, from, byTime{"created_at", "id", true}, q.After, q.Limit, func(r reviewRow) (sqldb.Time, string) { return r.CreatedAt, r.ID })
	if err != nil {
		return nil, "", err
	}
	var page []kb.Review
	for _, r := range rows {
		page = append(page, r.review())
	}
	return page, next, s.votes(ctx, page)
}

func selectReviews(w *sqldb.Where, q kb.ReviewQuery) {
	equals(w, "article", q.Article)
	equals(w, "locale", q.Locale)
	equals(w, "asker", q.By)
	if q.Revision != 0 {
		w.And("number = ?", q.Revision)
	}
	if q.States != nil {
		sqldb.In(w, "state", storable(q.States))
	}
	if q.Current {
		w.And(`number = (select head from stoa_translation t where t.article = stoa_review.article and t.locale = stoa_review.locale)`)
	}
	if q.For != "" {
		w.And(`state = 'open' and (
			exists (select 1 from stoa_review_vote v where v.review = id and v.person = ? and v.asked and v.verdict = '')
			or pool and not exists (select 1 from stoa_review_vote v where v.review = id and v.person = ?))
			and not exists (select 1 from stoa_revision r where r.article = stoa_review.article and r.locale = stoa_review.locale
				and r.number = stoa_review.number and r.author = ?)`, q.For, q.For, q.For)
	}
	if !q.Since.IsZero() {
		w.And("updated_at >= ?", sqldb.At(q.Since))
	}
	ofScope(w, q.Scope)
	there(w)
}

// equals adds the condition that a column has a value, if there is one.
func equals(w *sqldb.Where, column, value string) {
	if value != "" {
		w.And(column+" = ?", value)
	}
}
