package sqlretention_test

import (
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/profile/retention"
	"github.com/stoa-go/stoa/profile/retention/retentiontest"
	"github.com/stoa-go/stoa/profile/retention/sqlretention"
)

func TestStore(t *testing.T) { testdb.Stores(t, sqlretention.Migrate, open, retentiontest.TestStore) }

func open(writer, reader sqlx.ExtContext) retention.Store {
	return sqlretention.New(writer).WithReader(reader)
}

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqlretention.Migrate, sqlretention.Validate) }
