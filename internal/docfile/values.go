package docfile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Front matter of different systems writes the same thing in many ways: an ID as
// a number, a date without quotes, one tag without a list. These types read them
// all.

// A Text is any scalar as it was written.
type Text string

// UnmarshalYAML implements [yaml.Unmarshaler].
func (t *Text) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		*t = Text(n.Value)
	}
	return nil
}

// A List is a list of scalars, one scalar, or several joined by commas.
type List []string

// UnmarshalYAML implements [yaml.Unmarshaler].
func (l *List) UnmarshalYAML(n *yaml.Node) error {
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

// Pairs are scalars by name; what is no scalar is left out.
type Pairs map[string]string

// UnmarshalYAML implements [yaml.Unmarshaler].
func (p *Pairs) UnmarshalYAML(n *yaml.Node) error {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if v := n.Content[i+1]; v.Kind == yaml.ScalarNode && v.Tag != "!!null" {
			if *p == nil {
				*p = Pairs{}
			}
			(*p)[Key(n.Content[i].Value)] = strings.TrimSpace(v.Value)
		}
	}
	return nil
}

// First returns the first, or "".
func (l List) First() string {
	if len(l) == 0 {
		return ""
	}
	return l[0]
}

// ErrNobody says that an audience was written and names nobody.
var ErrNobody = errors.New("audience names nobody: write at least one segment, such as [public], or leave it out")

// Terms are the segments of an audience.
type Terms []string

// ReadTerms reads an audience; none was written if there is no node. It is read
// strictly: what is not understood may have been meant to keep readers out. This
// is why no field is of type Terms: null would leave it empty, unasked.
func ReadTerms(n *yaml.Node) (Terms, error) {
	if n.IsZero() {
		return nil, nil
	}
	var terms Terms
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	for _, item := range nodes {
		if item.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("line %d: audience is no list of segments: write [public] or [partner, staff]", n.Line)
		}
		for part := range strings.SplitSeq(item.Value, ",") {
			if part = strings.TrimSpace(part); part != "" && item.Tag != "!!null" {
				terms = append(terms, part)
			}
		}
	}
	if len(terms) == 0 {
		return nil, ErrNobody
	}
	return terms, nil
}

// Nobody reports whether the one term is "nobody".
func (t Terms) Nobody() bool { return len(t) == 1 && t[0] == "nobody" }

// A Number is a whole number; anything else is zero.
type Number int

// UnmarshalYAML implements [yaml.Unmarshaler].
func (v *Number) UnmarshalYAML(n *yaml.Node) error {
	i, _ := strconv.Atoi(n.Value)
	*v = Number(i)
	return nil
}
