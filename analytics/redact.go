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

// maskCards masks numbers of 13 to 19 digits, which may be grouped by spaces or
// hyphens, whose check digit is that of a card number.
func maskCards(text string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(text); {
		start, end := nextGroup(text, i)
		if start == len(text) {
			break
		}
		if card := cardAt(text, start); card > 0 {
			b.WriteString(text[done:start] + "[card]")
			done, end = card, card
		}
		i = end
	}
	if done == 0 {
		return text
	}
	return b.String() + text[done:]
}

// nextGroup returns where the next digits at or after i begin and end.
func nextGroup(text string, i int) (start, end int) {
	for start = i; start < len(text) && !digit(text[start]); start++ {
	}
	for end = start; end < len(text) && digit(text[end]); end++ {
	}
	return start, end
}

// cardAt returns where the card number ends whose first group begins at i, or 0
// if none does.
func cardAt(text string, i int) int {
	digits := ""
	for i < len(text) && digit(text[i]) {
		_, end := nextGroup(text, i)
		if digits += text[i:end]; len(digits) > 19 {
			return 0
		}
		if len(digits) >= 13 && luhn(digits) {
			return end
		}
		if end == len(text) || text[end] != ' ' && text[end] != '-' {
			return 0
		}
		i = end + 1
	}
	return 0
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
