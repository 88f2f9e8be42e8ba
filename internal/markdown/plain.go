package markdown

import (
	"html"
	"html/template"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var bareURL = regexp.MustCompile(`https?://[^\s<>"'` + "`" + `{}|\\^“”‘’«»、。，；：！？（）「」『』【】]+`)

// Plain returns a text without markup as safe HTML: paragraphs where it has
// blank lines, line breaks where it has others, and links for http and https
// addresses.
func Plain(text string) template.HTML {
	text = strings.Map(visible, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	var b strings.Builder
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if paragraph = strings.Trim(paragraph, "\n"); strings.TrimSpace(paragraph) == "" {
			continue
		}
		b.WriteString(`<p dir="auto">`)
		for i, line := range strings.Split(paragraph, "\n") {
			if i > 0 {
				b.WriteString("<br>\n")
			}
			plainLine(&b, line)
		}
		b.WriteString("</p>\n")
	}
	return template.HTML(b.String())
}

func plainLine(b *strings.Builder, line string) {
	for {
		at := bareURL.FindStringIndex(line)
		if at == nil {
			b.WriteString(html.EscapeString(line))
			return
		}
		address := trimAddress(line[at[0]:at[1]])
		b.WriteString(html.EscapeString(line[:at[0]]))
		plainLink(b, address)
		line = line[at[0]+len(address):]
	}
}

func plainLink(b *strings.Builder, address string) {
	href, to := parseTarget(address)
	if to != reachForeign {
		b.WriteString(html.EscapeString(address))
		return
	}
	b.WriteString(`<a href="` + html.EscapeString(href) + `" rel="noopener nofollow ugc">` + html.EscapeString(address) + `</a>`)
}

// trimAddress leaves what ends a sentence, or a bracket around the address,
// outside of the link.
func trimAddress(s string) string {
	for {
		last, size := utf8.DecodeLastRuneInString(s)
		switch {
		case last == ')' && strings.Count(s, "(") >= strings.Count(s, ")"):
			return s
		case strings.ContainsRune(".,;:!?)]*_~'\"…。、，；：！？）」』】", last):
			s = s[:len(s)-size]
		default:
			return s
		}
	}
}

// Summary returns the beginning of a text, at most so many characters of it,
// on one line. It ends after a word, or in scripts that do not separate words
// after a character, and with "…" if something was left out.
func Summary(text string, limit int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= limit {
		return string(runes)
	}
	if limit < 2 {
		return strings.Repeat("…", max(0, limit))
	}
	end := limit - 1
	for cut := end; cut > end/2; cut-- {
		if mayEnd(runes, cut) {
			end = cut
			break
		}
	}
	for end > 0 && joins(runes, end) {
		end--
	}
	return strings.TrimRightFunc(string(runes[:end]), notEnding) + "…"
}

// mayEnd reports whether a text may be cut before the rune at i.
func mayEnd(runes []rune, i int) bool {
	if runes[i] == ' ' || runes[i-1] == ' ' {
		return true
	}
	return !joins(runes, i) && (isolated(runes[i-1]) || isolated(runes[i])) && !closing(runes[i])
}

// isolated reports whether r is of a script without blanks between words.
func isolated(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) ||
		r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF
}

// closing reports whether r belongs to what stands before it.
func closing(r rune) bool {
	return unicode.In(r, unicode.Pe, unicode.Pf, unicode.Po) || r == 'ー' || unicode.In(r, unicode.Lm)
}

// joins reports whether the rune at i is one character with the one before it.
func joins(runes []rune, i int) bool {
	const zwj = 0x200D
	r := runes[i]
	return unicode.In(r, unicode.M) || r == zwj || runes[i-1] == zwj || r >= 0x1F3FB && r <= 0x1F3FF ||
		isFlag(r) && isFlag(runes[i-1])
}

func isFlag(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }

// notEnding reports whether an ellipsis does not follow r well.
func notEnding(r rune) bool {
	return r == ' ' || r == ',' || r == ';' || r == ':' || r == '(' || r == '、' || r == '，' || r == '-'
}
