package mailin

import (
	"bytes"
	"mime"
	"slices"
	"strings"
)

// Limits of a header.
const (
	maxHeader = 256 << 10 // bytes that are kept
	maxFields = 500
	maxField  = 16 << 10
)

// A Header is the fields of a mail or of a part of it, as they are written, on one
// line each.
type Header []Field

// A Field is one line of a header.
type Field struct {
	Name  string // in small letters
	Value string
}

// All returns the values of a field, in order.
func (h Header) All(name string) (values []string) {
	for _, f := range h {
		if f.Name == name {
			values = append(values, f.Value)
		}
	}
	return values
}

// Value returns the first value of a field.
func (h Header) Value(name string) string {
	i := slices.IndexFunc(h, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return ""
	}
	return h[i].Value
}

func (h Header) has(name string) bool {
	return slices.ContainsFunc(h, func(f Field) bool { return f.Name == name })
}

// header reads a header up to the empty line. What is no field is left out.
func (s *source) header() (h Header, whole bool) {
	whole = true
	size, cut := 0, false
	for s.err == nil && s.hit < 0 {
		text, begins := s.line()
		switch {
		case !begins: // the rest of a line longer than the window
			cut, whole = true, false
			continue
		case s.boundary(text):
			return h, whole
		case len(bytes.TrimRight(text, "\r\n")) == 0 && s.err == nil:
			return h, whole
		}
		if size += len(text); size > maxHeader {
			whole = false
			continue
		}
		if !h.take(string(bytes.TrimRight(text, "\r\n")), &cut) {
			whole = false
		}
	}
	return h, whole
}

// take adds a line to a header, or to the field before it if it goes on.
func (h *Header) take(line string, cut *bool) bool {
	if line == "" {
		return true
	}
	if line[0] == ' ' || line[0] == '\t' {
		if len(*h) == 0 || *cut {
			return false
		}
		f := &(*h)[len(*h)-1]
		if len(f.Value)+len(line) > maxField {
			*cut = true
			return false
		}
		f.Value += " " + strings.Trim(line, " \t")
		return true
	}
	name, value, ok := strings.Cut(line, ":")
	name = strings.TrimRight(name, " \t")
	*cut = !ok || !token(name) || len(*h) >= maxFields
	if *cut {
		return strings.HasPrefix(line, "From ") && len(*h) == 0 // as mailboxes begin each mail
	}
	if value = strings.Trim(value, " \t"); len(value) > maxField {
		value = value[:maxField]
	}
	*h = append(*h, Field{strings.ToLower(name), value})
	return true
}

func token(name string) bool {
	return name != "" && strings.IndexFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f }) < 0
}

// mediaType reads a type with its parameters, even one that is written badly. A
// missing one is text/plain.
func mediaType(value string) (kind string, params map[string]string) {
	if strings.TrimSpace(value) == "" {
		return "text/plain", nil
	}
	kind, params, err := mime.ParseMediaType(value)
	if err != nil || kind == "" {
		kind, params = roughly(value)
	}
	if strings.Count(kind, "/") != 1 || !token(kind) {
		kind = "application/octet-stream"
	}
	return kind, params
}

// disposition reads how a part is to be shown, and the name of its file.
func disposition(value string) (kind string, params map[string]string) {
	kind, params, err := mime.ParseMediaType(value)
	if err != nil {
		kind, params = roughly(value)
	}
	return kind, params
}

// roughly reads what the standard does not allow: names twice, values with spaces
// and without quotes.
func roughly(value string) (kind string, params map[string]string) {
	kind, rest, _ := strings.Cut(value, ";")
	params = map[string]string{}
	for range 50 {
		var piece string
		piece, rest = cutQuoted(rest, ';')
		name, v, ok := strings.Cut(piece, "=")
		if name = strings.ToLower(strings.TrimSpace(name)); ok && params[name] == "" {
			params[name] = strings.Trim(strings.TrimSpace(v), `"`)
		}
		if rest == "" {
			break
		}
	}
	kind, _, _ = strings.Cut(strings.TrimSpace(kind), " ")
	return strings.ToLower(kind), params
}

// cutQuoted cuts at the first separator that is not in quotes.
func cutQuoted(s string, sep byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}
