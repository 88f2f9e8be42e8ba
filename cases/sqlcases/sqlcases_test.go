package sqlcases_test

import (
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/cases/casestest"
	"github.com/stoa-go/stoa/cases/sqlcases"
	"github.com/stoa-go/stoa/internal/testdb"
)

func TestStore(t *testing.T) { testdb.Stores(t, sqlcases.Migrate, open, casestest.TestStore) }

func open(writer, reader sqlx.ExtContext) cases.Store {
	return sqlcases.New(writer).WithReader(reader)
}

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqlcases.Migrate, sqlcases.Validate) }
