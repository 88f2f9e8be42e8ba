package sqlcourses

import (
	"context"
	"errors"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/feed"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/profile"
)

type courseRow struct {
	ID   string
	Rank int64
	Doc  sqldb.JSON[courses.Course]
}

func (r courseRow) course() courses.Course {
	c := r.Doc.V
	c.Audience, c.Admits = closed(c.Audience), closed(c.Admits)
	return c
}

// closed returns nil for an audience of nobody, as it was written.
func closed(a profile.Audience) profile.Audience {
	if a.Nobody() {
		return nil
	}
	return a
}

// Course implements [courses.CourseStore].
func (s *Store) Course(ctx context.Context, id string) (courses.Course, error) {
	var row courseRow
	err := s.get(ctx, &row, `select id, rank, course as doc from stoa_course where id = $1`, id)
	return row.course(), err
}

// CourseAt implements [courses.CourseStore].
func (s *Store) CourseAt(ctx context.Context, slug string) (id string, err error) {
	err = s.get(ctx, &id, `select course from stoa_course_slug where slug = $1`, slug)
	return id, err
}

// filter returns the conditions of a query, its page apart.
func filter(q courses.CourseQuery) *sqldb.Where {
	w := sqldb.NewWhere()
	if q.Sight != nil {
		cond, args := q.Sight.Where("stoa_course_audience", "stoa_course.id", w.Next())
		if q.Owner == "" {
			w.Numbered(cond, args...)
		} else {
			w.Numbered(`(`+cond+` or owner = $`+cursor.FormatInt(int64(w.Next()+len(args)))+`)`, append(args, q.Owner)...)
		}
	}
	if q.Statuses != nil {
		sqldb.In(w, "status", q.Statuses)
	}
	if q.IDs != nil {
		sqldb.In(w, "id", storable(q.IDs))
	}
	switch {
	case q.Free == nil:
	case *q.Free:
		w.And("price = 0")
	default:
		w.And("price <> 0")
	}
	switch {
	case q.Article == "":
	case sqldb.CheckText(q.Article) != nil:
		w.And("1 = 0")
	default:
		w.And(`exists (select 1 from stoa_course_lead l where l.course = stoa_course.id and l.article = ? and l.number in (stoa_course.head, stoa_course.live))`, q.Article)
	}
	for kind, value := range map[string]string{courses.TagTopic: q.Topic, courses.TagLanguage: q.Language} {
		switch {
		case value == "":
		case sqldb.CheckText(value) != nil:
			w.And("1 = 0")
		default:
			w.And(`exists (select 1 from stoa_course_tag t where t.course = stoa_course.id and t.kind = ? and t.value = ?)`, kind, value)
		}
	}
	return w
}

// storable leaves out what no column can hold.
func storable(list []string) []string {
	out := []string{}
	for _, text := range list {
		if sqldb.CheckText(text) == nil {
			out = append(out, text)
		}
	}
	return out
}

// Courses implements [courses.CourseStore].
func (s *Store) Courses(ctx context.Context, q courses.CourseQuery) (out []courses.Course, next string, err error) {
	w, n := filter(q), limited(q.Limit)
	if err := numbered(w, q.After, "rank", "id", 0); err != nil {
		return nil, "", err
	}
	bound := w.Arg(n + 1)
	var rows []courseRow
	if err := s.db.Select(ctx, &rows, `select id, rank, course as doc from stoa_course `+w.String()+` order by rank, id limit `+bound, w.Args()...); err != nil {
		return nil, "", err
	}
	rows, next = cutPage(rows, n, func(r courseRow) string { return cursor.Encode(cursor.FormatInt(r.Rank), r.ID) })
	for _, r := range rows {
		out = append(out, r.course())
	}
	return out, next, nil
}

// Tags implements [courses.CourseStore].
func (s *Store) Tags(ctx context.Context, q courses.CourseQuery) ([]courses.Tag, error) {
	q.Topic, q.Language = "", ""
	w := filter(q)
	var out []courses.Tag
	err := s.db.Select(ctx, &out, `
		select kind, value, count(*) as n from stoa_course_tag join stoa_course on stoa_course.id = stoa_course_tag.course
		`+w.String()+` group by kind, value order by kind, value`, w.Args()...)
	return out, err
}

// SaveCourse implements [courses.CourseStore].
func (s *Store) SaveCourse(ctx context.Context, c courses.Course, rev *courses.Revision) error {
	texts := c.Texts()
	if rev != nil {
		texts = append(texts, rev.Texts()...)
	}
	if err := sqldb.CheckText(texts...); err != nil {
		return err
	}
	c.Created, c.Updated, c.Since = stored(c.Created), stored(c.Updated), stored(c.Since)
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		if err := checkNeeds(ctx, tx, c); err != nil {
			return err
		}
		err := write(ctx, tx, "stoa_course", c.ID, c.Version,
			`insert into stoa_course (id, slug, status, owner, rank, price, course, version, head, live) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
			`update stoa_course set slug = $2, status = $3, owner = $4, rank = $5, price = $6, course = $7, version = $8, head = $9, live = $10 where id = $1 and version = $8 - 1`,
			c.ID, c.Slug, c.Status, c.Owner, c.Rank, c.Price.Amount, sqldb.JSON[courses.Course]{V: c}, c.Version, c.Head, c.Live)
		if err != nil {
			return err
		}
		if err := saveSlug(ctx, tx, c); err != nil {
			return err
		}
		if err := saveLists(ctx, tx, c); err != nil {
			return err
		}
		if rev != nil {
			if err := saveRevision(ctx, tx, *rev); err != nil {
				return err
			}
		}
		return feed.Append(ctx, tx, feed.Change{Topic: topic, Ref: c.ID})
	})
}

// checkNeeds refuses what c is to need from now on if it needs c. Those who let
// courses need others wait for each other: two needs that are fine alone may be a
// circle together.
func checkNeeds(ctx context.Context, tx sqlx.ExtContext, c courses.Course) error {
	if len(c.Needs) == 0 {
		return nil
	}
	if _, err := sqldb.Exec(ctx, tx, `update stoa_course_turn set n = n + 1`); err != nil {
		return err
	}
	find := func(id string) (courses.Course, error) {
		var doc sqldb.JSON[courses.Course]
		err := sqldb.Get(ctx, tx, &doc, "", `select course from stoa_course where id = $1`, id)
		if errors.Is(err, errs.NotFound) {
			err = nil
		}
		return doc.V, err
	}
	old, err := find(c.ID)
	if err != nil {
		return err
	}
	circle, err := courses.Circle(c.ID, c.NewNeeds(old), func(id string) ([]string, error) {
		other, err := find(id)
		return other.Needs, err
	})
	if circle {
		return errs.Conflict
	}
	return err
}

// saveSlug keeps the course's address, unless it is another's.
func saveSlug(ctx context.Context, tx sqlx.ExtContext, c courses.Course) error {
	res, err := sqldb.Exec(ctx, tx, `
		insert into stoa_course_slug (slug, course) values ($1, $2)
		on conflict (slug) do update set course = excluded.course where stoa_course_slug.course = excluded.course`, c.Slug, c.ID)
	if err != nil {
		return err
	}
	return sqldb.Affected(res, errs.Conflict)
}

// saveLists replaces what courses are found by.
func saveLists(ctx context.Context, tx sqlx.ExtContext, c courses.Course) error {
	for _, clear := range []string{`delete from stoa_course_audience where ref = $1`, `delete from stoa_course_tag where course = $1`} {
		if _, err := sqldb.Exec(ctx, tx, clear, c.ID); err != nil {
			return err
		}
	}
	for _, r := range c.Audience.Rows() {
		if _, err := sqldb.Exec(ctx, tx, `insert into stoa_course_audience (ref, term, parts, segment) values ($1, $2, $3, $4) on conflict do nothing`, c.ID, r.Term, r.Parts, r.Segment); err != nil {
			return err
		}
	}
	for kind, values := range map[string][]string{courses.TagTopic: c.Topics, courses.TagLanguage: c.Languages()} {
		for _, value := range values {
			if _, err := sqldb.Exec(ctx, tx, `insert into stoa_course_tag (course, kind, value) values ($1, $2, $3) on conflict do nothing`, c.ID, kind, value); err != nil {
				return err
			}
		}
	}
	return nil
}

func saveRevision(ctx context.Context, tx sqlx.ExtContext, rev courses.Revision) error {
	rev.At = stored(rev.At)
	res, err := sqldb.Exec(ctx, tx, `insert into stoa_course_revision (course, number, author, revision) values ($1, $2, $3, $4) on conflict do nothing`,
		rev.Course, rev.Number, rev.Author, sqldb.JSON[courses.Revision]{V: rev})
	if err != nil {
		return err
	}
	if err := sqldb.Affected(res, errs.Conflict); err != nil {
		return err
	}
	for _, lead := range rev.Leading() {
		if _, err := sqldb.Exec(ctx, tx, `insert into stoa_course_lead (course, number, article) values ($1, $2, $3) on conflict do nothing`, rev.Course, rev.Number, lead.Article); err != nil {
			return err
		}
	}
	return nil
}

// Revision implements [courses.CourseStore].
func (s *Store) Revision(ctx context.Context, course string, number int) (courses.Revision, error) {
	var doc sqldb.JSON[courses.Revision]
	if sqldb.CheckText(course) != nil {
		return doc.V, errs.NotFound
	}
	err := s.db.Get(ctx, &doc, "", `select revision from stoa_course_revision where course = $1 and number = $2`, course, number)
	return doc.V, err
}
