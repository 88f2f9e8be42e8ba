package site

import (
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/kb"
)

// Explain says in the portal's first language what could not be imported.
func (s *Site) Explain(p kb.Problem) string {
	if len(p.Fields) == 0 {
		return p.Error()
	}
	printer := s.catalog.In(s.languages.Default())
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(p.Fields)) {
		parts = append(parts, name+": "+printer.Message(p.Fields[name]))
	}
	p.Reason = strings.Join(parts, " ")
	return p.Error()
}
