package web

import (
	"cmp"
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
		return translated(translate, m)
	}
	return english(m)
}

// translated falls back to English if the host's translator panics: an error
// about an error helps nobody.
func translated(translate func(errs.Message) string, m errs.Message) (text string) {
	defer func() {
		if recover() != nil {
			text = english(m)
		}
	}()
	return translate(m)
}

func english(m errs.Message) string {
	text := cmp.Or(texts()[m.Key], moreTexts()[m.Key], m.Key)
	for name, value := range m.Args {
		text = strings.ReplaceAll(text, "{"+name+"}", fmt.Sprint(value))
	}
	return text
}

// Keys returns every message key that the package's own errors carry, for a
// check that all catalogs have them.
func Keys() []string { return slices.Sorted(maps.Keys(texts())) }

// texts are the English texts of the package's own errors, for hosts that
// bring no translator.
func texts() map[string]string {
	return map[string]string{
		"error.not_found":    "Not found",
		"error.forbidden":    "Not permitted",
		"error.gone":         "No longer there",
		"error.sign_in":      "Please sign in first",
		"error.conflict":     "Conflict",
		"error.invalid":      "The request cannot be accepted as it is",
		"error.too_many":     "Too many requests",
		"error.unsupported":  "Not supported here",
		"error.unavailable":  "Not available at the moment",
		"error.too_large":    "The request is too large",
		"error.media_type":   "The body is not of a kind that is read here",
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
		"error.query":           "The address or the form cannot be read.",
		"error.too_many_detail": "Try again in {seconds} seconds.",
		"error.cross_origin":    "The request came from another site.",
		"error.if_match_value":  "If-Match must hold the one ETag that was read.",
		"error.idempotency_key": "The Idempotency-Key must be 1 to {max} printable ASCII characters.",

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

// moreTexts are English texts for the keys of the packages beside this one.
func moreTexts() map[string]string {
	return map[string]string{
		"error.page_token":           "This page does not exist any more. Start again from the first one.",
		"error.idempotency_mismatch": "This Idempotency-Key was already used for something else.",

		"error.field.required":   "It is needed.",
		"error.field.too_long":   "It may have at most {max} characters.",
		"error.field.too_short":  "It must have at least {min} characters.",
		"error.field.too_many":   "There may be at most {max}.",
		"error.field.too_few":    "There must be at least {min}.",
		"error.field.too_big":    "It may be at most {max}.",
		"error.field.too_small":  "It must be at least {min}.",
		"error.field.length":     "It must have exactly {length}.",
		"error.field.choice":     "It must be one of: {choices}.",
		"error.field.email":      "It is not an email address.",
		"error.field.url":        "It is not an address that can be linked to.",
		"error.field.slug":       "It may have small letters, digits and single hyphens.",
		"error.field.locale":     "It is not a language tag.",
		"error.field.characters": "It has characters that are not allowed.",
		"error.field.encoding":   "It is not valid UTF-8.",
		"error.field.duplicate":  "The same is there twice.",
		"error.field.mismatch":   "It is not the same as the other one.",
		"error.field.invalid":    "It is not valid.",
	}
}
