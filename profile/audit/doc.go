// Package audit keeps a record of who did what to whom, when, from where and
// why: who looked at the portal as somebody else and what they opened, who
// read, changed, invited, exported and erased whom, who signed in, and what was
// refused.
//
//	log := audit.NewLog(sqlaudit.New(db), &audit.Options{Key: key})
//	people := profile.NewDirectory(store, &profile.Options{Audit: log})
//	people.Register(log.Keeper())
//
// # What is written down
//
// A Log is a [profile.Auditor]. The directory, sessions, identities and
// invitations write what they are about to do, and do not do what cannot be
// written down. A host writes what it does itself with [Log.Audit].
//
// An [Entry] holds no words about people (nor should a reason that is given), and people are not in it: a token
// stands for each. Which token is whose is kept apart, and forgotten when
// somebody is erased. So the record stays whole, and tells of nobody who is
// gone.
//
// # The chain
//
// Each entry carries a hash over itself and the hash before. Whoever changes an
// entry, takes one out or puts one in, breaks the chain; [Log.Verify] finds
// where. With Options.Key only who has the key can make hashes, so that access
// to the database alone is not enough to make a new chain. Who keeps a [Mark]
// elsewhere notices even that, and notices if the end was cut off.
//
// # Errors
//
// Methods return errors that match one of [profile.ErrForbidden],
// [profile.ErrInvalid] or [profile.ErrUnavailable].
//
// # Stores
//
// Subpackages provide stores: memaudit in memory, sqlaudit in PostgreSQL and
// SQLite, where the database itself refuses to change an entry.
//
// # Writing an adapter
//
// Implement [Store] and prove it with audittest.TestStore.
package audit
