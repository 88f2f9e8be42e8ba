// Package insight says how well articles do, and what people looked for and did
// not find.
//
// An Analyst follows the journeys that package analytics keeps, a stretch of time
// at once, and adds them to daily counts: what was read, found, shown and left,
// and what was searched for. From these, and from what a library knows of its
// articles, it makes worklists: articles with a score and the reasons for it, and
// searches that led nowhere. Pages read the lists; nothing is counted for a
// request.
//
// # People
//
// A search is told of only if as many different people made it as
// Options.People says, with addresses, numbers and the like masked. People
// who signed in are told apart for as long as counts are kept, others only for a
// day, so that there may have been more. Nothing tells what somebody in particular
// searched for, and Analyst.Keeper forgets who did.
//
// # Stores
//
// Subpackages provide stores: sqlinsight for PostgreSQL and SQLite, meminsight in
// memory. Package insighttest proves others.
package insight
