package valid_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/valid"
)

// TestNamesCanBeSeen: a name of nothing but spaces, or of signs that only look
// like them, is no name.
func TestNamesCanBeSeen(t *testing.T) {
	for _, name := range []string{"", "Ann", " Ann ", "李", "محمد", "न", "é", "👍", "Ann\u200b"} {
		require.NoError(t, valid.Text(name, valid.TextName), "%q", name)
	}
	for _, name := range []string{" ", "   ", "\u200b\u200b", "\u00a0", "\u3000", "\u2060", "\ufeff", "\u3164", "\u2800 "} {
		require.Error(t, valid.Text(name, valid.TextName), "%q", name)
		require.NoError(t, valid.Text(name, valid.TextComment), "%q", name)
	}
}
