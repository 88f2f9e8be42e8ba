// Package lexis is what indexes know of words, whatever they keep them in: how
// a text of a language is cut into words and these into terms, what a request
// looks for in each language, where that stands in a text, and how far one
// spelling is from another.
package lexis
