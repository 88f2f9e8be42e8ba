package importkb

import (
	"fmt"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
)

// faulty returns what is wrong with a file: in English for logs, and as a message
// below "error.import." that says to the reader what to do.
func faulty(name string, args map[string]any, format string, a ...any) error {
	return &errs.Says{Class: kb.ErrInvalid, Message: errs.Message{Key: "error.import." + name, Args: args}, Text: fmt.Sprintf(format, a...)}
}
