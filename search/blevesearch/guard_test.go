package blevesearch_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/blevesearch"
)

func TestPanicCostsOneAnswer(t *testing.T) {
	x := openIn(t, t.TempDir(), nil)
	require.NoError(t, x.Apply(t.Context(), batchOf("1", shelf(20)...)))
	err := x.Panic(t.Context())
	require.ErrorIs(t, err, search.ErrUnavailable)
	require.NotErrorIs(t, err, search.ErrRebuild, "the files are sound, so a rebuild would not help")
	require.ErrorContains(t, err, "a mistake")
	require.Len(t, find(t, x, "lighthouse"), 10)
	require.NoError(t, x.Apply(t.Context(), batchOf("2", shelf(21)...)))
	require.Equal(t, 21, count(t, x))
}

func TestFaultCostsOneAnswer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "short")
	require.NoError(t, os.WriteFile(path, make([]byte, 3*os.Getpagesize()), 0o600))
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	mapped, err := syscall.Mmap(int(f.Fd()), 0, 3*os.Getpagesize(), syscall.PROT_READ, syscall.MAP_SHARED)
	require.NoError(t, err)
	defer func() { require.NoError(t, syscall.Munmap(mapped)) }()
	require.NoError(t, os.Truncate(path, 10))

	x := openIn(t, t.TempDir(), nil)
	require.NoError(t, x.Apply(t.Context(), batchOf("1", shelf(20)...)))
	sum := byte(0)
	err = x.Fault(t.Context(), func() { sum += mapped[2*os.Getpagesize()] })
	require.ErrorIs(t, err, search.ErrUnavailable)
	require.ErrorContains(t, err, "panic")
	require.Len(t, find(t, x, "lighthouse"), 10)
}

func TestPanicInWriteLeavesNothingBehind(t *testing.T) {
	x := openIn(t, t.TempDir(), nil)
	require.NoError(t, x.Apply(t.Context(), batchOf("1", shelf(20)...)))
	err := x.WritePanic(t.Context())
	require.ErrorIs(t, err, search.ErrUnavailable)
	require.NotErrorIs(t, err, search.ErrRebuild)
	require.Equal(t, 20, count(t, x))
	require.Equal(t, "1", cursor(t, x))
	require.NoError(t, x.Apply(t.Context(), batchOf("2", shelf(25)...)))
	require.Equal(t, 25, count(t, x))
}

func TestHangingWriteEnds(t *testing.T) {
	t.Parallel()
	x := openIn(t, t.TempDir(), &blevesearch.Options{Commit: 10 * time.Millisecond})
	release := make(chan struct{})
	defer close(release)
	began := time.Now()
	err := x.WriteHang(t.Context(), release)
	require.ErrorIs(t, err, search.ErrUnavailable)
	require.ErrorContains(t, err, "does not return")
	require.Less(t, time.Since(began), 20*time.Second)
	require.Zero(t, count(t, x))
}

func TestHangingReadEnds(t *testing.T) {
	t.Parallel()
	x := openIn(t, t.TempDir(), &blevesearch.Options{Timeout: 10 * time.Millisecond})
	release := make(chan struct{})
	defer close(release)
	err := x.Fault(t.Context(), func() { <-release })
	require.ErrorIs(t, err, search.ErrUnavailable)
	require.NotErrorIs(t, err, search.ErrRebuild)
}

func TestReadAfterClosingUnderneath(t *testing.T) {
	x := openIn(t, t.TempDir(), nil)
	require.NoError(t, x.Apply(t.Context(), batchOf("1", shelf(20)...)))
	require.NoError(t, x.CloseUnderneath())
	_, err := x.Search(t.Context(), ask("lighthouse"))
	require.ErrorIs(t, err, search.ErrUnavailable)
	require.Len(t, find(t, x, "lighthouse"), 10, "it was opened again")
}

func TestTooManySearches(t *testing.T) {
	t.Parallel()
	x := openIn(t, t.TempDir(), &blevesearch.Options{Concurrent: 2, Queue: time.Millisecond})
	first, second := x.Occupy(), x.Occupy()
	_, err := x.Search(t.Context(), ask("lighthouse"))
	require.ErrorIs(t, err, search.ErrTooMany)
	_, err = x.Suggest(t.Context(), search.SuggestRequest{Sight: anyone, Text: "li", Limit: 5})
	require.ErrorIs(t, err, search.ErrTooMany)
	first()
	_, err = x.Search(t.Context(), ask("lighthouse"))
	require.NoError(t, err)
	second()
}

func TestTurnIsGivenUpWithTheContext(t *testing.T) {
	x := openIn(t, t.TempDir(), &blevesearch.Options{Concurrent: 1, Queue: time.Hour})
	defer x.Occupy()()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := x.Search(ctx, ask("lighthouse"))
	require.ErrorIs(t, err, context.Canceled)
}

func TestDeadline(t *testing.T) {
	dir := t.TempDir()
	x := openIn(t, dir, nil)
	require.NoError(t, x.Apply(t.Context(), batchOf("1", shelf(20)...)))
	require.NoError(t, x.Close())
	x = openIn(t, dir, &blevesearch.Options{Timeout: time.Nanosecond})
	_, err := x.Search(t.Context(), ask("lighthouse"))
	require.ErrorIs(t, err, search.ErrUnavailable)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestRequestOfTooManyWords(t *testing.T) {
	x := openIn(t, t.TempDir(), nil)
	r := ask("")
	for i := range 100 {
		r.Words = append(r.Words, search.Word{Text: fmt.Sprint("word", i)})
	}
	_, err := x.Search(t.Context(), r)
	require.ErrorIs(t, err, search.ErrInvalid)
}

func TestClosed(t *testing.T) {
	x := openIn(t, t.TempDir(), nil)
	require.NoError(t, x.Close())
	_, err := x.Search(t.Context(), ask("lighthouse"))
	require.ErrorIs(t, err, search.ErrUnavailable)
	require.ErrorIs(t, x.Apply(t.Context(), batchOf("1", shelf(1)...)), search.ErrUnavailable)
	_, err = x.Fresh(t.Context())
	require.ErrorIs(t, err, search.ErrUnavailable)
	require.ErrorIs(t, x.Swap(t.Context(), x), search.ErrInvalid)
}

func TestLocked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := openIn(t, dir, nil)
	require.NoError(t, x.Apply(t.Context(), batchOf("1", shelf(20)...)))
	began := time.Now()
	_, err := blevesearch.Open(dir, nil)
	require.ErrorIs(t, err, search.ErrUnavailable)
	require.ErrorContains(t, err, "in use by another process")
	require.Less(t, time.Since(began), 5*time.Second)
	require.Len(t, find(t, x, "lighthouse"), 10, "the first one goes on")
	require.NoError(t, x.Close())
	require.Equal(t, 20, count(t, openIn(t, dir, nil)))
}
