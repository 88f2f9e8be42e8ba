package words_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/words"
)

func TestFold(t *testing.T) {
	for word, want := range map[string]string{
		"Größe": "grosse", "CAFÉ": "cafe", "cafe\u0301": "cafe", "Ｗｉｆｉ": "wifi", "ёлка": "елка", "Άλφα": "αλφα",
		"がぎ": "がぎ", "パス": "パス", "हिन्दी": "हिन्दी", "": "",
	} {
		require.Equal(t, want, words.Fold(word), word)
	}
}
