package blevesearch_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search/blevesearch"
)

// TestMergeOfCutFiles cuts files short that bleve then merges by itself. In the
// process in which that happens, nothing ends but the merging.
func TestMergeOfCutFiles(t *testing.T) {
	t.Parallel()
	cmd, lines := child(t, "merge", t.TempDir())
	hung := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer hung.Stop()
	var out []string
	for lines.Scan() {
		out = append(out, lines.Text())
	}
	text := strings.Join(out, "\n")
	require.NoError(t, cmd.Wait(), text)
	require.Contains(t, text, "healed")
}

func init() { otherWork["merge"] = mergeCutFiles }

func mergeCutFiles(t *testing.T, dir string) {
	x, err := blevesearch.Open(dir, nil)
	require.NoError(t, err)
	for n := range 4 {
		require.NoError(t, x.Apply(t.Context(), tens(n+1)))
	}
	for _, path := range filesIn(t, dir, "*.zap") {
		require.NoError(t, os.Truncate(path, 100))
	}
	require.Error(t, x.Merge(t.Context()), "what is cut cannot be merged")
	_, err = x.Search(t.Context(), ask("lighthouse"))
	require.True(t, isRebuild(err), "%v", err)
	fresh, err := x.Fresh(t.Context())
	require.NoError(t, err)
	require.NoError(t, fresh.Apply(t.Context(), tens(4)))
	require.NoError(t, x.Swap(t.Context(), fresh))
	require.NotEmpty(t, find(t, x, "lighthouse"))
	require.NoError(t, x.Close())
	fmt.Println("healed")
}
