package sqlkb

import (
	"context"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

type feedbackRow struct {
	ID       string
	Article  string
	Locale   string
	Revision int
	Helpful  bool
	Reason   string
	Comment  string
	Person   string
	Visitor  string
	Input    string
	At       sqldb.Time
}

func (r feedbackRow) feedback() kb.Feedback {
	return kb.Feedback{
		ID: r.ID, Article: r.Article, Locale: r.Locale, Revision: r.Revision, Helpful: r.Helpful,
		Reason: kb.Reason(r.Reason), Comment: r.Comment, Person: r.Person, Visitor: r.Visitor, Input: r.Input, At: r.At.Time,
	}
}

const feedbackColumns = `id, article, locale, revision, helpful, reason, comment, person, visitor, input, at`

// AddFeedback implements [kb.FeedbackStore].
func (s *Store) AddFeedback(ctx context.Context, f kb.Feedback) error {
	texts := []string{f.ID, f.Article, f.Locale, string(f.Reason), f.Comment, f.Person, f.Visitor, f.Input}
	if err := sqldb.CheckText(texts...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		var one int
		if err := sqldb.Get(ctx, tx, &one, "article", `select 1 from stoa_article where id = $1`, f.Article); err != nil {
			return err
		}
		res, err := sqldb.Exec(ctx, tx, `
			insert into stoa_article_feedback (`+feedbackColumns+`)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing`,
			f.ID, f.Article, f.Locale, f.Revision, f.Helpful, string(f.Reason), f.Comment, f.Person, f.Visitor, f.Input, sqldb.At(f.At))
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	})
}

// FeedbackByID implements [kb.FeedbackStore].
func (s *Store) FeedbackByID(ctx context.Context, id string) (kb.Feedback, error) {
	var r feedbackRow
	err := s.get(ctx, &r, "feedback", `select `+feedbackColumns+` from stoa_article_feedback where id = $1`, id)
	return r.feedback(), err
}

// Feedback implements [kb.FeedbackStore].
func (s *Store) Feedback(ctx context.Context, q kb.FeedbackQuery) ([]kb.Feedback, string, error) {
	if sqldb.CheckText(q.Article, q.Owner) != nil {
		return nil, "", nil
	}
	w := &sqldb.Where{}
	equals(w, "article", q.Article)
	if q.Among != nil {
		among(w, *q.Among, q.Owner)
	}
	from := `select ` + feedbackColumns + ` from stoa_article_feedback `
	rows, next, err := paged(ctx, s, w, from, byTime{"at", "id", true}, q.After, q.Limit, func(r feedbackRow) (sqldb.Time, string) { return r.At, r.ID })
	var page []kb.Feedback
	for _, r := range rows {
		page = append(page, r.feedback())
	}
	return page, next, err
}

// among adds the condition that a row is of an article that q selects, or
// that owner owns.
func among(w *sqldb.Where, q kb.ArticleQuery, owner string) {
	prior := w.Args()
	inner := filter(sqldb.NewWhere(prior...), q)
	cond := "1 = 1"
	if s, ok := strings.CutPrefix(inner.String(), "where "); ok {
		cond = "(" + s + ")"
	}
	if owner != "" {
		cond += " or owner = " + inner.Arg(owner)
	}
	w.Numbered("article in (select id from stoa_article where "+cond+")", inner.Args()[len(prior):]...)
}

// Ratings implements [kb.FeedbackStore].
func (s *Store) Ratings(ctx context.Context, articles []string) (map[string]kb.Rating, error) {
	w := &sqldb.Where{}
	sqldb.In(w, "article", storable(articles))
	var rows []struct {
		Article            string
		Helpful, Unhelpful int
	}
	err := s.db.Select(ctx, &rows, `
		select article, sum(case when counts and helpful then 1 else 0 end) as helpful,
			sum(case when counts and not helpful then 1 else 0 end) as unhelpful
		from (
			select article, helpful, (person <> '' or visitor <> '') and row_number() over (
				partition by article, person, case when person = '' then visitor else '' end order by at desc, id) = 1 as counts
			from stoa_article_feedback `+w.String()+`) as said
		group by article`, w.Args()...)
	out := map[string]kb.Rating{}
	for _, r := range rows {
		out[r.Article] = kb.Rating{Helpful: r.Helpful, Unhelpful: r.Unhelpful}
	}
	return out, err
}
