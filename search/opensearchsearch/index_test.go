package opensearchsearch_test

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/opensearchtest"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/opensearchsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

// openAt opens an index at a fake.
func openAt(t testing.TB, f *opensearchtest.Server, change ...func(*opensearchsearch.Options)) *opensearchsearch.Index {
	t.Helper()
	o := opensearchsearch.Options{Addresses: []string{f.URL}, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	for _, c := range change {
		c(&o)
	}
	x, err := opensearchsearch.Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, x.Close()) })
	return x
}

var features = []searchtest.Feature{searchtest.FeatureStemming, searchtest.FeatureUnspaced, searchtest.FeatureCorrection}

// TestIndex runs the suite against the server in memory.
func TestIndex(t *testing.T) {
	t.Parallel()
	searchtest.TestIndex(t, func(t *testing.T) search.Index { return openAt(t, opensearchtest.New(t)) }, features...)
}

// TestServer runs the same suite against a server.
func TestServer(t *testing.T) {
	address := os.Getenv("STOA_TEST_OPENSEARCH")
	if address == "" {
		t.Skip("STOA_TEST_OPENSEARCH is not set: want the address of a server, such as http://localhost:9200, on which indexes test-* may be made")
	}
	n := 0
	searchtest.TestIndex(t, func(t *testing.T) search.Index {
		o, err := opensearchsearch.ParseAddress(address)
		require.NoError(t, err)
		n++
		o.Prefix = strings.ToLower(fmt.Sprintf("test-%s-%d", rand.Text()[:8], n))
		x, err := opensearchsearch.Open(o)
		require.NoError(t, err)
		t.Cleanup(func() {
			require.NoError(t, x.Drop())
			require.NoError(t, x.Close())
		})
		return x
	}, features...)
}
