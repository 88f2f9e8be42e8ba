package web_test

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web"
)

func TestSlots(t *testing.T) {
	s := web.NewSlots(2, 3)
	first, ok := s.Take("a")
	require.True(t, ok)
	_, ok = s.Take("a")
	require.True(t, ok)
	_, ok = s.Take("a")
	require.False(t, ok, "two each")
	_, ok = s.Take("b")
	require.True(t, ok)
	_, ok = s.Take("c")
	require.False(t, ok, "three in all")
	first()
	first()
	last, ok := s.Take("c")
	require.True(t, ok)
	_, ok = s.Take("d")
	require.False(t, ok, "given back twice is given back once")
	last()
	require.Panics(t, func() { web.NewSlots(0, 1) })
	require.Panics(t, func() { web.NewSlots(1, 0) })
}

func TestSlotsAtOnce(t *testing.T) {
	s := web.NewSlots(3, 10)
	var open, most atomic.Int64
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			for range 200 {
				free, ok := s.Take(fmt.Sprint(i % 5))
				if !ok {
					continue
				}
				if n := open.Add(1); n > most.Load() {
					most.Store(n)
				}
				open.Add(-1)
				free()
			}
		})
	}
	wg.Wait()
	require.LessOrEqual(t, most.Load(), int64(10))
	for i := range 10 {
		_, ok := s.Take(fmt.Sprint("new", i))
		require.True(t, ok, "all slots are free again")
	}
}

func TestFromProxy(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	for addr, want := range map[string]bool{
		"10.1.2.3:400": true, "[::ffff:10.1.2.3]:400": true, "[2001:db8::1]:400": true,
		"192.0.2.1:400": false, "[2001:db9::1]:400": false, "": false, "@": false,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = addr
		r.Header.Set("X-Forwarded-For", "10.1.2.3")
		require.Equal(t, want, web.FromProxy(r, trusted), addr)
		require.False(t, web.FromProxy(r, nil))
	}
}
