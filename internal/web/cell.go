package web

import "strings"

// Cell returns a text as a cell of a table that spreadsheets open, none of which
// takes it for a formula.
func Cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n|%", rune(text[0])) {
		return "'" + text
	}
	return text
}
