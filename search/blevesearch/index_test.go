package blevesearch_test

import (
	"log/slog"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/blevesearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

func open(t *testing.T) search.Index {
	t.Helper()
	x, err := blevesearch.Open(t.TempDir(), &blevesearch.Options{Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, x.Close()) })
	return x
}

func TestIndex(t *testing.T) {
	t.Parallel()
	searchtest.TestIndex(t, open, searchtest.FeatureStemming, searchtest.FeatureUnspaced, searchtest.FeatureCorrection)
}
