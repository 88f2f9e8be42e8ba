package scimprofile

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/stoa-go/stoa/internal/errs"
)

// A fault is an error as the protocol tells it.
type fault struct {
	status int
	kind   string // the scimType, or empty
	detail string
}

func (f fault) Error() string { return f.kind + ": " + f.detail }

func badSyntax(detail string) error {
	return fault{http.StatusBadRequest, "invalidSyntax", detail}
}
func badPath(detail string) error   { return fault{http.StatusBadRequest, "invalidPath", detail} }
func badValue(detail string) error  { return fault{http.StatusBadRequest, "invalidValue", detail} }
func badFilter(detail string) error { return fault{http.StatusBadRequest, "invalidFilter", detail} }
func noTarget(detail string) error  { return fault{http.StatusBadRequest, "noTarget", detail} }
func immutable(detail string) error { return fault{http.StatusBadRequest, "mutability", detail} }
func taken(detail string) error     { return fault{http.StatusConflict, "uniqueness", detail} }

func notFound() error { return fault{http.StatusNotFound, "", "there is no such resource"} }

// faultOf tells an error of the directory, in words that say no more than the
// caller may know.
func faultOf(err error) (f fault, known bool) {
	var large *http.MaxBytesError
	fields, wrong := errors.AsType[errs.Fields](err)
	switch {
	case errors.As(err, &f):
	case errors.As(err, &large):
		f = fault{http.StatusRequestEntityTooLarge, "", "the body is too large"}
	case errors.Is(err, errs.NotFound):
		f = fault{http.StatusNotFound, "", "there is no such resource"}
	case wrong:
		f = fault{http.StatusBadRequest, "invalidValue", fields.Error()}
	case errors.Is(err, errs.Invalid):
		f = fault{http.StatusBadRequest, "invalidValue", "a value cannot be accepted"}
	case errors.Is(err, errs.Forbidden):
		f = fault{http.StatusForbidden, "", "not permitted"}
	case errors.Is(err, errs.Conflict):
		f = fault{http.StatusConflict, "", "it is being changed by somebody else; please try again"}
	case errors.Is(err, errs.Unavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return fault{http.StatusServiceUnavailable, "", "please try again"}, false
	default:
		return fault{http.StatusInternalServerError, "", "something went wrong"}, false
	}
	return f, true
}

func (p *Provider) writeError(w http.ResponseWriter, r *http.Request, err error) {
	f, known := faultOf(err)
	if !known {
		p.opts.Logger.ErrorContext(r.Context(), "scim request failed", "method", r.Method, "error", err)
	}
	if f.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	body := map[string]any{"schemas": []string{schemaError}, "status": strconv.Itoa(f.status), "detail": f.detail}
	if f.kind != "" {
		body["scimType"] = f.kind
	}
	if err := write(w, f.status, body); err != nil {
		p.opts.Logger.WarnContext(r.Context(), "scim answer not sent", "error", err)
	}
}

func write(w http.ResponseWriter, status int, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/scim+json")
	w.WriteHeader(status)
	_, err = w.Write(text)
	return err
}
