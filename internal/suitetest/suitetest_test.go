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

func TestFails(t *testing.T) {
	for what, tt := range map[string]struct {
		check func(testing.TB)
		want  bool
	}{
		"nothing":   {func(testing.TB) {}, false},
		"a failure": {func(t testing.TB) { require.Equal(t, 1, 2) }, true},
		"an error":  {func(t testing.TB) { t.Error("no") }, true},
		"the end":   {func(t testing.TB) { t.Fatal("no") }, true},
		"a panic":   {func(testing.TB) { panic("no") }, true},
	} {
		require.Equal(t, tt.want, suitetest.Fails(t, tt.check), what)
	}
}
