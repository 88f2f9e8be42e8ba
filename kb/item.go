package kb

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// An Item is one article in one language, as an importer read it. Items with the
// same External are the languages of one article: it is for those whom all of
// them are for. Of what none says anything, a new article is published, for
// [ImportOptions.Audience]; one that is there already keeps its audience, and
// stays archived.
type Item struct {
	File          string // where it was read, for reports
	Line          int    //
	External      string // name in the system it comes from, the same in every language
	Locale        string
	Category      string // external name of its category
	Kind          Kind   // empty means how-to
	Title         string
	Slug          string           // empty means one made from the title
	Summary       string           // empty means the start of the text
	SEOTitle      string           // what search engines are told in the place of Title; empty leaves what they are told
	Description   string           // and in the place of Summary
	Body          string           // Markdown
	Audience      profile.Audience // nil means that it says nothing of it
	Status        Status           // empty means that it says nothing of it
	Products      []string
	Tags          []string
	Related       []string          // external names
	Fields        map[string]string // by the keys of the fields of its type
	Order         int
	Owner         string   // person's id; empty means whoever imports
	Draft         *Text    // newer text that readers are not shown yet; nil means that there is none
	Path          string   // file it stood in, that links of others are relative to
	RedirectFrom  []string // paths it was found at
	Created       time.Time
	Updated       time.Time
	SourceUpdated time.Time // date of the source text it was translated from, if known
}

// A CategoryItem is a category as an importer read it.
type CategoryItem struct {
	External string
	Parent   string // external name
	Order    int
	Audience profile.Audience // nil means that it says nothing of it
	Icon     string
	Labels   map[string]Label // by language; "" is that which the import takes for its source
	Keep     bool             // once it is there, it is left as it is
}

// A MediaItem is a picture as an importer read it.
type MediaItem struct {
	Name string // by which articles of the bundle show it; in the library, it gets another if that is taken
	Path string // file it was in, that links of articles are relative to; may be empty
	Data []byte
}

// A Bundle is everything an importer read.
type Bundle struct {
	Name       string // of what it was read from: the same again means the same articles
	Origin     string // [Library.Installation] that exported it, or empty. Where that is, external names are the IDs of what it was made from
	Items      []Item
	Categories []CategoryItem
	Media      []MediaItem
	Problems   []Problem // what could not be read
}

// A Problem is one thing that could not be imported.
type Problem struct {
	File   string
	Line   int                     // 0 means the whole file
	Reason string                  // in English, or the keys of Fields or of Says
	Fields map[string]errs.Message // what is wrong with which field, to say it in the reader's language; may be nil
	Says   errs.Message            // what is wrong, to say it so; without a Key there is only Reason
}

// Error returns "file:line: reason".
func (p Problem) Error() string { return p.place() + ": " + p.Reason }

func (p Problem) place() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// NewProblem returns what err says is wrong with a place in a file.
func NewProblem(file string, line int, err error) Problem {
	p := Problem{File: file, Line: line, Reason: strings.Join(strings.Fields(err.Error()), " ")}
	if f, ok := errors.AsType[errs.Fields](err); ok {
		p.Fields = f
	}
	if s, ok := errors.AsType[*errs.Says](err); ok {
		p.Says = s.Message
	}
	return p
}

// An ImportReport says what an import did.
type ImportReport struct {
	Articles   int            // read, each counted once however many languages; what cannot be taken is under Problems
	Texts      int            // read
	Created    int            // articles
	Updated    int            // articles
	Unchanged  int            // articles
	Categories int            // created or changed
	Media      int            // created or changed
	Redirects  int            // kept
	Changes    []ImportChange // articles created and updated, at most [MostChanges]
	Made       []string       // IDs of all articles created
	Problems   []Problem
}

// MostChanges is how many changes an [ImportReport] names.
const MostChanges = 500

// An ImportChange is an article that an import created or updated.
type ImportChange struct {
	Article string // ID
	Title   string // in its source language
	New     bool
}

// ImportOptions adjust an import. The zero value is ready to use.
type ImportOptions struct {
	Source   string                // language preferred as the source of an article; empty means the library's default
	Audience profile.Audience      // of new articles and categories that name none; nil means public
	Progress func(done, total int) // nil means none; called after each article
	Watch    func(ImportProgress)  // nil means none; called before the first article and after each
	Only     map[string]bool       // external names of the articles that are taken; nil means all. The others lend links their addresses
	Rehearse bool                  // true changes nothing, and reports what would be changed
}

// An ImportProgress is how far an import is.
type ImportProgress struct {
	Done, Total int          // articles
	Report      ImportReport // what was done so far; it may be read until the call returns
}
