package kb

import (
	"context"
	"slices"
	"time"
)

// A Note is what colleagues say to one another beside an article. Readers never
// see one.
type Note struct {
	ID         string
	Article    string
	Locale     string // text that it is about, or empty for the article as a whole
	Revision   int    // newest one of that text when it was written; 0 without a text
	Thread     string // ID of the note that it answers; empty for one that begins a thread
	Kind       NoteKind
	Text       string
	Mentions   []string // IDs of colleagues who are told
	Author     string
	Source     Source // where the article comes from, with NoteSource
	ResolvedBy string // who said that the thread is settled; empty means that it is open
	ResolvedAt time.Time
	Input      string // hash of what it was made from, for retries
	CreatedAt  time.Time
	UpdatedAt  time.Time
	Version    int
}

// A NoteKind says what a note is.
type NoteKind string

// The kinds of notes.
const (
	NoteRemark NoteKind = ""       // what somebody said
	NoteSource NoteKind = "source" // says where an article comes from, and stays
)

// A Source is what an article was made from, such as a conversation.
type Source struct {
	Kind string // what it is: "case", "thread", "upload", "gap"; letters, digits and hyphens
	Ref  string // what it is called there; empty if it has no name
}

// Clone returns a copy that shares nothing with n.
func (n Note) Clone() Note {
	n.Mentions = slices.Clone(n.Mentions)
	return n
}

// Resolved reports whether the thread that n begins is settled.
func (n Note) Resolved() bool { return !n.ResolvedAt.IsZero() }

// A NoteStore keeps what colleagues say beside articles. No note changes what
// readers see, nor a stamp.
type NoteStore interface {
	// SaveNote stores n. Version 1 is a new note: ErrConflict if its ID is taken,
	// ErrNotFound if there is no such article. Any other must follow the stored
	// version: ErrNotFound if there is none, ErrConflict if it differs.
	SaveNote(ctx context.Context, n Note) error

	// Note returns the note with the given ID, or ErrNotFound.
	Note(ctx context.Context, id string) (Note, error)

	// Notes returns the notes that match q, newest first, and a token for the
	// next page, empty on the last.
	Notes(ctx context.Context, q NoteQuery) (page []Note, next string, err error)
}

// A NoteQuery selects notes. Its zero value selects all of them.
type NoteQuery struct {
	Article  string     // only beside this article
	Kinds    []NoteKind // only of these kinds; nil means of any
	Open     bool       // only those of threads that are not settled
	Mentions string     // only those that mention this person
	Since    time.Time  // only those changed at or after this time
	After    string     // page token from an earlier call
	Limit    int        // 0 means 50
}
