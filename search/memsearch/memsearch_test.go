package memsearch_test

import (
	"testing"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

func TestIndex(t *testing.T) {
	searchtest.TestIndex(t, func(*testing.T) search.Index { return memsearch.New() },
		searchtest.FeatureUnspaced, searchtest.FeatureCorrection)
}
