package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// A Dialect is a kind of SQL. Its text is the name of the folder that holds the
// migrations written in it.
type Dialect string

// The dialects.
const (
	DialectPostgres Dialect = "postgres"
	DialectSQLite   Dialect = "sqlite"
)

// A Queryer runs queries. Pools, connections and transactions of database/sql
// and sqlx all do.
type Queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// DialectOf asks the database which dialect it speaks. It is safe inside a
// transaction; databases that speak neither are Unsupported.
func DialectOf(ctx context.Context, q Queryer) (Dialect, error) {
	// PostgreSQL is asked first: there a failed query would end a running
	// transaction, in SQLite it does no harm.
	version, err := scalar(ctx, q, `select version()`)
	if err == nil {
		if strings.HasPrefix(version, "PostgreSQL") {
			return DialectPostgres, nil
		}
		return "", fmt.Errorf("database %q: %w", version, errs.Unsupported)
	}
	_, liteErr := scalar(ctx, q, `select sqlite_version()`)
	if liteErr == nil {
		return DialectSQLite, nil
	}
	// The second error comes first: if it is SQLite, it says what is wrong.
	return "", Err(ctx, errors.Join(liteErr, err), "ask for the dialect")
}

func scalar(ctx context.Context, q Queryer, query string) (s string, err error) {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if !rows.Next() {
		return "", errors.Join(sql.ErrNoRows, rows.Err())
	}
	return s, rows.Scan(&s)
}
