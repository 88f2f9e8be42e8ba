package web

import (
	"bytes"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
)

// What one body may hold.
const (
	maxDepth  = 32      // levels of nesting
	maxValues = 100_000 // values, at all levels together
	maxNumber = 64      // bytes in a number
	maxFaults = 20      // fields that are told about at once
	maxPath   = 200     // bytes in a field's name, which the client chose
)

// A scanner checks JSON text against the type it will be decoded into. It
// knows more than the decoder behind it: each fault gets the name of its field,
// names must be spelled exactly, and none may come twice.
type scanner struct {
	data   []byte
	pos    int
	depth  int
	values int
	path   []step
	faults errs.Fields
}

// A step leads to a value: a name in an object, or an index in a list if it is
// not negative.
type step struct {
	name  []byte
	index int
}

func scan(data []byte, t reflect.Type) error {
	s := &scanner{data: data, faults: errs.Fields{}}
	if !utf8.Valid(data) {
		return s.broken()
	}
	s.space()
	if err := s.value(t); err != nil {
		return err
	}
	s.space()
	if s.pos < len(s.data) && len(s.faults) == 0 {
		return s.broken()
	}
	return s.faults.Err()
}

func (s *scanner) value(t reflect.Type) error {
	if s.values++; s.values > maxValues {
		return ErrTooLarge
	}
	// Enough is known; the rest of a hostile body is not worth reading.
	if len(s.faults) >= maxFaults {
		return s.faults
	}
	nullable := t == nil
	for t != nil && t.Kind() == reflect.Pointer && !custom(t) {
		t, nullable = t.Elem(), true
	}
	switch c := s.peek(); {
	case c == 'n':
		return s.null(t, nullable)
	case t != nil && custom(t):
		return s.custom(t)
	case c == '{':
		return s.nested(t, s.object)
	case c == '[':
		return s.nested(t, s.list)
	case c == '"':
		return s.text(t)
	case c == 't' || c == 'f':
		return s.boolean(t)
	}
	return s.number(t)
}

// nested scans an object or a list one level down.
func (s *scanner) nested(t reflect.Type, scan func(reflect.Type) error) error {
	if s.depth++; s.depth > maxDepth {
		return errs.Say(errs.Invalid, "error.json_nesting", nil)
	}
	s.pos++
	err := scan(t)
	s.depth--
	return err
}

func (s *scanner) object(t reflect.Type) error {
	typeOf := s.memberTypes(t)
	var seen names
	for first := true; ; first = false {
		s.space()
		if s.peek() == '}' && first {
			break
		}
		name, err := s.quoted()
		if err != nil {
			return err
		}
		s.path = append(s.path, step{name, -1})
		member, known := typeOf(name)
		switch {
		case !seen.add(name):
			s.fault("repeated")
		case !known:
			s.fault("unknown")
		}
		if s.space(); !s.skip(':') {
			return s.broken()
		}
		s.space()
		if err := s.value(member); err != nil {
			return err
		}
		s.path = s.path[:len(s.path)-1]
		if s.space(); s.peek() != ',' {
			break
		}
		s.pos++
	}
	return s.close('}')
}

// memberTypes tells the type of each member of an object of type t. A nil type
// is one that takes anything.
func (s *scanner) memberTypes(t reflect.Type) func([]byte) (reflect.Type, bool) {
	switch {
	case anything(t):
	case t.Kind() == reflect.Struct:
		shape := shapeOf(t)
		return func(name []byte) (reflect.Type, bool) { m, ok := shape[string(name)]; return m, ok }
	case t.Kind() == reflect.Map:
		return func([]byte) (reflect.Type, bool) { return t.Elem(), true }
	default:
		s.fault(wants(t))
	}
	return func([]byte) (reflect.Type, bool) { return nil, true }
}

func (s *scanner) list(t reflect.Type) error {
	entry := reflect.Type(nil)
	switch {
	case anything(t):
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8, t.Kind() == reflect.Array:
		entry = t.Elem()
	default:
		s.fault(wants(t))
	}
	for i := 0; ; i++ {
		s.space()
		if s.peek() == ']' && i == 0 {
			break
		}
		s.path = append(s.path, step{nil, i})
		if entry != nil && t.Kind() == reflect.Array && i == t.Len() {
			s.fault("range")
		}
		if err := s.value(entry); err != nil {
			return err
		}
		s.path = s.path[:len(s.path)-1]
		if s.space(); s.peek() != ',' {
			break
		}
		s.pos++
	}
	return s.close(']')
}

func (s *scanner) close(c byte) error {
	if !s.skip(c) {
		return s.broken()
	}
	return nil
}

// fault notes what is wrong with the field that the path leads to.
func (s *scanner) fault(name string) {
	if len(s.faults) < maxFaults {
		s.faults.Add(s.field(), "error.field."+name, nil)
	}
}

func (s *scanner) field() string {
	var b strings.Builder
	for i, p := range s.path {
		switch {
		case p.index >= 0:
			b.WriteString("[" + strconv.Itoa(p.index) + "]")
		case i > 0:
			b.WriteByte('.')
			b.Write(p.name)
		default:
			b.Write(p.name)
		}
		if b.Len() > maxPath {
			return strings.ToValidUTF8(b.String()[:maxPath], "")
		}
	}
	return b.String()
}

func (s *scanner) broken() error {
	return errs.Say(errs.Invalid, "error.json", map[string]any{"offset": s.pos})
}

func (s *scanner) space() {
	for s.pos < len(s.data) && (s.data[s.pos] == ' ' || s.data[s.pos] == '\n' || s.data[s.pos] == '\t' || s.data[s.pos] == '\r') {
		s.pos++
	}
}

func (s *scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

func (s *scanner) skip(c byte) bool {
	if s.peek() != c || s.pos >= len(s.data) {
		return false
	}
	s.pos++
	return true
}

func (s *scanner) word(w string) bool {
	if !strings.HasPrefix(string(s.data[s.pos:min(len(s.data), s.pos+len(w))]), w) {
		return false
	}
	s.pos += len(w)
	return true
}

// names is the set of names in one object. Most objects have few, for which a
// list costs less than a map.
type names struct {
	few  [][]byte
	many map[string]struct{}
}

func (n *names) add(name []byte) bool {
	if n.many == nil && len(n.few) < 16 {
		for _, f := range n.few {
			if bytes.Equal(f, name) {
				return false
			}
		}
		n.few = append(n.few, name)
		return true
	}
	if n.many == nil {
		n.many = make(map[string]struct{}, 32)
		for _, f := range n.few {
			n.many[string(f)] = struct{}{}
		}
	}
	before := len(n.many)
	n.many[string(name)] = struct{}{}
	return len(n.many) > before
}
