package search

import (
	"regexp"
	"strings"
)

var (
	mailLike = regexp.MustCompile(`[^\s@<>",;:]+@[^\s@<>",;:]+`)
	cardLike = regexp.MustCompile(`\d(?:[ .-]?\d){12,18}`)
)

// mask takes out of a query what a report must not keep: people paste e-mail
// addresses and card numbers into search boxes.
func mask(text string) string {
	text = mailLike.ReplaceAllString(text, "[email]")
	return cardLike.ReplaceAllStringFunc(text, func(number string) string {
		if card(number) {
			return "[card]"
		}
		return number
	})
}

// card reports whether a number could be a payment card's: its check digit is
// right or it is written in fours.
func card(number string) bool {
	if groups := strings.FieldsFunc(number, func(r rune) bool { return r < '0' }); len(groups) >= 4 && len(groups[0]) == 4 {
		return true
	}
	sum, double := 0, false
	for i := len(number) - 1; i >= 0; i-- {
		d := int(number[i]) - '0'
		if d < 0 {
			continue
		}
		if double {
			d *= 2
		}
		sum += d/10 + d%10
		double = !double
	}
	return sum%10 == 0
}
