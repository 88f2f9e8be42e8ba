package kb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

var _ search.Quoter = source{}

// Passages implements [search.Quoter]. Nobody is quoted what not all readers of
// the article read, as nothing else of it is in the index.
func (s source) Passages(ctx context.Context, by profile.Actor, d search.Document) ([]search.Passage, error) {
	id, _ := strings.CutPrefix(d.Group, groupPrefix)
	a, _, err := s.l.visible(ctx, by, id)
	if err != nil {
		return nil, fmt.Errorf("kb passages: %w", err)
	}
	t, ok := a.In(d.Locale)
	if !ok || !t.Visible() {
		return nil, fmt.Errorf("kb passages: %w", ErrNotFound)
	}
	rev, err := s.l.store.Revision(ctx, a.ID, t.Locale, t.Live)
	if err != nil {
		return nil, fmt.Errorf("kb passages: %w", err)
	}
	doc, err := s.l.document(ctx, rev, everybody)
	if err != nil {
		return nil, fmt.Errorf("kb passages: %w", err)
	}
	var q quoter
	q.begin("", "")
	q.block(search.BlockText, rev.Summary)
	for _, part := range doc.parts {
		q.begin(part.ID, part.Title)
		if err := q.read(string(part.HTML)); err != nil {
			return nil, fmt.Errorf("kb passages: %w", err)
		}
	}
	return q.out, nil
}

// A quoter cuts a rendered text into passages. What is no sentence and no entry
// of a list is left out: it says nothing away from its place.
type quoter struct{ out []search.Passage }

func (q *quoter) begin(id, heading string) {
	q.out = append(q.out, search.Passage{Fragment: id, Heading: heading})
}

func (q *quoter) read(text string) error {
	nodes, err := html.ParseFragment(strings.NewReader(text), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return errors.Join(ErrInvalid, err)
	}
	for _, n := range nodes {
		q.node(n)
	}
	return nil
}

func (q *quoter) node(n *html.Node) {
	switch n.DataAtom {
	case atom.H3, atom.H4, atom.H5, atom.H6:
		q.begin(attribute(html.Token{Attr: n.Attr}, "id"), textOf(n))
	case atom.P:
		q.block(search.BlockText, textOf(n))
	case atom.Ol:
		q.block(search.BlockSteps, entriesOf(n)...)
	case atom.Ul:
		q.block(search.BlockList, entriesOf(n)...)
	case atom.Div, atom.Section, atom.Details:
		for c := range n.ChildNodes() {
			q.node(c)
		}
	}
}

func (q *quoter) block(kind search.BlockKind, lines ...string) {
	last := &q.out[len(q.out)-1]
	if len(lines) > 0 && lines[0] != "" {
		last.Blocks = append(last.Blocks, search.Block{Kind: kind, Lines: lines})
	}
}

func entriesOf(list *html.Node) (out []string) {
	for c := range list.ChildNodes() {
		if text := textOf(c); c.DataAtom == atom.Li && text != "" {
			out = append(out, text)
		}
	}
	return out
}

// textOf returns the words of a node, on one line.
func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.DataAtom == atom.Br || c.DataAtom == atom.P || c.DataAtom == atom.Li:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
