package sqldb

import (
	"errors"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/jmoiron/sqlx"
)

// SQLiteOptions say what a SQLite pool is for.
type SQLiteOptions struct {
	ReadOnly bool // for the pool that only reads; false is the writer
}

// SQLiteDSN returns the data source name of the file at path for
// modernc.org/sqlite, with the settings that Stoa is measured with:
//
//   - Transactions take the write lock when they begin (_txlock=immediate). A
//     transaction that reads first and then wants to write fails at once if
//     another wrote in between; waiting does not help it.
//   - A write-ahead log, so that readers and the writer do not block each
//     other, synchronised at each commit: losing power loses nothing committed.
//   - Others are waited for up to five seconds.
//   - What is deleted is written over, and not left in free pages.
//   - Foreign keys hold, and a name in double quotes is never text.
//   - Times are written in UTC in a form that sorts.
//
// The driver's _texttotime stays off: it rewrites text that looks like a date
// when it comes out of an expression. [Time] reads such columns.
func SQLiteDSN(path string, o SQLiteOptions) string {
	params := []string{
		"_busy_timeout=5000", "_foreign_keys=1", "_synchronous=FULL",
		"_time_format=sqlite", "_timezone=UTC", "_dqs=0", "_error_rc=1",
	}
	if o.ReadOnly {
		params = append(params, "_query_only=1")
	} else {
		params = append(params, "_txlock=immediate", "_journal_mode=WAL", "_pragma=secure_delete(1)")
	}
	return "file:" + sqlitePath(path) + "?" + strings.Join(params, "&")
}

func sqlitePath(path string) string {
	slashed := filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		slashed = "///" + slashed
	}
	// A path that begins with // would be read as the name of a host.
	if strings.HasPrefix(slashed, "//") && filepath.VolumeName(path) == "" {
		slashed = "/" + strings.TrimLeft(slashed, "/")
	}
	return (&url.URL{Path: slashed}).EscapedPath()
}

// OpenSQLite opens the file at path twice: a pool of one connection that
// writes, and one that only reads. The driver is the name under which the
// program registered modernc.org/sqlite.
func OpenSQLite(driver, path string) (writer, reader *sqlx.DB, err error) {
	if writer, err = sqlx.Open(driver, SQLiteDSN(path, SQLiteOptions{})); err != nil {
		return nil, nil, err
	}
	// More connections would only queue for the lock, the unlucky for seconds.
	writer.SetMaxOpenConns(1)
	if reader, err = sqlx.Open(driver, SQLiteDSN(path, SQLiteOptions{ReadOnly: true})); err != nil {
		return nil, nil, errors.Join(err, writer.Close())
	}
	n := max(4, 2*runtime.GOMAXPROCS(0))
	reader.SetMaxOpenConns(n)
	reader.SetMaxIdleConns(n)
	return writer, reader, nil
}
