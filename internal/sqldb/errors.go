package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
)

// Err gives a database error its class and keeps the cause, so that both
// errors.Is(err, errs.Conflict) and errors.As for the driver's type hold. It
// names the subject, if there is one. An error that has a class keeps it, and
// nil stays nil. If ctx is done, its error is joined.
func Err(ctx context.Context, err error, subject string) error {
	if err == nil {
		return nil
	}
	parts := []error{err}
	if class := classOf(err); class != nil && !errors.Is(err, class) {
		parts = []error{class, err}
	}
	if e := ctx.Err(); e != nil && !errors.Is(err, e) {
		parts = append(parts, e)
	}
	switch {
	case subject == "" && len(parts) == 1:
		return err
	case subject == "":
		return &dbError{parts: parts}
	}
	return &dbError{subject: subject + ": ", parts: parts}
}

// A dbError is an error with its class and its context's error.
type dbError struct {
	subject string
	parts   []error
}

func (e *dbError) Error() string {
	texts := make([]string, len(e.parts))
	for i, p := range e.parts {
		texts[i] = p.Error()
	}
	return e.subject + strings.Join(texts, ": ")
}

func (e *dbError) Unwrap() []error { return e.parts }

// Affected returns none if res touched no row.
func Affected(res sql.Result, none error) error {
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return none
	}
	return nil
}

// CheckText returns an Invalid error if one of the texts holds a NUL byte or is
// not UTF-8. PostgreSQL stores neither, so no store does.
func CheckText(texts ...string) error { return stored.CheckText(texts...) }

// Primary result codes of SQLite.
const (
	sqliteBusy     = 5
	sqliteLocked   = 6
	sqliteReadOnly = 8
	sqliteIOErr    = 10
	sqliteFull     = 13
	sqliteCantOpen = 14
	sqliteProtocol = 15
)

// Extended result codes of SQLite.
const (
	sqliteForeignKey = 787
	sqlitePrimaryKey = 1555
	sqliteUnique     = 2067
	sqliteRowID      = 2579
)

// IsBusy reports whether err is SQLite's way of saying that another connection
// holds the lock, so that the same transaction may work a moment later.
func IsBusy(err error) bool {
	switch primaryCode(err) {
	case sqliteBusy, sqliteLocked, sqliteProtocol:
		return true
	}
	return false
}

func primaryCode(err error) int { return sqliteCode(err) & 0xff }

// sqliteCode returns the extended result code in err, or 0.
func sqliteCode(err error) int {
	var coded interface {
		error
		Code() int
	}
	if errors.As(err, &coded) {
		return coded.Code()
	}
	return 0
}

// sqlState returns the five characters by which PostgreSQL classes err, or "".
func sqlState(err error) string {
	var stated interface {
		error
		SQLState() string
	}
	if errors.As(err, &stated) {
		return stated.SQLState()
	}
	return ""
}

// classOf returns the class that err belongs to, or nil.
func classOf(err error) error {
	for _, class := range []error{errs.NotFound, errs.Conflict, errs.Forbidden,
		errs.Invalid, errs.Unsupported, errs.Unavailable, errs.TooMany} {
		if errors.Is(err, class) {
			return class
		}
	}
	if errors.Is(err, sql.ErrNoRows) {
		return errs.NotFound
	}
	if state := sqlState(err); state != "" {
		return postgresClass(state)
	}
	if code := sqliteCode(err); code != 0 {
		return sqliteClass(code)
	}
	if isConnection(err) {
		return errs.Unavailable
	}
	return nil
}

func isConnection(err error) bool {
	for _, lost := range []error{driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, lost) {
			return true
		}
	}
	_, ok := errors.AsType[net.Error](err)
	return ok && !errors.Is(err, context.DeadlineExceeded)
}

func postgresClass(state string) error {
	switch state {
	case "23505", "23503", "23P01", "40001", "40P01":
		return errs.Conflict // taken, gone, excluded, not serializable, deadlock
	case "22021", "22P05", "22001":
		return errs.Invalid // not in the encoding, too long
	case "25006", "55P03", "57014", "58030":
		return errs.Unavailable // read-only standby, lock timeout, statement timeout, I/O
	}
	switch state[:min(2, len(state))] {
	case "08", "53":
		return errs.Unavailable // connection, resources
	}
	if strings.HasPrefix(state, "57P") {
		return errs.Unavailable // shutting down, starting up
	}
	return nil
}

func sqliteClass(code int) error {
	switch code {
	case sqlitePrimaryKey, sqliteUnique, sqliteRowID, sqliteForeignKey:
		return errs.Conflict
	}
	switch code & 0xff {
	case sqliteBusy, sqliteLocked, sqliteReadOnly, sqliteIOErr, sqliteFull, sqliteCantOpen, sqliteProtocol:
		return errs.Unavailable
	}
	return nil
}
