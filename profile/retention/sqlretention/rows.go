package sqlretention

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/retention"
)

func last(n int) string { return strconv.Itoa(n) }

// A hold is a hold as the table spells one; so are the others.
type hold struct {
	ID, Person, Ground, Reason string
	MadeBy                     string `db:"made_by"`
	At                         sqldb.Time
	UntilAt                    sqldb.Time `db:"until_at"`
	ReleasedBy                 string     `db:"released_by"`
	ReleasedAt                 sqldb.Time `db:"released_at"`
	Version                    int
}

const holdColumns = `id, person, ground, reason, made_by, at, until_at, released_by, released_at, version`

// Holds implements [retention.Store].
func (s *Store) Holds(ctx context.Context, q retention.HoldQuery) ([]retention.Hold, error) {
	w := sqldb.NewWhere()
	if q.ID != "" {
		w.And(`id = ?`, q.ID)
	}
	if q.Person != "" {
		w.And(`person = ?`, q.Person)
	}
	if !q.At.IsZero() {
		keeping(w, q.At)
	}
	var rows []hold
	err := s.db.Select(ctx, &rows, `select `+holdColumns+` from stoa_hold `+w.String()+` order by at desc, id limit `+w.Arg(cmp.Or(q.Limit, retention.DefaultLimit)), w.Args()...)
	out := make([]retention.Hold, len(rows))
	for i, r := range rows {
		out[i] = retention.Hold{
			ID: r.ID, Person: r.Person, Ground: retention.Ground(r.Ground), Reason: r.Reason, By: r.MadeBy, At: r.At.Time, Until: r.UntilAt.Time,
			ReleasedBy: r.ReleasedBy, ReleasedAt: r.ReleasedAt.Time, Version: r.Version,
		}
	}
	return out, err
}

func keeping(w *sqldb.Where, at time.Time) *sqldb.Where {
	return w.And(`released_at is null and (until_at is null or until_at > ?)`, sqldb.At(at))
}

// SaveHold implements [retention.Store].
func (s *Store) SaveHold(ctx context.Context, h retention.Hold) error {
	return s.save(ctx, "stoa_hold", holdColumns, h.Version, h.ID, h.Person, string(h.Ground), h.Reason, h.By, sqldb.At(h.At), sqldb.At(h.Until),
		h.ReleasedBy, sqldb.At(h.ReleasedAt), h.Version)
}

// Held implements [retention.Store].
func (s *Store) Held(ctx context.Context, at time.Time) (people []string, err error) {
	w := keeping(sqldb.NewWhere(), at)
	err = s.db.Select(ctx, &people, `select distinct person from stoa_hold `+w.String()+` order by person`, w.Args()...)
	return people, err
}

type request struct {
	ID, Person                         string
	MadeBy                             string `db:"made_by"`
	Mode, Hold, Ground, Reason, Status string
	At                                 sqldb.Time
	EndedAt                            sqldb.Time `db:"ended_at"`
	Version                            int
}

const requestColumns = `id, person, made_by, mode, at, hold, ground, reason, status, ended_at, version`

// Requests implements [retention.Store].
func (s *Store) Requests(ctx context.Context, q retention.RequestQuery) ([]retention.Request, error) {
	w := sqldb.NewWhere()
	if q.ID != "" {
		w.And(`id = ?`, q.ID)
	}
	if q.Person != "" {
		w.And(`person = ?`, q.Person)
	}
	if q.Status != "" {
		w.And(`status = ?`, string(q.Status))
	}
	var rows []request
	err := s.db.Select(ctx, &rows, `select `+requestColumns+` from stoa_erasure_request `+w.String()+` order by at desc, id limit `+w.Arg(cmp.Or(q.Limit, retention.DefaultLimit)), w.Args()...)
	out := make([]retention.Request, len(rows))
	for i, r := range rows {
		out[i] = retention.Request{
			ID: r.ID, Person: r.Person, By: r.MadeBy, Mode: profile.EraseMode(r.Mode), At: r.At.Time, Hold: r.Hold, Ground: retention.Ground(r.Ground),
			Reason: r.Reason, Status: retention.Status(r.Status), EndedAt: r.EndedAt.Time, Version: r.Version,
		}
	}
	return out, err
}

// SaveRequest implements [retention.Store].
func (s *Store) SaveRequest(ctx context.Context, r retention.Request) error {
	return s.save(ctx, "stoa_erasure_request", requestColumns, r.Version, r.ID, r.Person, r.By, string(r.Mode), sqldb.At(r.At), r.Hold, string(r.Ground),
		r.Reason, string(r.Status), sqldb.At(r.EndedAt), r.Version)
}

type state struct {
	Class     string
	Days      int
	ChangedBy string     `db:"changed_by"`
	ChangedAt sqldb.Time `db:"changed_at"`
	RanAt     sqldb.Time `db:"ran_at"`
	Removed   int
	Fault     bool
	More      bool
	UntilAt   sqldb.Time `db:"until_at"`
	Version   int
}

const stateColumns = `class, days, changed_by, changed_at, ran_at, removed, fault, more, until_at, version`

// States implements [retention.Store].
func (s *Store) States(ctx context.Context) ([]retention.State, error) {
	var rows []state
	err := s.db.Select(ctx, &rows, `select `+stateColumns+` from stoa_retention order by class`)
	out := make([]retention.State, len(rows))
	for i, r := range rows {
		out[i] = retention.State{
			Class: r.Class, Days: r.Days, ChangedBy: r.ChangedBy, ChangedAt: r.ChangedAt.Time, RanAt: r.RanAt.Time, Removed: r.Removed,
			Fault: r.Fault, More: r.More, Until: r.UntilAt.Time, Version: r.Version,
		}
	}
	return out, err
}

// SaveState implements [retention.Store].
func (s *Store) SaveState(ctx context.Context, c retention.State) error {
	return s.save(ctx, "stoa_retention", stateColumns, c.Version, c.Class, c.Days, c.ChangedBy, sqldb.At(c.ChangedAt), sqldb.At(c.RanAt), c.Removed,
		c.Fault, c.More, sqldb.At(c.Until), c.Version)
}
