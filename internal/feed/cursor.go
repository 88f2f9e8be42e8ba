package feed

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
)

// A Cursor is a place in a feed: between the entry it was taken after and the
// next. It also knows the epoch and that entry's hash, by which a feed with
// another past is noticed. The zero Cursor is the beginning of any feed.
// Cursors are values; compare them with ==.
type Cursor struct {
	epoch string
	at    position
}

// A position is a row: its transaction, its number, and what was in it.
type position struct {
	xid, seq uint64
	hash     string
}

// precedes reports whether p comes before q in the order of the feed.
func (p position) precedes(q position) bool {
	return p.xid < q.xid || p.xid == q.xid && p.seq < q.seq
}

// IsZero reports whether c is the beginning.
func (c Cursor) IsZero() bool { return c == Cursor{} }

// String returns c as opaque text for [ParseCursor], empty for the zero Cursor.
func (c Cursor) String() string {
	if c.IsZero() {
		return ""
	}
	plain := fmt.Sprintf("1 %s %d %d %s", c.epoch, c.at.xid, c.at.seq, c.at.hash)
	return base64.RawURLEncoding.EncodeToString([]byte(plain))
}

// ParseCursor reads what String wrote. Other text is Invalid.
func ParseCursor(s string) (Cursor, error) {
	if s == "" {
		return Cursor{}, nil
	}
	bad := fmt.Errorf("feed cursor: %w", errs.Invalid)
	plain, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return Cursor{}, bad
	}
	parts := strings.Split(string(plain), " ")
	if len(parts) != 5 || parts[0] != "1" {
		return Cursor{}, bad
	}
	xid, err := strconv.ParseUint(parts[2], 10, 63)
	if err != nil {
		return Cursor{}, bad
	}
	seq, err := strconv.ParseUint(parts[3], 10, 63)
	if err != nil {
		return Cursor{}, bad
	}
	c := Cursor{epoch: parts[1], at: position{xid: xid, seq: seq, hash: parts[4]}}
	if c.String() != s {
		return Cursor{}, bad // another spelling of a number
	}
	return c, nil
}

// MarshalText implements [encoding.TextMarshaler].
func (c Cursor) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (c *Cursor) UnmarshalText(text []byte) (err error) {
	*c, err = ParseCursor(string(text))
	return err
}

// hash tells a row from any other that may come to stand in its place.
func hash(xid, seq uint64, c Change, at time.Time) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %d %q %q %q %d", xid, seq, c.Topic, c.Ref, c.Op, at.UnixMicro()))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}
