package web

import (
	"context"
	"fmt"
	"net/http"
)

type (
	signedInKey struct{}
	programKey  struct{}
)

// SignedIn returns a context that says whether the request is made by somebody
// who has signed in. Where nobody has, an [API] answers what is not permitted
// with status 401 instead of 403: signing in may help.
func SignedIn(ctx context.Context, somebody bool) context.Context {
	return context.WithValue(ctx, signedInKey{}, somebody)
}

// ForProgram returns r as an [API] serves it: errors are answered in JSON,
// whatever [ErrorPages] the host has, and what nobody may do with status 401. It
// is for what answers in the place of an API.
func ForProgram(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(withoutPages(r.Context()), programKey{}, true))
}

// signInFirst returns err as it is for who has not signed in, if it says that
// something is not permitted.
func signInFirst(r *http.Request, err error) error {
	somebody, known := r.Context().Value(signedInKey{}).(bool)
	if !known || somebody || r.Context().Value(programKey{}) == nil || Status(err) != http.StatusForbidden {
		return err
	}
	return fmt.Errorf("%w: %w", errSignIn, err)
}
