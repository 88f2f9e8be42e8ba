package sqlcourses

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb/courses"
)

// Written implements [courses.PersonStore].
func (s *Store) Written(ctx context.Context, person string) (out []courses.Revision, err error) {
	var rows []sqldb.JSON[courses.Revision]
	if person == "" || sqldb.CheckText(person) != nil {
		return nil, nil
	}
	err = s.db.Select(ctx, &rows, `select revision from stoa_course_revision where author = $1 order by course, number`, person)
	for _, r := range rows {
		out = append(out, r.V)
	}
	return out, err
}

// OwnedBy implements [courses.PersonStore].
func (s *Store) OwnedBy(ctx context.Context, person string) (out []string, err error) {
	if person == "" || sqldb.CheckText(person) != nil {
		return nil, nil
	}
	err = s.db.Select(ctx, &out, `select id from stoa_course where owner = $1 order by id`, person)
	return out, err
}

// Forget implements [courses.PersonStore].
func (s *Store) Forget(ctx context.Context, person, pseudonym string, at time.Time) (removed, renamed int, err error) {
	if person == "" {
		return 0, 0, errs.Invalid
	}
	if err := sqldb.CheckText(person, pseudonym); err != nil {
		return 0, 0, err
	}
	f := forgetting{person: person, other: pseudonym}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		f.gone, f.changed = 0, 0
		for _, do := range []func(context.Context, sqlx.ExtContext) error{
			func(ctx context.Context, tx sqlx.ExtContext) error { return f.bookings(ctx, tx, at) }, f.enrolments, f.revisions, f.courses,
		} {
			if err := do(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if pseudonym == "" {
		return f.gone, f.changed, err
	}
	return 0, f.gone + f.changed, err
}

// forgetting counts what it touches: gone is removed unless there is another name.
type forgetting struct {
	person, other string
	gone, changed int
}

// bookings takes the person off the lists of sessions.
func (f *forgetting) bookings(ctx context.Context, tx sqlx.ExtContext, at time.Time) error {
	var rows []struct {
		Session string
		Starts  sqldb.Time
	}
	err := sqldb.Select(ctx, tx, &rows, `
		select b.session, s.starts from stoa_course_booking b join stoa_course_session s on s.id = b.session
		where b.person = $1 order by b.session`, f.person)
	if err != nil {
		return err
	}
	for _, r := range rows {
		f.gone++
		ahead := at.Before(r.Starts.Time)
		if _, err := lock(ctx, tx, r.Session); err != nil { // before the booking, as everybody does
			return err
		}
		switch {
		case f.other == "":
			_, err = sqldb.Exec(ctx, tx, `delete from stoa_course_booking where session = $1 and person = $2`, r.Session, f.person)
		case ahead:
			_, err = sqldb.Exec(ctx, tx, `update stoa_course_booking set person = $3, seat = 'cancelled' where session = $1 and person = $2`, r.Session, f.person, f.other)
		default:
			_, err = sqldb.Exec(ctx, tx, `update stoa_course_booking set person = $3 where session = $1 and person = $2`, r.Session, f.person, f.other)
		}
		if err == nil && ahead {
			_, err = moveUp(ctx, tx, r.Session)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *forgetting) enrolments(ctx context.Context, tx sqlx.ExtContext) error {
	var rows []enrolmentRow
	if err := sqldb.Select(ctx, tx, &rows, enrolments+`where person = $1`, f.person); err != nil {
		return err
	}
	for _, r := range rows {
		f.gone++
		if f.other != "" {
			if err := saveEnrolment(ctx, tx, courses.Pseudonymous(r.Doc.V, f.other)); err != nil {
				return err
			}
			continue
		}
		for _, text := range []string{`delete from stoa_course_certificate where enrolment = $1`, `delete from stoa_course_enrolment where id = $1`} {
			if _, err := sqldb.Exec(ctx, tx, text, r.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// revisions puts the other name, or none, on what the person wrote.
func (f *forgetting) revisions(ctx context.Context, tx sqlx.ExtContext) error {
	var rows []sqldb.JSON[courses.Revision]
	if err := sqldb.Select(ctx, tx, &rows, `select revision from stoa_course_revision where author = $1`, f.person); err != nil {
		return err
	}
	for _, r := range rows {
		r.V.Author = f.other
		if _, err := sqldb.Exec(ctx, tx, `update stoa_course_revision set author = $3, revision = $4 where course = $1 and number = $2`, r.V.Course, r.V.Number, f.other, r); err != nil {
			return err
		}
		f.changed++
	}
	return nil
}

func (f *forgetting) courses(ctx context.Context, tx sqlx.ExtContext) error {
	var rows []sqldb.JSON[courses.Course]
	if err := sqldb.Select(ctx, tx, &rows, `select course from stoa_course where owner = $1`, f.person); err != nil {
		return err
	}
	for _, r := range rows {
		r.V.Owner, r.V.Audience, r.V.Admits = f.other, closed(r.V.Audience), closed(r.V.Admits)
		r.V.Version++
		if _, err := sqldb.Exec(ctx, tx, `update stoa_course set owner = $2, course = $3, version = $4 where id = $1`, r.V.ID, f.other, r, r.V.Version); err != nil {
			return err
		}
		if err := feed.Append(ctx, tx, feed.Change{Topic: topic, Ref: r.V.ID}); err != nil {
			return err
		}
		f.changed++
	}
	return nil
}
