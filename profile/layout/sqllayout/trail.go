package sqllayout

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile/layout"
)

type choice struct {
	Who     string
	Off     bool
	At      sqldb.Time
	Version int
}

// Choice implements [layout.TrailStore].
func (s *Store) Choice(ctx context.Context, who layout.Who) (layout.Choice, error) {
	return choiceOf(ctx, s.db.Read(), who)
}

func choiceOf(ctx context.Context, q sqlx.QueryerContext, who layout.Who) (layout.Choice, error) {
	var rows []choice
	err := sqldb.Select(ctx, q, &rows, `select who, off, at, version from stoa_layout_choice where who = $1`, string(who))
	if err != nil || len(rows) == 0 {
		return layout.Choice{Who: who}, err
	}
	return layout.Choice{Who: who, Off: rows[0].Off, At: rows[0].At.Time, Version: rows[0].Version}, nil
}

// SaveChoice implements [layout.TrailStore].
func (s *Store) SaveChoice(ctx context.Context, c layout.Choice) error {
	if err := sqldb.CheckText(string(c.Who)); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		text := `update stoa_layout_choice set off = $2, at = $3, version = $4 where who = $1 and version = $4 - 1`
		if c.Version == 1 {
			text = `insert into stoa_layout_choice (who, off, at, version) values ($1, $2, $3, $4) on conflict (who) do nothing`
		}
		res, err := sqldb.Exec(ctx, tx, text, string(c.Who), c.Off, sqldb.At(c.At), c.Version)
		if err != nil {
			return err
		}
		if err := sqldb.Affected(res, errs.Conflict); err != nil || !c.Forget {
			return err
		}
		_, err = sqldb.Exec(ctx, tx, `delete from stoa_layout_use where who = $1`, string(c.Who))
		return err
	})
}

type use struct {
	Day, Ref string
	N        int
}

type start struct {
	Visit    string
	Began    sqldb.Time
	Segments sqldb.Strings
}

type show struct {
	Visit, Promotion string
	At               sqldb.Time
	ClickedAt        sqldb.Time `db:"clicked_at"`
	DismissedAt      sqldb.Time `db:"dismissed_at"`
}

// Trail implements [layout.TrailStore].
func (s *Store) Trail(ctx context.Context, who layout.Who) (layout.Trail, error) {
	var t layout.Trail
	var uses []use
	var starts []start
	var shows []show
	var err error
	if t.Choice, err = s.Choice(ctx, who); err != nil {
		return layout.Trail{}, err
	}
	if err := s.db.Select(ctx, &uses, `select day, ref, n from stoa_layout_use where who = $1 order by day, ref`, string(who)); err != nil {
		return layout.Trail{}, err
	}
	if err := s.db.Select(ctx, &starts, `select visit, began, segments from stoa_layout_start where who = $1 order by visit`, string(who)); err != nil {
		return layout.Trail{}, err
	}
	err = s.db.Select(ctx, &shows, `select visit, promotion, at, clicked_at, dismissed_at from stoa_layout_show
		where who = $1 order by visit, promotion`, string(who))
	if err != nil {
		return layout.Trail{}, err
	}
	for _, u := range uses {
		t.Uses = append(t.Uses, layout.Use{Who: who, Ref: u.Ref, Day: u.Day, N: u.N})
	}
	for _, v := range starts {
		t.Starts = append(t.Starts, layout.Start{Visit: v.Visit, Who: who, Began: v.Began.Time, Segments: v.Segments})
	}
	for _, v := range shows {
		t.Shows = append(t.Shows, layout.Show{
			Who: who, Promotion: v.Promotion, Visit: v.Visit, At: v.At.Time, ClickedAt: v.ClickedAt.Time, DismissedAt: v.DismissedAt.Time,
		})
	}
	return t, nil
}

// batch is how many uses one statement adds.
const batch = 500

// AddUses implements [layout.TrailStore].
func (s *Store) AddUses(ctx context.Context, uses []layout.Use) error {
	uses, err := together(uses)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		for part := range slices.Chunk(uses, batch) {
			var args []any
			for _, u := range part {
				args = append(args, string(u.Who), u.Day, u.Ref, u.N)
			}
			_, err := sqldb.Exec(ctx, tx, `insert into stoa_layout_use (who, day, ref, n) values `+sqldb.Tuples(len(part), 4)+`
				on conflict (who, day, ref) do update set n = stoa_layout_use.n + excluded.n`, args...)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// together adds up uses of the same, which one statement could not change twice,
// and sorts them, so that two instances take the same rows in the same order.
func together(uses []layout.Use) ([]layout.Use, error) {
	counts := map[layout.Use]int{}
	for _, u := range uses {
		if err := sqldb.CheckText(string(u.Who), u.Day, u.Ref); err != nil {
			return nil, err
		}
		n := u.N
		u.N = 0
		counts[u] += n
	}
	out := make([]layout.Use, 0, len(counts))
	for u, n := range counts {
		u.N = n
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b layout.Use) int {
		return cmp.Or(cmp.Compare(a.Who, b.Who), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Ref, b.Ref))
	})
	return out, nil
}

// Begin implements [layout.TrailStore].
func (s *Store) Begin(ctx context.Context, v layout.Start) (layout.Start, error) {
	if err := sqldb.CheckText(append(slices.Clone(v.Segments), v.Visit, string(v.Who))...); err != nil {
		return layout.Start{}, err
	}
	var kept start
	err := s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `insert into stoa_layout_start (who, visit, began, segments) values ($1, $2, $3, $4)
			on conflict (who, visit) do nothing`, string(v.Who), v.Visit, sqldb.At(v.Began), sqldb.Strings(v.Segments))
		if err != nil {
			return err
		}
		return sqldb.Get(ctx, tx, &kept, v.Visit, `select visit, began, segments from stoa_layout_start where who = $1 and visit = $2`,
			string(v.Who), v.Visit)
	})
	if err != nil {
		return layout.Start{}, err
	}
	return layout.Start{Visit: kept.Visit, Who: v.Who, Began: kept.Began.Time, Segments: kept.Segments}, nil
}

// SaveShow implements [layout.TrailStore].
func (s *Store) SaveShow(ctx context.Context, v layout.Show) error {
	if err := sqldb.CheckText(string(v.Who), v.Promotion, v.Visit); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(ctx, tx, `insert into stoa_layout_show (who, visit, promotion, at, clicked_at, dismissed_at)
			values ($1, $2, $3, $4, $5, $6) on conflict (who, visit, promotion) do update set
			clicked_at = coalesce(stoa_layout_show.clicked_at, excluded.clicked_at),
			dismissed_at = coalesce(stoa_layout_show.dismissed_at, excluded.dismissed_at)`,
			string(v.Who), v.Visit, v.Promotion, sqldb.At(v.At), sqldb.At(v.ClickedAt), sqldb.At(v.DismissedAt))
		return err
	})
}

// Forget implements [layout.TrailStore].
func (s *Store) Forget(ctx context.Context, who layout.Who) (int, error) {
	n := 0
	err := s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		n = 0
		return remove(ctx, tx, &n, []statement{
			{`delete from stoa_layout_use where who = $1`, string(who)},
			{`delete from stoa_layout_start where who = $1`, string(who)},
			{`delete from stoa_layout_show where who = $1`, string(who)},
			{`delete from stoa_layout_choice where who = $1`, string(who)},
		})
	})
	return n, err
}

// Prune implements [layout.TrailStore].
func (s *Store) Prune(ctx context.Context, h layout.Horizon) (int, error) {
	var statements []statement
	if !h.Uses.IsZero() {
		statements = append(statements, statement{`delete from stoa_layout_use where day < $1`, h.Uses.UTC().Format(time.DateOnly)})
	}
	if !h.Starts.IsZero() {
		statements = append(statements, statement{`delete from stoa_layout_start where began < $1`, sqldb.At(h.Starts)})
	}
	if !h.Shows.IsZero() {
		statements = append(statements, statement{`delete from stoa_layout_show where at < $1 and dismissed_at is null`, sqldb.At(h.Shows)})
	}
	n := 0
	err := s.db.Write(ctx, func(tx sqlx.ExtContext) error {
		n = 0
		return remove(ctx, tx, &n, statements)
	})
	return n, err
}

type statement struct {
	text string
	arg  any
}

// remove runs the statements and counts the rows that are gone.
func remove(ctx context.Context, tx sqlx.ExtContext, n *int, statements []statement) error {
	for _, q := range statements {
		if err := sqldb.Tally(ctx, tx, n, q.text, q.arg); err != nil {
			return err
		}
	}
	return nil
}
