package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
)

// JSON answers with v. Unless the handler has set Cache-Control, an answer with
// an ETag may be kept by the reader's browser and must be asked about again,
// and any other may not be kept. What cannot be marshalled is an error, and
// nothing is written.
func JSON(w http.ResponseWriter, r *http.Request, status int, v any) error {
	var body bytes.Buffer
	if err := json.NewEncoder(&body).Encode(v); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	keep(h)
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body.Bytes()) //nolint:errcheck // the client left; nobody can be told
	}
	return nil
}

// NoContent answers 204.
func NoContent(w http.ResponseWriter) error {
	keep(w.Header())
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// NoStore forbids every cache to keep the answer. Pages for somebody who is
// signed in call it.
func NoStore(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }

func keep(h http.Header) {
	switch {
	case h.Get("Cache-Control") != "":
	case h.Get("ETag") != "":
		h.Set("Cache-Control", "private, no-cache")
	default:
		h.Set("Cache-Control", "no-store")
	}
}

// maxPathValue is the longest path parameter in bytes.
const maxPathValue = 512

// PathValue returns the named part of the path. One that no record can have,
// being empty, too long, not UTF-8 or with control characters, is errs.NotFound.
func PathValue(r *http.Request, name string) (string, error) {
	v := r.PathValue(name)
	if v == "" || len(v) > maxPathValue || !utf8.ValidString(v) || strings.ContainsFunc(v, unicode.IsControl) {
		return "", fmt.Errorf("path: %w", errs.NotFound)
	}
	return v, nil
}

// IdempotencyKey returns the request's Idempotency-Key, "" if it has none. It
// may stand in quotes, as the header's specification has it, or without.
// Anything but one key of 1 to 255 printable ASCII characters is errs.Invalid.
func IdempotencyKey(r *http.Request) (string, error) {
	values := r.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", nil
	}
	key := values[0]
	if n := len(key); n >= 2 && key[0] == '"' && key[n-1] == '"' {
		key = key[1 : n-1]
	}
	if len(values) > 1 || !printable(key) || len(key) > maxIdempotencyKey {
		return "", errs.Say(errs.Invalid, "error.idempotency_key", map[string]any{"max": maxIdempotencyKey})
	}
	return key, nil
}

const maxIdempotencyKey = 255

// printable reports whether s is one or more printable ASCII characters.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}
