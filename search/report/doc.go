// Package report says how searches do: what people ask for, what finds nothing,
// what is given up, and what could be done about it.
//
// A [Reporter] follows the journeys that package analytics keeps, an hour at once,
// and adds them to daily figures by brand, role, language and channel. Pages read
// the figures; no event is read for a request. From them it makes a worklist:
// searches that fail, by how many people would be helped.
//
// # People
//
// A visitor counts once a day for a question, whatever they do, and a question is
// told of only if as many different people asked it as Options.People says. People
// who signed in are told apart for as long as figures are kept, others for a day
// only, so that there may have been more. Addresses, numbers and the like are
// masked before anything is kept. Nothing tells what somebody in particular
// searched for, and [Reporter.Keeper] forgets who did.
//
// # Cost
//
// Of each day the questions that were asked most are kept by themselves, as many
// as Options.Questions says; the others are in the sums only. So figures of a busy
// portal grow with its days and not with its searches.
//
// # Stores
//
// Subpackages provide stores: sqlreport for PostgreSQL and SQLite, memreport in
// memory. Package reporttest proves others.
package report
