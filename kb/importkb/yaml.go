package importkb

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strconv"
	"strings"
	"unicode"

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

// pairs are scalars by name; what is no scalar is left out.
type pairs map[string]string

// UnmarshalYAML implements [yaml.Unmarshaler].
func (p *pairs) UnmarshalYAML(n *yaml.Node) error {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if v := n.Content[i+1]; v.Kind == yaml.ScalarNode && v.Tag != "!!null" {
			if *p == nil {
				*p = pairs{}
			}
			(*p)[plainKey(n.Content[i].Value)] = strings.TrimSpace(v.Value)
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
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	for _, item := range nodes {
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

// audience returns whom the terms name. "nobody", alone, is nobody.
func (t terms) audience() (profile.Audience, error) {
	if len(t) == 1 && t[0] == "nobody" {
		return profile.Audience{}, nil
	}
	return profile.ParseAudience(t)
}

// A number is a whole number; anything else is zero.
type number int

// UnmarshalYAML implements [yaml.Unmarshaler].
func (v *number) UnmarshalYAML(n *yaml.Node) error {
	i, _ := strconv.Atoi(n.Value)
	*v = number(i)
	return nil
}

// frontOf reads front matter. Names count whatever their letters: "Audience" was
// meant as audience.
func frontOf(matter []byte) (f front, err error) {
	if len(matter) > maxMatter {
		return f, fmt.Errorf("the front matter is longer than %d bytes", maxMatter)
	}
	root, err := plainYAML(matter)
	if err != nil || root == nil {
		return f, err
	}
	if root.Kind == yaml.MappingNode {
		var content []*yaml.Node
		for i := 0; i+1 < len(root.Content); i += 2 {
			key := root.Content[i]
			if key.Value = plainKey(key.Value); f.knows(key.Value) {
				content = append(content, key, root.Content[i+1])
			}
		}
		root.Content = content
	}
	return f, root.Decode(&f)
}

// knows reports whether front matter with that name is read.
func (front) knows(name string) bool {
	fields := reflect.TypeFor[front]()
	for i := range fields.NumField() {
		if fields.Field(i).Tag.Get("yaml") == name {
			return true
		}
	}
	return false
}

// plainKey returns a name in small letters, without what cannot be seen.
func plainKey(s string) string {
	return strings.ToLower(strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)))
}

// plainYAML returns the value that YAML holds, or nil for none. It refuses
// references within it: a few lines of them can stand for any amount of text.
func plainYAML(data []byte) (*yaml.Node, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, err
	}
	if err := refers(&root); err != nil {
		return nil, err
	}
	if len(root.Content) == 0 {
		return nil, nil
	}
	return root.Content[0], nil
}

func refers(n *yaml.Node) error {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Tag == "!!merge" {
		return fmt.Errorf("line %d: anchors and aliases (&, *, <<) are not read: write the value out", n.Line)
	}
	for _, c := range n.Content {
		if err := refers(c); err != nil {
			return err
		}
	}
	return nil
}

// readCategories reads categories.yaml: a list with id, parent, order, audience,
// icon, and a title, slug and description for each language. One that cannot be
// read is reported by its line.
func readCategories(b *kb.Bundle, fsys fs.FS, file string) {
	rows, err := categoryRows(fsys, file)
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

func categoryRows(fsys fs.FS, file string) ([]*yaml.Node, error) {
	data, err := readWhole(fsys, file, maxCategories)
	if err != nil {
		return nil, err
	}
	root, err := plainYAML(data)
	if err != nil || root == nil {
		return nil, err
	}
	if root.Kind != yaml.SequenceNode {
		return nil, fmt.Errorf("line %d: categories are a list: begin each with \"- id:\"", root.Line)
	}
	return root.Content, nil
}

// category reads one row. Beside the names that it knows, each is a language.
func category(row *yaml.Node) (kb.CategoryItem, error) {
	c := kb.CategoryItem{Labels: map[string]kb.Label{}}
	if row.Kind != yaml.MappingNode {
		return c, errors.New("a category is written as names with values")
	}
	var audience terms
	var order number
	known := map[string]any{"id": &c.External, "parent": &c.Parent, "icon": &c.Icon, "order": &order, "audience": &audience}
	seen := map[string]bool{}
	for i := 0; i+1 < len(row.Content); i += 2 {
		key, value := row.Content[i].Value, row.Content[i+1]
		name := plainKey(key)
		if seen[name] {
			return c, fmt.Errorf("%q is written twice", key)
		}
		seen[name] = true
		if err := readValue(c.Labels, known[name], key, value); err != nil {
			return c, err
		}
	}
	c.Order = int(order)
	if len(audience) == 0 {
		return c, nil
	}
	var err error
	c.Audience, err = audience.audience()
	return c, err
}

// readValue reads one value into what it is for or, where that is nothing, as
// the label in a language.
func readValue(labels map[string]kb.Label, into any, key string, value *yaml.Node) error {
	switch into := into.(type) {
	case nil:
		if len(value.Content) > maxValues { // their names would be compared with each other
			return fmt.Errorf("the label in %s has too many names", key)
		}
		var label struct{ Title, Slug, Description text }
		if err := value.Decode(&label); err != nil {
			return err
		}
		labels[key] = kb.Label{Title: string(label.Title), Slug: string(label.Slug), Description: string(label.Description)}
		return nil
	case *terms:
		return into.UnmarshalYAML(value) // Decode passes over null
	default:
		return value.Decode(into)
	}
}

// maxValues bounds the nodes of a label.
const maxValues = 50
