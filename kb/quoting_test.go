package kb_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/search"
)

func TestPassages(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		w.place("c", "", "public")
		d := draft("quoted", "c", "partner")
		d.Summary = "In short."
		d.Body = "Read [this](https://example.org) **first**.\n\n## Do it\n\nAs follows:\n\n1. Open it.\n2. Close it:\n   - once\n   - twice\n\n```\ncode\n```\n\n| a | b |\n|---|---|\n| c | d |\n\n### Then\n\n- Go.\n"
		a := w.show(d)
		q := w.Source().(search.Quoter)
		doc := search.Document{Group: "article/" + a.ID, Locale: "en"}
		got, err := q.Passages(w.ctx(), partner, doc)
		require.NoError(t, err)
		text := func(lines ...string) search.Block { return search.Block{Lines: lines} }
		require.Equal(t, []search.Passage{
			{Blocks: []search.Block{text("In short.")}},
			{Blocks: []search.Block{text("Read this first.")}},
			{Heading: "Do it", Fragment: "h-do-it", Blocks: []search.Block{
				text("As follows:"), {Kind: search.BlockSteps, Lines: []string{"Open it.", "Close it: once twice"}},
			}},
			{Heading: "Then", Fragment: "h-then", Blocks: []search.Block{{Kind: search.BlockList, Lines: []string{"Go."}}}},
		}, got)

		german := doc
		german.Locale = "de"
		for name, err := range map[string]error{
			"not theirs":   second(q.Passages(w.ctx(), ann, doc)),
			"no language":  second(q.Passages(w.ctx(), partner, german)),
			"none":         second(q.Passages(w.ctx(), partner, search.Document{Group: "article/none", Locale: "en"})),
			"another kind": second(q.Passages(w.ctx(), partner, search.Document{Group: "course/" + a.ID, Locale: "en"})),
		} {
			require.ErrorIs(t, err, kb.ErrNotFound, name)
		}
		a, err = w.Archive(w.ctx(), reviewer, a.ID, "en", a.Version)
		require.NoError(t, err)
		require.ErrorIs(t, second(q.Passages(w.ctx(), partner, doc)), kb.ErrNotFound)
	})
}

func second(_ []search.Passage, err error) error { return err }
