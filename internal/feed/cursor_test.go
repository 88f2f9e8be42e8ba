package feed_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/feed"
)

func TestCursorText(t *testing.T) {
	each(t, func(t *testing.T, b bench) {
		b.add(put("a", "b")...)
		entries, _ := read(t, b, feed.Cursor{}, 0)
		for _, c := range []feed.Cursor{{}, entries[0].Cursor, entries[1].Cursor} {
			parsed, err := feed.ParseCursor(c.String())
			require.NoError(t, err)
			require.Equal(t, c, parsed)
			text, err := json.Marshal(c)
			require.NoError(t, err)
			var back feed.Cursor
			require.NoError(t, json.Unmarshal(text, &back))
			require.Equal(t, c, back)
		}
		require.Empty(t, feed.Cursor{}.String())
		require.NotEqual(t, entries[0].Cursor, entries[1].Cursor)
	})
}

func FuzzParseCursor(f *testing.F) {
	for _, s := range []string{"", "x", "MSBhIDEgMiBo", "MSBhIC0xIDIgaA", "MSBhIDAxIDIgaA", "MSAgMCAwIA"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := feed.ParseCursor(s)
		if err != nil {
			require.ErrorIs(t, err, errs.Invalid)
			return
		}
		again, err := feed.ParseCursor(c.String())
		require.NoError(t, err)
		require.Equal(t, c, again)
	})
}
