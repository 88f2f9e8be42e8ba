// Package cursor makes the opaque page tokens of every list.
//
// A store turns the sort key of a page's last row into a position with Encode
// and gets the parts back with Decode. A front type hands positions to the
// outside only through a Key: what comes back is then known to be a position
// that was given out for that list, so a forged one never reaches a query.
//
// # Errors
//
// Everything that is not exactly what was given out is errs.Invalid.
package cursor

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
)

// MaxLength is the length in bytes from which on a position or token is refused.
const MaxLength = 4096

// Encode returns the position made of the parts: a canonical, URL-safe string.
// Parts may hold any bytes. Without parts it is the empty string.
func Encode(parts ...string) string {
	var b []byte
	for _, p := range parts {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	return encoding().EncodeToString(b)
}

// Decode returns the n parts of a position made by Encode. A position of
// another number of parts, with anything after them, or spelled in another way
// than Encode spells it is errs.Invalid. So is the empty one, unless n is 0:
// the first page has no position to decode.
func Decode(token string, n int) ([]string, error) {
	if len(token) > MaxLength {
		return nil, invalid()
	}
	b, err := encoding().DecodeString(token)
	if err != nil {
		return nil, invalid()
	}
	parts := make([]string, 0, n)
	for range n {
		size, used := binary.Uvarint(b)
		if used <= 0 || size > uint64(len(b)-used) {
			return nil, invalid()
		}
		b = b[used:]
		parts, b = append(parts, string(b[:size])), b[size:]
	}
	// One spelling for each position: a length may also be written with padding bytes.
	if len(b) > 0 || Encode(parts...) != token {
		return nil, invalid()
	}
	return parts, nil
}

// FormatTime returns t as a part: microseconds since 1970 in UTC.
func FormatTime(t time.Time) string { return FormatInt(t.UnixMicro()) }

// ParseTime returns the time that FormatTime wrote, in UTC. Years outside 1 to
// 9999, which no database column takes, are errs.Invalid.
func ParseTime(s string) (time.Time, error) {
	n, err := ParseInt(s)
	if err != nil {
		return time.Time{}, err
	}
	t := time.UnixMicro(n).UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, invalid()
	}
	return t, nil
}

// FormatInt returns n as a part, in decimal.
func FormatInt(n int64) string { return strconv.FormatInt(n, 10) }

// ParseInt returns the number that FormatInt wrote. "+7" and "007" are errs.Invalid.
func ParseInt(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || FormatInt(n) != s {
		return 0, invalid()
	}
	return n, nil
}

func encoding() *base64.Encoding { return base64.RawURLEncoding.Strict() }

func invalid() error { return errs.Say(errs.Invalid, "error.page_token", nil) }
