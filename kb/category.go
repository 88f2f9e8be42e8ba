package kb

import (
	"maps"
	"slices"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// A Category is a place for articles. Categories form trees.
type Category struct {
	ID        string
	Parent    string           // ID of the category above, empty at the top
	Order     int              // position among its siblings, low first
	Audience  profile.Audience // who may see it, within the audience of its parent
	Icon      string           // name of a drawing, for pages
	Labels    map[string]Label // by language
	Source    string           // language of the label used where there is none
	External  string           // name in the system it was imported from, or empty
	UpdatedAt time.Time
	Version   int
}

// A Label names a category in one language.
type Label struct {
	Title       string
	Slug        string // which no other category has in any language
	Description string
}

// clone returns a copy that shares nothing with c.
func (c Category) clone() Category {
	c.Audience = slices.Clone(c.Audience)
	c.Labels = maps.Clone(c.Labels)
	return c
}

// slugs returns the slugs of c, sorted, each once.
func (c Category) slugs() []string {
	var out []string
	for _, l := range c.Labels {
		out = append(out, l.Slug)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// same reports whether two categories say the same, whatever their versions.
func (c Category) same(d Category) bool {
	return c.Parent == d.Parent && c.Order == d.Order && slices.Equal(c.Audience, d.Audience) && c.Icon == d.Icon &&
		maps.Equal(c.Labels, d.Labels) && c.Source == d.Source && c.External == d.External
}
