// Package sqldb is what every SQL store shares: transactions that start or
// join, error classes, numbered conditions and column types. It knows the two
// dialects and imports no driver.
//
// # Rules it exists for
//
//   - Every write happens inside [DB.Write]. When a connection is cut,
//     database/sql may run an autocommit write a second time without telling;
//     it never does so inside a transaction.
//   - Inside Write, read through tx. The writer pool of a SQLite program has
//     one connection, and the transaction holds it.
//   - An error never means "not done": a cut around COMMIT leaves the outcome
//     unknown. Writes carry a key that makes them safe to repeat.
//   - Placeholders are $1, $2, ... in the order of the arguments, which both
//     engines take. [Where] numbers the ones of optional conditions.
//   - Text goes through [CheckText] before it is written. PostgreSQL takes
//     neither NUL nor broken UTF-8, and the two databases must agree.
//
// # Columns
//
// Times are timestamptz in PostgreSQL and timestamp in SQLite, written and read
// as [Time]: UTC, microseconds, and NULL for the zero time. Its text in SQLite
// sorts as the times do. Lists, maps and structs are text in both, holding
// JSON, by way of [Strings], [StringMap] and [JSON].
//
// # Errors
//
// [Err] gives a database error its class from package errs and keeps the
// cause: no row is NotFound, a taken key or a lost race Conflict, a database
// that is down, full, busy or locked Unavailable, text it cannot hold Invalid.
// If the context is done, its error is joined, since not every driver says so.
package sqldb
