package searchtest

import (
	"context"
	"errors"
	"hash/fnv"
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/search"
)

// TestEmbedder runs the contract of [search.Embedder]. Whether vectors say what
// texts mean is not part of it.
func TestEmbedder(t *testing.T, open func(*testing.T) search.Embedder) {
	suitetest.Run(t, []suitetest.Promise[search.Embedder]{
		{Name: "Vectors", Says: "one vector for each text, in their order, of the dimension that is named", Check: checkVectors},
		{Name: "Alone", Says: "a text has the same vector whatever is beside it", Check: checkAlone},
		{Name: "None", Says: "no texts are no error", Check: checkNoTexts},
		{Name: "Context", Says: "a context that has ended is heeded", Check: checkEnded},
		{Name: "Aliasing", Says: "what callers do with vectors changes nothing", Check: checkVectorsAreTheirs},
		{Name: "Concurrent", Says: "many may ask at once", Check: checkManyAtOnce},
	}, open)
}

func embedded(t *testing.T, e search.Embedder, texts ...string) [][]float32 {
	t.Helper()
	out, err := e.Embed(t.Context(), texts)
	require.NoError(t, err)
	require.Len(t, out, len(texts))
	return out
}

func sameVector(t *testing.T, want, got []float32) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		require.InDelta(t, want[i], got[i], 1e-3)
	}
}

func checkVectors(t *testing.T, e search.Embedder) {
	texts := []string{"a printer", "the weather of tomorrow", "😀 مرحبا 無線"}
	list := embedded(t, e, texts...)
	name, dimension := e.Model()
	require.NotEmpty(t, name)
	if dimension == 0 {
		dimension = len(list[0])
	}
	for i, v := range list {
		require.Len(t, v, dimension)
		length := 0.0
		for _, x := range v {
			length += float64(x) * float64(x)
		}
		require.True(t, length > 0 && !math.IsInf(length, 0), "length %v", length)
		sameVector(t, embedded(t, e, texts[i])[0], v)
	}
}

func checkAlone(t *testing.T, e search.Embedder) {
	sameVector(t, embedded(t, e, "a printer")[0], embedded(t, e, "something else, much longer than the other text", "a printer")[1])
}

func checkNoTexts(t *testing.T, e search.Embedder) { require.Empty(t, embedded(t, e)) }

func checkEnded(t *testing.T, e search.Embedder) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := e.Embed(ctx, []string{"a printer"})
	require.ErrorIs(t, err, context.Canceled)
}

func checkVectorsAreTheirs(t *testing.T, e search.Embedder) {
	first := embedded(t, e, "a printer")[0]
	kept := append([]float32(nil), first...)
	clear(first)
	sameVector(t, kept, embedded(t, e, "a printer")[0])
}

func checkManyAtOnce(t *testing.T, e search.Embedder) {
	want := embedded(t, e, "a printer")[0]
	var wg sync.WaitGroup
	got, failed := make([][][]float32, 8), make([]error, 8)
	for i := range got {
		wg.Go(func() { got[i], failed[i] = e.Embed(t.Context(), []string{"b", "a printer"}) })
	}
	wg.Wait()
	require.NoError(t, errors.Join(failed...))
	for _, v := range got {
		sameVector(t, want, v[1])
	}
}

// A NGrams is an embedder for tests: it counts groups of three letters, by a hash
// of each. Texts with the same letters are near each other; it knows nothing of
// what they mean.
type NGrams struct{ Dimension int }

// Model implements [search.Embedder].
func (n NGrams) Model() (string, int) { return "hashed letters", n.Dimension }

// Embed implements [search.Embedder].
func (n NGrams) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := make([][]float32, len(texts))
	for i, text := range texts {
		out[i] = make([]float32, n.Dimension)
		letters := []rune("  " + text + "  ")
		for j := range len(letters) - 2 {
			h := fnv.New32a()
			_, _ = h.Write([]byte(string(letters[j : j+3])))
			out[i][h.Sum32()%uint32(n.Dimension)]++
		}
	}
	return out, nil
}
