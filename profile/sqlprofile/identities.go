package sqlprofile

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var (
	_ profile.IdentityStore = (*Store)(nil)
	_ profile.OnceStore     = (*Store)(nil)
)

// An identity is an identity as the table spells one.
type identity struct {
	Via      string
	Subject  string
	Person   string
	LinkedAt sqldb.Time `db:"linked_at"`
}

const (
	identityColumns = `via, subject, person, linked_at`
	maxIdentities   = 100
)

// Identity implements [profile.IdentityStore].
func (s *Store) Identity(ctx context.Context, via, subject string) (profile.Identity, error) {
	var row identity
	err := s.db.Get(ctx, &row, "identity", `select `+identityColumns+` from stoa_identity where via = $1 and subject = $2`, via, subject)
	if err != nil {
		return profile.Identity{}, err
	}
	return row.identity(), nil
}

// Identities implements [profile.IdentityStore].
func (s *Store) Identities(ctx context.Context, person string) ([]profile.Identity, error) {
	var rows []identity
	err := s.db.Select(ctx, &rows, `select `+identityColumns+` from stoa_identity where person = $1
		order by linked_at, via, subject limit $2`, person, maxIdentities)
	if err != nil {
		return nil, err
	}
	list := make([]profile.Identity, len(rows))
	for i, r := range rows {
		list[i] = r.identity()
	}
	return list, nil
}

// Link implements [profile.IdentityStore].
func (s *Store) Link(ctx context.Context, i profile.Identity) error {
	if err := sqldb.CheckText(i.Via, i.Subject, i.Person); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `insert into stoa_identity (`+identityColumns+`) values ($1, $2, $3, $4) on conflict do nothing`,
			i.Via, i.Subject, i.Person, sqldb.At(i.LinkedAt))
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	})
}

// Unlink implements [profile.IdentityStore].
func (s *Store) Unlink(ctx context.Context, i profile.Identity) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `delete from stoa_identity where via = $1 and subject = $2 and person = $3`, i.Via, i.Subject, i.Person)
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.NotFound)
	})
}

// Once implements [profile.OnceStore].
func (s *Store) Once(ctx context.Context, key string, now, until time.Time) error {
	if err := sqldb.CheckText(key); err != nil {
		return err
	}
	err := s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		// In two statements, so that of many that wait for one row that has ended
		// only the first takes it: the others find it there.
		if _, err := sqldb.Exec(ctx, tx, `delete from stoa_once where id = $1 and ends_at <= $2`, key, sqldb.At(now)); err != nil {
			return err
		}
		res, err := sqldb.Exec(ctx, tx, `insert into stoa_once (id, ends_at) values ($1, $2) on conflict do nothing`, key, sqldb.At(until))
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	})
	if err != nil {
		return err
	}
	// By itself, for two that sweep at once may wait for each other. What is left
	// goes the next time.
	_ = s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `delete from stoa_once where ends_at <= $1`, sqldb.At(now))
		return err
	})
	return nil
}

// Again implements [profile.OnceStore].
func (s *Store) Again(ctx context.Context, key string) error {
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `delete from stoa_once where id = $1`, key)
		return err
	})
}

func (r identity) identity() profile.Identity {
	return profile.Identity{Via: r.Via, Subject: r.Subject, Person: r.Person, LinkedAt: r.LinkedAt.Time}
}
