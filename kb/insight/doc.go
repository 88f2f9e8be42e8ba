// Package insight says how well articles do, and what people looked for and did
// not find.
//
// An Analyst follows the journeys that package analytics keeps, a stretch of time
// at once, and adds them to daily counts of articles: what was read, found, shown
// and left. From these, and from what a library knows of its articles, it makes a
// worklist of articles, with a score and the reasons for it. What people search
// for is not counted here: [Searches] tells it, and what of it no article answers
// is listed as gaps.
//
// # People
//
// Counts are about nobody. A search is told of only if [Searches] tells of it:
// enough different people made it. A question that comes again and again is told
// of if as many people asked it as Options.People says, with addresses, numbers
// and the like masked. Analyst.Keeper forgets who decided.
//
// # Stores
//
// Subpackages provide stores: sqlinsight for PostgreSQL and SQLite, meminsight in
// memory. Package insighttest proves others.
package insight
