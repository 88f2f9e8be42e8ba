package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/jmoiron/sqlx"
)

// Get scans one row into dest, a pointer to a struct or a column's value. No
// row is NotFound; the subject names what was looked for.
func Get(ctx context.Context, q sqlx.QueryerContext, dest any, subject, query string, args ...any) error {
	return Err(ctx, sqlx.GetContext(ctx, q, dest, query, args...), subject)
}

// Select scans all rows into dest, a pointer to a slice.
func Select(ctx context.Context, q sqlx.QueryerContext, dest any, query string, args ...any) error {
	return Err(ctx, sqlx.SelectContext(ctx, q, dest, query, args...), "")
}

// Exec runs a statement inside the transaction of [DB.Write] and returns its
// result, see [Affected].
func Exec(ctx context.Context, tx sqlx.ExecerContext, query string, args ...any) (sql.Result, error) {
	res, err := tx.ExecContext(ctx, query, args...)
	return res, Err(ctx, err, "")
}

// Tally runs a statement inside the transaction of [DB.Write] and adds to n how
// many rows it changed.
func Tally(ctx context.Context, tx sqlx.ExecerContext, n *int, query string, args ...any) error {
	res, err := Exec(ctx, tx, query, args...)
	if err != nil {
		return err
	}
	rows, err := res.RowsAffected()
	*n += int(rows)
	return err
}

// Get is [Get] on d.Read.
func (d *DB) Get(ctx context.Context, dest any, subject, query string, args ...any) error {
	return Get(ctx, d.Read(), dest, subject, query, args...)
}

// Select is [Select] on d.Read.
func (d *DB) Select(ctx context.Context, dest any, query string, args ...any) error {
	return Select(ctx, d.Read(), dest, query, args...)
}

// A Where collects conditions that all must hold and numbers their
// placeholders. The zero Where has none.
type Where struct {
	conds []string
	args  []any
}

// NewWhere returns a Where for a query that has used $1 to $n for prior.
func NewWhere(prior ...any) *Where { return &Where{args: append([]any(nil), prior...)} }

// And adds a condition in which each ? stands for one of args, in order. It
// panics if their numbers differ, which only a mistake in the program can
// cause. A ? inside a quoted literal or name is text; the JSON operators of
// PostgreSQL that contain one have no place in text for two databases.
func (w *Where) And(cond string, args ...any) *Where {
	numbered, n := number(cond, len(w.args))
	if n != len(args) {
		panic(fmt.Sprintf("sqldb: condition %q takes %d arguments, not %d", cond, n, len(args)))
	}
	w.conds = append(w.conds, numbered)
	w.args = append(w.args, args...)
	return w
}

// Next returns the number of the placeholder that comes next.
func (w *Where) Next() int { return len(w.args) + 1 }

// Numbered adds a condition whose placeholders are numbered already, from
// [Where.Next] on.
func (w *Where) Numbered(cond string, args ...any) *Where {
	w.conds = append(w.conds, cond)
	w.args = append(w.args, args...)
	return w
}

// In adds the condition that column is one of values. With no values nothing
// matches.
func In[T any](w *Where, column string, values []T) *Where {
	if len(values) == 0 {
		return w.And("1 = 0")
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	return w.And(column+" in (?"+strings.Repeat(", ?", len(args)-1)+")", args...)
}

// Arg adds an argument that belongs to no condition, such as a limit, and
// returns its placeholder.
func (w *Where) Arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args))
}

// String returns the conditions after the word "where", or nothing.
func (w *Where) String() string {
	if len(w.conds) == 0 {
		return ""
	}
	return "where " + strings.Join(w.conds, " and ")
}

// Args returns the arguments, those from before the conditions first.
func (w *Where) Args() []any { return w.args }

// number replaces each ? outside quotes by $n, counting on from used, and
// returns how many there were.
func number(cond string, used int) (string, int) {
	var b strings.Builder
	var quote rune
	n := 0
	for _, r := range cond {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case r == '?':
			n++
			b.WriteString("$" + strconv.Itoa(used+n))
			continue
		}
		b.WriteRune(r)
	}
	return b.String(), n
}

// Tuples returns placeholders for an insert of several rows of width columns:
// Tuples(2, 3) is "($1, $2, $3), ($4, $5, $6)". SQLite takes 32,766
// placeholders in one statement, PostgreSQL 65,535.
func Tuples(rows, width int) string {
	var b strings.Builder
	for i := range rows * width {
		switch {
		case i == 0:
			b.WriteString("($")
		case i%width == 0:
			b.WriteString("), ($")
		default:
			b.WriteString(", $")
		}
		b.WriteString(strconv.Itoa(i + 1))
	}
	if b.Len() > 0 {
		b.WriteByte(')')
	}
	return b.String()
}

// EscapeLike returns s with the wildcards of a pattern taken literally, for
// conditions like "title like ? escape '\'". Compare lower(title) with a
// lower-case pattern: SQLite ignores the case of ASCII letters in any event.
func EscapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
