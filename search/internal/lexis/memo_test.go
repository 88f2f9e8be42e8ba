package lexis_test

import (
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search/internal/lexis"
)

// TestMemo: a word is remembered as what it was learned as, and at once, but no
// number of words makes the memory grow without end.
func TestMemo(t *testing.T) {
	var m lexis.Memo
	for i := range 3 * lexis.MaxMemo {
		_, ok := m.Look(strconv.Itoa(i))
		require.False(t, ok)
		m.Learn(strconv.Itoa(i), "w"+strconv.Itoa(i))
		got, ok := m.Look(strconv.Itoa(i))
		require.True(t, ok)
		require.Equal(t, "w"+strconv.Itoa(i), got)
		require.LessOrEqual(t, m.Len(), 2*lexis.MaxMemo)
	}
}

// TestMemoOfMany: readers and writers at once get no wrong word.
func TestMemoOfMany(t *testing.T) {
	var m lexis.Memo
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range lexis.MaxMemo / 2 {
				raw := strconv.Itoa(i * (1 + g%2))
				if got, ok := m.Look(raw); ok && got != "w"+raw {
					t.Errorf("%s is remembered as %s", raw, got)
				}
				m.Learn(raw, "w"+raw)
			}
		})
	}
	wg.Wait()
}
