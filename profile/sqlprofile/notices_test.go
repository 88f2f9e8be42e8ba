package sqlprofile_test

import (
	"context"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
	"github.com/stoa-go/stoa/profile/sqlprofile"
)

func TestNoticesOnPostgres(t *testing.T) {
	profiletest.TestNoticeStore(t, func(t *testing.T) profile.NoticeStore { return onPostgres(t) })
	profiletest.TestEndpointStore(t, func(t *testing.T) profile.EndpointStore { return onPostgres(t) })
	profiletest.TestExpiryStore(t, func(t *testing.T) profiletest.ExpiringStore { return onPostgres(t) })
}

func TestNoticesOnSQLite(t *testing.T) {
	profiletest.TestNoticeStore(t, func(t *testing.T) profile.NoticeStore { return onSQLite(t) })
	profiletest.TestEndpointStore(t, func(t *testing.T) profile.EndpointStore { return onSQLite(t) })
	profiletest.TestExpiryStore(t, func(t *testing.T) profiletest.ExpiringStore { return onSQLite(t) })
}

// What happened and that people are told of it are one transaction.
func TestNotifyTakesPartInATransaction(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		require.NoError(t, sqlprofile.Migrate(t.Context(), db.DB))
		store := sqlprofile.New(db)
		people := profile.NewDirectory(store, nil)
		root := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
		_, err := people.SavePerson(t.Context(), root, profile.Person{ID: "ann", Name: "Ann"})
		require.NoError(t, err)
		notifier, err := profile.NewNotifier(store, people, &profile.NotifierOptions{Kinds: []profile.NoticeKind{{
			Name: "case.answered", Title: "notice.case.answered",
			Resolve: func(context.Context, profile.Actor, profile.Notice) (profile.NoticeText, error) {
				return profile.NoticeText{Title: "Your case"}, nil
			},
		}}})
		require.NoError(t, err)
		tell := func(key string, end func(*sqlx.Tx) error) {
			tx, err := db.BeginTxx(t.Context(), nil)
			require.NoError(t, err)
			require.NoError(t, notifier.Within(sqlprofile.New(tx)).Notify(t.Context(), profile.Occurrence{
				Kind: "case.answered", Subject: "case/1", Key: key, To: []string{"ann"},
			}))
			require.NoError(t, end(tx))
			_, err = notifier.Drain(t.Context())
			require.NoError(t, err)
		}
		tell("dropped", (*sqlx.Tx).Rollback)
		count, _, err := notifier.Unread(t.Context(), profile.Actor{ID: "ann"})
		require.NoError(t, err)
		require.Zero(t, count)
		tell("kept", (*sqlx.Tx).Commit)
		count, _, err = notifier.Unread(t.Context(), profile.Actor{ID: "ann"})
		require.NoError(t, err)
		require.Equal(t, 1, count)
	})
}
