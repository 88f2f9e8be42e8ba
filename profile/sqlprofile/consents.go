package sqlprofile

import (
	"cmp"
	"context"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

var _ profile.ConsentStore = (*Store)(nil)

// A consent is a consent as the table spells one.
type consent struct {
	ID      string
	Person  string
	Purpose string
	Wording string
	Given   bool
	Via     string
	At      sqldb.Time
}

const consentColumns = `id, person, purpose, wording, given, via, at`

// AddConsent implements [profile.ConsentStore].
func (s *Store) AddConsent(ctx context.Context, c profile.Consent) error {
	if err := sqldb.CheckText(c.ID, c.Person, c.Purpose, c.Wording, c.Via); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		res, err := sqldb.Exec(ctx, tx, `insert into stoa_consent (`+consentColumns+`) values `+sqldb.Tuples(1, 7)+` on conflict (id) do nothing`,
			c.ID, c.Person, c.Purpose, c.Wording, c.Given, c.Via, sqldb.At(c.At))
		if err != nil {
			return err
		}
		return sqldb.Affected(res, errs.Conflict)
	})
}

// Consent implements [profile.ConsentStore].
func (s *Store) Consent(ctx context.Context, id string) (profile.Consent, error) {
	var row consent
	if err := s.db.Get(ctx, &row, "consent", `select `+consentColumns+` from stoa_consent where id = $1`, id); err != nil {
		return profile.Consent{}, err
	}
	return row.consent(), nil
}

// Consents implements [profile.ConsentStore].
func (s *Store) Consents(ctx context.Context, q profile.ConsentQuery) ([]profile.Consent, string, error) {
	var w sqldb.Where
	w.And("person = ?", q.Person)
	if q.Purpose != "" {
		w.And("purpose = ?", q.Purpose)
	}
	if err := afterConsent(&w, q.After); err != nil {
		return nil, "", err
	}
	limit := cmp.Or(q.Limit, profile.DefaultLimit)
	var rows []consent
	err := s.db.Select(ctx, &rows, `select `+consentColumns+` from stoa_consent `+w.String()+`
		order by at desc, given, id limit `+w.Arg(limit+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(rows) > limit {
		last := rows[limit-1]
		rows, next = rows[:limit], cursor.Encode(cursor.FormatTime(last.At.Time), digit(last.Given), last.ID)
	}
	return consents(rows), next, nil
}

// afterConsent adds the condition that a row comes after the position.
func afterConsent(w *sqldb.Where, position string) error {
	if position == "" {
		return nil
	}
	at, err := cursor.Decode(position, 3)
	if err != nil {
		return err
	}
	t, err := cursor.ParseTime(at[0])
	if err != nil {
		return err
	}
	if at[1] != "0" && at[1] != "1" {
		return errs.Invalid
	}
	when := sqldb.At(t)
	w.And("(at < ? or at = ? and (given, id) > (?, ?))", when, when, at[1] == "1", at[2])
	return nil
}

func digit(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}

// CurrentConsents implements [profile.ConsentStore].
func (s *Store) CurrentConsents(ctx context.Context, person string) ([]profile.Consent, error) {
	var rows []consent
	err := s.db.Select(ctx, &rows, `select `+consentColumns+` from (
			select `+consentColumns+`, row_number() over (partition by purpose order by at desc, given, id) as place
			from stoa_consent where person = $1
		) as said where place = 1 order by purpose`, person)
	return consents(rows), err
}

// EraseConsents implements [profile.ConsentStore].
func (s *Store) EraseConsents(ctx context.Context, person, pseudonym string) (n int, err error) {
	if person == "" {
		return 0, errs.Invalid
	}
	if pseudonym == "" {
		return s.count(ctx, `delete from stoa_consent where person = $1`, person)
	}
	return s.count(ctx, `update stoa_consent set person = $2 where person = $1`, person, pseudonym)
}

func consents(rows []consent) []profile.Consent {
	out := make([]profile.Consent, len(rows))
	for i, r := range rows {
		out[i] = r.consent()
	}
	return out
}

func (r consent) consent() profile.Consent {
	return profile.Consent{ID: r.ID, Person: r.Person, Purpose: r.Purpose, Wording: r.Wording, Given: r.Given, Via: r.Via, At: r.At.Time}
}
