package searchtest_test

import (
	"context"
	"testing"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/searchtest"
)

func TestNGrams(t *testing.T) {
	searchtest.TestEmbedder(t, func(*testing.T) search.Embedder { return searchtest.NGrams{Dimension: 64} })
}

// A brokenEmbedder changes what an embedder gets and gives.
type brokenEmbedder struct {
	search.Embedder

	in  func([]string) []string
	out func([][]float32) [][]float32
	ctx func(context.Context) context.Context
}

func (b brokenEmbedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if b.in != nil {
		texts = b.in(texts)
	}
	if b.ctx != nil {
		ctx = b.ctx(ctx)
	}
	list, err := b.Embedder.Embed(ctx, texts)
	if b.out != nil {
		list = b.out(list)
	}
	return list, err
}

// TestBrokenEmbedders: the suite finds what is wrong with an embedder.
func TestBrokenEmbedders(t *testing.T) {
	kept := searchtest.NGrams{Dimension: 64}
	suitetest.Catches(t, map[string]brokenEmbedder{
		"none too few": {out: func(list [][]float32) [][]float32 { return list[:max(0, len(list)-1)] }},
		"zeros": {out: func(list [][]float32) [][]float32 {
			for _, v := range list {
				clear(v)
			}
			return list
		}},
		"short": {out: func(list [][]float32) [][]float32 {
			for i := range list {
				list[i] = list[i][:32]
			}
			return list
		}},
		"backwards": {in: func(texts []string) []string {
			var out []string
			for _, text := range texts {
				out = append([]string{text}, out...)
			}
			return out
		}},
		"deaf": {ctx: context.WithoutCancel},
	}, func(t *testing.T, b brokenEmbedder) {
		b.Embedder = kept
		searchtest.TestEmbedder(t, func(*testing.T) search.Embedder { return b })
	})
}
