package mailin_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/mailin"
)

func TestSpool(t *testing.T) {
	dir := t.TempDir()
	files := func() int {
		list, err := os.ReadDir(dir)
		require.NoError(t, err)
		return len(list)
	}
	sums := map[string]bool{}
	for _, size := range []int{0, 10, 256 << 10, 256<<10 + 1, 1 << 20} {
		mail := strings.Repeat("x", size)
		s, err := mailin.NewSpool(strings.NewReader(mail), 1<<20, dir)
		require.NoError(t, err)
		for range 2 {
			got, err := io.ReadAll(s.Reader())
			require.NoError(t, err)
			require.Equal(t, mail, string(got))
		}
		require.EqualValues(t, size, s.Size)
		sums[s.Sum] = true
		require.NoError(t, s.Close())
	}
	require.Len(t, sums, 5)
	_, err := mailin.NewSpool(strings.NewReader(strings.Repeat("x", 1<<20+1)), 1<<20, dir)
	require.ErrorIs(t, err, mailin.ErrTooLarge)
	cut := errors.New("cut off")
	_, err = mailin.NewSpool(io.MultiReader(strings.NewReader(strings.Repeat("x", 1<<19)), broken{cut}), 1<<20, dir)
	require.ErrorIs(t, err, cut)
	require.Zero(t, files(), "nothing is left behind")
}
