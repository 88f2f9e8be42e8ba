package site

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
)

// Keepers take a person out of all rows. What files and memory still hold of rows
// that are gone is taken out here: by each instance, since each has its own.

const (
	lastErased  = "erased" // the setting that says when somebody was last erased
	erasedEvery = time.Minute
)

// noteErased tells all instances that somebody was erased, and not who.
func (s *Site) noteErased(ctx context.Context) {
	if err := s.db.set(ctx, lastErased, s.cfg.Now().UTC().Format(time.RFC3339Nano)); err != nil {
		s.cfg.Log.ErrorContext(ctx, "files are not cleaned after an erasure", "err", err)
	}
	select {
	case s.erased <- struct{}{}:
	default:
	}
}

// followErasures cleans files after each erasure, and once after a start: an
// instance may have ended in between.
func (s *Site) followErasures(ctx context.Context) error {
	ticker := time.NewTicker(erasedEvery)
	defer ticker.Stop()
	for done := ""; ; {
		at, err := s.db.setting(ctx, lastErased)
		if err == nil && at != done {
			if err = errors.Join(s.clean(ctx), s.solved.Anew(ctx)); err == nil {
				done = at
			}
		}
		if err != nil && ctx.Err() == nil {
			s.cfg.Log.WarnContext(ctx, "files are not cleaned after an erasure yet", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.erased:
		case <-ticker.C:
		}
	}
}

// A leaver is an index that knows whether its files name people whom no document
// names.
type leaver interface {
	Leftovers(ctx context.Context) (bool, error)
}

func (s *Site) clean(ctx context.Context) error {
	if err := s.engine.Refresh(ctx); err != nil {
		return err
	}
	if x, ok := s.index.(leaver); ok {
		left, err := x.Leftovers(ctx)
		if err == nil && left {
			err = s.engine.Rebuild(ctx, system)
		}
		if err != nil {
			return err
		}
	}
	return s.db.truncate(ctx)
}

// truncate empties the log that SQLite writes ahead, which holds pages as they
// were. It fails while somebody reads one of them.
func (d *database) truncate(ctx context.Context) error {
	if !d.local() {
		return nil
	}
	var busy, pages, moved int
	if err := d.write.QueryRowContext(ctx, `pragma wal_checkpoint(truncate)`).Scan(&busy, &pages, &moved); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if busy != 0 {
		return fmt.Errorf("checkpoint: somebody reads: %w", errs.Unavailable)
	}
	return nil
}
