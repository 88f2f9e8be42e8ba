package mailin

import (
	"io"
	"regexp"
	"strings"
)

// encodedWord is what RFC 2047 writes text in headers with.
var encodedWord = regexp.MustCompile(`=\?([^\s?*]{1,40})(?:\*[^\s?]*)?\?([bBqQ])\?([^?\s]*(?:\? [^?]*)?)\?=`)

// decoded reads the text of a field. Words that follow one another in one charset
// are read as one: some writers part a letter between them.
func decoded(value string) string {
	var b strings.Builder
	var pending []byte
	in, end := "", 0
	flush := func() {
		text, _ := letters(pending, in)
		b.WriteString(text)
		pending, in = nil, ""
	}
	for _, m := range encodedWord.FindAllStringSubmatchIndex(value, -1) {
		between, cs := value[end:m[0]], strings.ToLower(value[m[2]:m[3]])
		if pending == nil || strings.TrimSpace(between) != "" {
			flush()
			raw, _ := letters([]byte(between), "")
			b.WriteString(raw)
		} else if in != cs {
			flush()
		}
		pending, in, end = append(pending, word(value[m[4]:m[5]], value[m[6]:m[7]])...), cs, m[1]
		if pending == nil {
			pending = []byte{}
		}
	}
	flush()
	raw, _ := letters([]byte(value[end:]), "")
	b.WriteString(raw)
	return oneLine(b.String())
}

func word(encoding, text string) []byte {
	if strings.EqualFold(encoding, "q") {
		return []byte(unquoteWord(text))
	}
	out, _ := io.ReadAll(&sixBits{r: strings.NewReader(text)})
	return out
}

func unquoteWord(text string) string {
	return string(unquote([]byte(strings.ReplaceAll(text, "_", "=20"))))
}

// oneLine returns text as it may stand in a line: without what ends lines, and
// without what turns the direction of what stands around it.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case '\u202a' <= r && r <= '\u202e', '\u2066' <= r && r <= '\u2069':
			return -1
		}
		return r
	}, clean(text))
	return strings.Join(strings.Fields(text), " ")
}
