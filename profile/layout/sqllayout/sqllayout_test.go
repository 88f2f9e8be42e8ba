package sqllayout_test

import (
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/layout/layouttest"
	"github.com/stoa-go/stoa/profile/layout/sqllayout"
)

func TestStore(t *testing.T) { testdb.Stores(t, sqllayout.Migrate, open, layouttest.TestStore) }

func open(writer, reader sqlx.ExtContext) layout.Store {
	return sqllayout.New(writer).WithReader(reader)
}

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqllayout.Migrate, sqllayout.Validate) }

// TestTwoInstances: what one instance has begun the other goes on with, whatever
// has changed since.
func TestTwoInstances(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, sqllayout.Migrate(t.Context(), db.DB))
		now := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
		open := func() *layout.Arranger {
			item := func(id string) layout.Item {
				return layout.Item{ID: id, Label: layout.Label{Texts: map[string]string{"en": id}}, Address: "/" + id, Audience: profile.Public()}
			}
			a, err := layout.NewArranger(layout.Site{
				Menus: []layout.Menu{{Name: "main", Items: []layout.Item{item("a"), item("b"), item("c")}}},
				Pages: []layout.Page{{Name: "home", Slots: []layout.Slot{{Name: "aside", Offers: 1}}}},
			}, sqllayout.New(db), &layout.Options{Now: func() time.Time { return now }})
			require.NoError(t, err)
			return a
		}
		one, two := open(), open()
		root := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
		ann := profile.Actor{ID: "ann", Declared: []string{"new"}}
		for range 4 {
			one.Used(t.Context(), ann, "c")
		}
		require.NoError(t, one.Flush(t.Context()))
		_, err := one.SaveRule(t.Context(), root, layout.Rule{ID: "r", Do: layout.ActionPromote, Ref: "b", For: layout.Match{Any: []string{"new"}}})
		require.NoError(t, err)
		_, err = one.SavePromotion(t.Context(), root, layout.Promotion{
			ID: "p", Slot: "home/aside", Title: map[string]string{"en": "x"}, Audience: profile.Public(), PerPerson: 1,
		})
		require.NoError(t, err)
		now = now.AddDate(0, 0, 1)
		visit := layout.Visit{ID: "v1"}
		want := one.Arrange(t.Context(), ann, visit, "home")
		require.Equal(t, []string{"b", "c", "a"}, []string{want.Menus["main"][0].ID, want.Menus["main"][1].ID, want.Menus["main"][2].ID})
		require.Len(t, want.Shown["aside"], 1)
		require.NoError(t, one.RemoveRule(t.Context(), root, "r", 1))
		now = now.Add(time.Hour)
		ann.Declared = nil
		require.Equal(t, want, two.Arrange(t.Context(), ann, visit, "home"))
		require.Empty(t, two.Arrange(t.Context(), ann, layout.Visit{ID: "v2"}, "home").Shown["aside"])
		n, err := two.Erase(t.Context(), "ann")
		require.NoError(t, err)
		require.Equal(t, 4, n, "a use, two starts, a show")
	})
}
