package sqlprofile

import (
	"context"
	"errors"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.LinkStore = (*Store)(nil)

// A link is a link as the table spells one.
type link struct {
	ID        string
	Purpose   string
	Subject   string
	Address   string
	MadeBy    string `db:"made_by"`
	Data      sqldb.StringMap
	Uses      int
	Used      int
	Claim     string
	Ended     string
	MadeAt    sqldb.Time `db:"made_at"`
	ExpiresAt sqldb.Time `db:"expires_at"`
	UsedAt    sqldb.Time `db:"used_at"`
	Secret    string
}

const (
	linkColumns = `id, purpose, subject, address, made_by, data, uses, used, claim, ended, made_at, expires_at, used_at, secret`
	maxLinks    = 200
)

// LinkWith implements [profile.LinkStore].
func (s *Store) LinkWith(ctx context.Context, secret string) (profile.Link, error) {
	var row link
	err := s.db.Get(ctx, &row, "link", `select `+linkColumns+` from stoa_link where secret = $1`, secret)
	if err != nil {
		return profile.Link{}, err
	}
	return row.link(), nil
}

// Links implements [profile.LinkStore].
func (s *Store) Links(ctx context.Context, q profile.LinkQuery) ([]profile.Link, error) {
	if q.IsZero() {
		return nil, errs.Invalid
	}
	var rows []link
	w := matchingLinks(q)
	where := w.String()
	limit := w.Arg(maxLinks)
	err := s.db.Select(ctx, &rows, `select `+linkColumns+` from stoa_link `+where+` order by made_at desc, id limit `+limit, w.Args()...)
	if err != nil {
		return nil, err
	}
	list := make([]profile.Link, len(rows))
	for i, r := range rows {
		list[i] = r.link()
	}
	return list, nil
}

// MakeLink implements [profile.LinkStore].
func (s *Store) MakeLink(ctx context.Context, made profile.Link) error {
	err := sqldb.CheckText(made.ID, made.Purpose, made.Subject, made.Address, made.MadeBy, made.Claim, string(made.Ended), made.Secret)
	for key, value := range made.Data {
		err = errors.Join(err, sqldb.CheckText(key, value))
	}
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		// Another may come in between the two statements; then it is the older
		// one, and the second try ends it.
		for range 10 {
			done, err := replaceLink(ctx, tx, made)
			if done || err != nil {
				return err
			}
			var taken int
			if err := sqldb.Get(ctx, tx, &taken, "link", `select count(*) from stoa_link where id = $1 or secret = $2`, made.ID, made.Secret); err != nil {
				return err
			}
			if taken > 0 {
				return errs.Conflict
			}
		}
		return errs.Unavailable
	})
}

func replaceLink(ctx context.Context, tx sqlx.ExtContext, made profile.Link) (done bool, err error) {
	_, err = sqldb.Exec(ctx, tx, `update stoa_link set ended = $4 where purpose = $1 and subject = $2 and address = $3 and ended = ''`,
		made.Purpose, made.Subject, made.Address, string(profile.LinkReplaced))
	if err != nil {
		return false, err
	}
	n := 0
	err = sqldb.Tally(ctx, tx, &n, `insert into stoa_link (`+linkColumns+`) values `+sqldb.Tuples(1, 14)+` on conflict do nothing`,
		made.ID, made.Purpose, made.Subject, made.Address, made.MadeBy, sqldb.StringMap(made.Data), made.Uses, made.Used, made.Claim, string(made.Ended),
		sqldb.At(made.MadeAt), sqldb.At(made.ExpiresAt), sqldb.At(made.UsedAt), made.Secret)
	return n > 0, err
}

// UseLink implements [profile.LinkStore].
func (s *Store) UseLink(ctx context.Context, id, claim string, now time.Time) (profile.Link, error) {
	if err := sqldb.CheckText(claim); err != nil {
		return profile.Link{}, err
	}
	var row link
	err := s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		n := 0
		err := sqldb.Tally(ctx, tx, &n, `update stoa_link set used = used + 1, used_at = $3, claim = $2
			where id = $1 and ended = '' and expires_at > $3 and used < uses and (claim <> $2 or $2 = '')`, id, claim, sqldb.At(now))
		if err != nil {
			return err
		}
		if err := sqldb.Get(ctx, tx, &row, "link", `select `+linkColumns+` from stoa_link where id = $1`, id); err != nil {
			return err
		}
		again := claim != "" && row.Claim == claim && row.Ended == "" && now.Before(row.ExpiresAt.Time)
		if n == 0 && !again {
			return errs.Conflict
		}
		return nil
	})
	if err != nil {
		return profile.Link{}, err
	}
	return row.link(), nil
}

// EndLinks implements [profile.LinkStore].
func (s *Store) EndLinks(ctx context.Context, q profile.LinkQuery, end profile.LinkEnd) (n int, err error) {
	if q.IsZero() || end == "" {
		return 0, errs.Invalid
	}
	q.Open = true
	w := matchingLinks(q)
	where := w.String()
	return s.changeLinks(ctx, `update stoa_link set ended = `+w.Arg(string(end))+` `+where, w.Args())
}

// RemoveLinks implements [profile.LinkStore].
func (s *Store) RemoveLinks(ctx context.Context, q profile.LinkQuery) (n int, err error) {
	if q.IsZero() {
		return 0, errs.Invalid
	}
	w := matchingLinks(q)
	return s.changeLinks(ctx, `delete from stoa_link `+w.String(), w.Args())
}

func (s *Store) changeLinks(ctx context.Context, text string, args []any) (n int, err error) {
	err = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		return sqldb.Tally(ctx, tx, &n, text, args...)
	})
	return n, err
}

func matchingLinks(q profile.LinkQuery) *sqldb.Where {
	var w sqldb.Where
	for _, c := range []struct{ cond, value string }{
		{"id = ?", q.ID}, {"purpose = ?", q.Purpose}, {"subject = ?", q.Subject}, {"address = ?", q.Address}, {"made_by = ?", q.MadeBy},
	} {
		if c.value != "" {
			w.And(c.cond, c.value)
		}
	}
	if q.Open {
		w.And("ended = ''")
	}
	if !q.Since.IsZero() {
		w.And("made_at >= ?", sqldb.At(q.Since))
	}
	if !q.Expired.IsZero() {
		w.And("expires_at <= ?", sqldb.At(q.Expired))
	}
	return &w
}

func (r link) link() profile.Link {
	return profile.Link{
		ID: r.ID, Purpose: r.Purpose, Subject: r.Subject, Address: r.Address, MadeBy: r.MadeBy, Data: r.Data, Uses: r.Uses, Used: r.Used,
		Claim: r.Claim, Ended: profile.LinkEnd(r.Ended), MadeAt: r.MadeAt.Time, ExpiresAt: r.ExpiresAt.Time, UsedAt: r.UsedAt.Time, Secret: r.Secret,
	}
}
