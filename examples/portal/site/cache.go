package site

import (
	"container/list"
	"sync"
)

// A cache keeps values until together they are larger than it may be, and then
// forgets what was not used for longest. It is safe for concurrent use.
type cache[K comparable, V any] struct {
	most  int // bytes
	weigh func(K, V) int

	mu    sync.Mutex
	size  int
	order *list.List // of kept[K, V], most recently used first
	items map[K]*list.Element
}

type kept[K comparable, V any] struct {
	key   K
	value V
	size  int
}

func newCache[K comparable, V any](most int, weigh func(K, V) int) *cache[K, V] {
	return &cache[K, V]{most: most, weigh: weigh, order: list.New(), items: map[K]*list.Element{}}
}

func (c *cache[K, V]) load(key K) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.items[key]
	if !ok {
		return value, false
	}
	c.order.MoveToFront(e)
	return e.Value.(kept[K, V]).value, true
}

// store keeps value under key, unless it is larger than all that may be kept.
func (c *cache[K, V]) store(key K, value V) {
	size := c.weigh(key, value)
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.items[key]; ok {
		c.drop(e)
	}
	if size > c.most {
		return
	}
	c.items[key] = c.order.PushFront(kept[K, V]{key, value, size})
	for c.size += size; c.size > c.most; {
		c.drop(c.order.Back())
	}
}

func (c *cache[K, V]) drop(e *list.Element) {
	k, _ := c.order.Remove(e).(kept[K, V])
	delete(c.items, k.key)
	c.size -= k.size
}
