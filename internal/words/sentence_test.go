package words_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/words"
)

func TestSentences(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                      nil,
		"One":                                   {"One"},
		"Press it. Then wait! Is it on? Good.":  {"Press it.", "Then wait!", "Is it on?", "Good."},
		"Use a cell, e.g. a CR2450. Not 3.6 V.": {"Use a cell, e.g. a CR2450.", "Not 3.6 V."},
		"ボタンを押します。「はい。」と答えます。": {"ボタンを押します。", "「はい。」と答えます。"},
		"هل يعمل؟ نعم. انتظر.": {"هل يعمل؟", "نعم.", "انتظر."},
	} {
		require.Equal(t, want, words.Sentences(text), text)
	}
}
