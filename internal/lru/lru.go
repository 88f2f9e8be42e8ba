// Package lru is a bounded cache that forgets what was not used for longest.
package lru

import (
	"container/list"
	"sync"
)

// A Cache keeps values up to a limit. It is safe for concurrent use.
type Cache[K comparable, V any] struct {
	max   int
	weigh func(K, V) int

	mu    sync.Mutex
	size  int
	order *list.List // of entry[K, V], most recently used first
	items map[K]*list.Element
}

type entry[K comparable, V any] struct {
	key   K
	value V
	size  int
}

// New returns a cache of at most limit values, which must be positive.
func New[K comparable, V any](limit int) *Cache[K, V] {
	return NewWeighed(limit, func(K, V) int { return 1 })
}

// NewWeighed returns a cache of values that together weigh at most limit, in
// bytes for example. One that weighs more by itself is not kept.
func NewWeighed[K comparable, V any](limit int, weigh func(K, V) int) *Cache[K, V] {
	return &Cache[K, V]{max: limit, weigh: weigh, order: list.New(), items: make(map[K]*list.Element)}
}

// Load returns the value kept under key.
func (c *Cache[K, V]) Load(key K) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.items[key]
	if !ok {
		var zero V
		return zero, false
	}
	c.order.MoveToFront(e)
	return e.Value.(entry[K, V]).value, true
}

// Store keeps value under key, in the place of what was there.
func (c *Cache[K, V]) Store(key K, value V) {
	size := c.weigh(key, value)
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.items[key]; ok {
		c.drop(e)
	}
	if size > c.max {
		return
	}
	c.items[key] = c.order.PushFront(entry[K, V]{key, value, size})
	for c.size += size; c.size > c.max; {
		c.drop(c.order.Back())
	}
}

func (c *Cache[K, V]) drop(e *list.Element) {
	old := c.order.Remove(e).(entry[K, V])
	delete(c.items, old.key)
	c.size -= old.size
}

// Len returns the number of values kept.
func (c *Cache[K, V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.order.Len()
}
