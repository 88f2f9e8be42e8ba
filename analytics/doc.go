// Package analytics keeps what happens on a portal, from the search that led
// somebody there to the problem that is solved.
//
// # Events
//
// An [Event] is one step of somebody's journey. Capabilities record events with
// a [Recorder], which returns at once and never fails its caller; [Discard] is
// one that drops everything. What the events of a request have in common travels
// in its context, see [NewContext].
//
// # The ledger
//
// A [Ledger] is the recorder of a portal. It completes, tidies and masks each
// event, keeps a bounded number of them in memory, and writes them in batches
// while [Ledger.Run] runs. If its store is down it waits and tries again with
// the same IDs, and when there is no more room it drops events and counts them
// by reason. End it after the server has ended, and nothing that was recorded is
// lost; a process that is killed loses what was recorded in the last second.
//
// # Visitors
//
// [Visits] tells visits apart without cookies: a browser is known for a day, by
// a hash with a salt that is then forgotten, and not at all if it asks for that.
// No address is ever kept. [DeviceOf] knows bots by what they call themselves;
// what they do on pages is dropped.
//
// # Reading
//
// [Store.Scan] tells events in the order of sessions, so that whatever is asked
// of journeys is one loop. [Ledger.Top] answers from daily counts what was read,
// searched or opened most; the caller leaves out what the reader may not see.
//
// # Errors
//
// Stores return errors that match [ErrInvalid] for what they will never keep,
// and [ErrUnavailable] or any other for what may work later.
//
// # Stores
//
// Subpackages provide stores: memanalytics in memory, sqlanalytics in PostgreSQL
// and SQLite. Package promanalytics shows Prometheus what is recorded.
//
// # Writing an adapter
//
// A team that keeps events elsewhere implements [Store], which has four methods,
// and proves it with analyticstest.TestStore. One that can also count by day
// implements [Counter]. Whoever only wants to hear of events, to pass them on
// for example, wraps a [Recorder].
package analytics
