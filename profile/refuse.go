package profile

import (
	"github.com/stoa-go/stoa/internal/errs"
)

// A Refused is a value that a store does not accept, and why.
type Refused struct {
	Property string // as in [DataRule]
	Why      Refusal
	Text     string // in the store's own words, for RefusalOther; shown to people, on one line
}

// A Refusal is a reason for which a store does not accept a value.
type Refusal string

// Why values are refused.
const (
	RefusalRequired Refusal = "required"
	RefusalFormat   Refusal = "format"
	RefusalChoice   Refusal = "choice"
	RefusalLong     Refusal = "too_long"
	RefusalTaken    Refusal = "taken"
	RefusalReadOnly Refusal = "read_only"
	RefusalOther    Refusal = "other"
)

// Refuse returns the error with which a [Store] refuses values: it matches
// [ErrInvalid] and stands at the fields that it is about, so that a form shows it
// there and keeps what was typed. A CRM's adapter maps the CRM's errors to it.
func Refuse(list ...Refused) error {
	w := errs.Fields{}
	for _, r := range list {
		key, args := r.message()
		w.Add(r.Property, key, args)
	}
	if len(w) == 0 {
		return ErrInvalid
	}
	return w
}

// maxRefusal is how much of a store's own words is shown.
const maxRefusal = 200

func (r Refused) message() (key string, args map[string]any) {
	switch r.Why {
	case RefusalRequired, RefusalFormat, RefusalTaken:
		return "error.field." + string(r.Why), nil
	case RefusalChoice:
		return "error.field.choice", map[string]any{"choices": "empty"}
	case RefusalReadOnly:
		return "error.profile.read_only", nil
	case RefusalLong:
		return "error.profile.refused_long", nil
	}
	text := []rune(OneLine(r.Text))
	if len(text) == 0 {
		return "error.profile.refused", nil
	}
	return "error.profile.refused_why", map[string]any{"why": string(text[:min(len(text), maxRefusal)])}
}
