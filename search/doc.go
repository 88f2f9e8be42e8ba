// Package search is one index over every repository of a portal.
//
// An [Engine] answers queries for an actor and keeps its [Index] fresh from any
// number of [Source] values. Whatever searches, be it a page, a box that
// suggests, an API, a form or an assistant, asks the same engine in the same way
// and so gets the same results.
//
// # Queries
//
// People type everyday language. [Parse] knows "quoted phrases", -excluded and
// +required words and nothing else: no text is an error, none reaches the query
// language of an index, and none costs more than 24 words do. What a query asks
// for beyond its text (filters, order, page) comes from the surface and is
// refused if no surface could have sent it.
//
// # Tuning
//
// A team sets synonyms, pinned groups and stop words by hand. They are a
// [Tuning], kept by a [TuningStore]: a draft is edited beside what is live, tried
// with [Engine.Preview], and published as a version that can be brought back.
// Searches of all instances use it within seconds, and nothing is indexed anew.
//
// # Rights
//
// Every document carries the audience that may know of it. The audience is part
// of the query itself and never a filter over its results, so that counts,
// facets, suggestions and corrections tell nothing about hidden documents.
// While the index may be behind, a source that is a [Rechecker] is asked about
// every hit, and nothing is told of what it has closed since.
//
// # Freshness
//
// [Engine.Run] follows all sources. The cursor of a source is kept in the index,
// in the same batch as the documents it belongs to, so that a crash repeats work
// and loses none. An index that is damaged, or ahead of a database restored from
// a backup, is rebuilt in the background while the old one answers. While there
// is nothing to answer with, Options.Fallback does. One document that an index
// fails to take is left out after a while instead of holding up all others.
//
// # Events
//
// A search is one search.performed however many pages are looked at, as long as
// the links to them carry its Token, and a hit
// that is followed one search.clicked, bound to its search and rank by a token
// that nobody can make up. E-mail addresses and card numbers are masked.
//
// # Errors
//
// Methods return errors that match, with [errors.Is], one of [ErrInvalid],
// [ErrNotFound], [ErrConflict], [ErrForbidden], [ErrUnavailable] or [ErrTooMany]; any other error is the
// index's or a source's own.
//
// # Indexes
//
// Subpackages provide indexes: blevesearch on disk, memsearch in memory; and
// sqlsearch, which keeps tunings in a database. Prove your own with searchtest.
//
// # Writing a source
//
// A source turns a repository into documents and says what has changed after a
// cursor; [Source] lists what it must promise, and searchtest.TestSource checks
// it. The group of a document, "article/17", is what events and other packages
// call it; its ID tells the language versions of a group apart, and Serves says
// which readers are shown which of them.
package search
