// Package docfile reads what files of documents say of themselves, in their front
// matter and by their paths. Those who index a folder of files and those who take
// it in agree by it on who may read what.
package docfile

import (
	"fmt"
	"reflect"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// MaxFront is how long front matter may be, in bytes.
const MaxFront = 16 << 10

// Decode reads front matter into a struct. Names count whatever their letters:
// "Audience" was meant as audience.
func Decode(matter []byte, into any) error {
	if len(matter) > MaxFront {
		return fmt.Errorf("the front matter is longer than %d bytes", MaxFront)
	}
	root, err := Value(matter)
	if err != nil || root == nil {
		return err
	}
	if root.Kind == yaml.MappingNode {
		known := names(into)
		var content []*yaml.Node
		for i := 0; i+1 < len(root.Content); i += 2 {
			key := root.Content[i]
			if key.Value = Key(key.Value); known[key.Value] {
				content = append(content, key, root.Content[i+1])
			}
		}
		root.Content = content
	}
	return root.Decode(into)
}

// names returns what front matter is read into a struct by.
func names(into any) map[string]bool {
	fields, out := reflect.TypeOf(into).Elem(), map[string]bool{}
	for i := range fields.NumField() {
		out[fields.Field(i).Tag.Get("yaml")] = true
	}
	return out
}

// Key returns a name in small letters, without what cannot be seen.
func Key(name string) string {
	return strings.ToLower(strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name)))
}

// Value returns the value that YAML holds, or nil for none. It refuses
// references within it: a few lines of them can stand for any amount of text.
func Value(data []byte) (*yaml.Node, error) {
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
