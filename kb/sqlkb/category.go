package sqlkb

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

type categoryRow struct {
	ID        string
	Parent    string
	Place     int
	Audience  sqldb.Strings
	Icon      string
	Labels    sqldb.JSON[map[string]kb.Label]
	Source    string
	External  string
	UpdatedAt sqldb.Time `db:"updated_at"`
	Version   int
}

func (r categoryRow) category() kb.Category {
	return kb.Category{
		ID: r.ID, Parent: r.Parent, Order: r.Place, Audience: profile.Audience(r.Audience), Icon: r.Icon,
		Labels: r.Labels.V, Source: r.Source, External: r.External, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

// Categories implements [kb.CategoryStore].
func (s *Store) Categories(ctx context.Context) ([]kb.Category, string, error) {
	// The stamp is read first: if a category changes in between, the next
	// reader sees a newer stamp and reads again.
	stamp, _, err := s.Stamps(ctx)
	if err != nil {
		return nil, "", err
	}
	var rows []categoryRow
	err = s.db.Select(ctx, &rows, `
		select id, parent, place, audience, icon, labels, source, external, updated_at, version
		from stoa_category order by id`)
	var all []kb.Category
	for _, r := range rows {
		all = append(all, r.category())
	}
	return all, stamp, err
}

// SaveCategory implements [kb.CategoryStore].
func (s *Store) SaveCategory(ctx context.Context, c kb.Category, moved []string) error {
	texts := []string{c.ID, c.Parent, c.Icon, c.Source, c.External}
	for locale, l := range c.Labels {
		texts = append(texts, locale, l.Title, l.Slug, l.Description)
	}
	if err := sqldb.CheckText(texts...); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := stamp(ctx, tx, "content", "category"); err != nil {
			return err
		}
		if err := putCategory(ctx, tx, c); err != nil {
			return err
		}
		if err := putCategorySlugs(ctx, tx, c); err != nil {
			return err
		}
		return logMoved(ctx, tx, moved)
	})
}

func putCategory(ctx context.Context, tx sqlx.ExtContext, c kb.Category) error {
	args := []any{
		c.ID, c.Parent, c.Order, sqldb.Strings(c.Audience), c.Icon, sqldb.JSON[map[string]kb.Label]{V: c.Labels},
		c.Source, c.External, sqldb.At(c.UpdatedAt), c.Version,
	}
	if c.Version == 1 {
		res, err := sqldb.Exec(ctx, tx, `
			insert into stoa_category (id, parent, place, audience, icon, labels, source, external, updated_at, version)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing`, args...)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	}
	res, err := sqldb.Exec(ctx, tx, `
		update stoa_category set parent = $2, place = $3, audience = $4, icon = $5, labels = $6, source = $7,
			external = $8, updated_at = $9, version = $10
		where id = $1 and version = $10 - 1`, args...)
	if err != nil {
		return err
	}
	if err := sqldb.Affected(res, errs.Conflict); err != nil {
		return missing(ctx, tx, err, `select 1 from stoa_category where id = $1`, c.ID)
	}
	return nil
}

// putCategorySlugs takes the slugs of c, giving up those it no longer has.
func putCategorySlugs(ctx context.Context, tx sqlx.ExtContext, c kb.Category) error {
	if _, err := sqldb.Exec(ctx, tx, `delete from stoa_category_slug where category = $1`, c.ID); err != nil {
		return err
	}
	for locale, l := range c.Labels {
		res, err := sqldb.Exec(ctx, tx, `
			insert into stoa_category_slug (locale, slug, category) values ($1, $2, $3)
			on conflict (locale, slug) do nothing`, locale, l.Slug, c.ID)
		if err != nil {
			return err
		}
		if err := sqldb.Affected(res, errs.Conflict); err != nil {
			return err
		}
	}
	return nil
}

// logMoved notes the articles of the categories as changed.
func logMoved(ctx context.Context, tx sqlx.ExtContext, moved []string) error {
	if len(moved) == 0 {
		return nil
	}
	w := &sqldb.Where{}
	sqldb.In(w, "category", moved)
	var ids []string
	if err := sqldb.Select(ctx, tx, &ids, `select id from stoa_article `+w.String()+` order by id`, w.Args()...); err != nil {
		return err
	}
	changes := make([]feed.Change, len(ids))
	for i, id := range ids {
		changes[i] = feed.Change{Topic: topic, Ref: id}
	}
	return feed.Append(ctx, tx, changes...)
}

// Redirect implements [kb.CategoryStore].
func (s *Store) Redirect(ctx context.Context, from string) (kb.Redirect, error) {
	if err := sqldb.CheckText(from); err != nil {
		return kb.Redirect{}, kb.ErrNotFound
	}
	var r struct{ Path, Target, Locale string }
	err := s.db.Get(ctx, &r, "redirect", `select path, target, locale from stoa_redirect where path = $1`, from)
	return kb.Redirect{From: r.Path, To: r.Target, Locale: r.Locale}, err
}

// SaveRedirects implements [kb.CategoryStore].
func (s *Store) SaveRedirects(ctx context.Context, redirects ...kb.Redirect) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		for _, r := range redirects {
			if err := sqldb.CheckText(r.From, r.To, r.Locale); err != nil {
				return err
			}
			_, err := sqldb.Exec(ctx, tx, `
				insert into stoa_redirect (path, target, locale) values ($1, $2, $3)
				on conflict (path) do update set target = excluded.target, locale = excluded.locale`, r.From, r.To, r.Locale)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

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
	if err := sqldb.CheckText(f.ID, f.Article, f.Locale, f.Comment, f.Person, f.Visitor); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
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
	err := s.db.Get(ctx, &r, "feedback", `select `+feedbackColumns+` from stoa_article_feedback where id = $1`, id)
	return r.feedback(), err
}

// Feedback implements [kb.FeedbackStore].
func (s *Store) Feedback(ctx context.Context, article, after string, limit int) ([]kb.Feedback, string, error) {
	w := &sqldb.Where{}
	if article != "" {
		w.And("article = ?", article)
	}
	if after != "" {
		parts, err := cursor.Decode(after, 2)
		if err != nil {
			return nil, "", err
		}
		at, err := cursor.ParseTime(parts[0])
		if err != nil {
			return nil, "", err
		}
		w.And("(at < ? or at = ? and id > ?)", sqldb.At(at), sqldb.At(at), parts[1])
	}
	if limit <= 0 {
		limit = 50
	}
	var rows []feedbackRow
	err := s.db.Select(ctx, &rows, `select `+feedbackColumns+` from stoa_article_feedback `+w.String()+
		` order by at desc, id limit `+w.Arg(limit+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(rows) > limit {
		rows = rows[:limit]
		next = cursor.Encode(cursor.FormatTime(rows[limit-1].At.Time), rows[limit-1].ID)
	}
	var page []kb.Feedback
	for _, r := range rows {
		page = append(page, r.feedback())
	}
	return page, next, nil
}

// Ratings implements [kb.FeedbackStore].
func (s *Store) Ratings(ctx context.Context, articles []string) (map[string]kb.Rating, error) {
	w := &sqldb.Where{}
	sqldb.In(w, "article", articles)
	var rows []struct {
		Article string
		Helpful bool
		N       int
	}
	err := s.db.Select(ctx, &rows, `select article, helpful, count(*) as n from stoa_article_feedback `+w.String()+
		` group by article, helpful`, w.Args()...)
	out := map[string]kb.Rating{}
	for _, r := range rows {
		rating := out[r.Article]
		if r.Helpful {
			rating.Helpful = r.N
		} else {
			rating.Unhelpful = r.N
		}
		out[r.Article] = rating
	}
	return out, err
}
