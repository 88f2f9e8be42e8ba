package blob_test

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/blob"
)

// TestLeftovers: what a process left behind that died while it wrote is no file,
// and is gone after a while.
func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	f, err := blob.NewFolder(dir)
	require.NoError(t, err)
	defer f.Close() //nolint:errcheck // nothing is written to it
	require.NoError(t, f.Put(t.Context(), "aaaa", strings.NewReader("x")))
	half := filepath.Join(dir, "aa", "aaab.part-xyz")
	require.NoError(t, os.WriteFile(half, []byte("half"), 0o600))
	list, err := f.Keys(t.Context(), time.Now().Add(-time.Hour), "", 10)
	require.NoError(t, err)
	require.Empty(t, list)
	require.FileExists(t, half, "it may still be written")
	list, err = f.Keys(t.Context(), time.Now().Add(time.Hour), "", 10)
	require.NoError(t, err)
	require.Equal(t, []string{"aaaa"}, list)
	require.NoFileExists(t, half)
}

// TestLinksOut: a link in the folder leads nobody out of it.
func TestLinksOut(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if os.Symlink(outside, filepath.Join(dir, "aa")) != nil {
		t.Skip("the system has no links")
	}
	f, err := blob.NewFolder(dir)
	require.NoError(t, err)
	defer f.Close() //nolint:errcheck // nothing is written to it
	require.Error(t, f.Put(t.Context(), "aaaa", strings.NewReader("x")))
	list, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Empty(t, list)
}

// TestMemory: a large file passes through without being in memory.
func TestMemory(t *testing.T) {
	f, err := blob.NewFolder(t.TempDir())
	require.NoError(t, err)
	defer f.Close() //nolint:errcheck // nothing is written to it
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	require.NoError(t, f.Put(t.Context(), "aaaa", io.LimitReader(zeros{}, 64<<20)))
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
