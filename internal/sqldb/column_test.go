package sqldb_test

import (
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/internal/testdb"
)

type columns struct {
	ID    int
	At    sqldb.Time
	Tags  sqldb.Strings
	Attrs sqldb.StringMap
	Doc   sqldb.JSON[doc]
	Yes   bool
}

type doc struct {
	Title string
	Sizes []int
}

func columnTable(t *testing.T, db *sqlx.DB) *sqldb.DB {
	at := "timestamptz"
	if db.DriverName() == "sqlite" {
		at = "timestamp"
	}
	d := sqldb.New(db)
	require.NoError(t, d.Write(t.Context(), func(tx sqlx.ExtContext) error {
		_, err := tx.ExecContext(t.Context(), `create table col (id integer primary key, at `+at+`, tags text, attrs text, doc text, yes boolean)`)
		return err
	}))
	return d
}

func put(t *testing.T, d *sqldb.DB, c columns) {
	require.NoError(t, d.Write(t.Context(), func(tx sqlx.ExtContext) error {
		_, err := sqldb.Exec(t.Context(), tx, `insert into col (id, at, tags, attrs, doc, yes) values ($1, $2, $3, $4, $5, $6)`,
			c.ID, c.At, c.Tags, c.Attrs, c.Doc, c.Yes)
		return err
	}))
}

func TestColumns(t *testing.T) {
	kolkata := time.FixedZone("IST", 5*3600+1800)
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		d := columnTable(t, db)
		odd := `it's "?" $1 %_ 🙂 <b>&` + "\t\n"
		for i, c := range []struct{ in, out columns }{
			{columns{}, columns{}},
			{columns{Tags: sqldb.Strings{}, Attrs: sqldb.StringMap{}}, columns{}},
			{
				columns{At: sqldb.Time{Time: time.Date(2026, 3, 4, 5, 6, 7, 123456789, kolkata)}, Yes: true},
				columns{At: sqldb.Time{Time: time.Date(2026, 3, 3, 23, 36, 7, 123456000, time.UTC)}, Yes: true},
			},
			{
				columns{Tags: sqldb.Strings{odd, ""}, Attrs: sqldb.StringMap{odd: odd, "": ""}, Doc: sqldb.JSON[doc]{V: doc{odd, []int{1}}}},
				columns{Tags: sqldb.Strings{odd, ""}, Attrs: sqldb.StringMap{odd: odd, "": ""}, Doc: sqldb.JSON[doc]{V: doc{odd, []int{1}}}},
			},
		} {
			c.in.ID, c.out.ID = i, i
			put(t, d, c.in)
			var got columns
			require.NoError(t, d.Get(t.Context(), &got, "row", `select * from col where id = $1`, i))
			require.Equal(t, c.out, got)
		}
		var filled int
		require.NoError(t, d.Get(t.Context(), &filled, "", `select count(*) from col where tags = '[]' and attrs = '{}' and at is null`))
		require.Equal(t, 2, filled)
	})
}

func TestColumnsRefuse(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		d := sqldb.New(db)
		for name, dest := range map[string]any{"list": &sqldb.Strings{}, "map": &sqldb.StringMap{}, "doc": &sqldb.JSON[doc]{}, "time": &sqldb.Time{}} {
			require.Error(t, d.Get(t.Context(), dest, "", `select 'neither'`), name)
			require.Error(t, d.Get(t.Context(), dest, "", `select 7`), name)
			require.NoError(t, d.Get(t.Context(), dest, "", `select null`), name)
		}
	})
}

func TestTimesSortAndCompare(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		d := columnTable(t, db)
		base := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		var want []time.Time
		for i, off := range []time.Duration{0, 1000, 900_000, 10_000_000, 490_000_000, 500_000_000, time.Second, 24 * time.Hour} {
			at := base.Add(off)
			want = append(want, at)
			put(t, d, columns{ID: i, At: sqldb.At(at)})
		}
		var got []sqldb.Time
		require.NoError(t, d.Select(t.Context(), &got, `select at from col where at >= $1 order by at`, sqldb.At(base)))
		require.Len(t, got, len(want))
		for i := range got {
			require.Equal(t, want[i], got[i].Time)
		}
		var latest sqldb.Time
		require.NoError(t, d.Get(t.Context(), &latest, "", `select max(at) from col`))
		require.Equal(t, want[len(want)-1], latest.Time)
	})
}

// TestTimeIsWhatTheDriverWrites lets a time.Time and a Time meet in a column.
func TestTimeIsWhatTheDriverWrites(t *testing.T) {
	d := columnTable(t, testdb.SQLite(t))
	for _, at := range []time.Time{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), time.Date(2026, 1, 2, 3, 4, 5, 120_000_000, time.FixedZone("", 3600))} {
		var same bool
		require.NoError(t, d.Get(t.Context(), &same, "", `select $1 = $2`, at, sqldb.At(at)))
		require.True(t, same, at)
	}
}

// TestTextIsNotTakenForATime guards the choice to leave _texttotime off.
func TestTextIsNotTakenForATime(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		d := sqldb.New(things(t, db))
		for _, text := range []string{"2026-01-02", "2026-01-02 03:04:05", "2026-01-02T03:04Z"} {
			require.NoError(t, d.Write(t.Context(), insert(t.Context(), text)))
			var got string
			require.NoError(t, d.Get(t.Context(), &got, "", `select coalesce(id, '') from thing where id = $1`, text))
			require.Equal(t, text, got)
		}
	})
}

// TestOddYears: what could not be read back is not written.
func TestOddYears(t *testing.T) {
	for _, year := range []int{-1, 0, 10_000, 292_000} {
		_, err := sqldb.At(time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)).Value()
		require.ErrorIs(t, err, errs.Invalid, "%d", year)
	}
	_, err := sqldb.Time{Time: time.Date(9999, 12, 31, 23, 0, 0, 0, time.FixedZone("west", -3600*5))}.Value()
	require.ErrorIs(t, err, errs.Invalid, "the year is that in UTC")
	for _, year := range []int{2, 9999} {
		at := time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)
		v, err := sqldb.At(at).Value()
		require.NoError(t, err)
		var back sqldb.Time
		require.NoError(t, back.Scan(v))
		require.Equal(t, at, back.Time)
	}
}
