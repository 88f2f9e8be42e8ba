// Package errs holds the error classes that every capability re-exports under
// its own name, the way io/fs and os share theirs.
package errs

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// The classes. Wrap them with the subject: fmt.Errorf("article %s: %w", id, NotFound).
var (
	NotFound    = errors.New("not found")     // it does not exist, or the actor may not know that it does
	Gone        = errors.New("gone")          // it was there once, and the actor may know so
	Conflict    = errors.New("conflict")      // it changed, or the name is taken
	Forbidden   = errors.New("not permitted") // the actor sees it but may not do this to it
	Invalid     = errors.New("invalid")       // an argument cannot be accepted as it is
	Unsupported = errors.New("unsupported")   // this store or adapter cannot do it
	Unavailable = errors.New("unavailable")   // something it needs is down; try again
	TooMany     = errors.New("too many")      // a rate limit or a quota was reached
)

// A Message is a key into the message catalogs of package i18n, with the
// arguments its text takes. It is how an error speaks the reader's language.
type Message struct {
	Key  string
	Args map[string]any
}

// Fields is an Invalid error that says which inputs are wrong and why. Keys
// name fields as the wire spells them, with dots and indexes for nested ones.
type Fields map[string]Message

// Error lists the fields in order, for logs.
func (f Fields) Error() string {
	var b strings.Builder
	for i, name := range slices.Sorted(maps.Keys(f)) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name + ": " + f[name].Key)
	}
	return b.String()
}

// Unwrap makes Fields match Invalid.
func (f Fields) Unwrap() error { return Invalid }

// Add notes that the named field is wrong, unless something is noted already.
func (f Fields) Add(name, key string, args map[string]any) {
	if _, ok := f[name]; !ok {
		f[name] = Message{Key: key, Args: args}
	}
}

// Err returns f, or nil if it is empty.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// Field returns an Invalid error about one field.
func Field(name, key string, args map[string]any) error {
	return Fields{name: {Key: key, Args: args}}
}

// A Says is an error of a class with a message for the reader: what happened
// and what to do next.
type Says struct {
	Class   error
	Message Message
	Text    string // in English, for logs; empty means the class and the key
}

// Say returns an error of the class that explains itself to the reader.
func Say(class error, key string, args map[string]any) error {
	return &Says{Class: class, Message: Message{Key: key, Args: args}}
}

// changedKey is the message of [Changed].
const changedKey = "error.conflict_changed"

// Changed is the error of who changes what somebody else has changed since.
func Changed() error { return Say(Conflict, changedKey, nil) }

// IsChanged reports whether err is that of [Changed], and no other conflict.
func IsChanged(err error) bool {
	says, ok := errors.AsType[*Says](err)
	return ok && says.Message.Key == changedKey
}

// Error says it for logs.
func (s *Says) Error() string {
	if s.Text != "" {
		return s.Text
	}
	return s.Class.Error() + ": " + s.Message.Key
}

// Unwrap makes s match its class.
func (s *Says) Unwrap() error { return s.Class }
