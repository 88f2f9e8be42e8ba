package sqlprofile_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/sqlprofile"
)

// BenchmarkViewed is what a page costs that notes that it was viewed, next to
// what the note is made of: reading preferences and putting one item.
func BenchmarkViewed(b *testing.B) {
	open := map[string]func(testing.TB) *sqlprofile.Store{
		"sqlite": func(t testing.TB) *sqlprofile.Store {
			writer, reader := testdb.SQLitePair(t)
			require.NoError(t, sqlprofile.Migrate(t.Context(), writer.DB))
			return sqlprofile.New(writer).WithReader(reader)
		},
		"postgres": func(t testing.TB) *sqlprofile.Store {
			db := testdb.Postgres(t)
			require.NoError(t, sqlprofile.Migrate(t.Context(), db.DB))
			return sqlprofile.New(db)
		},
	}
	for name, f := range open {
		s := f(b)
		now := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
		d := profile.NewDirectory(s, &profile.Options{Now: func() time.Time { now = now.Add(time.Second); return now }})
		bob := profile.Actor{ID: "bob"}
		i := 0
		b.Run(name+"/shelve", func(b *testing.B) {
			for b.Loop() {
				i++
				_, err := d.Shelve(b.Context(), bob, profile.ShelfItem{List: profile.ListViewed, Ref: fmt.Sprint("article/", i%80)})
				require.NoError(b, err)
			}
		})
		b.Run(name+"/preferences", func(b *testing.B) {
			for b.Loop() {
				_, err := d.Preferences(b.Context(), bob, "bob")
				require.NoError(b, err)
			}
		})
		b.Run(name+"/shelf", func(b *testing.B) {
			for b.Loop() {
				page, _, err := d.Shelf(b.Context(), bob, profile.ShelfQuery{List: profile.ListViewed})
				require.NoError(b, err)
				require.Len(b, page, 50)
			}
		})
	}
}
