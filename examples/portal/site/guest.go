package site

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// A guest is somebody who was sent a link to one thing. What it opens is worth
// what whoever made it may do now: it is read on their behalf, and shown without
// whatever leads further than the guest may go.

const (
	guestPurpose = "guest"
	guestUses    = 20 // browsers, and times that a pass has worn off
	untilKey     = "until"
)

// sharing reports whether somebody may let guests read an article.
func sharing(by profile.Actor, a kb.Page) bool {
	return by.Staff() && by.Viewer == "" && !a.Public
}

func guestSubject(article string) string { return "article/" + article }

// asGuest says who sends a request that nobody has signed in for: whoever holds
// a pass. One that has worn off is nobody's.
func (s *Site) asGuest(r *http.Request) (profile.Actor, error) {
	by, err := s.linking.Authenticate(r)
	if errors.Is(err, profile.ErrForbidden) {
		return profile.Actor{}, nil
	}
	return by, err
}

// passed returns what the pass of a request was made for.
func (s *Site) passed(r *http.Request) (profile.Link, error) {
	l, err := s.linking.Current(r)
	if err != nil {
		return l, err
	}
	until, err := time.Parse(time.RFC3339, l.Data[untilKey])
	if err != nil || !s.cfg.Now().Before(until) {
		return l, profile.ErrGone
	}
	return l, nil
}

// lent returns the article that a guest may read, as whoever shared it sees it
// but for parts that are not for everybody, and who that is.
func (s *Site) lent(ctx context.Context, l profile.Link, locale string) (kb.Page, profile.Actor, error) {
	id, ok := strings.CutPrefix(l.Subject, "article/")
	if l.Purpose != guestPurpose || !ok {
		return kb.Page{}, profile.Actor{}, profile.ErrNotFound
	}
	by, err := s.people.Actor(ctx, l.MadeBy)
	var a kb.Page
	if err == nil {
		a, err = s.library.Lend(ctx, by, id, locale)
	}
	if errors.Is(err, profile.ErrNotFound) || err == nil && !a.Public && !sharing(by, a) {
		err = profile.ErrGone // there was something; it is no longer lent
	}
	return a, by, err
}

// forGuest returns the text of an article without links further into the portal,
// except to what everybody may read, and with pictures from where a guest gets
// them.
func (s *Site) forGuest(ctx context.Context, v *visit, text template.HTML) (template.HTML, error) {
	body := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(string(text)), body)
	if err != nil {
		return "", err
	}
	for _, n := range nodes {
		body.AppendChild(n)
	}
	for _, n := range elements(body) {
		switch n.DataAtom {
		case atom.A:
			if !s.openTo(ctx, v, attr(n, "href")) {
				unwrap(n)
			}
		case atom.Img, atom.Video, atom.Audio, atom.Track:
			for _, name := range []string{"src", "poster"} {
				if at := attr(n, name); at != "" {
					setAttr(n, name, strings.Replace(at, "/media/", "/shared/media/", 1))
				}
			}
		}
	}
	var b strings.Builder
	for n := range body.ChildNodes() {
		if err := html.Render(&b, n); err != nil {
			return "", err
		}
	}
	return template.HTML(b.String()), nil
}

// openTo reports whether whoever visits may follow a link in a text: one on the
// same page, to another site, or to an article that they may read.
func (s *Site) openTo(ctx context.Context, v *visit, address string) bool {
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") {
		return true
	}
	path, _, _ := strings.Cut(address, "#")
	locale, rest, ok := s.languages.SplitPath(path)
	if !ok {
		locale, rest = v.Wanted, path
	}
	slug, ok := strings.CutPrefix(rest, "/articles/")
	if !ok {
		return false
	}
	_, err := s.library.Find(ctx, v.By, string(locale), slug)
	return err == nil
}

func elements(n *html.Node) (out []*html.Node) {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode {
			out = append(out, d)
		}
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func setAttr(n *html.Node, name, value string) {
	for i := range n.Attr {
		if n.Attr[i].Key == name {
			n.Attr[i].Val = value
		}
	}
}

// unwrap puts what is in an element in its place.
func unwrap(n *html.Node) {
	for n.FirstChild != nil {
		child := n.FirstChild
		n.RemoveChild(child)
		n.Parent.InsertBefore(child, n)
	}
	n.Parent.RemoveChild(n)
}
