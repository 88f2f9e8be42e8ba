package sqldb

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/stored"
)

// timeFormat sorts as the times do while the zone is UTC: '+' comes before '.'
// and '.' before the digits. It is what the SQLite driver writes under
// [SQLiteDSN], so that both may meet in one column.
const timeFormat = "2006-01-02 15:04:05.999999999-07:00"

// A Time is a time column: UTC, cut to microseconds, the zero time NULL. It
// does not depend on how the host opened its SQLite database, and it reads
// what max(at) and other expressions yield, which have no declared type there.
type Time struct{ time.Time }

// At returns t as a column.
func At(t time.Time) Time { return Time{stored.Time(t)} }

// Value implements [driver.Valuer]. A year that Scan could not read back is an
// Invalid error.
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		return nil, fmt.Errorf("the year %d is none of 1 to 9999: %w", y, errs.Invalid)
	}
	return At(t.Time).Format(timeFormat), nil
}

// Scan implements [sql.Scanner].
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = Time{}
	case time.Time:
		*t = At(v)
	case string:
		return t.parse(v)
	case []byte:
		return t.parse(string(v))
	default:
		return fmt.Errorf("scan time: unexpected %T", src)
	}
	return nil
}

func (t *Time) parse(s string) error {
	var first error
	for _, format := range []string{timeFormat, time.RFC3339Nano, "2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05.999999999 -0700 MST"} {
		v, err := time.Parse(format, s)
		if err == nil {
			*t = At(v)
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return fmt.Errorf("scan time: %w", first)
}

// Strings is a list in a text column, as JSON. A nil and an empty list are the
// same: stored as [], read as nil.
type Strings []string

// Value implements [driver.Valuer].
func (s Strings) Value() (driver.Value, error) {
	if len(s) == 0 {
		return "[]", nil
	}
	return encode([]string(s))
}

// Scan implements [sql.Scanner].
func (s *Strings) Scan(src any) error {
	var list []string
	if err := decode(src, &list); err != nil {
		return err
	}
	if len(list) == 0 {
		list = nil
	}
	*s = list
	return nil
}

// StringMap is a map in a text column, as JSON with its keys in order. A nil
// and an empty map are the same: stored as {}, read as nil.
type StringMap map[string]string

// Value implements [driver.Valuer].
func (m StringMap) Value() (driver.Value, error) {
	if len(m) == 0 {
		return "{}", nil
	}
	return encode(map[string]string(m))
}

// Scan implements [sql.Scanner].
func (m *StringMap) Scan(src any) error {
	var entries map[string]string
	if err := decode(src, &entries); err != nil {
		return err
	}
	if len(entries) == 0 {
		entries = nil
	}
	*m = entries
	return nil
}

// JSON is any value in a text column, as JSON.
type JSON[T any] struct{ V T }

// Value implements [driver.Valuer].
func (j JSON[T]) Value() (driver.Value, error) { return encode(j.V) }

// Scan implements [sql.Scanner]. NULL and the empty text are the zero value.
func (j *JSON[T]) Scan(src any) error {
	var v T
	if err := decode(src, &v); err != nil {
		return err
	}
	j.V = v
	return nil
}

func encode(v any) (driver.Value, error) {
	text, err := json.Marshal(v)
	return string(text), err
}

func decode(src, dest any) error {
	var text []byte
	switch v := src.(type) {
	case nil:
	case string:
		text = []byte(v)
	case []byte:
		text = v
	default:
		return fmt.Errorf("scan JSON: unexpected %T", src)
	}
	if len(text) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, dest); err != nil {
		return fmt.Errorf("scan JSON: %w", err)
	}
	return nil
}
