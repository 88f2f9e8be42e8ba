package importkb

import (
	"path"
	"regexp"
	"strings"

	"github.com/stoa-go/stoa/i18n"
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
		case langFolder.MatchString(d) && p.lang == "" && language(d) != "":
			p.lang = language(d)
		default:
			kept = append(kept, d)
		}
	}
	p.name = strings.TrimSuffix(path.Base(file), path.Ext(file))
	if m := langEnding.FindStringSubmatch(p.name); m != nil && language(m[2]) != "" {
		p.name, p.lang = m[1], language(m[2])
	}
	p.folder = strings.Join(kept, "/")
	p.id = path.Join(p.folder, p.name)
	return p
}

// language returns the language that part of a path names, or "" if it is more
// likely to name something else: "ios", "mac", "ui".
func language(part string) string {
	l, err := i18n.ParseLocale(part)
	if err != nil || l.Language() != strings.ToLower(part[:strings.IndexByte(part+"-", '-')]) {
		return ""
	}
	return string(l)
}

func (p place) title() string {
	return strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(p.name))
}
