package sqlprofile

import (
	"cmp"
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/outbox"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.NoticeStore = (*Store)(nil)

// A notice is a notice as the table spells one.
type notice struct {
	ID      string
	Person  string
	Kind    string
	Subject string
	Data    sqldb.StringMap
	Inbox   bool
	At      sqldb.Time
	ReadAt  sqldb.Time `db:"read_at"`
}

const (
	noticeColumns = `id, person, kind, subject, data, inbox, at, read_at`
	maxDigest     = 200
)

func (r notice) notice() profile.Notice {
	return profile.Notice{
		ID: r.ID, Person: r.Person, Kind: r.Kind, Subject: r.Subject, Data: r.Data, Inbox: r.Inbox, At: r.At.Time, ReadAt: r.ReadAt.Time,
	}
}

func noticesOf(rows []notice) []profile.Notice {
	list := make([]profile.Notice, len(rows))
	for i, r := range rows {
		list[i] = r.notice()
	}
	return list
}

// Notices implements [profile.NoticeStore].
func (s *Store) Notices(ctx context.Context, q profile.NoticeQuery) ([]profile.Notice, string, error) {
	w, err := noticesLike(q)
	if err != nil {
		return nil, "", err
	}
	limit := cmp.Or(q.Limit, profile.DefaultLimit)
	more := w.Arg(limit + 1)
	var rows []notice
	err = s.db.Select(ctx, &rows, `select `+noticeColumns+` from stoa_notice `+w.String()+` order by at desc, id limit `+more, w.Args()...)
	if err != nil {
		return nil, "", err
	}
	if len(rows) <= limit {
		return noticesOf(rows), "", nil
	}
	last := rows[limit-1]
	return noticesOf(rows[:limit]), cursor.Encode(cursor.FormatTime(last.At.Time), last.ID), nil
}

func noticesLike(q profile.NoticeQuery) (*sqldb.Where, error) {
	w := &sqldb.Where{}
	if q.Person != "" {
		w.And(`person = ?`, q.Person)
	}
	if q.ID != "" {
		w.And(`id = ?`, q.ID)
	}
	if q.Inbox {
		w.And(`inbox`)
	}
	if q.Unread {
		w.And(`read_at is null`)
	}
	if q.After == "" {
		return w, nil
	}
	parts, err := cursor.Decode(q.After, 2)
	if err != nil {
		return nil, err
	}
	at, err := cursor.ParseTime(parts[0])
	if err != nil {
		return nil, err
	}
	// The table holds more than the page has not shown of one moment.
	return w.And(`(at < ? or at = ? and id > ?)`, sqldb.At(at), sqldb.At(at), parts[1]), nil
}

// CountNotices implements [profile.NoticeStore].
func (s *Store) CountNotices(ctx context.Context, person string) (profile.NoticeCount, error) {
	var row struct {
		All    int `db:"all_of_them"`
		Unread int
		Newest string
	}
	err := s.db.Get(ctx, &row, "notices", `select
		(select count(*) from stoa_notice where person = $1 and inbox) as all_of_them,
		(select count(*) from stoa_notice where person = $1 and inbox and read_at is null) as unread,
		coalesce((select id from stoa_notice where person = $1 and inbox order by at desc, id limit 1), '') as newest`, person)
	return profile.NoticeCount(row), err
}

// AddNotices implements [profile.NoticeStore].
func (s *Store) AddNotices(ctx context.Context, posts []profile.NoticePost) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		for _, p := range posts {
			if err := addNotice(ctx, tx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func addNotice(ctx context.Context, tx sqlx.ExtContext, p profile.NoticePost) error {
	n := p.Notice
	texts := []string{n.ID, n.Person, n.Kind, n.Subject}
	for key, value := range n.Data {
		texts = append(texts, key, value)
	}
	if err := sqldb.CheckText(texts...); err != nil {
		return err
	}
	res, err := sqldb.Exec(ctx, tx, `insert into stoa_notice (`+noticeColumns+`) values `+sqldb.Tuples(1, 8)+` on conflict (id) do nothing`,
		n.ID, n.Person, n.Kind, n.Subject, sqldb.StringMap(n.Data), n.Inbox, sqldb.At(n.At), sqldb.At(n.ReadAt))
	if err != nil {
		return err
	}
	if added, err := res.RowsAffected(); err != nil || added == 0 {
		return err
	}
	for _, d := range p.Digests {
		_, err := sqldb.Exec(ctx, tx, `insert into stoa_notice_digest (notice, channel, person, until_at) values ($1, $2, $3, $4)`,
			n.ID, d.Channel, n.Person, sqldb.At(d.Until))
		if err != nil {
			return err
		}
	}
	return enqueue(ctx, tx, p.Tasks)
}

// ReadNotices implements [profile.NoticeStore].
func (s *Store) ReadNotices(ctx context.Context, m profile.NoticeMark) (n int, err error) {
	w := sqldb.NewWhere(sqldb.At(m.At)).And(`inbox and read_at is null and person = ?`, m.Person)
	switch {
	case m.ID != "":
		w.And(`id = ?`, m.ID)
	case !m.Until.IsZero():
		w.And(`at <= ?`, sqldb.At(m.Until))
	default:
		return 0, errs.Invalid
	}
	return s.count(ctx, `update stoa_notice set read_at = $1 `+w.String(), w.Args()...)
}

// RemoveNotices implements [profile.NoticeStore].
func (s *Store) RemoveNotices(ctx context.Context, q profile.NoticeRemoval) (n int, err error) {
	if q == (profile.NoticeRemoval{}) {
		return 0, errs.Invalid
	}
	var w sqldb.Where
	if q.Person != "" {
		w.And(`person = ?`, q.Person)
	}
	if !q.Before.IsZero() {
		w.And(`at < ?`, sqldb.At(q.Before))
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		// SQLite follows references only where the program asked for it.
		_, err := sqldb.Exec(ctx, tx, `delete from stoa_notice_digest where notice in (select id from stoa_notice `+w.String()+`)`, w.Args()...)
		if err != nil {
			return err
		}
		if err := sqldb.Tally(ctx, tx, &n, `delete from stoa_notice `+w.String(), w.Args()...); err != nil {
			return err
		}
		return removeTasks(ctx, tx, q)
	})
	return n, err
}

func (s *Store) count(ctx context.Context, text string, args ...any) (n int, err error) {
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		return sqldb.Tally(ctx, tx, &n, text, args...)
	})
	return n, err
}

// DigestNotices implements [profile.NoticeStore].
func (s *Store) DigestNotices(ctx context.Context, d profile.NoticeDigest) ([]profile.Notice, error) {
	if d.Key == "" {
		return nil, errs.Invalid
	}
	var rows []notice
	err := s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		// Nothing joins a digest that was put together once: it may have been sent.
		_, err := sqldb.Exec(ctx, tx, `update stoa_notice_digest set taken_by = $1
			where taken_by = '' and person = $2 and channel = $3
			and not exists (select 1 from stoa_notice_digest t where t.taken_by = $1 and t.person = $2 and t.channel = $3)
			and notice in (select w.notice from stoa_notice_digest w join stoa_notice n on n.id = w.notice
				where w.taken_by = '' and w.person = $2 and w.channel = $3 and w.until_at <= $4 order by n.at, n.id limit $5)`,
			d.Key, d.Person, d.Channel, sqldb.At(d.Until), maxDigest)
		if err != nil {
			return err
		}
		return sqldb.Select(ctx, tx, &rows, `select `+noticeColumns+` from stoa_notice where id in
			(select notice from stoa_notice_digest where taken_by = $1 and person = $2 and channel = $3) order by at, id`,
			d.Key, d.Person, d.Channel)
	})
	if err != nil {
		return nil, err
	}
	return noticesOf(rows), nil
}

// noticeTask is what the outbox calls a task of notices.
const noticeTask = "profile.notice"

func enqueue(ctx context.Context, tx sqlx.ExtContext, tasks []profile.NoticeTask) error {
	for _, t := range tasks {
		err := outbox.Enqueue(ctx, tx, outbox.Message{Destination: t.Lane, Kind: noticeTask, Key: t.Key, Payload: t.Payload, NotBefore: t.DueAt})
		if err != nil {
			return err
		}
	}
	return nil
}

// QueueNotices implements [profile.NoticeQueue].
func (s *Store) QueueNotices(ctx context.Context, tasks ...profile.NoticeTask) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error { return enqueue(ctx, tx, tasks) })
}

// DeliverNotices implements [profile.NoticeQueue] by an outbox.
func (s *Store) DeliverNotices(ctx context.Context, do func(context.Context, profile.NoticeTask) error) error {
	return s.box(do).Run(ctx)
}

// DrainNotices implements [profile.NoticeQueue].
func (s *Store) DrainNotices(ctx context.Context, do func(context.Context, profile.NoticeTask) error) (int, error) {
	return s.box(do).Drain(ctx)
}

func (s *Store) box(do func(context.Context, profile.NoticeTask) error) *outbox.Box {
	box := outbox.New(s.db, &outbox.Options{Timeout: time.Minute})
	box.Handle(noticeTask, func(ctx context.Context, d outbox.Delivery) error {
		return judged(do(ctx, profile.NoticeTask{Lane: d.Destination, Key: d.Key, Payload: d.Payload}))
	})
	return box
}
