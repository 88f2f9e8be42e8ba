package search

import (
	"context"
	"errors"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// ErrRebuild says that an index cannot be continued and must be filled anew:
// its files are damaged, its form is another version's, or it is ahead of its
// sources.
var ErrRebuild = errors.New("index must be rebuilt")

// An Index finds documents. An [Engine] owns one and is the only one to call it.
//
// Implementations must
//   - be safe for concurrent use, readers never waiting for writers;
//   - apply a batch whole or not at all, cursors included, and durably when
//     Apply has returned;
//   - show a request only documents whose audience its Sight admits, in hits,
//     counts, facets, corrections and suggestions alike: a response with and
//     without a hidden document in the index is the same;
//   - never panic, and return [ErrRebuild] when only a rebuild helps;
//   - pass the suite in package searchtest.
type Index interface {
	// Apply replaces the groups that batch names and keeps its cursors. Of two
	// changes to one group the last one is right. A batch that is not bulk also
	// makes the bulk ones before it durable.
	Apply(ctx context.Context, batch Batch) error

	// Cursors returns the cursor of each source as of the last batch.
	Cursors(ctx context.Context) (map[string]string, error)

	// Search answers a request.
	Search(ctx context.Context, q Request) (Response, error)

	// Suggest returns titles that continue what somebody is typing.
	Suggest(ctx context.Context, q SuggestRequest) ([]Suggestion, error)

	// Count returns the number of documents.
	Count(ctx context.Context) (int, error)

	// Fresh returns a new empty index beside this one, to be filled and then
	// given to Swap, or closed to give it up.
	Fresh(ctx context.Context) (Index, error)

	// Swap puts fresh in the place of this index's content at once; searches
	// under way finish on the old one. fresh must come from Fresh and must not
	// be used afterwards. If Swap fails, this index is as it was and fresh is
	// only closed.
	Swap(ctx context.Context, fresh Index) error

	// Close releases the index. Nothing else may be called afterwards.
	Close() error
}

// A Stemmer is an [Index] that knows which words are forms of one. Synonyms and
// pins of a [Tuning] are then for all of them.
type Stemmer interface {
	// Stem returns what the forms of a word have in common in a language, such
	// as "printer" for "printers": anything that is the same for all of them.
	Stem(locale, word string) string
}

// A Batch is a set of changes that take effect together.
type Batch struct {
	Changes []Change
	Cursors map[string]string // by source; sources not named keep theirs
	Bulk    bool              // speed before durability: only for a fresh index
}

// A Request is a query that an [Engine] has parsed and bounded.
type Request struct {
	Sight   profile.Sight       // what the asker may see
	Words   []Word              // what to look for, in order; none means everything
	Locale  string              // reader's language: only documents that serve it, those written in it before others that match as well; empty means any
	Filters map[string][]string // facet to accepted values, any of them; all facets must hold
	Facets  []string            // facets to count; a facet's own filter does not limit its counts
	Sort    Sort                // order of hits
	Offset  int                 // hits to skip, bounded by the engine
	Limit   int                 // hits to return
	Snippet int                 // length of snippets in characters; 0 means none
	Correct bool                // whether to look for corrections of words that find nothing or little
	Rare    bool                // whether an index may leave out words that very many documents have, if rarer ones are left, with what else says the same
	Explain bool                // whether hits say how their score came about
	Groups  []string            // only documents of these groups; none means of any
	Pinned  []string            // groups that are found whatever their words, and come first by relevance, in this order; filters, excluded and required words hold for them as well
}

// A Word is one thing to look for.
type Word struct {
	Text     string // as typed, without quotes; several words if Phrase
	Phrase   bool   // the words must stand next to each other
	Exclude  bool   // documents with it are not wanted
	Required bool   // documents without it are not wanted

	Also []Alternative // what else says the same: see [Choices]
}

// A Sort is an order of hits.
type Sort string

// The orders. Ties are broken by document ID.
const (
	SortRelevance Sort = ""        // best first
	SortUpdated   Sort = "updated" // newest first
)

// A Response is the answer to a [Request].
type Response struct {
	Hits      []Hit
	Total     int                     // documents found
	Facets    map[string][]FacetCount // most frequent first, then by value
	Corrected []Correction            // words that another spelling would find more for
}

// A Hit is a document found. Its Body is not filled.
type Hit struct {
	Document
	Score   float64
	Titles  []Span   // the title, cut where words were found
	Snippet []Span   // the best passage of the text: from an index as it is there, from an engine on one line, with " · " between blocks
	Explain []Reason // if asked for
	Rank    int      // position among all hits, from 1
	Pinned  bool     // it is where it is because its group was to be: see [Request]
	Click   string   // hand it to [Engine.Clicked] when the hit is followed

	Leanings []Leaning // what has moved it up for the asker; filled in by an engine

	up   int  // places that it has moved up, or down, for the asker
	team Team // which ranking of a trial brought it: for events, and nobody else
}

// A Span is a piece of text that matched, or one between matches. Text is plain:
// escape it.
type Span struct {
	Text  string
	Match bool
}

// A Reason is one part of a score.
type Reason struct {
	What  string
	Value float64
}

// A FacetCount is how many of the documents found have a value.
type FacetCount struct {
	Value string
	Count int
}

// A Correction replaces a word of the request by one that is in documents the
// asker may see.
type Correction struct {
	Word int // index in Request.Words
	Text string
}

// A SuggestRequest asks for titles.
type SuggestRequest struct {
	Sight  profile.Sight
	Text   string // what has been typed so far; the last word may be unfinished
	Locale string
	Limit  int
}

// A Suggestion is a document offered while typing.
type Suggestion struct {
	ID        string
	Group     string
	Source    string
	Kind      string
	Locale    string
	Title     []Span
	Path      string
	UpdatedAt time.Time
	Click     string // of what is read elsewhere, from an engine: hand it to [Engine.Followed]
}
