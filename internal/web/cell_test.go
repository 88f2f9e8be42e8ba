package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/web"
)

func TestCell(t *testing.T) {
	for text, want := range map[string]string{"": "", "a=b": "a=b", "=1+1": "'=1+1", "@x": "'@x", "-2": "'-2", "\tx": "'\tx", "ü": "ü"} {
		require.Equal(t, want, web.Cell(text))
	}
}
