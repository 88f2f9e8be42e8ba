// Package semantic finds documents by what they mean: a [Store] reads sources,
// has an [search.Embedder] turn passages of their texts into vectors, and keeps
// these beside the index, in a file of its own. It follows the sources by itself,
// so that an embedder that is slow or down delays no search and no index.
//
// A passage is embedded once for each model, by what it says: not after a restart,
// not when a document changes elsewhere, not when two say the same. Its
// vector is gone from memory with the last document that says it, and from the
// file with the next save, which follows within seconds.
//
// Neighbours are found by looking at all vectors, eight bits to a number, of what
// the asker may see. That is meant for up to a hundred thousand passages.
package semantic
