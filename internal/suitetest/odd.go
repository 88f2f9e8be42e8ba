package suitetest

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const racers = 8 // who go off at once

// Race calls f at once from several places, of which exactly one must succeed
// while the others see the class of error, and returns which did.
func Race(t *testing.T, class error, f func(i int) error) (won int) {
	t.Helper()
	faults := make([]error, racers)
	var wg sync.WaitGroup
	for i := range faults {
		wg.Go(func() { faults[i] = f(i) })
	}
	wg.Wait()
	won = -1
	for i, err := range faults {
		if err == nil {
			require.Equal(t, -1, won, "two won")
			won = i
			continue
		}
		require.ErrorIs(t, err, class)
	}
	require.NotEqual(t, -1, won, "nobody won")
	return won
}

// Elsewhere is t with more than a store keeps, and not in UTC.
func Elsewhere(t time.Time) time.Time {
	return t.Add(789 * time.Nanosecond).In(time.FixedZone("elsewhere", 5*3600+1800))
}

// OddTexts returns texts that are only text, and survive as they are.
func OddTexts() []string {
	return []string{
		`O'Brien "; drop table x`, "''", "tab\tand\nline", "😀 🇨🇿", "שלום", "\u0627\u0644", "a ? b", "$1 and :name", `100%_\`, "<&>", "  padded  ",
		"e\u0301", `{"a":1}`, "null",
	}
}
