package kb

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// A Scanner looks for what is harmful in files, such as package tools/clamscan.
// Implementations must
//   - be safe for concurrent use;
//   - return an error for whatever they did not look at, or not to its end: what
//     nobody looked at is never clean.
type Scanner interface {
	// Scan returns what is found in a content, or "" if nothing is.
	Scan(ctx context.Context, r io.Reader) (finding string, err error)
}

// scan refuses a medium in which something is found, which is written down, and
// one that cannot be looked at now.
func (l *Library) scan(ctx context.Context, by profile.Actor, m Media, s *spool) error {
	if l.scanner == nil {
		return nil
	}
	var content io.Reader = bytes.NewReader(m.Data)
	if s != nil {
		content = io.NewSectionReader(s.file, 0, s.size)
	}
	finding, err := l.scanner.Scan(ctx, content)
	if err != nil {
		l.log.ErrorContext(ctx, "file not looked at", "medium", m.Name, "error", err)
		return fmt.Errorf("%w: %w", errs.Say(errs.Unavailable, "error.upload.unscanned", nil), err)
	}
	if finding == "" {
		return nil
	}
	l.log.WarnContext(ctx, "harmful file refused", "medium", m.Name, "finding", finding, "by", by.ID)
	if l.audit != nil {
		deed := profile.Deed{Action: "media.uploaded", Subject: "media/" + m.Name, Outcome: profile.OutcomeRefused, Why: finding}
		if _, err := l.audit.Audit(context.WithoutCancel(ctx), by, deed); err != nil {
			l.log.ErrorContext(ctx, "harmful file not written down", "error", err)
		}
	}
	return errs.Field("data", "error.upload.infected", map[string]any{"finding": finding})
}
