// Package outbox delivers what must reach the world outside the database: mail,
// webhooks, records for a CRM, notices.
//
// [Enqueue] writes a message in the transaction that causes it, so that the one
// is there if and only if the other is. A [Box] hands messages to the
// [Handler] of their kind until it succeeds.
//
// # Promises
//
//   - At least once. A program that dies between the delivery and its record
//     delivers again. The receiver can tell by [Delivery.Key], which is the
//     same at every attempt.
//   - In order per destination: a message goes out after all that were
//     committed for its destination before it was enqueued are delivered or
//     dead. So a destination is a lane in which one waits for the other;
//     name it as finely as order matters, "mail:ann@example.com" rather than
//     "mail". Messages of transactions that ran at once have no order.
//   - To one at a time, however many programs run a Box on the same database.
//     A message is leased to one of them, by the clock of the database. The
//     handler's context ends before the lease; one that ignores it may see
//     its message delivered twice.
//   - Failed attempts are repeated after a growing, random delay. When they are
//     used up the message is dead: kept, counted and shown until a person
//     replays it. A program that dies in an attempt has used it up too.
//
// A backup that is restored brings back messages that have been delivered
// since. Their keys are those of the first delivery.
//
// # Errors
//
// Handlers may wrap theirs by [RetryAfter] and [Permanent]. The methods of Box
// return the classes that [sqldb.Err] gives, and NotFound for a message that is
// not there or not dead.
package outbox
