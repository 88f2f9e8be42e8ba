package kb

import (
	"net/url"
	"path"
	"regexp"
	"strings"
)

// A linkTable knows which article stands behind a file or an old address, so
// that links between imported articles become references to articles.
type linkTable struct {
	byFile   map[string]string // "LOCALE path" or "path" to article ID
	byPath   map[string]string // old address to article ID
	external map[string]string // external name to article ID
	media    map[string]string // file to name of a medium, once it is kept
	names    map[string]string // name of a medium in the bundle to the one it is kept under
}

func (im *importing) linkTable() linkTable {
	t := linkTable{byFile: map[string]string{}, byPath: map[string]string{}, external: map[string]string{}, media: map[string]string{}, names: map[string]string{}}
	for _, g := range im.groups {
		id := im.id("article", g[0].External)
		t.external[g[0].External] = id
		for _, item := range g {
			if item.Path != "" {
				t.byFile[item.Locale+" "+item.Path] = id
				t.byFile[item.Path] = id
			}
			for _, from := range item.RedirectFrom {
				t.byPath[normalPath(from)] = id
			}
		}
	}
	return t
}

// target matches where a link or picture of Markdown leads: after "](" and in
// definitions "[name]: ".
var target = regexp.MustCompile(`(\]\(\s*<?|(?m:^[ ]{0,3}\[[^\]\n]+\]:[ \t]*<?))([^\s()<>]+)`)

// rewrite returns the body of item with its links to other articles as
// references. Code stays as it is.
func (t linkTable) rewrite(item Item) string {
	body := strings.ReplaceAll(item.Body, "\r\n", "\n")
	if !hasLinks(body) {
		return body
	}
	return outsideCode(body, func(text string) string {
		if !hasLinks(text) {
			return text
		}
		return target.ReplaceAllStringFunc(text, func(s string) string {
			m := target.FindStringSubmatch(s)
			return m[1] + t.resolve(item, m[2])
		})
	})
}

func hasLinks(text string) bool { return strings.Contains(text, "](") || strings.Contains(text, "]:") }

func (t linkTable) resolve(item Item, link string) string {
	dest, fragment, hash := strings.Cut(link, "#")
	if hash {
		fragment = "#" + fragment
	}
	if name, ok := strings.CutPrefix(dest, "article:"); ok {
		if id, ok := t.external[name]; ok {
			return "article:" + id + fragment
		}
		return link
	}
	if name, ok := strings.CutPrefix(dest, "media:"); ok {
		if plain, err := url.PathUnescape(name); err == nil && t.names[mediumName(plain)] != "" {
			return "media:" + t.names[mediumName(plain)] + fragment
		}
		return link
	}
	u, err := url.Parse(dest)
	if err != nil || dest == "" || u.Scheme != "" || u.Host != "" {
		return link
	}
	if ref, ok := t.lookup(item, u.Path); ok {
		return ref + fragment
	}
	return link
}

// lookup returns the reference for a path in the text of item.
func (t linkTable) lookup(item Item, p string) (string, bool) {
	if strings.HasPrefix(p, "/") {
		id, ok := t.byPath[normalPath(p)]
		return "article:" + id, ok
	}
	if item.Path == "" {
		return "", false
	}
	file := path.Join(path.Dir(item.Path), p)
	if name, ok := t.media[file]; ok {
		return "media:" + name, true
	}
	if id, ok := t.byFile[item.Locale+" "+file]; ok {
		return "article:" + id, true
	}
	id, ok := t.byFile[file]
	return "article:" + id, ok
}
