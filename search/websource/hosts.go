package websource

import (
	"context"
	"sync"
	"time"
)

// Hosts see to it that a host has one request at a time, and pauses between them.
type Hosts struct {
	mu    sync.Mutex
	turns map[string]chan time.Time // holds when the host may next be asked, unless it is being asked
}

// NewHosts returns hosts that nobody has asked for anything yet.
func NewHosts() *Hosts { return &Hosts{turns: map[string]chan time.Time{}} }

// enter waits for a turn at a host. What it returns ends the turn, and keeps
// others from the host for as long as it is told.
func (h *Hosts) enter(ctx context.Context, host string) (leave func(pause time.Duration), err error) {
	h.mu.Lock()
	turn := h.turns[host]
	if turn == nil {
		turn = make(chan time.Time, 1)
		turn <- time.Time{}
		h.turns[host] = turn
	}
	h.mu.Unlock()
	var at time.Time
	select {
	case at = <-turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	// The time is that of timers, whatever clock the rest goes by.
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		turn <- at
		return nil, ctx.Err()
	}
	return func(pause time.Duration) { turn <- time.Now().Add(pause) }, nil
}
