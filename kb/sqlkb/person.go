package sqlkb

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb"
)

var _ kb.PersonStore = (*Store)(nil)

// FeedbackOf implements [kb.PersonStore].
func (s *Store) FeedbackOf(ctx context.Context, person, after string, limit int) ([]kb.Feedback, error) {
	if nobody(person) || sqldb.CheckText(after) != nil {
		return nil, ctx.Err()
	}
	var rows []feedbackRow
	err := s.db.Select(ctx, &rows, `select `+feedbackColumns+` from stoa_article_feedback
		where (person = $1 and person <> '' or assignee = $1 and assignee <> '') and id > $2 order by id limit $3`, person, after, limit)
	var out []kb.Feedback
	for _, r := range rows {
		out = append(out, r.feedback())
	}
	return out, err
}

// nobody reports whether a person cannot be in any column.
func nobody(person string) bool { return person == "" || sqldb.CheckText(person) != nil }

// RevisionsBy implements [kb.PersonStore].
func (s *Store) RevisionsBy(ctx context.Context, person string, after kb.Revision, limit int) ([]kb.Revision, error) {
	if nobody(person) || sqldb.CheckText(after.Article, after.Locale) != nil {
		return nil, ctx.Err()
	}
	var rows []revisionRow
	err := s.db.Select(ctx, &rows, `select article, locale, number, title, summary, body, media, based, author, note, at, blocks, seo_title, description from stoa_revision
		where author = $1 and author <> '' and (article, locale, number) > ($2, $3, $4) order by article, locale, number limit $5`,
		person, after.Article, after.Locale, after.Number, limit)
	var out []kb.Revision
	for _, r := range rows {
		out = append(out, r.revision())
	}
	return out, err
}

// OwnedBy implements [kb.PersonStore].
func (s *Store) OwnedBy(ctx context.Context, person string) (articles, media []string, err error) {
	if nobody(person) {
		return nil, nil, ctx.Err()
	}
	err = s.db.Select(ctx, &articles, `select id from stoa_article where (owner = $1 or deleted_by = $1) and $1 <> '' order by id`, person)
	if err == nil {
		err = s.db.Select(ctx, &media, `select name from stoa_media where owner = $1 and owner <> '' order by name`, person)
	}
	return articles, media, err
}

// ForgetPerson implements [kb.PersonStore].
func (s *Store) ForgetPerson(ctx context.Context, person, pseudonym string) (removed, renamed int, err error) {
	if err := errors.Join(sqldb.CheckText(person, pseudonym), ctx.Err()); err != nil {
		return 0, 0, err
	}
	if person == "" {
		return 0, 0, kb.ErrInvalid
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := stamp(ctx, tx, "content"); err != nil {
			return err
		}
		said, counted := `update stoa_article_feedback set person = $2, comment = '', visitor = '', quote = '', proposal = '', tell = false where person = $1`, &renamed
		args := []any{person, pseudonym}
		if pseudonym == "" {
			said, counted, args = `delete from stoa_article_feedback where person = $1`, &removed, args[:1]
		}
		if err := sqldb.Tally(ctx, tx, counted, said, args...); err != nil {
			return err
		}
		for _, text := range []string{`delete from stoa_working where person = $1`, `delete from stoa_lock where person = $1`} {
			if err := sqldb.Tally(ctx, tx, &removed, text, person); err != nil {
				return err
			}
		}
		if err := forgetNotes(ctx, tx, person, pseudonym, &removed, &renamed); err != nil {
			return err
		}
		if _, err := sqldb.Exec(ctx, tx, `delete from stoa_article_count where n = 0`); err != nil {
			return err
		}
		// Who decides at this moment must not write the person back.
		if _, err := sqldb.Exec(ctx, tx, `
			update stoa_review set version = version + 1
			where asker = $1 or id in (select review from stoa_review_vote where person = $1)`, person); err != nil {
			return err
		}
		for _, text := range []string{
			`update stoa_article_feedback set assignee = $2, version = version + 1 where assignee = $1`,
			`update stoa_revision set author = $2 where author = $1`,
			`update stoa_article set owner = case when owner = $1 then $2 else owner end,
				deleted_by = case when deleted_by = $1 then $2 else deleted_by end, version = version + 1 where owner = $1 or deleted_by = $1`,
			`update stoa_media set owner = $2 where owner = $1`,
			`update stoa_block set author = $2 where author = $1`,
			`update stoa_review_vote set person = $2, comment = '' where person = $1`,
			`update stoa_review set asker = $2 where asker = $1`,
			`update stoa_plan set planner = $2, version = version + 1 where planner = $1`,
			`update stoa_verification set person = $2, version = version + 1 where person = $1`,
		} {
			if err := sqldb.Tally(ctx, tx, &renamed, text, person, pseudonym); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	return removed, renamed, nil
}

// ReviewsOf implements [kb.PersonStore].
func (s *Store) ReviewsOf(ctx context.Context, person, after string, limit int) ([]kb.Review, error) {
	if nobody(person) || sqldb.CheckText(after) != nil {
		return nil, ctx.Err()
	}
	var rows []reviewRow
	err := s.db.Select(ctx, &rows, `select `+reviewColumns+` from stoa_review
		where id > $2 and (asker = $1 or id in (select review from stoa_review_vote where person = $1)) order by id limit $3`, person, after, limit)
	if err != nil {
		return nil, err
	}
	var out []kb.Review
	for _, r := range rows {
		out = append(out, r.review())
	}
	return out, s.votes(ctx, out)
}

// PlansOf implements [kb.PersonStore].
func (s *Store) PlansOf(ctx context.Context, person, after string, limit int) ([]kb.Plan, error) {
	if nobody(person) || sqldb.CheckText(after) != nil {
		return nil, ctx.Err()
	}
	var rows []planRow
	err := s.db.Select(ctx, &rows, `select `+planColumns+` from stoa_plan
		where planner = $1 and planner <> '' and id > $2 order by id limit $3`, person, after, limit)
	var out []kb.Plan
	for _, r := range rows {
		out = append(out, r.plan())
	}
	return out, err
}

// VerifiedBy implements [kb.PersonStore].
func (s *Store) VerifiedBy(ctx context.Context, person string) ([]kb.Verification, error) {
	if nobody(person) {
		return nil, ctx.Err()
	}
	var rows []verificationRow
	err := s.db.Select(ctx, &rows, `select `+verificationColumns+` from stoa_verification where person = $1 and person <> '' order by article`, person)
	var out []kb.Verification
	for _, r := range rows {
		out = append(out, r.verification())
	}
	return out, err
}
