package search

import "time"

// A Query is what somebody asks. Its zero value finds everything they may see,
// newest first.
type Query struct {
	Text    string              // everyday language; "quoted phrases", -excluded and +required words
	Locale  string              // reader's language; empty means the actor's
	Filters map[string][]string // facet to accepted values
	Facets  []string            // facets to count
	Sort    Sort                // order; the zero value is by relevance
	After   string              // page token from an earlier answer to the same query
	Page    int                 // or the number of the page, from 1; 0 means the first. With After, a page of that search
	Token   string              // of an earlier answer to the same query by the same person: this is another page of that search, and no new one. Any other is ignored
	Limit   int                 // hits a page; 0 means 10, at most 50
	Plain   bool                // results as they are without what was learned from people's behaviour, for everybody alike
	Explain bool                // how scores came about; needs permission search.tune

	Impersonal bool // in the order that everybody gets, whatever concerns the asker: see [Options].Leanings

	Also   []string // other ways to say Text, of which any will do: filled in by an engine for its fallback
	Pinned []string // groups that come first, in this order, whatever their words: filled in by an engine for its fallback
}

// Results is the answer to a [Query].
type Results struct {
	ID         string // of this search, for what follows from it
	Hits       []Hit
	Answer     *Answer // a passage of one of the hits that answers what was asked; nil if none surely does, and on further pages
	Total      int
	Facets     map[string][]FacetCount
	DidYouMean string        // the whole query in a spelling that finds more, or empty
	Token      string        // of this search, for links to all its pages: see Query.Token
	Next       string        // token of the next page, empty on the last
	Page       int           // which page this is, from 1
	Pages      int           // how many can be reached
	Partial    bool          // the index is still being filled or is behind a source, there may be more
	Took       time.Duration // time spent in the engine

	trial string // ID of the trial that had a share in it
}
