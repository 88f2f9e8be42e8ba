package sqlkb_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/sqlkb"
	"github.com/stoa-go/stoa/profile"
)

// instances opens as many libraries on one database as programs would.
func instances(t *testing.T, db *sqlx.DB, n int) []*kb.Library {
	t.Helper()
	require.NoError(t, sqlkb.Migrate(t.Context(), db.DB))
	var out []*kb.Library
	for range n {
		out = append(out, kb.NewLibrary(sqlkb.New(db), &kb.Options{Now: func() time.Time { return time.Unix(1_800_000_000, 0) }}))
	}
	return out
}

// TestInstancesAtOnce has several instances write at the same moment. Whoever
// wants the same gets it once, and whoever wants something else is not kept
// from it.
func TestInstancesAtOnce(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		const n = 4
		all := instances(t, db, n)
		root := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
		together := func(do func(i int, l *kb.Library) error) {
			t.Helper()
			errs := make([]error, n)
			var wg sync.WaitGroup
			for i, l := range all {
				wg.Go(func() { errs[i] = do(i, l) })
			}
			wg.Wait()
			for _, err := range errs {
				require.NoError(t, err)
			}
		}
		together(func(i int, l *kb.Library) error {
			_, err := l.SaveCategory(t.Context(), root, kb.Category{ID: fmt.Sprint("c", i), Audience: profile.Public(), Labels: map[string]kb.Label{"en": {Title: fmt.Sprint("C", i)}}})
			return err
		})
		together(func(_ int, l *kb.Library) error {
			_, err := l.Create(t.Context(), root, kb.Draft{
				Text: kb.Text{Title: "One", Body: "B"}, Meta: kb.Meta{Category: "c0", Kind: kb.KindFAQ, Audience: profile.Public()}, Key: "same",
			})
			return err
		})
		bundle := kb.Bundle{Name: "b"}
		for i := range 20 {
			bundle.Items = append(bundle.Items, kb.Item{External: fmt.Sprint(i), Category: fmt.Sprint("k", i%3), Title: "Same title", Body: "B", RedirectFrom: []string{fmt.Sprint("/", i)}})
		}
		together(func(_ int, l *kb.Library) error {
			r, err := l.Import(t.Context(), root, bundle, nil)
			for _, p := range r.Problems {
				err = fmt.Errorf("%w, %w", err, p)
			}
			return err
		})
		page, _, err := sqlkb.New(db).Articles(t.Context(), kb.ArticleQuery{Limit: 100})
		require.NoError(t, err)
		require.Len(t, page, 21)
		for _, a := range page {
			require.Equal(t, 1, a.Version, "%s was written more than once", a.External)
		}
		r, err := all[0].Import(t.Context(), root, bundle, nil)
		require.NoError(t, err)
		require.Equal(t, 20, r.Unchanged)
	})
}
