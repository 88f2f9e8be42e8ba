package diff_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/diff"
)

// sides returns the two texts that spans were made from.
func sides(spans []diff.Span) (a, b string) {
	for _, s := range spans {
		if s.Op != diff.OpAdded {
			a += s.Text
		}
		if s.Op != diff.OpRemoved {
			b += s.Text
		}
	}
	return a, b
}

// marked writes spans as "a [-b-] {+c+}".
func marked(spans []diff.Span) string {
	var b strings.Builder
	for _, s := range spans {
		switch s.Op {
		case diff.OpRemoved:
			b.WriteString("[-" + s.Text + "-]")
		case diff.OpAdded:
			b.WriteString("{+" + s.Text + "+}")
		default:
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestWords(t *testing.T) {
	for _, tt := range []struct{ name, a, b, want string }{
		{"nothing", "", "", ""},
		{"the same", "one two\nthree", "one two\nthree", "one two\nthree"},
		{"all new", "", "one", "{+one+}"},
		{"all gone", "one", "", "[-one-]"},
		{"a word", "Press the red button twice.", "Press the green button twice.", "Press the [-red-]{+green+} button twice."},
		{"a line", "one\ntwo\nthree\n", "one\nthree\n", "one\n[-two\n-]three\n"},
		{"a line at the end", "one\n", "one\ntwo\n", "one\n{+two\n+}"},
		{"little words between", "It is on the desk now.", "It was at the shop now.", "It [-is on-]{+was at+} the [-desk-]{+shop+} now."},
		{"signs without spaces", "電源を切る。", "電源を入れる。", "電源を[-切-]{+入れ+}る。"},
		{"right to left", "اضغط الزر الأحمر", "اضغط الزر الأخضر", "اضغط الزر [-الأحمر-]{+الأخضر+}"},
		{"signs", "a-b", "a+b", "a[---]{+++}b"},
	} {
		got := diff.Words(tt.a, tt.b)
		require.Equal(t, tt.want, marked(got), tt.name)
		a, b := sides(got)
		require.Equal(t, tt.a, a, tt.name)
		require.Equal(t, tt.b, b, tt.name)
	}
}

// TestWordsOfDifferentTexts: however different two texts are, it ends soon and
// nothing of either is lost.
func TestWordsOfDifferentTexts(t *testing.T) {
	var a, b strings.Builder
	for i := range 20_000 {
		a.WriteString(strings.Repeat("x", i%7+1) + " ")
		b.WriteString(strings.Repeat("y", i%5+1) + " ")
	}
	old, now := diffSides(a.String(), b.String())
	require.Equal(t, a.String(), old)
	require.Equal(t, b.String(), now)
}

func diffSides(a, b string) (string, string) { return sides(diff.Words(a, b)) }

func FuzzWords(f *testing.F) {
	f.Add("one two\nthree", "one 2\nthree\nfour")
	f.Add("\xff\n", "電源 \xfe")
	f.Fuzz(func(t *testing.T, a, b string) {
		old, now := diffSides(a, b)
		require.Equal(t, a, old)
		require.Equal(t, b, now)
	})
}

func TestMerge(t *testing.T) {
	base := "one\ntwo\nthree\nfour\nfive\n"
	for _, tt := range []struct {
		name, mine, theirs, want string
		ok                       bool
	}{
		{"apart", "ONE\ntwo\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nFIVE\n", "ONE\ntwo\nthree\nfour\nFIVE\n", true},
		{"theirs first", "one\ntwo\nthree\nfour\nFIVE\n", "zero\none\ntwo\nthree\nfour\nfive\n", "zero\none\ntwo\nthree\nfour\nFIVE\n", true},
		{"the same", "one\n2\nthree\nfour\nfive\n", "one\n2\nthree\nfour\nfive\n", "one\n2\nthree\nfour\nfive\n", true},
		{"the same and more", "one\n2\nthree\nfour\nfive\n", "one\n2\nthree\nfour\n5\n", "one\n2\nthree\nfour\n5\n", true},
		{"only mine", "one\nfive\n", base, "one\nfive\n", true},
		{"the same line", "one\n2\nthree\nfour\nfive\n", "one\nzwei\nthree\nfour\nfive\n", "", false},
		{"neighbours", "one\n2\nthree\nfour\nfive\n", "one\ntwo\n3\nfour\nfive\n", "", false},
		{"taken away under a change", "one\nfive\n", "one\ntwo\n3\nfour\nfive\n", "", false},
	} {
		got, ok := diff.Merge(base, tt.mine, tt.theirs)
		require.Equal(t, tt.ok, ok, tt.name)
		require.Equal(t, tt.want, got, tt.name)
		if other, okToo := diff.Merge(base, tt.theirs, tt.mine); ok {
			require.True(t, okToo, tt.name)
			require.Equal(t, got, other, "either way round: %s", tt.name)
		}
	}
}
