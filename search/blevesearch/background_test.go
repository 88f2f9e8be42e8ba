package blevesearch_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
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
	x := mergeTooLate(t, dir)
	_, err := x.Search(t.Context(), ask("lighthouse"))
	require.True(t, isRebuild(err), "%v", err)
	fresh, err := x.Fresh(t.Context())
	require.NoError(t, err)
	require.NoError(t, fresh.Apply(t.Context(), tens(4)))
	require.NoError(t, x.Swap(t.Context(), fresh))
	require.NotEmpty(t, find(t, x, "lighthouse"))
	require.NoError(t, x.Close())
	fmt.Println("healed")
}

// mergeTooLate returns an index that failed to merge files that were cut. Where
// bleve had merged them by itself before they were cut, there was nothing to
// merge, and it begins anew.
func mergeTooLate(t *testing.T, dir string) *blevesearch.Index {
	for try := range 100 {
		x, err := blevesearch.Open(filepath.Join(dir, strconv.Itoa(try)), nil)
		require.NoError(t, err)
		for n := range 4 {
			require.NoError(t, x.Apply(t.Context(), tens(n+1)))
		}
		for _, path := range filesIn(t, filepath.Join(dir, strconv.Itoa(try)), "*.zap") {
			require.NoError(t, os.Truncate(path, 100))
		}
		if err := x.Merge(t.Context()); err != nil {
			return x
		}
		_ = x.Close()
	}
	require.Fail(t, "what is cut was merged each time")
	return nil
}
