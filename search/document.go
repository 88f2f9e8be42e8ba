package search

import (
	"net/url"
	"strings"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// A Document is one text in one language, as the index keeps it.
type Document struct {
	ID        string              // "article/reset-hub@de": unique, stable
	Group     string              // "article/reset-hub": what the document is a version of
	Source    string              // name of the source it is from; an engine fills it in
	Kind      string              // "how-to", "faq", "topic": what a reader would call it
	Locale    string              // language of the text, a BCP 47 tag
	Serves    []string            // languages whose readers are shown this version of the group
	Title     string              // plain text
	Summary   string              // plain text, shown when there is nothing to highlight
	Body      string              // plain text, with line breaks between blocks and tabs between the cells of a row
	Keywords  []string            // tags, error codes and other names it should be found by
	Path      string              // where to read it, relative to the portal: "/de/articles/hub-zuruecksetzen"; or elsewhere: "https://docs.example.com/hub"
	Audience  profile.Audience    // who may know that it exists
	Facets    map[string][]string // values to filter and count by: "kind", "category", "product", "language"
	UpdatedAt time.Time           // shown to readers, and breaks ties
	Weight    float64             // what the source thinks of it; 0 means 1, above is better
}

// Elsewhere returns the host that a document is read at, if that is not the
// portal, and "" otherwise.
func (d Document) Elsewhere() string {
	if strings.HasPrefix(d.Path, "/") {
		return ""
	}
	u, err := url.Parse(d.Path)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.Host
}

// A Change says what has become of one group: Documents are all its versions
// now, none if it is gone. Applying a change twice does no harm.
type Change struct {
	Group     string
	Documents []Document
}
