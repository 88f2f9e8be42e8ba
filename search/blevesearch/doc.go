// Package blevesearch is a [search.Index] on disk.
package blevesearch
