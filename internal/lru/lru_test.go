package lru_test

import (
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
