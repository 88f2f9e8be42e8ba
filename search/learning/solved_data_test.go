package learning_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/blevesearch"
	"github.com/stoa-go/stoa/search/learning"
)

// A crowd is questions that people asked, with the documents that answer them:
// some are remembered as solved, the others asked.
type crowd struct {
	docs           []search.Document
	earlier, asked []want
}

type want struct {
	text   string
	groups []string // any of which answers it
}

// readLines calls each with each line of a file, as JSON.
func readLines[T any](t testing.TB, path string, each func(T)) {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var v T
		require.NoError(t, json.Unmarshal(lines.Bytes(), &v))
		each(v)
	}
	require.NoError(t, lines.Err())
}

func document(id, title, body string) search.Document {
	return search.Document{ID: id, Group: id, Locale: "en", Serves: []string{"en"}, Title: title, Body: body, Audience: profile.Public()}
}

// intents is a collection of which documents are titles only: what people want,
// in a few words. Of files that have no questions to be asked, every fifth is.
func intents(t testing.TB, dir string) (c crowd) {
	t.Helper()
	type line struct{ Text, Intent string }
	seen, n := map[string]bool{}, map[string]int{}
	take := func(to *[]want) func(line) {
		return func(l line) {
			if l.Intent == "oos" {
				return
			}
			if !seen[l.Intent] {
				seen[l.Intent] = true
				c.docs = append(c.docs, document(l.Intent, strings.NewReplacer("_", " ", "/", " ").Replace(l.Intent), ""))
			}
			*to = append(*to, want{l.Text, []string{l.Intent}})
		}
	}
	held := filepath.Join(dir, "dev.jsonl")
	if _, err := os.Stat(held); err == nil {
		readLines(t, filepath.Join(dir, "train.jsonl"), take(&c.earlier))
		readLines(t, held, take(&c.asked))
		return c
	}
	readLines(t, filepath.Join(dir, "train.jsonl"), func(l line) {
		if n[l.Intent]++; n[l.Intent]%5 == 0 {
			take(&c.asked)(l)
		} else {
			take(&c.earlier)(l)
		}
	})
	return c
}

// collection is a crowd with texts, of which every second question is asked.
func collection(t testing.TB, dir string) (c crowd) {
	t.Helper()
	readLines(t, filepath.Join(dir, "docs.jsonl"), func(d struct{ ID, Title, Text string }) {
		c.docs = append(c.docs, document(d.ID, d.Title, d.Text))
	})
	right := map[string][]string{}
	qrels, err := os.ReadFile(filepath.Join(dir, "qrels.tsv"))
	require.NoError(t, err)
	for line := range strings.Lines(string(qrels)) {
		f := strings.Fields(line)
		if f[2] != "0" {
			right[f[0]] = append(right[f[0]], f[1])
		}
	}
	n := 0
	readLines(t, filepath.Join(dir, "queries.jsonl"), func(q struct{ ID, Text string }) {
		to := &c.earlier
		if n++; n%2 == 0 {
			to = &c.asked
		}
		*to = append(*to, want{q.Text, right[q.ID]})
	})
	return c
}

// crowds are what is measured, with how much hit@5 has to be with what was solved.
// Of the last each passage answers one or two questions: it shows that votes do no
// harm where there are few.
var crowds = []struct {
	name, folder string
	read         func(testing.TB, string) crowd
	floor        float64
}{
	{"hwu64", "intents/hwu64", intents, 0.85}, {"stackfaq", "ir/stackfaq", collection, 0.8},
	{"clinc150", "intents/clinc150", intents, 0.85}, {"banking77", "intents/banking77", intents, 0.9}, {"feedbackqa", "ir/feedbackqa", collection, 0.7},
}

func dataFolder(t testing.TB) string {
	root := os.Getenv("STOA_TEST_DATA")
	if root == "" {
		t.Skip("STOA_TEST_DATA is not set: it names a folder with questions that people asked")
	}
	return root
}

// TestSolvedQuestionsHelp: what others asked earlier helps with what nobody asked
// before.
func TestSolvedQuestionsHelp(t *testing.T) {
	root := dataFolder(t)
	for _, c := range crowds[:2] {
		all := c.read(t, filepath.Join(root, c.folder))
		all.asked = all.asked[:min(len(all.asked), 300)]
		without, with := all.measure(t)
		t.Logf("%s: hit@5 %.3f without, %.3f with", c.name, without.five, with.five)
		require.Greater(t, with.five, without.five, c.name)
		require.GreaterOrEqual(t, with.five, c.floor, c.name)
	}
}

// BenchmarkSolvedQuestions measures all, with and without:
//
//	STOA_TEST_DATA=... go test ./search/learning -run - -bench SolvedQuestions -benchtime 1x
func BenchmarkSolvedQuestions(b *testing.B) {
	root := dataFolder(b)
	for _, c := range crowds {
		b.Run(c.name, func(b *testing.B) {
			all := c.read(b, filepath.Join(root, c.folder))
			for b.Loop() {
				without, with := all.measure(b)
				require.GreaterOrEqual(b, with.five, max(without.five, c.floor))
				b.ReportMetric(without.five, "hit@5-without")
				b.ReportMetric(with.five, "hit@5-with")
				b.ReportMetric(without.first, "hit@1-without")
				b.ReportMetric(with.first, "hit@1-with")
			}
		})
	}
}

// hits are the shares of what is asked that one of the first five results answers,
// and that the first does.
type hits struct{ five, first float64 }

// measure asks with what was solved earlier forgotten, and remembered.
func (c crowd) measure(t testing.TB) (without, with hits) {
	t.Helper()
	x, err := blevesearch.Open(t.TempDir(), nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, x.Close()) }()
	for some := range slices.Chunk(c.docs, 500) {
		var b search.Batch
		for _, d := range some {
			b.Changes = append(b.Changes, search.Change{Group: d.Group, Documents: []search.Document{d}})
		}
		require.NoError(t, x.Apply(t.Context(), b))
	}
	solved := learning.NewSolved(&learning.SolvedOptions{Terms: x.Terms})
	for i, q := range c.earlier {
		solved.Add(learning.Solution{ID: fmt.Sprint(i), Text: q.text, Locale: "en", Group: q.groups[0], Voter: fmt.Sprint("v", i), At: time.Now()})
	}
	return c.ask(t, search.NewEngine(x, nil)), c.ask(t, search.NewEngine(x, &search.Options{Signals: solved.Signals}))
}

func (c crowd) ask(t testing.TB, e *search.Engine) (h hits) {
	t.Helper()
	each := 1 / float64(len(c.asked))
	for _, q := range c.asked {
		r, err := e.Search(t.Context(), profile.Actor{}, search.Query{Text: q.text, Locale: "en", Limit: 5})
		require.NoError(t, err)
		at := slices.IndexFunc(r.Hits, func(h search.Hit) bool { return slices.Contains(q.groups, h.Group) })
		if at >= 0 {
			h.five += each
		}
		if at == 0 {
			h.first += each
		}
	}
	return h
}
