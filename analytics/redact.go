package analytics

import "strings"

// Redact returns text with what people should not have typed into a search
// field masked: e-mail addresses as "[email]" and payment card numbers as
// "[card]". It is what a [Ledger] does to Event.Text unless it is told
// otherwise.
func Redact(text string) string {
	if strings.IndexByte(text, '@') >= 0 {
		text = maskEmails(text)
	}
	return maskCards(text)
}

func maskEmails(text string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(text, '@')
		if at < 0 {
			b.WriteString(text)
			return b.String()
		}
		start, end := at, at+1
		for start > 0 && inAddress(text[start-1]) {
			start--
		}
		for end < len(text) && inAddress(text[end]) {
			end++
		}
		if start == at || end == at+1 {
			b.WriteString(text[:at+1]) // "@home", "5 @ 20"
			text = text[at+1:]
			continue
		}
		b.WriteString(text[:start] + "[email]")
		text = text[end:]
	}
}

// inAddress takes every byte of other scripts too: better a word too much.
func inAddress(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c >= 0x80 ||
		strings.IndexByte(".!#$%&'*+/=?^_`{|}~-", c) >= 0
}

// maskCards masks runs of 13 to 19 digits, which may be grouped by spaces or
// hyphens, whose check digit is that of a card number.
func maskCards(text string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(text); {
		if !digit(text[i]) {
			i++
			continue
		}
		end, digits := digitRun(text, i)
		if n := len(digits); n >= 13 && n <= 19 && luhn(digits) {
			b.WriteString(text[done:i] + "[card]")
			done = end
		}
		i = end
	}
	if done == 0 {
		return text
	}
	return b.String() + text[done:]
}

// digitRun returns the end of the digits that begin at i, and the digits.
func digitRun(text string, i int) (end int, digits string) {
	var b strings.Builder
	for end = i; i < len(text); i++ {
		switch c := text[i]; {
		case digit(c):
			b.WriteByte(c)
			end = i + 1
		case (c == ' ' || c == '-') && i == end:
		default:
			return end, b.String()
		}
	}
	return end, b.String()
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

// luhn reports whether the last digit checks the ones before.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
