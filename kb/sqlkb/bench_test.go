package sqlkb_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/sqlkb"
	"github.com/stoa-go/stoa/profile"
)

var reader = profile.Actor{ID: "ann", Account: "acme", Segments: []string{"partner"}}

// A shelf is a library of n articles in 20 categories, every tenth of them not
// for the reader.
type shelf struct {
	*kb.Library
	store *sqlkb.Store
	ids   []string
}

func newShelf(b *testing.B, n int) shelf {
	b.Helper()
	write, read := testdb.SQLitePair(b)
	require.NoError(b, sqlkb.Migrate(b.Context(), write.DB))
	s := shelf{store: sqlkb.New(write).WithReader(read)}
	s.Library = kb.NewLibrary(s.store, nil)
	admin := profile.Actor{ID: "root", Roles: []profile.Role{profile.RoleAdmin}}
	bundle := kb.Bundle{Name: "shelf"}
	for i := range n {
		item := kb.Item{
			External: fmt.Sprint("a", i), Locale: "en", Category: fmt.Sprint("c", i%20), Title: fmt.Sprint("Article ", i), Summary: "A summary.",
			Body: "See [another](article:a1) and **read on**.", Order: i, Updated: time.Unix(int64(i), 0),
		}
		if i%10 == 0 {
			item.Audience = profile.NewAudience("staff")
		}
		bundle.Items = append(bundle.Items, item)
	}
	_, err := s.Import(b.Context(), admin, bundle, nil)
	require.NoError(b, err)
	_, err = write.ExecContext(b.Context(), "analyze")
	require.NoError(b, err)
	page, _, err := s.Articles(b.Context(), reader, kb.Query{Limit: 200})
	require.NoError(b, err)
	for _, e := range page {
		s.ids = append(s.ids, e.Article)
	}
	return s
}

// costs are what pages of a portal ask for.
var costs = map[string]func(b *testing.B, s shelf, i int) error{
	"CategoryPage": func(b *testing.B, s shelf, i int) error {
		tree, err := s.Categories(b.Context(), reader, "en")
		if err != nil {
			return err
		}
		id := tree[i%len(tree)].ID
		if _, err := s.Category(b.Context(), reader, id, "en"); err != nil {
			return err
		}
		_, _, err = s.Articles(b.Context(), reader, kb.Query{Category: id, Locale: "en"})
		return err
	},
	"Recent": func(b *testing.B, s shelf, _ int) error {
		_, _, err := s.Articles(b.Context(), reader, kb.Query{Order: kb.OrderUpdated, Limit: 5})
		return err
	},
	"Article, cached": func(b *testing.B, s shelf, _ int) error {
		_, err := s.Article(b.Context(), reader, s.ids[0], "en")
		return err
	},
	"Article, new reader": func(b *testing.B, s shelf, i int) error {
		_, err := s.Article(b.Context(), profile.Actor{ID: fmt.Sprint("p", i)}, s.ids[i%len(s.ids)], "en")
		return err
	},
	"Article, uncached": func(b *testing.B, s shelf, i int) error {
		_, err := s.Article(b.Context(), reader, s.ids[i%len(s.ids)], fmt.Sprint("x", i)) // nobody asked in that language before
		return err
	},
	"Counts after a change": func(b *testing.B, s shelf, _ int) error {
		_, err := s.store.CountArticles(b.Context())
		return err
	},
}

// BenchmarkSize compares what pages cost with 10,000 and with 100,000 articles,
// in turn within one run, and reports the ratio.
func BenchmarkSize(b *testing.B) {
	small, large := newShelf(b, 10_000), newShelf(b, 100_000)
	for name, cost := range costs {
		b.Run(name, func(b *testing.B) {
			var spent [2]time.Duration
			for i := 0; b.Loop(); i++ {
				for j, s := range []shelf{small, large} {
					begin := time.Now()
					if err := cost(b, s, i); err != nil {
						b.Fatal(err)
					}
					spent[j] += time.Since(begin)
				}
			}
			b.ReportMetric(float64(spent[0].Microseconds())/float64(b.N), "µs/10k")
			b.ReportMetric(float64(spent[1].Microseconds())/float64(b.N), "µs/100k")
			b.ReportMetric(float64(spent[1])/float64(spent[0]), "ratio")
		})
	}
}
