package blevesearch_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// A corpus makes documents whose words are as frequent as those of real help
// pages. It is the same in every run.
type corpus struct {
	words     []string // by frequency
	sums      []float64
	questions []string
	df        map[string]int
}

func testData(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("STOA_TEST_DATA")
	if dir == "" {
		t.Skip("STOA_TEST_DATA is not set: no real texts to take words from")
	}
	return dir
}

func readLines(t testing.TB, path string, each func([]byte)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		each(sc.Bytes())
	}
}

func newCorpus(t testing.TB) *corpus {
	t.Helper()
	dir := filepath.Join(testData(t), "ir")
	counts := map[string]int{}
	c := &corpus{df: map[string]int{}}
	for _, name := range []string{"feedbackqa", "stackfaq", "scifact"} {
		readLines(t, filepath.Join(dir, name, "docs.jsonl"), func(line []byte) {
			var d struct{ Title, Text string }
			_ = json.Unmarshal(line, &d)
			seen := map[string]bool{}
			for _, w := range strings.Fields(d.Title + " " + d.Text) {
				counts[w]++
				if !seen[w] {
					seen[w] = true
					c.df[strings.ToLower(strings.Trim(w, ".,?!()"))]++
				}
			}
		})
		readLines(t, filepath.Join(dir, name, "queries.jsonl"), func(line []byte) {
			var q struct{ Text string }
			_ = json.Unmarshal(line, &q)
			if len(q.Text) > 10 {
				c.questions = append(c.questions, q.Text)
			}
		})
	}
	for w := range counts {
		c.words = append(c.words, w)
	}
	sort.Slice(c.words, func(i, j int) bool {
		if counts[c.words[i]] != counts[c.words[j]] {
			return counts[c.words[i]] > counts[c.words[j]]
		}
		return c.words[i] < c.words[j]
	})
	sum := 0.0
	for _, w := range c.words {
		sum += float64(counts[w])
		c.sums = append(c.sums, sum)
	}
	return c
}

func (c *corpus) text(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		if r.Float64() < 0.03 {
			fmt.Fprintf(&b, "ERR-%d ", int(math.Pow(r.Float64(), -1.2))%100_000)
			continue
		}
		b.WriteString(c.words[sort.SearchFloat64s(c.sums, r.Float64()*c.sums[len(c.sums)-1])])
		b.WriteByte(' ')
	}
	return b.String()
}

// document returns the nth document.
func (c *corpus) document(n int) search.Document {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	id := fmt.Sprintf("article/%06d", n)
	audience := profile.Public()
	switch r.IntN(10) {
	case 0:
		audience = profile.NewAudience("staff")
	case 1:
		audience = profile.NewAudience("signed-in")
	}
	return search.Document{
		ID: id + "@en", Group: id, Kind: "article", Locale: "en", Serves: []string{"en"},
		Title: strings.TrimSpace(c.text(r, 4+r.IntN(7))), Body: c.text(r, max(3, int(60*math.Exp(0.6*r.NormFloat64())))),
		Path: "/en/" + id, Audience: audience, Weight: 1, UpdatedAt: time.Unix(1_700_000_000+int64(n)*600, 0).UTC(),
		Facets: map[string][]string{"product": {fmt.Sprint("product-", r.IntN(20))}, "kind": {fmt.Sprint("kind-", r.IntN(4))}},
	}
}

// queries returns real questions, and the two rarest words of each.
func (c *corpus) queries(n int) []string {
	r := rand.New(rand.NewPCG(8, 8))
	var out []string
	for len(out) < n {
		q := c.questions[r.IntN(len(c.questions))]
		out = append(out, q)
		words := strings.Fields(strings.ToLower(strings.Trim(q, ".?!")))
		sort.SliceStable(words, func(i, j int) bool { return c.df[words[i]] < c.df[words[j]] })
		out = append(out, strings.Join(words[:min(2, len(words))], " "))
	}
	return out[:n]
}
