// Package learning learns from what people do with search results, so that a
// search gets better with each one that has been answered.
//
// [Outcomes] reads from a ledger what came of each search: what was shown, what
// was followed and whether it was worth it. A [Model] remembers that by question
// and returns, for a question that is asked now, how much better or worse than
// its place each document has done: [Model.Signals]. Questions that nobody asked
// in just these words learn from those that share their rarer words.
//
// # What counts
//
// A document that is shown first is followed more often than one that is shown
// tenth, whatever it says. So follows are not counted but compared with how
// often that place is followed anyway. What people came back from at once counts
// little, what helped or ended a search counts whole, and what somebody found
// only by asking again speaks for the question they asked first.
//
// # Nobody decides alone
//
// Each person, or each browser on one day, counts once for a question and a
// document. The n-th search for a question on one day counts 1/n, so that no day
// decides. Nothing is said of a document before [Options.People] different people
// have spoken. What is old counts less: half after [Options.HalfLife].
//
// # Solved questions
//
// [Solved] remembers questions that were solved, and by what: by an article that
// somebody found and said helped ([SolvedSearches]), by one that an agent linked
// in a case, by an answer that was accepted. When something similar is asked, in
// whatever words, these questions vote for what solved them. Votes of several
// people bring in a document that has none of the words; one person's only move
// it. What both say goes to an engine by [Together].
//
// # What is kept
//
// A model is in memory, one on each instance, and is learned anew at each start
// from the ledger, which a [Follower] reads. Of people it keeps a hash that means
// something to this process only: what a ledger has forgotten is forgotten here
// with the next start.
//
// # Comparing
//
// [Replay] shows earlier searches to several rankings and tells which of them
// would have put higher what people were looking for. Train a model on the
// outcomes before a day and replay those after it.
package learning
