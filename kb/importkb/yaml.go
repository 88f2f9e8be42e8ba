package importkb

import (
	"errors"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v3"

	"github.com/stoa-go/stoa/internal/docfile"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// audienceOf returns whom a value names, or nil if it was not written. "nobody",
// alone, is nobody.
func audienceOf(value yaml.Node) (profile.Audience, error) {
	terms, err := docfile.ReadTerms(&value)
	if err != nil || terms == nil {
		return nil, err
	}
	if terms.Nobody() {
		return profile.Audience{}, nil
	}
	return profile.ParseAudience(terms)
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
	root, err := docfile.Value(data)
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
	var audience yaml.Node
	var order docfile.Number
	known := map[string]any{"id": &c.External, "parent": &c.Parent, "icon": &c.Icon, "order": &order, "audience": &audience}
	seen := map[string]bool{}
	for i := 0; i+1 < len(row.Content); i += 2 {
		key, value := row.Content[i].Value, row.Content[i+1]
		name := docfile.Key(key)
		if seen[name] {
			return c, fmt.Errorf("%q is written twice", key)
		}
		seen[name] = true
		if err := readValue(c.Labels, known[name], key, value); err != nil {
			return c, err
		}
	}
	c.Order = int(order)
	var err error
	c.Audience, err = audienceOf(audience)
	return c, err
}

// readValue reads one value into what it is for or, where that is nothing, as
// the label in a language.
func readValue(labels map[string]kb.Label, into any, key string, value *yaml.Node) error {
	if into != nil {
		return value.Decode(into)
	}
	if len(value.Content) > maxValues { // their names would be compared with each other
		return fmt.Errorf("the label in %s has too many names", key)
	}
	var label struct{ Title, Slug, Description docfile.Text }
	if err := value.Decode(&label); err != nil {
		return err
	}
	labels[key] = kb.Label{Title: string(label.Title), Slug: string(label.Slug), Description: string(label.Description)}
	return nil
}

// maxValues bounds the nodes of a label.
const maxValues = 50
