package importkb

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// Front matter of other systems writes the same thing in many ways: an ID as a
// number, a date without quotes, one tag without a list. These types read them
// all.

// A text is any scalar as it was written.
type text string

// UnmarshalYAML implements [yaml.Unmarshaler].
func (t *text) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		*t = text(n.Value)
	}
	return nil
}

// A list is a list of scalars, one scalar, or several joined by commas.
type list []string

// UnmarshalYAML implements [yaml.Unmarshaler].
func (l *list) UnmarshalYAML(n *yaml.Node) error {
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if item.Kind == yaml.ScalarNode && item.Value != "" {
				*l = append(*l, strings.TrimSpace(item.Value))
			}
		}
	case yaml.ScalarNode:
		for part := range strings.SplitSeq(n.Value, ",") {
			if part = strings.TrimSpace(part); part != "" && n.Tag != "!!null" {
				*l = append(*l, part)
			}
		}
	}
	return nil
}

func (l list) first() string {
	if len(l) == 0 {
		return ""
	}
	return l[0]
}

// errNobody says that an audience was written and names nobody.
var errNobody = errors.New("audience names nobody: write at least one segment, such as [public], or leave it out")

// terms are the segments of an audience. They are read strictly: what is not
// understood may have been meant to keep readers out.
type terms []string

// UnmarshalYAML implements [yaml.Unmarshaler].
func (t *terms) UnmarshalYAML(n *yaml.Node) error {
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	for _, item := range nodes {
		for item.Kind == yaml.AliasNode {
			item = item.Alias
		}
		if item.Kind != yaml.ScalarNode {
			return fmt.Errorf("line %d: audience is no list of segments: write [public] or [partner, staff]", n.Line)
		}
		for part := range strings.SplitSeq(item.Value, ",") {
			if part = strings.TrimSpace(part); part != "" && item.Tag != "!!null" {
				*t = append(*t, part)
			}
		}
	}
	if len(*t) == 0 {
		return errNobody
	}
	return nil
}

// A number is a whole number; anything else is zero.
type number int

// UnmarshalYAML implements [yaml.Unmarshaler].
func (v *number) UnmarshalYAML(n *yaml.Node) error {
	i, _ := strconv.Atoi(n.Value)
	*v = number(i)
	return nil
}

// readCategories reads categories.yaml: a list with id, parent, order, audience,
// icon, and a title, slug and description for each language. One that cannot be
// read is reported by its line.
func readCategories(b *kb.Bundle, fsys fs.FS, file string) {
	data, err := readWhole(fsys, file, maxFile)
	var rows []yaml.Node
	if err == nil {
		err = yaml.Unmarshal(data, &rows)
	}
	if err != nil {
		b.Problems = append(b.Problems, problem(file, 1, err))
		return
	}
	for _, row := range rows {
		c, err := category(row)
		if err != nil {
			b.Problems = append(b.Problems, kb.NewProblem(file, row.Line, err))
			continue
		}
		b.Categories = append(b.Categories, c)
	}
}

func category(row yaml.Node) (kb.CategoryItem, error) {
	c := kb.CategoryItem{Labels: map[string]kb.Label{}}
	var fields map[string]yaml.Node
	if err := row.Decode(&fields); err != nil {
		return c, err
	}
	var audience terms
	var order number
	known := map[string]any{"id": &c.External, "parent": &c.Parent, "icon": &c.Icon, "order": &order, "audience": &audience}
	for key, node := range fields {
		if key == "audience" {
			if err := audience.UnmarshalYAML(&node); err != nil {
				return c, err
			}
			continue
		}
		if into, ok := known[key]; ok {
			if err := node.Decode(into); err != nil {
				return c, err
			}
			continue
		}
		var label struct{ Title, Slug, Description text }
		if err := node.Decode(&label); err != nil {
			return c, err
		}
		c.Labels[key] = kb.Label{Title: string(label.Title), Slug: string(label.Slug), Description: string(label.Description)}
	}
	c.Order = int(order)
	if len(audience) == 0 {
		c.Audience = profile.Public()
		return c, nil
	}
	var err error
	c.Audience, err = profile.ParseAudience(audience)
	return c, err
}
