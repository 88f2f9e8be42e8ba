package blevesearch_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/blevesearch"
)

// TestFullDisk runs a process with a small file system of its own.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	cmd, lines, err := start(t, "fill", t.TempDir(), &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	})
	if err != nil {
		t.Skip("a process cannot have a file system of its own here: " + err.Error())
	}
	var out []string
	for lines.Scan() {
		out = append(out, lines.Text())
	}
	err = cmd.Wait()
	text := strings.Join(out, "\n")
	if strings.Contains(text, "cannot mount") {
		t.Skip("a process cannot have a file system of its own here: " + text)
	}
	require.NoError(t, err, text)
	require.Contains(t, text, "recovered")
}

func init() { otherWork["fill"] = fillDisk }

// fillDisk writes until the disk is full, looks whether searches go on, frees
// space and goes on writing.
func fillDisk(t *testing.T, dir string) {
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=12m"); err != nil {
		fmt.Println("cannot mount:", err)
		return
	}
	ballast := filepath.Join(dir, "ballast")
	require.NoError(t, os.WriteFile(ballast, make([]byte, 10<<20), 0o600))
	x, err := blevesearch.Open(filepath.Join(dir, "index"), &blevesearch.Options{Commit: time.Second})
	require.NoError(t, err)
	acknowledged, refused := 0, 0
	for n := 0; refused < 3; n++ {
		require.Less(t, n, 2000, "the disk does not fill")
		if err := x.Apply(t.Context(), tens(acknowledged+1)); err == nil {
			acknowledged++
			continue
		} else {
			require.ErrorIs(t, err, search.ErrUnavailable)
			require.False(t, errors.Is(err, search.ErrRebuild), "a full disk damages nothing: %v", err)
			refused++
		}
		at, err := strconv.Atoi(cursor(t, x))
		require.NoError(t, err)
		require.Contains(t, []int{acknowledged, acknowledged + 1}, at, "a refused batch is there as a whole or not at all")
		require.Equal(t, 10*at, count(t, x), "documents and cursor belong together")
		acknowledged = at
		require.NotEmpty(t, find(t, x, "lighthouse"))
	}
	require.NoError(t, os.Remove(ballast))
	for n := range 5 {
		require.NoError(t, x.Apply(t.Context(), tens(acknowledged+n+1)))
	}
	require.Equal(t, 10*(acknowledged+5), count(t, x))
	require.NoError(t, x.Close())
	fmt.Println("recovered after", acknowledged, "batches")
}
