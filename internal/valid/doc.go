// Package valid checks input. It is the only package that knows the validator
// library; what that accepts and a portal must not is decided here.
//
// # Structs
//
// Struct checks a value against its `validate` tags and answers with
// errs.Fields, named as the wire spells them: by the json tag, else the Go name
// in snake_case, with dots and indexes ("lines[0].price"). Beside the
// validator's own rules there are
//
//	text=KIND   clean text within the limits of a TextKind
//	email       one plain address, see Email
//	url         an absolute http or https address, see SafeURL
//	safe_url    the same, or a path on this site
//	slug        see Slug
//	locale      see Locale
//
// The validator's own email, url, uri, http_url and language tag rules are
// replaced by these, since they let script addresses and markup through.
//
// # Errors
//
// Struct returns errs.Fields. The checks of a single value return an explained
// errs.Invalid; Note files it under a field. Keys lists every message key.
package valid
