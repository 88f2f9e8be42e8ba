// Package feed is the list of changes that readers follow: search indexes,
// caches, live pages.
//
// A store calls [Append] in the transaction that changes its content, so that
// there is never a change without an entry nor an entry without a change. An
// entry says what changed, not how; a reader loads the present state, and may
// see the same entry twice.
//
// # Following
//
// A reader keeps a [Cursor] together with what it made of the entries, best in
// one write. It starts with [Reader.Head], takes in all content, and from then
// on reads what comes after the cursor. When [Reader.Read] returns [ErrRebuild]
// it starts over. That happens when the cursor is of another past: the
// database was restored from a backup, a standby without the last rows took
// over, or the entries after the cursor are pruned. It is found by the epoch of
// the feed and by a hash of the row at the cursor.
//
// # Order
//
// In PostgreSQL a sequence number is taken when a row is inserted and seen when
// its transaction commits, so a reader that asks for numbers above the last
// one skips rows; with sixteen writers, one in six. The order here is by
// transaction, then number, and only transactions older than every running one
// are read. Hence one transaction left open by anyone in the cluster, in
// another database too, or a forgotten prepared transaction, holds up every
// reader. [Log.Stalled] measures that; pg_stat_activity.backend_xid and
// pg_prepared_xacts name the culprit. Set idle_in_transaction_session_timeout.
// Transactions that only read hold up nobody.
//
// In SQLite there is one writer at a time and the number is the order.
//
// # Errors
//
// ErrRebuild, and the classes that [sqldb.Err] gives to those of the database.
package feed
