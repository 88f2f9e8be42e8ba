package sqlkb_test

import (
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/kb/sqlkb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"

	"github.com/stoa-go/stoa/kb"
)

func TestPersonStore(t *testing.T) {
	testdb.Stores(t, sqlkb.Migrate, open, func(t *testing.T, open func(*testing.T) kb.Store) {
		kbtest.TestPersonStore(t, func(t *testing.T) kbtest.PersonStore { return open(t).(kbtest.PersonStore) })
		kbtest.TestExpiryStore(t, func(t *testing.T) kbtest.ExpiryStore { return open(t).(kbtest.ExpiryStore) })
	})
}

// TestCensus: nothing in the tables tells who wrote, owned or voted.
func TestCensus(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, sqlkb.Migrate(t.Context(), db.DB))
		store := sqlkb.New(db)
		library := kb.NewLibrary(store, nil)
		ann := profile.Actor{ID: "zqcensus", Roles: []profile.Role{profile.RoleAdmin}}
		_, err := library.SaveCategory(t.Context(), ann, kb.Category{ID: "c", Audience: profile.Public(), Source: "en", Labels: map[string]kb.Label{"en": {Title: "C", Slug: "c"}}})
		require.NoError(t, err)
		a, err := library.Create(t.Context(), ann, kb.Draft{Text: kb.Text{Title: "T", Body: "B"}, Meta: kb.Meta{Category: "c", Kind: kb.KindFAQ, Audience: profile.Public()}, Key: "k"})
		require.NoError(t, err)
		a, err = library.Publish(t.Context(), ann, a.ID, "en", a.Version)
		require.NoError(t, err)
		_, err = library.Rate(t.Context(), ann, kb.Opinion{Article: a.ID, Comment: "it is zqcomment", Key: "r"})
		require.NoError(t, err)
		for _, word := range []string{"zqcensus", "zqcomment"} {
			require.NotEmpty(t, profiletest.Census(t, db.DB, word))
		}
		_, err = library.Keeper().Erase(t.Context(), "zqcensus", profile.Erasure{Mode: profile.EraseModePseudonym, Pseudonym: "gone-1"})
		require.NoError(t, err)
		for _, word := range []string{"zqcensus", "zqcomment"} {
			require.Empty(t, profiletest.Census(t, db.DB, word))
		}
	})
}
