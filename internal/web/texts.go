package web

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

type translatorKey struct{}

// WithTranslator returns a context in which errors are told by translate, in
// whatever language the reader has.
func WithTranslator(ctx context.Context, translate func(errs.Message) string) context.Context {
	return context.WithValue(ctx, translatorKey{}, translate)
}

// Translate returns the text of m for the reader: from the translator in the
// context, else in plain English, else the bare key.
func Translate(ctx context.Context, m errs.Message) string {
	if translate, ok := ctx.Value(translatorKey{}).(func(errs.Message) string); ok && translate != nil {
		return translate(m)
	}
	return english(m)
}

func english(m errs.Message) string {
	text, ok := texts()[m.Key]
	if !ok {
		return m.Key
	}
	for name, value := range m.Args {
		text = strings.ReplaceAll(text, "{"+name+"}", fmt.Sprint(value))
	}
	return text
}

// Keys returns every message key that the package's own errors carry, for a
// check that all catalogs have them.
func Keys() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(texts())), func(key string) bool {
		return slices.Contains(elsewhere(), key)
	})
}

// elsewhere lists the keys of other packages that have an English text here,
// so that an API without a translator still says something.
func elsewhere() []string {
	return []string{"error.page_token", "error.idempotency_mismatch"}
}

// texts are the English texts for hosts that bring no translator.
func texts() map[string]string {
	return map[string]string{
		"error.not_found":    "Not found",
		"error.forbidden":    "Not permitted",
		"error.conflict":     "Conflict",
		"error.invalid":      "The request cannot be accepted as it is",
		"error.too_many":     "Too many requests",
		"error.unsupported":  "Not supported here",
		"error.unavailable":  "Not available at the moment",
		"error.too_large":    "The request is too large",
		"error.media_type":   "The body must be JSON in UTF-8",
		"error.precondition": "It changed since you read it",
		"error.if_match":     "The If-Match header is required",
		"error.method":       "This address does not know the method",
		"error.slow_body":    "The request did not arrive in time",
		"error.internal":     "Something went wrong on our side",

		"error.internal_detail": "If it happens again, tell us the number {id}.",
		"error.fields_detail":   "Please check the fields named below.",
		"error.json":            "The body is not valid JSON at byte {offset}.",
		"error.json_nesting":    "The body is nested too deep.",
		"error.body_cut":        "The body ended too early.",
		"error.query":           "The address has a query that cannot be read.",
		"error.too_many_detail": "Try again in {seconds} seconds.",
		"error.cross_origin":    "The request came from another site.",
		"error.if_match_value":  "If-Match must hold the one ETag that was read.",
		"error.idempotency_key": "The Idempotency-Key must be 1 to {max} printable ASCII characters.",

		"error.page_token":           "This page does not exist any more. Start again from the first one.",
		"error.idempotency_mismatch": "This Idempotency-Key was already used for something else.",

		"error.field.unknown":      "There is no such field.",
		"error.field.repeated":     "It is given more than once.",
		"error.field.null":         "It cannot be null.",
		"error.field.range":        "The number is out of range.",
		"error.field.format":       "It does not have the right form.",
		"error.field.want_text":    "It must be text.",
		"error.field.want_number":  "It must be a number.",
		"error.field.want_integer": "It must be a whole number.",
		"error.field.want_boolean": "It must be true or false.",
		"error.field.want_list":    "It must be a list.",
		"error.field.want_object":  "It must be an object.",
	}
}
