package assets

import (
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/i18n"
)

// mainUnits writes an amount of small units in main ones, as rules compare
// numbers: 12345 cents are "123.45".
func mainUnits(amount int64, currency string) string {
	places := i18n.CurrencyPlaces(currency)
	sign, digits := "", strconv.FormatInt(amount, 10)
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	if places == 0 {
		return sign + digits
	}
	if short := places + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	return sign + digits[:len(digits)-places] + "." + digits[len(digits)-places:]
}
