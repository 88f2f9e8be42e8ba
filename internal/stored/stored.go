// Package stored says what becomes of values in a store, so that stores in
// memory and in databases agree.
package stored

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
)

// CheckText returns an Invalid error if one of the texts holds a NUL byte or is
// not UTF-8. PostgreSQL stores neither, so no store does.
func CheckText(texts ...string) error {
	for _, s := range texts {
		if strings.IndexByte(s, 0) >= 0 {
			return fmt.Errorf("text with a NUL byte: %w", errs.Invalid)
		}
		if !utf8.ValidString(s) {
			return fmt.Errorf("text that is not UTF-8: %w", errs.Invalid)
		}
	}
	return nil
}

// Enter locks a store, unless ctx is done or a text is one that no store keeps.
// The caller unlocks.
func Enter(ctx context.Context, store sync.Locker, texts ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := CheckText(texts...); err != nil {
		return err
	}
	store.Lock()
	return nil
}

// Time returns t as every store keeps it: in UTC and to the microsecond.
func Time(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Version checks what a write of version next must find: nothing before the
// first, and the one before any other.
func Version(found bool, old, next int) error {
	switch {
	case next == 1 && found:
		return errs.Conflict
	case next != 1 && !found:
		return errs.NotFound
	case next != 1 && old != next-1:
		return errs.Conflict
	}
	return nil
}
