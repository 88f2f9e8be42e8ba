package sqlprofile

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.SessionStore = (*Store)(nil)

// A session is a session as the table spells one.
type session struct {
	ID        string
	Person    string
	Via       string
	Subject   string
	Ticket    string
	Assurance int
	Agent     string
	StartedAt sqldb.Time `db:"started_at"`
	SeenAt    sqldb.Time `db:"seen_at"`
	ExpiresAt sqldb.Time `db:"expires_at"`
	Viewing   string
	Secret    string
}

const (
	sessionColumns = `id, person, via, subject, ticket, assurance, agent, started_at, seen_at, expires_at, viewing, secret`
	maxSessions    = 200
)

// Session implements [profile.SessionStore].
func (s *Store) Session(ctx context.Context, secret string) (profile.Session, error) {
	var row session
	err := s.db.Get(ctx, &row, "session", `select `+sessionColumns+` from stoa_session where secret = $1`, secret)
	if err != nil {
		return profile.Session{}, err
	}
	return row.session(), nil
}

// Sessions implements [profile.SessionStore].
func (s *Store) Sessions(ctx context.Context, person string) ([]profile.Session, error) {
	var rows []session
	err := s.db.Select(ctx, &rows, `select `+sessionColumns+` from stoa_session where person = $1
		order by started_at desc, id limit $2`, person, maxSessions)
	if err != nil {
		return nil, err
	}
	list := make([]profile.Session, len(rows))
	for i, r := range rows {
		list[i] = r.session()
	}
	return list, nil
}

// StartSession implements [profile.SessionStore].
func (s *Store) StartSession(ctx context.Context, made profile.Session) error {
	err := sqldb.CheckText(made.ID, made.Person, made.Via, made.Subject, made.Ticket, made.Agent, made.Viewing, made.Secret)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `insert into stoa_session (`+sessionColumns+`) values `+sqldb.Tuples(1, 12)+` on conflict do nothing`,
			made.ID, made.Person, made.Via, made.Subject, made.Ticket, int(made.Assurance), made.Agent,
			sqldb.At(made.StartedAt), sqldb.At(made.SeenAt), sqldb.At(made.ExpiresAt), made.Viewing, made.Secret)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	})
}

// SeeSession implements [profile.SessionStore].
func (s *Store) SeeSession(ctx context.Context, id string, at time.Time) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `update stoa_session set seen_at = $2 where id = $1 and seen_at < $2`, id, sqldb.At(at))
		return err
	})
}

// ViewSession implements [profile.SessionStore].
func (s *Store) ViewSession(ctx context.Context, id, person string) error {
	if err := sqldb.CheckText(person); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `update stoa_session set viewing = $2 where id = $1`, id, person)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.NotFound)
	})
}

// EndViews implements [profile.SessionStore].
func (s *Store) EndViews(ctx context.Context, person string) (n int, err error) {
	if sqldb.CheckText(person) != nil {
		return 0, ctx.Err()
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		return sqldb.Tally(ctx, tx, &n, `update stoa_session set viewing = '' where viewing = $1 and viewing <> ''`, person)
	})
	return n, err
}

// EndSessions implements [profile.SessionStore].
func (s *Store) EndSessions(ctx context.Context, q profile.SessionQuery) (n int, err error) {
	if q.IsZero() {
		return 0, errs.Invalid
	}
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		w := matching(q)
		if err := endEndpoints(ctx, tx, w, q.Next); err != nil {
			return err
		}
		return sqldb.Tally(ctx, tx, &n, `delete from stoa_session `+w.String(), w.Args()...)
	})
	return n, err
}

// endEndpoints forgets what goes with the sessions, or has it go with the next.
func endEndpoints(ctx context.Context, tx sqlx.ExtContext, w *sqldb.Where, next string) error {
	theirs := ` where session <> '' and session in (select id from stoa_session ` + w.String() + `)`
	if next == "" {
		_, err := sqldb.Exec(ctx, tx, `delete from stoa_endpoint`+theirs, w.Args()...)
		return err
	}
	args := append(w.Args(), next)
	_, err := sqldb.Exec(ctx, tx, fmt.Sprintf(`update stoa_endpoint set session = $%d`, len(args))+theirs, args...)
	return err
}

func matching(q profile.SessionQuery) *sqldb.Where {
	var w sqldb.Where
	for _, c := range []struct{ cond, value string }{
		{"id = ?", q.ID}, {"person = ?", q.Person}, {"id <> ?", q.Except}, {"via = ?", q.Via}, {"subject = ?", q.Subject}, {"ticket = ?", q.Ticket},
	} {
		if c.value != "" {
			w.And(c.cond, c.value)
		}
	}
	if !q.Unseen.IsZero() {
		w.And("seen_at < ?", sqldb.At(q.Unseen))
	}
	if !q.Expired.IsZero() {
		w.And("expires_at <= ?", sqldb.At(q.Expired))
	}
	return &w
}

func (r session) session() profile.Session {
	return profile.Session{
		ID: r.ID, Person: r.Person, Via: r.Via, Subject: r.Subject, Ticket: r.Ticket, Assurance: profile.Assurance(r.Assurance),
		Agent: r.Agent, StartedAt: r.StartedAt.Time, SeenAt: r.SeenAt.Time, ExpiresAt: r.ExpiresAt.Time, Viewing: r.Viewing, Secret: r.Secret,
	}
}
