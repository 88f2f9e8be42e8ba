package importkb

import (
	"path"
	"regexp"
	"strings"
)

// A place is what a file's path says of it.
type place struct {
	id     string // path without language and ending
	lang   string // or empty
	folder string // the category, or empty
	name   string // last part of id
}

var langEnding = regexp.MustCompile(`^(.+?)\._?([a-z]{2,3}(?:-[A-Za-z]{2,4})?)$`)

var langFolder = regexp.MustCompile(`^[a-z]{2}(-[A-Za-z]{2,4})?$`)

// foldersAbove are folders that sort files, not articles.
var foldersAbove = map[string]bool{"articles": true, "content": true, "docs": true, "help": true, "_help": true, "_posts": true}

func placeOf(file string) place {
	var p place
	var kept []string
	dirs := strings.Split(path.Dir(file), "/")
	for _, d := range dirs {
		switch {
		case d == "." || foldersAbove[strings.ToLower(d)]:
		case langFolder.MatchString(d) && p.lang == "":
			p.lang = d
		default:
			kept = append(kept, d)
		}
	}
	p.name = strings.TrimSuffix(path.Base(file), path.Ext(file))
	if m := langEnding.FindStringSubmatch(p.name); m != nil {
		p.name, p.lang = m[1], m[2]
	}
	p.folder = strings.Join(kept, "/")
	p.id = path.Join(p.folder, p.name)
	return p
}

func (p place) title() string {
	return strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(p.name))
}
