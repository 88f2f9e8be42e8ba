package suitetest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
)

type counter interface{ next() int }

type honest struct{ n int }

func (h *honest) next() int { h.n++; return h.n }

type stuck struct{}

func (stuck) next() int { return 1 }

type late struct{}

func (late) next() int { return 2 }

var contract = []suitetest.Promise[counter]{
	{"First", "the first is 1", func(t *testing.T, c counter) { require.Equal(t, 1, c.next()) }},
	{"Counts", "each is one more", func(t *testing.T, c counter) { require.Equal(t, c.next()+1, c.next()) }},
}

func TestRun(t *testing.T) {
	opened := 0
	suitetest.Run(t, contract, func(*testing.T) counter {
		opened++
		return &honest{}
	})
	require.Equal(t, len(contract), opened, "each on one of its own")
}

func TestCatches(t *testing.T) {
	suitetest.Catches(t, map[string]counter{"is stuck": stuck{}, "is late": late{}}, func(t *testing.T, c counter) {
		suitetest.Run(t, contract, func(*testing.T) counter { return c })
	})
}
