package docfile

import (
	"path"
	"regexp"
	"strings"
)

// A Place is what a file's path says of it.
type Place struct {
	ID     string // path without language and ending
	Lang   string // or empty
	Folder string // the category, or empty
	Name   string // last part of ID
}

var langEnding = regexp.MustCompile(`^(.+?)\._?([a-z]{2,3}(?:-[A-Za-z]{2,4})?)$`)

var langFolder = regexp.MustCompile(`^[a-z]{2}(-[A-Za-z]{2,4})?$`)

// foldersAbove are folders that sort files, not documents.
var foldersAbove = map[string]bool{"articles": true, "content": true, "docs": true, "help": true, "_help": true, "_posts": true}

// Sorts reports whether a folder of this name sorts files and says nothing else
// of the documents in it than their language.
func Sorts(name string) bool {
	return langFolder.MatchString(name) || foldersAbove[strings.ToLower(name)]
}

// PlaceOf reads a path. language returns the language that part of one names, or
// "".
func PlaceOf(file string, language func(part string) string) Place {
	var p Place
	var kept []string
	for d := range strings.SplitSeq(path.Dir(file), "/") {
		switch {
		case d == "." || foldersAbove[strings.ToLower(d)]:
		case langFolder.MatchString(d) && p.Lang == "" && language(d) != "":
			p.Lang = language(d)
		default:
			kept = append(kept, d)
		}
	}
	p.Name = strings.TrimSuffix(path.Base(file), path.Ext(file))
	if m := langEnding.FindStringSubmatch(p.Name); m != nil && language(m[2]) != "" {
		p.Name, p.Lang = m[1], language(m[2])
	}
	p.Folder = strings.Join(kept, "/")
	p.ID = path.Join(p.Folder, p.Name)
	return p
}

// Title returns what to call a document that does not say it.
func (p Place) Title() string {
	return strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(p.Name))
}
