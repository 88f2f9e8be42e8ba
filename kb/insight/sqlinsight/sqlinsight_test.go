package sqlinsight_test

import (
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/kb/insight/insighttest"
	"github.com/stoa-go/stoa/kb/insight/sqlinsight"
)

func TestStore(t *testing.T) { testdb.Stores(t, sqlinsight.Migrate, open, insighttest.TestStore) }

func open(writer, reader sqlx.ExtContext) insight.Store {
	return sqlinsight.New(writer).WithReader(reader)
}

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqlinsight.Migrate, sqlinsight.Validate) }
