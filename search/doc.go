// Package search is one index over every repository of a portal.
//
// An [Engine] answers queries for an actor and keeps its [Index] fresh from any
// number of [Source] values. Whatever searches, be it a page, a box that
// suggests, an API, a form or an assistant, asks the same engine in the same way
// and so gets the same results.
//
// # Rights
//
// Every document carries the audience that may know of it. The audience is part
// of the query itself and never a filter over its results, so that counts,
// facets, suggestions and corrections tell nothing about hidden documents.
//
// # Errors
//
// Methods return errors that match, with [errors.Is], one of [ErrInvalid],
// [ErrForbidden], [ErrUnavailable] or [ErrTooMany]; any other error is the
// index's or a source's own.
//
// # Indexes
//
// Subpackages provide indexes: blevesearch on disk, memsearch in memory. Prove
// your own with searchtest.
package search
