package i18n

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stoa-go/stoa/i18n/internal/message"
)

// Limits of a catalog file.
const (
	maxFile = 8 << 20 // bytes
	maxKey  = 128     // bytes of a key
)

// A SyntaxError is a fault in a catalog file. It matches ErrInvalid.
type SyntaxError struct {
	File    string
	Line    int    // of the key, from one; 0 means the file as a whole
	Key     string // "" means the file rather than a text
	Column  int    // character in the text, from one; 0 means the whole text
	Problem string
}

// Error returns "de.json:12: error.taken: column 14: plural needs an other {...} case".
func (e *SyntaxError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	b.WriteString(": ")
	if e.Key != "" {
		b.WriteString(e.Key + ": ")
	}
	if e.Column > 0 {
		fmt.Fprintf(&b, "column %d: ", e.Column)
	}
	return b.String() + e.Problem
}

// Unwrap makes e match ErrInvalid.
func (e *SyntaxError) Unwrap() error { return ErrInvalid }

// text is a parsed entry of a catalog.
type text struct {
	source string
	parts  message.Pattern
}

// loadLayer adds the LANG.json files at the root of fsys to into.
func loadLayer(fsys fs.FS, into map[Locale]map[string]text) error {
	files, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return err
	}
	var faults []error
	for _, name := range files {
		l, err := ParseLocale(strings.TrimSuffix(path.Base(name), ".json"))
		if err != nil || string(l)+".json" != name {
			faults = append(faults, &SyntaxError{File: name, Problem: "the name is not LOCALE.json with a canonical locale"})
			continue
		}
		if into[l] == nil {
			into[l] = map[string]text{}
		}
		faults = append(faults, loadFile(fsys, name, into[l])...)
	}
	return errors.Join(faults...)
}

func loadFile(fsys fs.FS, name string, into map[string]text) []error {
	data, err := readCapped(fsys, name)
	if err != nil {
		return []error{err}
	}
	f := &file{name: name, data: data, dec: json.NewDecoder(bytes.NewReader(data)), line: 1, into: into, seen: map[string]bool{}}
	f.load()
	return f.faults
}

func readCapped(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", name, err)
	case len(data) > maxFile:
		return nil, &SyntaxError{File: name, Problem: "larger than 8 MiB"}
	case !utf8.Valid(data):
		return nil, &SyntaxError{File: name, Problem: "not UTF-8"}
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}

// file is one catalog file being read.
type file struct {
	name    string
	data    []byte
	dec     *json.Decoder
	line    int
	counted int64 // bytes whose lines are in line
	into    map[string]text
	seen    map[string]bool
	faults  []error
}

func (f *file) fault(key string, column int, problem string) {
	f.faults = append(f.faults, &SyntaxError{File: f.name, Line: f.line, Key: key, Column: column, Problem: problem})
}

// token returns the next token and keeps the line it ends on.
func (f *file) token() (json.Token, bool) {
	tok, err := f.dec.Token()
	if err == nil {
		f.reach(f.dec.InputOffset())
		return tok, true
	}
	problem := err.Error()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		f.reach(syntax.Offset)
	} else if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		f.reach(int64(len(f.data)))
		problem = "the file ends too early"
	}
	f.fault("", 0, "not JSON: "+problem)
	return nil, false
}

// reach moves the line to that of an offset.
func (f *file) reach(offset int64) {
	offset = max(f.counted, min(offset, int64(len(f.data))))
	f.line += bytes.Count(f.data[f.counted:offset], []byte("\n"))
	f.counted = offset
}

func (f *file) load() {
	tok, ok := f.token()
	if !ok {
		return
	}
	if tok != json.Delim('{') {
		f.fault("", 0, `expected an object of keys and texts: {"key": "text"}`)
		return
	}
	for f.dec.More() {
		if !f.entry() {
			return
		}
	}
	if _, ok := f.token(); !ok {
		return
	}
	if _, err := f.dec.Token(); !errors.Is(err, io.EOF) {
		f.fault("", 0, "something follows the object")
	}
}

// entry reads a key and its text; false ends the file.
func (f *file) entry() bool {
	tok, ok := f.token()
	if !ok {
		return false
	}
	key, _ := tok.(string)
	if tok, ok = f.token(); !ok {
		return false
	}
	source, ok := tok.(string)
	switch {
	case !ok:
		f.fault(key, 0, `a text is a string; write nested keys with dots: "a.b"`)
		return false
	case !ValidKey(key):
		f.fault(key, 0, "a key has lower-case letters, digits, underscores, hyphens and dots")
	case f.seen[key]:
		f.fault(key, 0, "the key is there twice")
	default:
		f.seen[key] = true
		f.parse(key, source)
	}
	return true
}

func (f *file) parse(key, source string) {
	parts, err := message.Parse(source)
	if fault, ok := errors.AsType[*message.Error](err); ok {
		f.fault(key, fault.Column, fault.Problem)
		return
	}
	f.into[key] = text{source: source, parts: parts}
}

// ValidKey reports whether s can be a key: words of lower-case letters,
// digits, underscores and hyphens, joined by dots; 128 bytes at most.
func ValidKey(s string) bool {
	if len(s) > maxKey {
		return false
	}
	return !slices.ContainsFunc(strings.Split(s, "."), func(word string) bool {
		return word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789_-") != ""
	})
}
