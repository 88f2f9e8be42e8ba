package blevesearch_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/searchtest"
)

// quoted is a source whose documents have one passage each.
type quoted struct {
	*searchtest.Source
	texts map[string]string
}

func (q quoted) Passages(_ context.Context, _ profile.Actor, d search.Document) ([]search.Passage, error) {
	return []search.Passage{{Blocks: []search.Block{{Lines: []string{q.texts[d.Group]}}}}}, nil
}

// TestAnswersAreRight measures on the development halves of public collections
// how often an answer is shown and how often it is from a document that was judged
// to be right. Only one was for most questions: what it says is too little, rather
// than too much.
func TestAnswersAreRight(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(testData(t), "ir")
	for name, floor := range map[string]struct{ right, shown float64 }{"feedbackqa": {0.85, 0.16}, "stackfaq": {0.7, 0.008}} {
		t.Run(name, func(t *testing.T) {
			x := openIn(t, t.TempDir(), nil)
			fillCollection(t, x, filepath.Join(dir, name, "docs.jsonl"))
			source := quoted{searchtest.NewSource("docs"), map[string]string{}}
			readLines(t, filepath.Join(dir, name, "docs.jsonl"), func(line []byte) {
				var d struct{ ID, Text string }
				require.NoError(t, json.Unmarshal(line, &d))
				source.texts[d.ID] = d.Text
			})
			engine := search.NewEngine(x, &search.Options{Sources: []search.Source{source}})
			grades := readGrades(t, filepath.Join(dir, name, "qrels.tsv"))
			n, every := 0, 1
			if name == "feedbackqa" {
				every = 5 // there are thousands
			}
			asked, shown, right := 0.0, 0.0, 0.0
			readLines(t, filepath.Join(dir, name, "queries.jsonl"), func(line []byte) {
				var q struct{ ID, Text string }
				require.NoError(t, json.Unmarshal(line, &q))
				if n++; grades[q.ID] == nil || n%every != 0 {
					return
				}
				asked++
				res, err := engine.Search(t.Context(), profile.Actor{}, search.Query{Text: q.Text})
				require.NoError(t, err)
				if a := res.Answer; a != nil {
					shown++
					if grades[q.ID][a.Hit.Group] > 0 {
						right++
					}
				}
			})
			t.Logf("shown for %.3f of %.0f questions, right %.3f", shown/asked, asked, right/shown)
			require.GreaterOrEqual(t, right/shown, floor.right)
			require.GreaterOrEqual(t, shown/asked, floor.shown)
		})
	}
}
