package importkb

import (
	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/docfile"
)

func placeOf(file string) docfile.Place { return docfile.PlaceOf(file, language) }

// language returns the language that part of a path, or an attribute, names, or
// "".
func language(part string) string { return string(i18n.CodeLocale(part)) }
