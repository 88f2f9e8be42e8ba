// Package opensearchsearch is a [search.Index] on an OpenSearch or Elasticsearch
// server, for portals that share one index between many instances or are larger
// than one machine.
//
//	index, err := opensearchsearch.Open(opensearchsearch.Options{
//		Addresses: []string{"https://search.example:9200"}, Username: "stoa", Password: password, Prefix: "portal",
//	})
//
// It has been proven against exchanges with a server in memory that knows no more
// than the package uses, and against one that fails in every way we could think of.
// It has not been run against a real server by us: run its tests against yours
// before you rely on it, with STOA_TEST_OPENSEARCH=http://localhost:9200.
//
// # What the server is used for
//
// Texts are cut into terms here, as package blevesearch does: the same words find
// the same documents with either, and no plugins are needed for any language. The
// server keeps terms, finds them and adds up scores. How rare a word is is asked
// for first, over the documents that the asker may see, and sent with the query:
// the server's own figures count hidden documents too. The asker's rights are a
// filter in every query; nothing is left out of an answer afterwards. Queries are
// built of values and never of a query language, so that nothing that somebody
// types means anything to the server.
//
// An average length of texts is not counted but set, lengths are kept in a byte,
// and that neighbouring words are neighbours in the text is not rewarded, so that
// scores differ a little from those of blevesearch. At most 10,000 values of a
// facet are counted, and at most 10,000 hits paged through.
//
// # Writing
//
// The alias named by the prefix is of one index with one primary part. Nothing is
// seen in it before it is refreshed, which is done once for each batch, when all
// of it is written: so searches see all of a batch or nothing, but for the moment
// between two copies of the part, and after a server has recovered in the middle
// of one. Cursors are a document of the same index, written last. What ends in
// between, or is not told that it has succeeded, is repeated: changes are replaced
// by name, so that repeating them does no harm, and none is left out.
//
// Several instances may keep one index fresh. They write in turns, and a batch is
// refused with [search.ErrConflict] if another instance has read its source on in
// the meantime: the engine then goes on from where that is. Each turn has a number
// that its documents carry as their version, so that the server refuses what
// arrives after a later one.
//
// A rebuild fills an index beside the old one, which answers meanwhile, and the
// alias goes from one to the other at once. An alias that is gone, documents without
// a state, and documents of another form than this version makes are answered with
// [search.ErrRebuild]; a server that is away, late, overloaded or does not make
// sense with [search.ErrUnavailable] or [search.ErrTooMany].
//
// What was removed, with what it said of people, stays in the server's files until
// it merges them; a rebuild leaves it behind at once, in an index that is deleted.
package opensearchsearch
