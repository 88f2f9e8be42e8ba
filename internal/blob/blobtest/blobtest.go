// Package blobtest checks implementations of [blob.Files].
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/blob"
)

// Test runs the contract as subtests. open must return an empty place each time.
func Test(t *testing.T, open func(*testing.T) blob.Files) {
	for _, p := range Contract {
		t.Run(p.Name, func(t *testing.T) {
			t.Logf("contract: %s", p.Says)
			p.Check(t, open(t))
		})
	}
}

// A Promise is one thing that a place for files promises.
type Promise struct {
	Name, Says string
	Check      func(testing.TB, blob.Files)
}

// Contract is all that a place for files promises.
var Contract = []Promise{
	{"RoundTrip", "Open returns what Put was given, from any place in it", checkRoundTrip},
	{"Again", "another file under a key takes the place of the first, which stays readable for who has it open", checkAgain},
	{"Whole", "a file whose reader or context fails is not there, nor is a part of it, and what was there stays", checkWhole},
	{"Missing", "what is not there is fs.ErrNotExist to open and nothing to remove", checkMissing},
	{"BadKeys", "keys that lead elsewhere are fs.ErrInvalid to put, and find nothing", checkBadKeys},
	{"Remove", "Remove removes what is older than a time, and nothing else", checkRemove},
	{"Keys", "Keys lists what is older than a time, in order, by pages", checkKeys},
	{"Race", "what is put while it is removed is there", checkRace},
}

var (
	soon  = func() time.Time { return time.Now().Add(time.Hour) }
	early = func() time.Time { return time.Now().Add(-time.Hour) }
)

func put(t testing.TB, f blob.Files, key, text string) {
	t.Helper()
	require.NoError(t, f.Put(t.Context(), key, strings.NewReader(text)))
}

func content(t testing.TB, f blob.Files, key string) string {
	t.Helper()
	r, err := f.Open(t.Context(), key)
	require.NoError(t, err)
	defer r.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(text)
}

func keys(t testing.TB, f blob.Files, before time.Time, after string, limit int) []string {
	t.Helper()
	list, err := f.Keys(t.Context(), before, after, limit)
	require.NoError(t, err)
	return list
}

func checkRoundTrip(t testing.TB, f blob.Files) {
	text := strings.Repeat("\x00\xffabc", 100_000)
	put(t, f, "aaaa", text)
	put(t, f, "bbbb", "")
	require.True(t, text == content(t, f, "aaaa"))
	require.Empty(t, content(t, f, "bbbb"))
	r, err := f.Open(t.Context(), "aaaa")
	require.NoError(t, err)
	defer r.Close() //nolint:errcheck // it was only read
	end, err := r.Seek(0, io.SeekEnd)
	require.NoError(t, err)
	require.Equal(t, int64(len(text)), end)
	_, err = r.Seek(7, io.SeekStart)
	require.NoError(t, err)
	some := make([]byte, 5)
	_, err = io.ReadFull(r, some)
	require.NoError(t, err)
	require.Equal(t, text[7:12], string(some))
}

func checkAgain(t testing.TB, f blob.Files) {
	put(t, f, "aaaa", "first")
	r, err := f.Open(t.Context(), "aaaa")
	require.NoError(t, err)
	defer r.Close() //nolint:errcheck // it was only read
	put(t, f, "aaaa", "the second")
	require.Equal(t, "the second", content(t, f, "aaaa"))
	require.NoError(t, f.Remove(t.Context(), "aaaa", soon()))
	old, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, "first", string(old))
}

// failing reads some and then fails.
type failing struct{ left int }

var errBroken = errors.New("the line broke")

func (f *failing) Read(p []byte) (int, error) {
	if f.left--; f.left < 0 {
		return 0, errBroken
	}
	return copy(p, bytes.Repeat([]byte("x"), len(p))), nil
}

func checkWhole(t testing.TB, f blob.Files) {
	require.ErrorIs(t, f.Put(t.Context(), "aaaa", &failing{3}), errBroken)
	_, err := f.Open(t.Context(), "aaaa")
	require.ErrorIs(t, err, fs.ErrNotExist)
	put(t, f, "bbbb", "whole")
	require.ErrorIs(t, f.Put(t.Context(), "bbbb", &failing{3}), errBroken)
	require.Equal(t, "whole", content(t, f, "bbbb"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, f.Put(ctx, "cccc", strings.NewReader("x")), context.Canceled)
	require.Equal(t, []string{"bbbb"}, keys(t, f, soon(), "", 10))
}

func checkMissing(t testing.TB, f blob.Files) {
	_, err := f.Open(t.Context(), "nope")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, f.Remove(t.Context(), "nope", soon()))
	require.Empty(t, keys(t, f, soon(), "", 10))
}

func checkBadKeys(t testing.TB, f blob.Files) {
	for _, bad := range []string{"", "a", "../../etc/passwd", "aa/../../../x", "/etc/passwd", "AAAA", "aa\x00a", `aa\..\b`, "ää-ä", strings.Repeat("a", 200)} {
		require.ErrorIs(t, f.Put(t.Context(), bad, strings.NewReader("x")), fs.ErrInvalid, bad)
		_, err := f.Open(t.Context(), bad)
		require.ErrorIs(t, err, fs.ErrNotExist, bad)
		require.NoError(t, f.Remove(t.Context(), bad, soon()), bad)
	}
	require.Empty(t, keys(t, f, soon(), "", 10))
}

func checkRemove(t testing.TB, f blob.Files) {
	put(t, f, "aaaa", "a")
	put(t, f, "aabb", "b")
	require.NoError(t, f.Remove(t.Context(), "aaaa", early()))
	require.Equal(t, "a", content(t, f, "aaaa"))
	require.NoError(t, f.Remove(t.Context(), "aaaa", soon()))
	_, err := f.Open(t.Context(), "aaaa")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Equal(t, "b", content(t, f, "aabb"))
}

func checkKeys(t testing.TB, f blob.Files) {
	all := []string{"aaaa", "aabb", "aabb-1", "aabb1", "bbaa", "cccc", "ccdd"}
	for _, key := range []string{"cccc", "aabb1", "aabb-1", "aabb", "ccdd", "aaaa", "bbaa"} {
		put(t, f, key, key)
	}
	require.Empty(t, keys(t, f, early(), "", 10))
	require.Equal(t, all, keys(t, f, soon(), "", 10))
	var seen []string
	for after := ""; ; {
		page := keys(t, f, soon(), after, 2)
		if len(page) == 0 {
			break
		}
		seen, after = append(seen, page...), page[len(page)-1]
	}
	require.Equal(t, all, seen)
}

// coarse is longer than a tick of the clocks by which systems date files.
const coarse = 25 * time.Millisecond

// checkRace removes what is old again and again while it is put anew.
func checkRace(t testing.TB, f blob.Files) {
	var all sync.WaitGroup
	for range 10 {
		put(t, f, "aaaa", "old")
		before := time.Now().Add(time.Millisecond)
		time.Sleep(coarse) // the next file must be newer, by clocks that tick slowly
		all.Go(func() { _ = f.Remove(t.Context(), "aaaa", before) })
		put(t, f, "aaaa", "new")
		all.Wait()
		require.Equal(t, "new", content(t, f, "aaaa"))
	}
}
