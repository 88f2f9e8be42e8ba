package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/sqldb"
)

// data returns a path below the folder of real help centres, or skips.
func data(t testing.TB, path string) string {
	t.Helper()
	root := os.Getenv("STOA_TEST_DATA")
	if root == "" {
		t.Skip("STOA_TEST_DATA is not set: there is no help centre to import")
	}
	full, err := filepath.Abs(filepath.Join(root, filepath.FromSlash(path)))
	require.NoError(t, err)
	return full
}

// look opens the SQLite file of a portal's data folder.
func look(t testing.TB, folder string) *sqlx.DB {
	t.Helper()
	write, read, err := sqldb.OpenSQLite("sqlite", filepath.Join(folder, "portal.db"))
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, read.Close())
		require.NoError(t, write.Close())
	})
	return write
}

func count(t testing.TB, db *sqlx.DB, query string) (n int) {
	t.Helper()
	require.NoError(t, db.GetContext(t.Context(), &n, query))
	return n
}

// content are the tables of the library that an import fills.
var content = []string{
	"stoa_article", "stoa_article_audience", "stoa_article_product", "stoa_translation", "stoa_article_slug", "stoa_revision",
	"stoa_category", "stoa_category_slug", "stoa_redirect", "stoa_media", "stoa_media_use",
}

// stored returns all that the library holds, by table, each row as text. When a
// category was stored is no part of it: the files do not say.
func stored(t testing.TB, db *sqlx.DB) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, table := range content {
		rows, err := db.QueryxContext(t.Context(), "select * from "+table)
		require.NoError(t, err)
		for rows.Next() {
			row := map[string]any{}
			require.NoError(t, rows.MapScan(row))
			if table == "stoa_category" {
				delete(row, "updated_at")
			}
			all[table] = append(all[table], text(row))
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
		slices.Sort(all[table])
	}
	return all
}

func text(row map[string]any) string {
	var fields []string
	for name, value := range row {
		if raw, ok := value.([]byte); ok {
			value = string(raw)
		}
		fields = append(fields, fmt.Sprintf("%s=%v", name, value))
	}
	slices.Sort(fields)
	return strings.Join(fields, " ")
}
