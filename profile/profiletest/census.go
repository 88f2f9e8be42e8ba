package profiletest

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/sqldb"
)

// Census looks for a word in every column of every table of a SQLite or
// PostgreSQL database, whatever its case, and returns where it is, as
// "table.column". It is how a test finds what an erasure left behind.
func Census(t testing.TB, db *sql.DB, word string) []string {
	t.Helper()
	dialect, err := sqldb.DialectOf(t.Context(), db)
	require.NoError(t, err)
	names := `select table_name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'`
	if dialect == sqldb.DialectSQLite {
		names = `select name from sqlite_master where type = 'table'`
	}
	var found []string
	for _, table := range column(t, db, names) {
		found = append(found, searchTable(t, db, table, strings.ToLower(word))...)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// column returns the first column of what a query yields.
func column(t testing.TB, db *sql.DB, query string) (out []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var s string
		require.NoError(t, rows.Scan(&s))
		out = append(out, s)
	}
	require.NoError(t, rows.Err())
	return out
}

func searchTable(t testing.TB, db *sql.DB, table, word string) (found []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `select * from "`+table+`"`)
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		require.NoError(t, rows.Scan(into...))
		for i, v := range values {
			if strings.Contains(strings.ToLower(asText(v)), word) {
				found = append(found, table+"."+columns[i])
			}
		}
	}
	require.NoError(t, rows.Err())
	return found
}

func asText(v any) string {
	if b, ok := v.([]byte); ok {
		return string(b)
	}
	return fmt.Sprint(v)
}
