package i18n

import (
	"errors"

	"github.com/stoa-go/stoa/internal/errs"
)

// classes are the texts for errors that do not explain themselves.
var classes = []struct {
	class error
	key   string
}{
	{errs.NotFound, "error.not_found"},
	{errs.Gone, "error.gone"},
	{errs.Conflict, "error.conflict_changed"},
	{errs.Forbidden, "error.forbidden"},
	{errs.Invalid, "error.invalid"},
	{errs.Unsupported, "error.unsupported"},
	{errs.Unavailable, "error.unavailable"},
	{errs.TooMany, "error.too_many"},
}

// Explain returns the message that tells a reader of an error: its own if it
// has one, else its class's, else error.internal, which says nothing of it.
func Explain(err error) errs.Message {
	if says, ok := errors.AsType[*errs.Says](err); ok {
		return says.Message
	}
	for _, c := range classes {
		if errors.Is(err, c.class) {
			return errs.Message{Key: c.key}
		}
	}
	return errs.Message{Key: "error.internal"}
}

// Error returns a sentence for the reader about err. It never has err's own
// text in it, which is for logs.
func (p *Printer) Error(err error) string { return p.Message(Explain(err)) }
