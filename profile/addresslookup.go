package profile

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// An AddressLookup finds addresses by what people type, as services for address
// data do.
type AddressLookup interface {
	// Suggest returns addresses that may be meant, the likeliest first.
	Suggest(ctx context.Context, q AddressQuery) ([]AddressSuggestion, error)

	// Address returns a suggested address, or ErrNotFound.
	Address(ctx context.Context, id string) (Address, error)
}

// An AddressQuery is what somebody typed of an address.
type AddressQuery struct {
	Text    string
	Country string // where to look, or ""
	Locale  string // of the suggestions, a BCP 47 tag, or ""
	Limit   int    // 0 means 10
}

// An AddressSuggestion is an address to choose from.
type AddressSuggestion struct {
	ID    string // for Address
	Label string // on one line
}

// AddressFuncs are functions that are an [AddressLookup].
type AddressFuncs struct {
	SuggestFunc func(ctx context.Context, q AddressQuery) ([]AddressSuggestion, error)
	AddressFunc func(ctx context.Context, id string) (Address, error)
}

// Suggest calls the first function.
func (f AddressFuncs) Suggest(ctx context.Context, q AddressQuery) ([]AddressSuggestion, error) {
	return f.SuggestFunc(ctx, q)
}

// Address calls the second function.
func (f AddressFuncs) Address(ctx context.Context, id string) (Address, error) {
	return f.AddressFunc(ctx, id)
}

// Limits of a look-up.
const (
	leastAddressText = 3
	mostAddressText  = 200
	mostSuggestions  = 10
)

// BoundLookup returns a look-up that asks l for three characters or more, waits no
// longer than that, and believes nothing as it stands: labels are one line, and an
// address has to be one of its country. A l that fails or takes too long is
// ErrUnavailable; whoever asks goes on by typing.
func BoundLookup(l AddressLookup, wait time.Duration) AddressLookup { return boundLookup{l, wait} }

type boundLookup struct {
	l    AddressLookup
	wait time.Duration
}

// Suggest implements [AddressLookup].
func (b boundLookup) Suggest(ctx context.Context, q AddressQuery) ([]AddressSuggestion, error) {
	q.Text = tidy(q.Text)
	if n := utf8.RuneCountInString(q.Text); n < leastAddressText || n > mostAddressText || !utf8.ValidString(q.Text) {
		return nil, nil
	}
	if q.Limit <= 0 || q.Limit > mostSuggestions {
		q.Limit = mostSuggestions
	}
	inside, cancel := context.WithTimeout(ctx, b.wait)
	defer cancel()
	list, err := b.l.Suggest(inside, q)
	if err != nil {
		return nil, lookupFault(ctx, err)
	}
	var out []AddressSuggestion
	for _, s := range list[:min(len(list), q.Limit)] {
		if s.Label = OneLine(s.Label); s.ID != "" && s.Label != "" {
			out = append(out, s)
		}
	}
	return out, nil
}

// Address implements [AddressLookup].
func (b boundLookup) Address(ctx context.Context, id string) (Address, error) {
	inside, cancel := context.WithTimeout(ctx, b.wait)
	defer cancel()
	a, err := b.l.Address(inside, id)
	if err != nil {
		return Address{}, lookupFault(ctx, err)
	}
	if a, err = a.Normal(); err != nil {
		return Address{}, fmt.Errorf("looked up: %w: %w", ErrUnavailable, err)
	}
	return a, nil
}

func lookupFault(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, ErrNotFound) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
