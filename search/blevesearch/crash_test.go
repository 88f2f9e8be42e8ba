package blevesearch_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/blevesearch"
)

const childEnv = "STOA_TEST_BLEVESEARCH_CHILD" // what a process that will be killed does, and where

// child runs this program again to do one thing in a directory, and returns its
// output line by line.
func child(t testing.TB, work, dir string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd, lines, err := start(t, work, dir, nil)
	require.NoError(t, err)
	return cmd, lines
}

func start(t testing.TB, work, dir string, attr *syscall.SysProcAttr) (*exec.Cmd, *bufio.Scanner, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), childEnv+"="+work+"="+dir)
	cmd.SysProcAttr = attr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	return cmd, bufio.NewScanner(out), cmd.Start()
}

// otherWork is what only some systems can do.
var otherWork = map[string]func(t *testing.T, dir string){}

// TestChild is the process that is killed.
func TestChild(t *testing.T) {
	work, dir, ok := strings.Cut(os.Getenv(childEnv), "=")
	if !ok {
		t.Skip("only for the tests of crashes")
	}
	switch work {
	case "apply":
		x, err := blevesearch.Open(dir, nil)
		require.NoError(t, err)
		at, _ := strconv.Atoi(cursor(t, x))
		for n := at + 1; ; n++ {
			require.NoError(t, x.Apply(t.Context(), tens(n)))
			fmt.Println("done", n)
		}
	case "swap":
		x, err := blevesearch.Open(dir, nil)
		require.NoError(t, err)
		for n := 1; ; n++ {
			fresh, err := x.Fresh(t.Context())
			require.NoError(t, err)
			b := tens(n)
			b.Bulk = true
			require.NoError(t, fresh.Apply(t.Context(), b))
			require.NoError(t, x.Swap(t.Context(), fresh))
			fmt.Println("done", n)
		}
	case "hold":
		_, err := blevesearch.Open(dir, nil)
		require.NoError(t, err)
		fmt.Println("done", 1)
		select {}
	default:
		work := otherWork[work]
		require.NotNil(t, work)
		work(t, dir)
	}
}

// tens is the nth batch of ten documents.
func tens(n int) search.Batch {
	return batchOf(strconv.Itoa(n), shelf(n * 10)[n*10-10:]...)
}

// lastDone reads the child's output until it has done n things more, kills it,
// and returns the last thing that it is known to have done.
func lastDone(t testing.TB, cmd *exec.Cmd, lines *bufio.Scanner, n int) int {
	t.Helper()
	last := 0
	for lines.Scan() {
		done, ok := strings.CutPrefix(lines.Text(), "done ")
		if !ok {
			continue
		}
		var err error
		last, err = strconv.Atoi(done)
		require.NoError(t, err)
		if n--; n == 0 {
			break
		}
	}
	require.NoError(t, cmd.Process.Kill())
	for lines.Scan() { // what it did while it was being killed
		if done, ok := strings.CutPrefix(lines.Text(), "done "); ok {
			last, _ = strconv.Atoi(done)
		}
	}
	_ = cmd.Wait()
	require.Positive(t, last)
	return last
}

func TestKilledWhileWriting(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "index")
	for _, n := range []int{1, 4, 9, 2} {
		cmd, lines := child(t, "apply", dir)
		last := lastDone(t, cmd, lines, n)
		x := openIn(t, dir, nil)
		at, err := strconv.Atoi(cursor(t, x))
		require.NoError(t, err)
		require.GreaterOrEqual(t, at, last, "what was acknowledged is there")
		require.Equal(t, 10*at, count(t, x), "documents and cursor belong together")
		require.NoError(t, x.Close())
	}
}

func TestKilledWhileSwapping(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "index")
	for _, n := range []int{1, 3, 5} {
		cmd, lines := child(t, "swap", dir)
		last := lastDone(t, cmd, lines, n)
		x := openIn(t, dir, nil)
		at, err := strconv.Atoi(cursor(t, x))
		require.NoError(t, err)
		require.GreaterOrEqual(t, at, last)
		require.Equal(t, 10, count(t, x))
		require.Equal(t, 1, len(generations(t, dir)), "leftovers of the crash are removed: %v", generations(t, dir))
		require.NoError(t, x.Close())
	}
}

func generations(t testing.TB, dir string) []string {
	t.Helper()
	out, err := filepath.Glob(filepath.Join(dir, "generation-*"))
	require.NoError(t, err)
	return out
}

func TestHeldByAnotherProcess(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "index")
	cmd, lines := child(t, "hold", dir)
	for lines.Scan() && lines.Text() != "done 1" {
	}
	_, err := blevesearch.Open(dir, nil)
	require.ErrorIs(t, err, search.ErrUnavailable)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	require.Zero(t, count(t, openIn(t, dir, nil)), "a dead process holds nothing")
}

func TestFreshLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := openIn(t, dir, nil)
	fresh, err := x.Fresh(t.Context())
	require.NoError(t, err)
	require.Len(t, generations(t, dir), 2)
	require.NoError(t, fresh.Close())
	require.Len(t, generations(t, dir), 1)
	fresh, err = x.Fresh(t.Context())
	require.NoError(t, err)
	require.NoError(t, x.Swap(t.Context(), fresh))
	require.Len(t, generations(t, dir), 1)
	require.ErrorIs(t, fresh.Apply(t.Context(), tens(1)), search.ErrUnavailable, "a swapped index is of no use")
}
