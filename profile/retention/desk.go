package retention

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A desk is what both front types do the same way.
type desk struct {
	audit profile.Auditor
	log   *slog.Logger
	now   func() time.Time
}

func newDesk(audit profile.Auditor, log *slog.Logger, now func() time.Time) desk {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if now == nil {
		now = time.Now
	}
	return desk{audit, log, now}
}

func (d desk) clock() time.Time { return d.now().UTC().Truncate(time.Microsecond) }

// audited writes a deed down, does it, and says if that failed.
func (d desk) audited(ctx context.Context, by profile.Actor, deed profile.Deed, do func() error) error {
	if d.audit == nil {
		return do()
	}
	n, err := d.audit.Audit(ctx, by, deed)
	if err != nil {
		return unwritten(deed, err)
	}
	if err = do(); err == nil {
		return nil
	}
	deed.Of, deed.Outcome, deed.Changes = n, profile.OutcomeFailed, nil
	d.note(ctx, by, deed)
	return err
}

func unwritten(deed profile.Deed, err error) error {
	if errors.Is(err, errs.Unavailable) {
		return fmt.Errorf("audit of %s: %w", deed.Action, err)
	}
	return fmt.Errorf("audit of %s: %w: %s", deed.Action, errs.Unavailable, err.Error())
}

// denied writes down that something was not permitted, and returns that.
func (d desk) denied(ctx context.Context, by profile.Actor, deed profile.Deed) error {
	if d.audit != nil && !by.Anonymous() {
		deed.Outcome = profile.OutcomeRefused
		d.note(ctx, by, deed)
	}
	return fmt.Errorf("%s: %w", deed.Action, errs.Forbidden)
}

// note writes down what has happened already. The request may be over.
func (d desk) note(ctx context.Context, by profile.Actor, deed profile.Deed) {
	if d.audit == nil {
		return
	}
	if _, err := d.audit.Audit(context.WithoutCancel(ctx), by, deed); err != nil {
		d.log.ErrorContext(ctx, "deed not written down", "action", deed.Action, "error", err)
	}
}
