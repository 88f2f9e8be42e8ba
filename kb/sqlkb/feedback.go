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

	Kind       string
	Quote      string
	Proposal   string
	Tell       bool
	State      string
	Assignee   string
	Resolution string
	UpdatedAt  sqldb.Time `db:"updated_at"`
	Version    int
}

func (r feedbackRow) feedback() kb.Feedback {
	return kb.Feedback{
		ID: r.ID, Article: r.Article, Locale: r.Locale, Revision: r.Revision, Helpful: r.Helpful,
		Reason: kb.Reason(r.Reason), Comment: r.Comment, Person: r.Person, Visitor: r.Visitor, Input: r.Input, At: r.At.Time,
		Kind: kb.FeedbackKind(r.Kind), Quote: r.Quote, Proposal: r.Proposal, Tell: r.Tell, State: kb.FeedbackState(r.State),
		Assignee: r.Assignee, Resolution: r.Resolution, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

const feedbackColumns = `id, article, locale, revision, helpful, reason, comment, person, visitor, input, at,
	kind, quote, proposal, tell, state, assignee, resolution, updated_at, version`

// AddFeedback implements [kb.FeedbackStore].
func (s *Store) AddFeedback(ctx context.Context, f kb.Feedback) error {
	texts := []string{f.ID, f.Article, f.Locale, string(f.Reason), f.Comment, f.Person, f.Visitor, f.Input, string(f.Kind), f.Quote, f.Proposal, string(f.State), f.Assignee, f.Resolution}
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
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) on conflict (id) do nothing`,
			f.ID, f.Article, f.Locale, f.Revision, f.Helpful, string(f.Reason), f.Comment, f.Person, f.Visitor, f.Input, sqldb.At(f.At),
			string(f.Kind), f.Quote, f.Proposal, f.Tell, string(f.State), f.Assignee, f.Resolution, sqldb.At(f.UpdatedAt), f.Version)
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
	if sqldb.CheckText(q.ID, q.Article, q.Owner, q.Assignee, string(q.Reason)) != nil {
		return nil, "", nil
	}
	w := &sqldb.Where{}
	selectFeedback(w, q)
	there(w)
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

func selectFeedback(w *sqldb.Where, q kb.FeedbackQuery) {
	equals(w, "id", q.ID)
	equals(w, "article", q.Article)
	equals(w, "reason", string(q.Reason))
	equals(w, "assignee", q.Assignee)
	if q.States != nil {
		sqldb.In(w, "state", storable(q.States))
	}
	if q.Kinds != nil {
		sqldb.In(w, "kind", storable(q.Kinds))
	}
	if !q.Since.IsZero() {
		w.And("updated_at >= ?", sqldb.At(q.Since))
	}
}

// SaveFeedback implements [kb.FeedbackStore].
func (s *Store) SaveFeedback(ctx context.Context, f kb.Feedback) error {
	if err := sqldb.CheckText(string(f.State), f.Assignee, f.Resolution); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `
			update stoa_article_feedback set state = $2, assignee = $3, resolution = $4, updated_at = $5, version = $6
			where id = $1 and version = $6 - 1`, f.ID, string(f.State), f.Assignee, f.Resolution, sqldb.At(f.UpdatedAt), f.Version)
		if err != nil {
			return err
		}
		if err := sqldb.Affected(res, errs.Conflict); err != nil {
			return missing(ctx, tx, err, `select 1 from stoa_article_feedback where id = $1`, f.ID)
		}
		return nil
	})
}

// CountReasons implements [kb.FeedbackStore].
func (s *Store) CountReasons(ctx context.Context, articles []string) (map[string]map[kb.Reason]int, error) {
	w := &sqldb.Where{}
	sqldb.In(w, "article", storable(articles))
	w.And("reason <> ''")
	var rows []struct {
		Article, Reason string
		N               int
	}
	err := s.db.Select(ctx, &rows, `select article, reason, count(*) as n from stoa_article_feedback `+w.String()+` group by article, reason`, w.Args()...)
	out := map[string]map[kb.Reason]int{}
	for _, r := range rows {
		if out[r.Article] == nil {
			out[r.Article] = map[kb.Reason]int{}
		}
		out[r.Article][kb.Reason(r.Reason)] = r.N
	}
	return out, err
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
	w.And("kind = ''")
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
