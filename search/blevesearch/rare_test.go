package blevesearch_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// TestRare: a request for rare words gives up those that very many documents
// have, but not the last one, and hidden documents make no word common.
func TestRare(t *testing.T) {
	t.Parallel()
	x := openIn(t, t.TempDir(), nil)
	const many = 6_000
	var docs []search.Document
	for n := range many {
		d := search.Document{ID: fmt.Sprintf("a/%d@en", n), Group: fmt.Sprintf("a/%d", n), Locale: "en", Serves: []string{"en"}, Title: "sensor setup", Audience: profile.Public()}
		if n < 3 {
			d.Title = "sensor zebra"
		}
		if n >= many/2 {
			d.Body, d.Audience = "quagga", profile.NewAudience("staff")
		}
		docs = append(docs, d)
	}
	docs[0].Body = "quagga"
	require.NoError(t, x.Apply(t.Context(), batchOf("1", docs...)))
	for _, tt := range []struct {
		words string
		sight profile.Sight
		want  int
	}{
		{"sensor zebra", anyone, many / 2}, // to the public it is not that common
		{"sensor setup", staff, many - 3},
		{"sensor", staff, many},
		{"sensor nowhere", staff, many},
		{"sensor zebra", staff, 3},
		{"sensor quagga zebra", staff, 3 + many/2},
		{"quagga", anyone, 1},
	} {
		r := search.Request{Sight: tt.sight, Words: search.Parse(tt.words), Limit: 1, Rare: true}
		got, err := x.Search(t.Context(), r)
		require.NoError(t, err)
		require.Equal(t, tt.want, got.Total, tt.words)
		if r.Rare = false; tt.want > 1 && tt.want < many/2 {
			all, err := x.Search(t.Context(), r)
			require.NoError(t, err)
			require.Equal(t, many, all.Total, tt.words)
		}
	}
}
