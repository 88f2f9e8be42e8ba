// Package again does what has to be done again and again.
package again

import (
	"context"
	"log/slog"
	"time"
)

// Every calls do at once and then at every tick, until ctx is done. What fails is
// logged, and done again at the next tick.
func Every(ctx context.Context, tick time.Duration, log *slog.Logger, failed string, do func(context.Context) error) {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, failed, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
