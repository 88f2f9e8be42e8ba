package i18n

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Money is an exact sum: Amount in the currency's smallest unit (cents; yen
// for JPY) and the ISO 4217 code of the currency.
type Money struct {
	Amount   int64
	Currency string
}

// commonSymbols are the ones that mean one currency everywhere.
var commonSymbols = map[string]string{
	"AUD": "A$", "BRL": "R$", "CAD": "CA$", "CNY": "CN¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "ILS": "₪",
	"INR": "₹", "JPY": "JP¥", "KRW": "₩", "MXN": "MX$", "NZD": "NZ$", "PHP": "₱", "TWD": "NT$", "USD": "US$",
	"VND": "₫", "XAF": "FCFA", "XOF": "CFA",
}

// minorUnits lists the currencies that do not have two decimals (ISO 4217).
var minorUnits = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0,
	"UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}

// CurrencyPlaces returns the number of decimals a currency has: 2 for EUR,
// 0 for JPY. A code nobody knows has 2.
func CurrencyPlaces(code string) int {
	if n, ok := minorUnits[code]; ok {
		return n
	}
	return 2
}

// ParseMoney reads a sum as [Money.Plain] writes it: "490.00 EUR", "1200 JPY".
// A comma does for the point. What is no sum, and more decimals than the currency
// has, are ErrInvalid; the code has three letters and need not be known.
func ParseMoney(text string) (Money, error) {
	sum, code, _ := strings.Cut(strings.TrimSpace(text), " ")
	code = strings.ToUpper(strings.TrimSpace(code))
	if len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return Money{}, ErrInvalid
	}
	whole, fraction, _ := strings.Cut(strings.ReplaceAll(sum, ",", "."), ".")
	places := CurrencyPlaces(code)
	if whole == "" || len(fraction) > places || strings.ContainsAny(fraction, "+-") {
		return Money{}, ErrInvalid
	}
	amount, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", places-len(fraction)), 10, 64)
	if err != nil {
		return Money{}, ErrInvalid
	}
	return Money{Amount: amount, Currency: code}, nil
}

// Plain returns the sum as [ParseMoney] reads it, the same in every language.
func (m Money) Plain() string {
	d := m.decimal()
	out := d.whole
	if d.negative {
		out = "-" + out
	}
	if d.fraction != "" {
		out += "." + d.fraction
	}
	return out + " " + m.Currency
}

// Money returns a sum with the symbol where the locale has it: "€1,234.50",
// "1.234,50 €". A currency without a symbol shows its code.
func (p *Printer) Money(m Money) string {
	return string(p.conv().appendMoney(nil, m.decimal(), m.Currency))
}

// decimal splits the amount at the point of its currency.
func (m Money) decimal() decimal {
	places := CurrencyPlaces(m.Currency)
	s := strconv.FormatInt(m.Amount, 10)
	digits := strings.TrimPrefix(s, "-")
	if short := places + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	cut := len(digits) - places
	return decimal{negative: m.Amount < 0, whole: digits[:cut], fraction: digits[cut:]}
}

func (c *Conventions) symbol(code string) string {
	if s, ok := c.Symbols[code]; ok {
		return s
	}
	if s, ok := commonSymbols[code]; ok {
		return s
	}
	return code
}

func (c *Conventions) appendMoney(b []byte, d decimal, code string) []byte {
	symbol := c.symbol(code)
	pattern := c.Money
	if at := strings.Index(pattern, "¤#"); at >= 0 && endsInLetter(symbol) {
		pattern = pattern[:at] + "¤\u00a0#"
	}
	return c.appendPattern(b, strings.Replace(pattern, "¤", symbol, 1), d)
}

// endsInLetter tells "CHF", which needs a space before the digits, from "US$".
func endsInLetter(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.IsLetter(r)
}
