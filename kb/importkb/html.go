package importkb

import (
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/net/html"

	"github.com/stoa-go/stoa/internal/filetext"
	"github.com/stoa-go/stoa/kb"
)

// readHTML reads a page as an article. One that has no text of its own, as the
// table of contents of an export, is left out: ok is false. Where pages of Confluence
// stand is noted in spaces.
func readHTML(fsys fs.FS, file string, spaces wiki) (item kb.Item, ok bool, err error) {
	data, err := readWhole(fsys, file, maxFile)
	if err != nil {
		return kb.Item{}, false, err
	}
	root, err := filetext.ParseHTML(data, "text/html")
	if err != nil {
		return kb.Item{}, false, err
	}
	if c, is := confluence(root, file, spaces); is {
		return c, c.Body != "", nil
	}
	p := placeOf(file)
	item = kb.Item{
		External: p.ID, Category: p.Folder, Locale: first(p.Lang, language(oneLine(langOf(root)))), File: file, Path: file,
		Slug: kb.Slugify(p.Name), Summary: oneLine(meta(root, "description")), RedirectFrom: []string{"/" + file},
	}
	h1, title := elementText(root, "h1"), elementText(root, "title")
	item.Title = first(h1, title, p.Title())
	item.Body = (&markup{title: item.Title}).text(filetext.Main(root))
	if canonical := find(root, func(n *html.Node) bool { return n.Data == "link" && attr(n, "rel") == "canonical" }); canonical != nil {
		if u := urlPath(attr(canonical, "href")); u != "" {
			item.RedirectFrom = append(item.RedirectFrom, u)
		}
	}
	return item, true, nil
}

// fragment returns a piece of HTML as a node.
func fragment(text string) (*html.Node, error) { return parseUTF8(text) }

func parseUTF8(text string) (*html.Node, error) {
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("the text is no HTML that can be read: %w", err)
	}
	return filetext.Main(root), nil
}

func elementText(root *html.Node, name string) string {
	if n := find(root, func(n *html.Node) bool { return n.Data == name }); n != nil {
		return plain(n)
	}
	return ""
}

func langOf(root *html.Node) string {
	if n := find(root, func(n *html.Node) bool { return n.Data == "html" }); n != nil {
		return attr(n, "lang")
	}
	return ""
}

func meta(root *html.Node, name string) string {
	if n := find(root, func(n *html.Node) bool { return n.Data == "meta" && strings.EqualFold(attr(n, "name"), name) }); n != nil {
		return attr(n, "content")
	}
	return ""
}

func byID(root *html.Node, id string) *html.Node {
	return find(root, func(n *html.Node) bool { return attr(n, "id") == id })
}
