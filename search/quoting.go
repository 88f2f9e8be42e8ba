package search

import (
	"context"

	"github.com/stoa-go/stoa/profile"
)

// A Quoter is a [Source] whose documents can be quoted: an [Engine] shows an
// [Answer] from them and from no others.
type Quoter interface {
	// Passages returns the text of a document as everybody sees it who may see the
	// document at all, cut at its headings, in order, what its author says of it in
	// short before all else. What only some of them see is
	// not in it. If by may not see the document now, or there is none, the error
	// matches [ErrNotFound].
	Passages(ctx context.Context, by profile.Actor, d Document) ([]Passage, error)
}

// A Passage is what stands below one heading, up to the next.
type Passage struct {
	Heading  string // its words; empty for what comes before the first
	Fragment string // of the heading's address, without "#"
	Blocks   []Block
}

// A Block is a paragraph or a list.
type Block struct {
	Kind  BlockKind
	Lines []string // the paragraph, or the entries of the list; plain text on one line each
}

// A BlockKind says what lines are.
type BlockKind string

// The kinds.
const (
	BlockText  BlockKind = ""
	BlockList  BlockKind = "list"  // in any order
	BlockSteps BlockKind = "steps" // in this one
)

// A Linguist is an [Index] that says which words it takes to be the same. An
// engine over an index that is none quotes nothing.
type Linguist interface {
	// Terms returns the words of a text in a language as they are compared, each
	// time they are there, without those too common to say anything.
	Terms(locale, text string) []string
}

// An Answer is a passage of a hit that says what was asked. It is quoted, word by
// word, and never made up.
type Answer struct {
	Hit      Hit       // what it is quoted from; its Click counts as one on the hit
	Heading  string    // the words above the passage; empty at the start of the text
	Fragment string    // of the passage in the Path of the hit, without "#"; may be empty
	Intro    string    // what stands before a list and leads to it; may be empty
	Kind     BlockKind // of the lines
	Lines    []string  // whole sentences of a paragraph, or entries of a list
	More     bool      // the passage goes on
	Token    string    // for [Engine.Answered]
}

// Address returns where the passage is read.
func (a Answer) Address() string {
	if a.Fragment == "" {
		return a.Hit.Path
	}
	return a.Hit.Path + "#" + a.Fragment
}
