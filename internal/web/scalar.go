package web

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
)

func (s *scanner) null(t reflect.Type, nullable bool) error {
	if !s.word("null") {
		return s.broken()
	}
	if !nullable && !anything(t) && t.Kind() != reflect.Slice && t.Kind() != reflect.Map {
		s.fault("null")
	}
	return nil
}

func (s *scanner) boolean(t reflect.Type) error {
	if !s.word("true") && !s.word("false") {
		return s.broken()
	}
	if !anything(t) && t.Kind() != reflect.Bool {
		s.fault(wants(t))
	}
	return nil
}

func (s *scanner) text(t reflect.Type) error {
	start := s.pos
	if _, err := s.quoted(); err != nil {
		return err
	}
	switch {
	case anything(t) || t.Kind() == reflect.String:
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		s.try(t, s.data[start:s.pos])
	default:
		s.fault(wants(t))
	}
	return nil
}

// custom scans a value whose type reads itself, and lets it try.
func (s *scanner) custom(t reflect.Type) error {
	start := s.pos
	if err := s.value(nil); err != nil {
		return err
	}
	s.try(t, s.data[start:s.pos])
	return nil
}

func (s *scanner) try(t reflect.Type, raw []byte) {
	err := json.Unmarshal(raw, reflect.New(t).Interface())
	var says *errs.Says
	switch {
	case err == nil:
	case errors.As(err, &says):
		s.faults.Add(s.field(), says.Message.Key, says.Message.Args)
	default:
		s.fault("format")
	}
}

func (s *scanner) number(t reflect.Type) error {
	start := s.pos
	whole, ok := s.digits()
	if !ok {
		return s.broken()
	}
	text := string(s.data[start:s.pos])
	switch {
	case len(text) > maxNumber:
		s.fault("range")
	case anything(t):
		s.fits(strconv.ParseFloat(text, 64))
	case isFloat(t):
		s.fits(strconv.ParseFloat(text, t.Bits()))
	case !isInt(t) && !isUint(t):
		s.fault(wants(t))
	case !whole:
		s.fault("want_integer")
	case isInt(t):
		s.fits(strconv.ParseInt(text, 10, t.Bits()))
	default:
		s.fits(strconv.ParseUint(text, 10, t.Bits()))
	}
	return nil
}

func (s *scanner) fits(_ any, err error) {
	if err != nil {
		s.fault("range")
	}
}

// digits passes a number as the grammar has it and tells whether it is whole.
func (s *scanner) digits() (whole, ok bool) {
	s.skip('-')
	if !s.skip('0') && !s.run() {
		return false, false
	}
	whole = true
	if s.skip('.') {
		if whole = false; !s.run() {
			return false, false
		}
	}
	if s.skip('e') || s.skip('E') {
		if !s.skip('+') {
			s.skip('-')
		}
		if whole = false; !s.run() {
			return false, false
		}
	}
	return whole, true
}

func (s *scanner) run() bool {
	start := s.pos
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.pos++
	}
	return s.pos > start
}

// quoted passes a string and returns what it says, in the scanned text itself
// where it can: most strings are only looked at.
func (s *scanner) quoted() ([]byte, error) {
	if !s.skip('"') {
		return nil, s.broken()
	}
	start := s.pos
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return s.data[start : s.pos-1], nil
		case c == '\\':
			return s.escaped(start)
		case c < ' ':
			return nil, s.broken()
		}
		s.pos++
	}
	return nil, s.broken()
}

// escaped passes the rest of a string that has escapes.
func (s *scanner) escaped(start int) ([]byte, error) {
	b := bytes.Clone(s.data[start:s.pos])
	for s.pos < len(s.data) {
		c := s.data[s.pos]
		s.pos++
		switch {
		case c == '"':
			return b, nil
		case c == '\\':
			r, ok := s.escape()
			if !ok {
				return nil, s.broken()
			}
			b = utf8.AppendRune(b, r)
		case c < ' ':
			return nil, s.broken()
		default:
			b = append(b, c)
		}
	}
	return nil, s.broken()
}

func (s *scanner) escape() (rune, bool) {
	c := s.peek()
	s.pos++
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 && c != 0 {
		return rune("\"\\/\b\f\n\r\t"[i]), true
	}
	if c != 'u' {
		return 0, false
	}
	r, ok := s.hex()
	if !ok || !utf16.IsSurrogate(r) {
		return r, ok
	}
	// Half of a pair would silently become another character.
	if !s.word(`\u`) {
		return 0, false
	}
	low, ok := s.hex()
	r = utf16.DecodeRune(r, low)
	return r, ok && r != utf8.RuneError
}

func (s *scanner) hex() (rune, bool) {
	if s.pos+4 > len(s.data) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.data[s.pos:s.pos+4]), 16, 16)
	s.pos += 4
	return rune(n), err == nil
}

// wants names what a type takes, as the end of a message key.
func wants(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.String, t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8:
		return "want_text"
	case t.Kind() == reflect.Bool:
		return "want_boolean"
	case isInt(t), isUint(t):
		return "want_integer"
	case isFloat(t):
		return "want_number"
	case t.Kind() == reflect.Slice, t.Kind() == reflect.Array:
		return "want_list"
	}
	return "want_object"
}

func isInt(t reflect.Type) bool   { return t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64 }
func isUint(t reflect.Type) bool  { return t.Kind() >= reflect.Uint && t.Kind() <= reflect.Uintptr }
func isFloat(t reflect.Type) bool { return t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64 }

// anything reports whether every JSON value fits into t.
func anything(t reflect.Type) bool { return t == nil || t.Kind() == reflect.Interface }

// custom reports whether t reads itself from JSON.
func custom(t reflect.Type) bool {
	if t.PkgPath() == "" && t.Kind() != reflect.Pointer && t.Kind() != reflect.Struct {
		return false
	}
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}
