package search

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// A LineError says which line of a text of synonyms is wrong, and how.
type LineError struct {
	Line int
	Err  error // matches [ErrInvalid]
}

func (e LineError) Error() string { return e.Err.Error() }

func (e LineError) Unwrap() error { return e.Err }

// SynonymsText returns synonyms as CSV, one to a line: the language, the words
// that are looked for, "=>" for one way or "<=>" for both, and the words that
// are found as well. Within a cell a bar separates words: "wifi|wlan".
func SynonymsText(list []Synonym) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, s := range list {
		arrow := "=>"
		if s.TwoWay {
			arrow = "<=>"
		}
		_ = w.Write([]string{s.Locale, strings.Join(s.From, "|"), arrow, strings.Join(s.To, "|")}) // a buffer takes everything
	}
	w.Flush()
	return b.String()
}

// ParseSynonyms reads what [SynonymsText] writes, with a comma, semicolon or tab
// between cells, as spreadsheets have it. Empty lines and those that begin with
// # are passed over. It returns an error for each line that cannot be read.
func ParseSynonyms(text string) ([]Synonym, []LineError) {
	text = strings.TrimPrefix(text, "\ufeff")
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.Comment, r.FieldsPerRecord, r.TrimLeadingSpace = separatorOf(text), '#', -1, r.Comma == ','
	var list []Synonym
	var faults []LineError
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return list, faults
		}
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			return list, append(faults, LineError{parse.StartLine, errs.Field("line", "error.search.tuning.csv", nil)})
		}
		line, _ := r.FieldPos(0)
		s, fault := synonymOf(cells)
		if fault != nil {
			faults = append(faults, LineError{line, fault})
			continue
		}
		list = append(list, s)
	}
}

// separatorOf returns what stands between the cells of the first line that has
// an arrow.
func separatorOf(text string) rune {
	for line := range strings.Lines(text) {
		before, _, ok := strings.Cut(line, "=>")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for _, sep := range []rune{'\t', ';'} {
			if strings.ContainsRune(before, sep) {
				return sep
			}
		}
		break
	}
	return ','
}

func synonymOf(cells []string) (Synonym, error) {
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	for len(cells) > 4 && cells[len(cells)-1] == "" { // what a spreadsheet leaves behind
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 3 {
		cells = append(cells, "")
	}
	if len(cells) != 4 || !slices.Contains([]string{"=>", "<=>"}, cells[2]) {
		return Synonym{}, errs.Field("line", "error.search.tuning.csv", nil)
	}
	s := Synonym{Locale: cells[0], From: strings.Split(cells[1], "|"), To: strings.Split(cells[3], "|"), TwoWay: cells[2] == "<=>"}
	s = Tuning{Synonyms: []Synonym{s}}.Tidy().Synonyms[0]
	f := errs.Fields{}
	s.check(f, func(field string) string { return field })
	return s, f.Err()
}
