package mailin

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxFileName = 150 // bytes

// reserved are names that Windows has for devices, whatever follows a dot.
var reserved = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2", "lpt3", "lpt4",
	"lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// SafeName makes of what somebody calls a file a name that is one: without
// folders, controls, invisible letters and those that turn others around. Where
// nothing is left it is the nth attachment.
func SafeName(name, kind string, n int) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	stem := strings.TrimSuffix(name, ext)
	for len(stem)+len(ext) > maxFileName {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	if stem = strings.TrimRight(stem, " "); stem == "" {
		return fmt.Sprintf("attachment-%d%s", n, extension(kind))
	}
	if before, _, _ := strings.Cut(strings.ToLower(stem), "."); slices.Contains(reserved, strings.TrimSpace(before)) {
		stem = "_" + stem
	}
	return stem + ext
}

// extension is that of files of a type, of the few that come without a name.
func extension(kind string) string {
	switch kind {
	case "message/rfc822", "message/global":
		return ".eml"
	case "image/jpeg":
		return ".jpg"
	case "image/png", "image/gif", "image/webp", "application/pdf", "text/html":
		return "." + kind[strings.IndexByte(kind, '/')+1:]
	case "text/plain":
		return ".txt"
	case "text/calendar":
		return ".ics"
	}
	return ".bin"
}
