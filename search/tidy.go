package search

import (
	"context"
	"errors"
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
		d.Source = s.Name()
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

// patience is how often a batch may fail before the changes in it are tried one
// by one.
const patience = 5

// write applies a batch. With isolate it leaves out what the index fails to
// take by itself, so that one document which breaks the index does not hold up
// all that come after it, and returns how many changes that were. If the index
// does not take anything of that size, or more than a few fail, then it is at
// fault and not they.
func (e *Engine) write(ctx context.Context, x Index, b Batch, isolate bool) (skipped int, err error) {
	if !isolate {
		return 0, x.Apply(ctx, b)
	}
	var bad []Change
	for _, c := range b.Changes {
		err := x.Apply(ctx, Batch{Changes: []Change{c}, Bulk: b.Bulk})
		if err == nil {
			continue
		}
		if bad = append(bad, c); ctx.Err() != nil || errors.Is(err, ErrRebuild) || len(bad) > 1+len(b.Changes)/20 {
			return 0, err
		}
		e.opts.Logger.ErrorContext(ctx, "search index does not take a change", "group", c.Group, "err", err)
	}
	end := Batch{Cursors: b.Cursors, Bulk: b.Bulk}
	if len(bad) > 0 {
		if err := x.Apply(ctx, Batch{Changes: []Change{probe(bad)}, Bulk: b.Bulk}); err != nil {
			return 0, err
		}
		end.Changes = []Change{{Group: probeGroup}}
	}
	return len(bad), x.Apply(ctx, end)
}

const probeGroup = "search/probe"

// probe returns a change as large as those given, which nobody may see and no
// index has a reason to refuse.
func probe(like []Change) Change {
	size := 0
	for _, c := range like {
		for _, d := range c.Documents {
			size = max(size, len(d.Body))
		}
	}
	body := strings.Repeat("probe ", size/6+1)
	return Change{Group: probeGroup, Documents: []Document{{ID: probeGroup, Group: probeGroup, Title: "probe", Body: body}}}
}
