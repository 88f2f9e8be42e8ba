package sqlkb_test

import (
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/kbtest"
	"github.com/stoa-go/stoa/kb/sqlkb"
)

func TestStore(t *testing.T) { testdb.Stores(t, sqlkb.Migrate, open, kbtest.TestStore) }

func TestMigrate(t *testing.T) { testdb.Migrates(t, sqlkb.Migrate, sqlkb.Validate) }

func open(writer, reader sqlx.ExtContext) kb.Store { return sqlkb.New(writer).WithReader(reader) }
