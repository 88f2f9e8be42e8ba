package kb

import (
	"context"
	"time"
)

// A Media is something that texts show or let their readers download: a picture,
// a video, captions, or any other file.
type Media struct {
	Name     string    // "hub-leds.svg"
	Type     string    // MIME type, found from the content
	Data     []byte    // of a picture and of captions; everything else is in [Files], under Hash
	Size     int64     // in bytes
	Hash     string    // SHA-256 of the content in hexadecimal
	About    string    // what there is to see or to read in it, for those who cannot see it and in lists
	Words    TextState // what is known of the words in it
	Tries    int       // how often it was begun to read them
	Owner    string    // person who put it there
	External string    // bundle it was imported from, or empty
	Stem     string    // what the names of a film and of what goes with it have in common; empty for all else
	At       time.Time
}

// A TextState says what is known of the words in a medium.
type TextState string

// The states of the words in a medium.
const (
	TextNone    TextState = ""        // there are none to be found
	TextWaiting TextState = "waiting" // nobody has read it yet
	TextRead    TextState = "read"    // they are in the index
	TextFailed  TextState = "failed"  // it cannot be read
)

// A MediaText is the words in a medium.
type MediaText struct {
	State TextState
	Tries int
	Text  string
}

// A MediaUse is an article that uses a medium: in revisions of one author, or,
// if Author is empty, in its fields.
type MediaUse struct {
	Article string
	Author  string // of the revision
	Live    bool   // in one that readers are shown
}

// A MediaQuery selects media. Its zero value selects all of them.
type MediaQuery struct {
	Name   string    // only with this in the name, which is in small letters
	Types  []string  // only of these types, or of those that begin so if it ends in "/"; nil means of any
	Owner  string    // only of this person
	Words  TextState // only with words in this state; empty means in any
	Unused bool      // only what no article uses in its fields, in its newest text, or in one that readers are shown, and what goes with no video or sound of the same Stem that one uses
	Except []string  // with Unused: none of these
	After  string    // page token from an earlier call
	Limit  int       // 0 means 50
}

// A MediaStore keeps what articles show and let their readers download.
type MediaStore interface {
	// PutMedia stores m under its name, replacing what was there. The words that
	// were in that are forgotten.
	PutMedia(ctx context.Context, m Media) error

	// Media returns what is stored under name, or ErrNotFound.
	Media(ctx context.Context, name string) (Media, error)

	// MediaUses returns the articles with a revision that shows what is stored
	// under name, once for each author of such a revision, and those whose fields
	// name it, by ID and author.
	MediaUses(ctx context.Context, name string) ([]MediaUse, error)

	// ListMedia returns the media that match q without their Data, newest first,
	// ties by name, and a token for the next page, empty on the last.
	ListMedia(ctx context.Context, q MediaQuery) (page []Media, next string, err error)

	// MediaTotal returns how many media there are, and how many bytes they have.
	MediaTotal(ctx context.Context) (count int, bytes int64, err error)

	// MediaOf returns those of the hashes that are of media.
	MediaOf(ctx context.Context, hashes []string) ([]string, error)

	// DescribeMedia changes what is said about a medium, or returns ErrNotFound.
	DescribeMedia(ctx context.Context, name, about string) error

	// RemoveMedia removes what is stored under name. It returns ErrNotFound if
	// there is nothing, and ErrConflict if anything uses it as [MediaQuery] says.
	RemoveMedia(ctx context.Context, name string) error

	// SaveMediaText stores what is known of the words in a medium. If Text is
	// other than it was, the articles that use the medium, and those that include
	// any of the blocks in shown, in whatever revision, are logged as changed.
	// ErrNotFound if what is stored under name has another hash.
	SaveMediaText(ctx context.Context, name, hash string, t MediaText, shown []string) error

	// MediaTexts returns the words in those of the media that have any, by name.
	MediaTexts(ctx context.Context, names []string) (map[string]string, error)
}
