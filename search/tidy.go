package search

import (
	"context"
	"slices"
	"strings"
)

const (
	maxBody  = 1 << 20 // bytes of a document's text that are searched
	maxTitle = 1 << 10 // bytes of a title, a summary's eighth
)

// tidy leaves out documents that no index can keep, and what is too long in
// the others, so that one bad document does not stop its source.
func (e *Engine) tidy(ctx context.Context, s Source, c *Change) {
	sound := make([]Document, 0, len(c.Documents))
	seen := map[string]bool{}
	for _, d := range c.Documents {
		if d.ID == "" || d.Group != c.Group || seen[d.ID] {
			e.opts.Logger.ErrorContext(ctx, "search left out a document whose ID is empty or taken or whose group is another's",
				"source", s.Name(), "group", c.Group, "document", d.ID)
			continue
		}
		seen[d.ID] = true
		sound = append(sound, d.tidied())
	}
	c.Documents = sound
}

func (d Document) tidied() Document {
	d.Title = text(d.Title, maxTitle)
	d.Summary = text(d.Summary, 8*maxTitle)
	d.Body = text(d.Body, maxBody)
	d.Keywords = slices.Clone(d.Keywords)
	for i, k := range d.Keywords {
		d.Keywords[i] = text(k, maxTitle)
	}
	return d
}

// text returns valid UTF-8 without NUL, of at most n bytes.
func text(s string, n int) string {
	return strings.ReplaceAll(strings.ToValidUTF8(clip(s, n), "\ufffd"), "\x00", " ")
}
