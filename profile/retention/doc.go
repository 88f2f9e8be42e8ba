// Package retention says how long what is kept of people is kept, removes what is
// too old, and knows whose data must not go yet.
//
//	holds := retention.NewHolds(store, people, &retention.HoldOptions{Audit: log})
//	people.Register(holds.Keeper())
//	schedule := retention.NewSchedule(store, &retention.ScheduleOptions{Audit: log})
//	schedule.Register(retention.Class{Name: "notices", Days: 180, Min: 7, Max: 3650, Pruner: profile.NoticePruner(notices)})
//	go schedule.Run(ctx)
//
// # Classes
//
// A [Class] is a kind of data: events, notices, entries of the audit. It says how
// many days it is kept, and within which limits an administrator may change that.
// A capability registers a [profile.Pruner] for its class as it registers a
// [profile.Keeper] for people. [Schedule.Run] removes what is too old once a day,
// batch by batch, on one instance at a time, and what it did is written down.
//
// # Holds
//
// A [Hold] keeps what is known of somebody: a claim is open, or the law asks for
// it. While one is in force nobody can erase the person, and no pruner touches
// what is theirs. Who asks to be erased is told why not, and the [Request] waits:
// once nothing holds the person any more, [Holds.CarryOut] does what was asked.
//
// A hold does not keep people from changing what is theirs.
//
// # Errors
//
// Methods return errors that match one of profile's.
//
// # Stores
//
// Subpackages provide stores: memretention in memory, sqlretention in PostgreSQL
// and SQLite. Whoever writes another implements [Store] and proves it with
// retentiontest.TestStore.
package retention
