package sqlcourses

import (
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb/courses"
)

type enrolmentRow struct {
	ID  string
	At  sqldb.Time
	Doc sqldb.JSON[courses.Enrolment]
}

const enrolments = `select id, at, enrolment as doc from stoa_course_enrolment `

// Enrolment implements [courses.LearnerStore].
func (s *Store) Enrolment(ctx context.Context, course, person string) (courses.Enrolment, error) {
	var row enrolmentRow
	err := s.get(ctx, &row, enrolments+`where course = $1 and person = $2`, course, person)
	return row.Doc.V, err
}

// EnrolmentOfOrder implements [courses.LearnerStore].
func (s *Store) EnrolmentOfOrder(ctx context.Context, order string) (courses.Enrolment, error) {
	var row enrolmentRow
	if order == "" {
		return row.Doc.V, errs.NotFound
	}
	err := s.get(ctx, &row, enrolments+`where purchase = $1`, order)
	return row.Doc.V, err
}

// EnrolmentOfCertificate implements [courses.LearnerStore].
func (s *Store) EnrolmentOfCertificate(ctx context.Context, number string) (courses.Enrolment, error) {
	var row enrolmentRow
	err := s.get(ctx, &row, enrolments+`where id = (select enrolment from stoa_course_certificate where number = $1)`, number)
	return row.Doc.V, err
}

// Enrolments implements [courses.LearnerStore].
func (s *Store) Enrolments(ctx context.Context, q courses.EnrolmentQuery) (out []courses.Enrolment, next string, err error) {
	w, n := sqldb.NewWhere(), limited(q.Limit)
	if q.Course != "" {
		w.And("course = ?", q.Course)
	}
	if q.Person != "" {
		w.And("person = ?", q.Person)
	}
	if q.States != nil {
		sqldb.In(w, "state", q.States)
	}
	if q.Sight != nil {
		cond, args := q.Sight.Where("stoa_course_audience", "stoa_course_enrolment.course", w.Next())
		w.Numbered(cond, args...)
		w.And(`exists (select 1 from stoa_course c where c.id = stoa_course_enrolment.course and c.status <> 'draft')`)
	}
	if err := timed(w, q.After, "at", "<"); err != nil {
		return nil, "", err
	}
	bound := w.Arg(n + 1)
	var rows []enrolmentRow
	if err := s.db.Select(ctx, &rows, enrolments+w.String()+` order by at desc, id limit `+bound, w.Args()...); err != nil {
		return nil, "", err
	}
	rows, next = cutPage(rows, n, func(r enrolmentRow) string { return cursor.Encode(cursor.FormatTime(r.At.Time), r.ID) })
	for _, r := range rows {
		out = append(out, r.Doc.V)
	}
	return out, next, nil
}

// SaveEnrolment implements [courses.LearnerStore].
func (s *Store) SaveEnrolment(ctx context.Context, e courses.Enrolment) error {
	if err := sqldb.CheckText(e.Texts()...); err != nil {
		return err
	}
	e = e.AsKept()
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error { return saveEnrolment(ctx, tx, e) })
}

func saveEnrolment(ctx context.Context, tx sqlx.ExtContext, e courses.Enrolment) error {
	order := ""
	if e.Order != nil {
		order = e.Order.ID
	}
	err := write(ctx, tx, "stoa_course_enrolment", e.ID, e.Version,
		`insert into stoa_course_enrolment (id, course, person, state, purchase, at, enrolment, version) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
		`update stoa_course_enrolment set course = $2, person = $3, state = $4, purchase = $5, at = $6, enrolment = $7, version = $8 where id = $1 and version = $8 - 1`,
		e.ID, e.Course, e.Person, e.State, order, sqldb.At(e.AskedAt), sqldb.JSON[courses.Enrolment]{V: e}, e.Version)
	if err != nil {
		return err
	}
	for _, c := range e.Certificates {
		res, err := sqldb.Exec(ctx, tx, `
			insert into stoa_course_certificate (number, enrolment) values ($1, $2)
			on conflict (number) do update set enrolment = excluded.enrolment where stoa_course_certificate.enrolment = excluded.enrolment`, c.Number, e.ID)
		if err != nil {
			return err
		}
		if err := sqldb.Affected(res, errs.Conflict); err != nil {
			return err
		}
	}
	return nil
}
