package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"reflect"

	"github.com/stoa-go/stoa/internal/errs"
)

// DefaultLimit is how many bytes a body may have where nothing else is said.
const DefaultLimit = 1 << 20

// Decode reads the body of r, one JSON value of at most limit bytes, into a T.
// A limit of 0 means DefaultLimit.
//
// It is strict, so that what was checked is what is used: unknown, misspelled
// and doubled names, null where there is no null, numbers that do not fit,
// broken UTF-8, half surrogate pairs and anything after the value are refused,
// and so are bodies nested deeper than 32 or with more than 100,000 values.
// Faults of fields come back together as errs.Fields, those of the body as
// errs.Invalid, ErrTooLarge or ErrMediaType.
func Decode[T any](w http.ResponseWriter, r *http.Request, limit int64) (T, error) {
	var v T
	data, err := readJSON(w, r, limit)
	if err != nil {
		return v, err
	}
	return Parse[T](data)
}

// Parse reads one JSON value as strictly as [Decode] does, from wherever it came.
func Parse[T any](data []byte) (T, error) {
	var v T
	if err := scan(data, reflect.TypeFor[T]()); err != nil {
		return v, err
	}
	if err := json.Unmarshal(data, &v); err != nil {
		var zero T
		return zero, fmt.Errorf("%w: %w", errs.Say(errs.Invalid, "error.json", map[string]any{"offset": 0}), err)
	}
	return v, nil
}

func readJSON(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" || len(r.Header.Values("Content-Type")) != 1 || !isUTF8(params) || r.Header.Get("Content-Encoding") != "" {
		return nil, ErrMediaType
	}
	return readBody(w, r, limit)
}

// bodyError tells why a body could not be read to its end.
func bodyError(r *http.Request, err error) error {
	var large *http.MaxBytesError
	var cut net.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return fmt.Errorf("%w: %w", ErrTooLarge, err)
	case timedOut(r.Context()), errors.As(err, &cut) && cut.Timeout():
		return fmt.Errorf("%w: %w", errSlowBody, err)
	}
	return fmt.Errorf("%w: %w", errs.Say(errs.Invalid, "error.body_cut", nil), err)
}
