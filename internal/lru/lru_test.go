package lru_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/lru"
)

func TestForgetsTheLeastRecentlyUsed(t *testing.T) {
	c := lru.New[string, int](2)
	c.Store("a", 1)
	c.Store("b", 2)
	_, ok := c.Load("a")
	require.True(t, ok)
	c.Store("c", 3)
	_, ok = c.Load("b")
	require.False(t, ok, "b was used longest ago")
	v, ok := c.Load("a")
	require.True(t, ok)
	require.Equal(t, 1, v)
	require.Equal(t, 2, c.Len())
}

func TestStoreReplaces(t *testing.T) {
	c := lru.New[string, int](2)
	c.Store("a", 1)
	c.Store("a", 2)
	v, _ := c.Load("a")
	require.Equal(t, 2, v)
	require.Equal(t, 1, c.Len())
}

func TestWeight(t *testing.T) {
	c := lru.NewWeighed(100, func(_, value string) int { return len(value) })
	has := func(key string) bool { _, ok := c.Load(key); return ok }
	c.Store("a", strings.Repeat("a", 60))
	c.Store("b", strings.Repeat("b", 30))
	require.True(t, has("a"))
	c.Store("c", strings.Repeat("c", 30))
	require.False(t, has("b"), "what was not used for longest goes first")
	c.Store("a", "short")
	c.Store("huge", strings.Repeat("x", 101))
	require.False(t, has("huge"))
	require.True(t, has("a") && has("c"), "what does not fit pushes nothing out")
	c.Store("d", strings.Repeat("d", 65))
	require.True(t, has("a") && has("c") && has("d"), "what was replaced weighs nothing any more")
	c.Store("e", "e")
	require.False(t, has("a"))
}

func TestConcurrentUse(t *testing.T) {
	c := lru.New[int, int](8)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 1000 {
				c.Store((g+i)%16, i)
				c.Load(i % 16)
			}
		})
	}
	wg.Wait()
	require.Equal(t, 8, c.Len())
}
