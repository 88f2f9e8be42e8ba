package layout

import (
	"context"
	"fmt"
	"time"
)

// What is remembered, and for how long. Uses weigh nothing long before they go,
// and no visit lasts as long as its start is kept.
const (
	keepUses   = (oldestUse + 30) * 24 * time.Hour
	keepStarts = 3 * 24 * time.Hour
	keepShows  = 400 * 24 * time.Hour
	keepBooks  = 7 * 24 * time.Hour
	pruneEvery = time.Hour
)

// wait keeps a use until it is written, if there is room for it.
func (a *Arranger) wait(u Use, n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, ok := a.waiting[u]; !ok && len(a.waiting) >= a.opts.Waiting {
		a.lost.Add(int64(n))
		return
	}
	a.waiting[u] += n
}

// drop forgets what waits of somebody, and returns how many rows that are.
func (a *Arranger) drop(who Who) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for u := range a.waiting {
		if u.Who == who {
			delete(a.waiting, u)
			n++
		}
	}
	return n
}

// Lost returns how many uses were not counted because too many waited.
func (a *Arranger) Lost() int64 { return a.lost.Load() }

// Flush writes the uses that wait, as of today: nothing is added to a day that is
// over, by which visits may go already. What cannot be written waits on.
func (a *Arranger) Flush(ctx context.Context) error {
	a.mu.Lock()
	waiting := a.waiting
	a.waiting = map[Use]int{}
	a.mu.Unlock()
	if len(waiting) == 0 {
		return nil
	}
	uses := make([]Use, 0, len(waiting))
	today := a.clock().Format(time.DateOnly)
	for u, n := range waiting {
		u.N, u.Day = n, today
		uses = append(uses, u)
	}
	if err := a.store.AddUses(ctx, uses); err != nil {
		for u, n := range waiting {
			a.wait(u, n)
		}
		return fmt.Errorf("uses: %w", err)
	}
	return nil
}

// Prune forgets what is too old to matter. Run calls it each hour.
func (a *Arranger) Prune(ctx context.Context) (int, error) {
	now := a.clock()
	n, err := a.store.Prune(ctx, Horizon{Uses: now.Add(-keepUses), Starts: now.Add(-keepStarts), Shows: now.Add(-keepShows)})
	if err != nil {
		return 0, fmt.Errorf("prune: %w", err)
	}
	return n, nil
}

// Run writes uses and forgets old ones until ctx ends, and writes the rest then.
func (a *Arranger) Run(ctx context.Context) error {
	flush, prune := time.NewTicker(a.opts.Flush), time.NewTicker(pruneEvery)
	defer flush.Stop()
	defer prune.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			return a.Flush(last)
		case <-flush.C:
			if err := a.Flush(ctx); err != nil && ctx.Err() == nil {
				a.opts.Logger.WarnContext(ctx, "uses wait", "error", err)
			}
		case <-prune.C:
			if _, err := a.Prune(ctx); err != nil && ctx.Err() == nil {
				a.opts.Logger.WarnContext(ctx, "nothing was pruned", "error", err)
			}
		}
	}
}
