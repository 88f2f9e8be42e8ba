package search_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
)

func word(text string) search.Word     { return search.Word{Text: text} }
func exclude(text string) search.Word  { return search.Word{Text: text, Exclude: true} }
func required(text string) search.Word { return search.Word{Text: text, Required: true} }
func phrase(text string) search.Word {
	return search.Word{Text: text, Phrase: true, Required: true}
}

func TestParse(t *testing.T) {
	for text, want := range map[string][]search.Word{
		"":                                {},
		"  \t\n ":                         {},
		"reset hub":                       {word("reset"), word("hub")},
		"How do I reset it?":              {word("How"), word("do"), word("I"), word("reset"), word("it")},
		"hub -lamp":                       {word("hub"), exclude("lamp")},
		"hub \u2212lamp":                  {word("hub"), exclude("lamp")},
		"hub +lamp":                       {word("hub"), required("lamp")},
		"hub - lamp":                      {word("hub"), word("lamp")},
		"wi-fi a+b":                       {word("wi-fi"), word("a+b")},
		"--verbose":                       {word("--verbose")},
		"error -36":                       {word("error"), word("-36")},
		"error -0x80070057":               {word("error"), exclude("0x80070057")},
		"call +49 30 123":                 {word("call"), word("+49"), word("30"), word("123")},
		"C# C++ .NET node.js":             {word("C#"), word("C++"), word("NET"), word("node.js")},
		`"reset the hub"`:                 {phrase("reset the hub")},
		`a "b c" d`:                       {word("a"), phrase("b c"), word("d")},
		`"one"`:                           {phrase("one")},
		`-"b c"`:                          {{Text: "b c", Phrase: true, Exclude: true}},
		`+"b c"`:                          {phrase("b c")},
		`"never closed`:                   {word("never"), word("closed")},
		`""`:                              {},
		`"?!"`:                            {},
		`27" monitor 15"`:                 {word("27"), word("monitor"), word("15")},
		"“b c”":                           {phrase("b c")},
		"„b c“":                           {phrase("b c")},
		"„b c”":                           {phrase("b c")},
		"»b c«":                           {phrase("b c")},
		"«b c»":                           {phrase("b c")},
		"‹b c›":                           {phrase("b c")},
		"‘don’t panic’ now":               {phrase("don’t panic"), word("now")},
		"don't 'panic'":                   {word("don't"), word("panic")},
		"「設定 画面」":                         {phrase("設定 画面")},
		"表示「設定画面」方法":                      {word("表示"), phrase("設定画面"), word("方法")},
		"『設定』〝画面〟":                        {phrase("設定"), phrase("画面")},
		"＂ｂ ｃ＂ －ｌａｍｐ":                     {phrase("b c"), exclude("lamp")},
		"title:secret kind:internal":      {word("title:secret"), word("kind:internal")},
		"* .* /.*/ ~2 ^9":                 {word("~2"), word("^9")},
		"hub🔥 🔥":                          {word("hub🔥"), word("🔥")},
		"\u202ehub\u202c la\u00admp\x00x": {word("hub"), word("lamp"), word("x")},
		"\xff\xfehub":                     {word("hub")},
		"h\u3164u\u034fb\ufe0f\u115f":     {word("hub")},
		"AND OR NOT (a)":                  {word("AND"), word("OR"), word("NOT"), word("a")},
	} {
		require.Equal(t, want, search.Parse(text), "%q", text)
	}
}

func TestParseIsBounded(t *testing.T) {
	pieces := func(words []search.Word) int {
		n := 0
		for _, w := range words {
			n += len(strings.FieldsFunc(w.Text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }))
		}
		return n
	}
	for _, text := range []string{
		strings.Repeat("a ", 1000), strings.Repeat("a.", 1000), `"` + strings.Repeat("a ", 30) + `"`, strings.Repeat("+a-", 100),
		strings.Repeat(`"a b" `, 50),
	} {
		require.Equal(t, 24, pieces(search.Parse(text)), "%.20q", text)
	}
	require.Equal(t, []search.Word{word("می\u200cخواهم")}, search.Parse("می\u200cخواهم"))
	require.Len(t, search.Parse(strings.Repeat("ا\u200cب ", 30)), 24, "a joiner does not cut a word in two")
	require.Equal(t, strings.Repeat("設a", 12), search.Parse(strings.Repeat("設a", 30))[0].Text, "each letter between is a word")
	require.Empty(t, search.Parse(strings.Repeat("\x80", 1000)))
	long := search.Parse(strings.Repeat("é", 1000))
	require.Len(t, long, 1)
	require.Equal(t, strings.Repeat("é", 192), long[0].Text)
	require.Equal(t, 96, utf8.RuneCountInString(search.Parse(strings.Repeat("設", 128))[0].Text), "four characters count as one word")
	require.LessOrEqual(t, len(search.Parse(strings.Repeat("ﷺ", 80))[0].Text), 384, "characters that stand for many")
}

// checkParsed says what holds for any text.
func checkParsed(t *testing.T, text string) {
	t.Helper()
	words := search.Parse(text)
	require.LessOrEqual(t, len(words), 24)
	size := 0
	for _, w := range words {
		size += len(w.Text)
		require.NotEmpty(t, w.Text)
		require.True(t, utf8.ValidString(w.Text))
		require.False(t, w.Exclude && w.Required)
		require.Equal(t, strings.TrimSpace(w.Text), w.Text)
		require.NotContains(t, w.Text, "  ")
		for _, r := range w.Text {
			require.False(t, unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r), "%U in %q", r, w.Text)
		}
	}
	require.LessOrEqual(t, size, 384)
	for _, w := range words {
		if !w.Phrase && !w.Exclude && !w.Required {
			again := search.Parse(w.Text)
			require.NotEmpty(t, again, "%q is a word but cannot be looked for alone", w.Text)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "reset hub", `"a b" -c +d`, "‘x’ „y“ 「z」", "-36 +49 --x", "\x00\xff\u202e", "ﷺ ½ ﬁ", "設定「画面」", `+"a`, `-"`, "a\u0301\u0301", "👩‍👩‍👧",
	} {
		f.Add(seed)
	}
	f.Fuzz(checkParsed)
}

// TestParseNaughty runs the parser over public lists of strings that have broken
// other programs.
func TestParseNaughty(t *testing.T) {
	root := os.Getenv("STOA_TEST_DATA")
	if root == "" {
		t.Skip("STOA_TEST_DATA is not set: no lists of naughty strings")
	}
	data, err := os.ReadFile(filepath.Join(root, "attacks", "blns", "blns.json"))
	require.NoError(t, err)
	var texts []string
	require.NoError(t, json.Unmarshal(data, &texts))
	require.NotEmpty(t, texts)
	for _, text := range texts {
		checkParsed(t, text)
	}
	raw, err := os.ReadFile(filepath.Join(root, "attacks", "utf8tests", "utf8tests.bin"))
	require.NoError(t, err)
	for _, line := range strings.Split(string(raw), "\n") {
		checkParsed(t, line)
	}
}
