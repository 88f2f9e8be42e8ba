// Package web is what every capability's HTTP surface shares: handlers that
// return errors, one mapping from errors to answers, strict reading of
// requests, conditional and repeatable requests, event streams, middleware,
// and API declarations from which both the routes and OpenAPI come.
//
// # Errors
//
// A handler returns an error; Handler answers it once. Classes of internal/errs
// become statuses (Status), explained errors and field errors are told in the
// reader's language (WithTranslator) as an RFC 9457 problem or on the host's
// own page (ErrorPages), and whatever else it is becomes a blank 500 whose
// cause goes to the log with the request's id. Nothing of a cause ever reaches
// the client.
//
// # Middleware
//
// Middleware is func(http.Handler) http.Handler. From the outside in, a host
// usually wants RequestID, ClientIP, Access, ErrorPages, Recover,
// SecurityHeaders, CrossOrigin, RateLimit, MaxBytes and Timeout. Every writer
// they pass on can be unwrapped, so http.ResponseController works below them.
package web
