package blevesearch_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// TestLeftovers: who is named by no document any more, and by removed ones still.
// Where bleve has merged the files by itself there is nothing left, and it begins
// anew.
func TestLeftovers(t *testing.T) {
	for range 50 {
		if leavesBob(t) {
			return
		}
	}
	require.Fail(t, "nothing was ever left")
}

// TestLeftoverFiles puts a file of a segment where nothing uses it, which bleve
// may remove once, after what it has just written.
func TestLeftoverFiles(t *testing.T) {
	dir := t.TempDir()
	x := openIn(t, dir, nil)
	require.NoError(t, x.Apply(t.Context(), batchOf("1", article("a", "One", "Body"))))
	for range 10 {
		unused := filepath.Join(generations(t, dir)[0], "0000000000ff.zap")
		require.NoError(t, os.WriteFile(unused, []byte("what somebody wrote"), 0o600))
		left, err := x.Leftovers(t.Context())
		require.NoError(t, err)
		if _, err := os.Stat(unused); err == nil {
			require.True(t, left)
			return
		}
	}
	require.Fail(t, "no file ever stayed")
}

// leavesBob has documents name people, and then not, and returns what is said of
// the last who is named by none.
func leavesBob(t *testing.T) bool {
	x := openIn(t, t.TempDir(), nil)
	to := func(terms ...string) func(*search.Document) {
		return func(d *search.Document) { d.Audience = profile.NewAudience(terms...) }
	}
	left := func() bool {
		found, err := x.Leftovers(t.Context())
		require.NoError(t, err)
		return found
	}
	require.False(t, left(), "an empty index")
	require.NoError(t, x.Apply(t.Context(), batchOf("1", article("a", "One", "Body", to("person:ann")), article("b", "Two", "Body", to("role:agent")))))
	require.NoError(t, x.Apply(t.Context(), batchOf("2", article("d", "Four", "Body"), article("c", "Three", "Body", to("person:ann", "signed-in+person:bob")))))
	require.False(t, left(), "all are named")
	require.NoError(t, x.Apply(t.Context(), batchOf("3", article("a", "One", "Body", to("role:agent")))))
	require.False(t, left(), "another document names her")
	require.NoError(t, x.Apply(t.Context(), batchOf("4", article("c", "Three", "Body", to("person:ann")))))
	return left()
}
