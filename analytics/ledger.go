package analytics

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"
)

// A Ledger is the [Recorder] of a portal. It takes events at once, keeps a
// bounded number of them, and writes them to its [Store] in batches while
// [Ledger.Run] runs. Its methods may be called concurrently.
//
// Events that wait are lost if the process is killed: at most those of one
// Options.Flush, or of the time for which the store could not be reached.
type Ledger struct {
	store Store
	opts  Options

	mu      sync.Mutex
	ids     ids
	pending []Event
	spare   []Event // memory for pending to use next
	flying  int     // taken by Flush and neither stored nor given back
	stopped bool
	stats   Stats

	wake chan struct{} // there is a batch
	turn chan struct{} // held by whoever flushes
}

// Options adjust a Ledger. The zero value is ready to use.
type Options struct {
	Size    int                            // how many events may wait; 0 means 10,000
	Batch   int                            // how many are written at once; 0 means 1,000
	Flush   time.Duration                  // how long an event waits at most; 0 means 1 s
	Drain   time.Duration                  // how long Run tries to write the rest when it ends; 0 means 5 s
	Redact  func(text string) string       // masks Event.Text; nil means Redact
	Dropped func(reason DropReason, n int) // is told of lost events, and must not block; nil means nobody is
	Bots    bool                           // keeps what bots did on web pages; false drops it
	Now     func() time.Time               // nil means time.Now
	Logger  *slog.Logger                   // nil discards logs
}

// A DropReason says why an event was lost.
type DropReason string

// The reasons.
const (
	DropFull    DropReason = "full"    // too many events wait, because the store is down or slow
	DropInvalid DropReason = "invalid" // its name is not like "noun.verb_past"
	DropBot     DropReason = "bot"     // a bot did it on a web page
	DropRefused DropReason = "refused" // the store cannot keep it, and never will
	DropLost    DropReason = "lost"    // the store could not be reached until the ledger had to end
	DropStopped DropReason = "stopped" // it came after the ledger had ended
)

// Stats count what a Ledger has done since it was made.
type Stats struct {
	Recorded int64                // taken
	Stored   int64                // written to the store
	Pending  int                  // taken and not yet written
	Dropped  map[DropReason]int64 // lost
}

// NewLedger returns a Ledger that writes to store. A nil opts means the
// defaults.
func NewLedger(store Store, opts *Options) *Ledger {
	var o Options
	if opts != nil {
		o = *opts
	}
	o.setDefaults()
	return &Ledger{
		store: store, opts: o, stats: Stats{Dropped: map[DropReason]int64{}},
		wake: make(chan struct{}, 1), turn: make(chan struct{}, 1),
	}
}

func (o *Options) setDefaults() {
	for _, d := range []struct {
		field *int
		value int
	}{{&o.Size, 10_000}, {&o.Batch, 1_000}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	if o.Flush <= 0 {
		o.Flush = time.Second
	}
	if o.Drain <= 0 {
		o.Drain = 5 * time.Second
	}
	if o.Redact == nil {
		o.Redact = Redact
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

// Record takes an event: it fills in what ctx carries (see [NewContext]), gives
// it an ID and times, cuts what is too long and masks what should not be kept.
// It never blocks and never fails; an event for which there is no room is
// dropped and counted.
func (l *Ledger) Record(ctx context.Context, e Event) {
	now := l.opts.Now().UTC().Truncate(time.Microsecond)
	e = e.Complete(ctx)
	if e.Device == DeviceBot && e.Channel == ChannelWeb && !l.opts.Bots {
		l.drop(DropBot, 1)
		return
	}
	e, ok := tidy(e, now, l.opts.Redact)
	if !ok {
		l.drop(DropInvalid, 1)
		return
	}
	if reason := l.add(e); reason != "" {
		l.drop(reason, 1)
	}
}

// add queues e, or says why not.
func (l *Ledger) add(e Event) DropReason {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.stopped:
		return DropStopped
	case len(l.pending)+l.flying >= l.opts.Size:
		return DropFull
	}
	if e.ID == "" {
		e.ID = l.ids.next(e.Received)
	}
	l.pending = append(l.pending, e)
	l.stats.Recorded++
	if len(l.pending) >= l.opts.Batch {
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
	return ""
}

func (l *Ledger) drop(reason DropReason, n int) {
	l.mu.Lock()
	l.stats.Dropped[reason] += int64(n)
	l.mu.Unlock()
	if l.opts.Dropped != nil {
		l.opts.Dropped(reason, n)
	}
}

// Stats returns what the ledger has done so far.
func (l *Ledger) Stats() Stats {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.stats
	s.Pending = len(l.pending) + l.flying
	s.Dropped = maps.Clone(s.Dropped)
	return s
}
