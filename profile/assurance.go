package profile

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

// RequireAssurance lets requests through whose actor is at least as surely who
// they claim to be as want, and hands the others to step, which sends people to
// sign in anew; nil means that they are told so, with status 403. It stands
// inside [Middleware].
//
// Pages that move money, or do what cannot be undone, stand behind it. A second
// factor wears off: see [SessionOptions].StrongFor.
func RequireAssurance(want Assurance, step http.Handler) func(http.Handler) http.Handler {
	if step == nil {
		step = web.Handler(nil, func(http.ResponseWriter, *http.Request) error {
			return errs.Say(errs.Forbidden, "error.profile.assurance", nil)
		})
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if FromContext(r.Context()).Assurance < want {
				step.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
