package site

import (
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/kb"
)

// Explain says in the portal's first language what could not be imported.
func (s *Site) Explain(p kb.Problem) string {
	return explainIn(s.catalog.In(s.languages.Default()), p)
}

// explainIn says what could not be imported, and where that is.
func explainIn(printer *i18n.Printer, p kb.Problem) string {
	p.Reason = reasonIn(printer, p)
	return p.Error()
}

// reasonIn says why something could not be imported.
func reasonIn(printer *i18n.Printer, p kb.Problem) string {
	switch {
	case p.Says.Key != "":
		return printer.Message(p.Says)
	case len(p.Fields) == 0:
		return p.Reason
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(p.Fields)) {
		parts = append(parts, name+": "+printer.Message(p.Fields[name]))
	}
	return strings.Join(parts, " ")
}
