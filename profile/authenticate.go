package profile

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"slices"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

// An Authenticator says who makes a request. It is where the host's own sign-in
// meets the library: it reads the host's session, and usually ends with
//
//	return directory.Actor(r.Context(), session.PersonID)
//
// Implementations
//
//   - must look at the request anew each time, and must not read its body;
//   - must return the zero Actor for a request that nobody has signed in for;
//   - must return ErrNotFound, ErrForbidden or ErrInvalid for a request whose
//     sign-in is no longer good, alone or wrapped;
//   - must return another error if they cannot tell;
//   - must be safe for concurrent use. On an open stream they are called every
//     second, so they should be quick.
type Authenticator interface {
	Authenticate(r *http.Request) (Actor, error)
}

// AuthenticatorFunc is a function that is an [Authenticator].
type AuthenticatorFunc func(r *http.Request) (Actor, error)

// Authenticate calls f.
func (f AuthenticatorFunc) Authenticate(r *http.Request) (Actor, error) { return f(r) }

// MiddlewareOptions adjust [Middleware]. The zero value is ready to use.
type MiddlewareOptions struct {
	// Refused answers requests whose sign-in is no longer good, usually by
	// ending the session and sending the browser to sign in; nil means a
	// problem, or the host's error page, with status 403.
	Refused http.Handler

	// ViewerMay says which writing requests go through while somebody looks at
	// the portal as somebody else: the ones that end it. Nil means none.
	ViewerMay func(*http.Request) bool

	// Audit writes down what somebody opens who looks at the portal as somebody
	// else; what cannot be written down is not shown. Nil writes nothing.
	Audit Auditor
	// Opens names what a request opens, for Audit: "page/articles/hub". An empty
	// name is of what says nothing that a page did not, such as its style; paths
	// that name people are better cut. Nil means the path of each request.
	Opens func(*http.Request) string

	Logger *slog.Logger // nil discards logs
}

// Middleware asks auth who makes each request and puts the answer into its
// context, where [FromContext] and [Recheck] find it. A sign-in that is no
// longer good is refused: such a request does not go on as an anonymous one. An
// authenticator that cannot tell makes the portal unavailable (503) to that
// request, even for what is public. A nil opts means the defaults.
func Middleware(auth Authenticator, opts *MiddlewareOptions) func(http.Handler) http.Handler {
	var o MiddlewareOptions
	if opts != nil {
		o = *opts
	}
	if o.Refused == nil {
		o.Refused = web.Handler(o.Logger, func(http.ResponseWriter, *http.Request) error { return errSignedOut() })
	}
	if o.Opens == nil {
		o.Opens = func(r *http.Request) string { return "page" + clipTo(r.URL.Path, 200) }
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			v := &visit{auth: auth, request: r.Clone(r.Context())}
			v.request.Body = http.NoBody
			actor, err := v.ask(r.Context())
			switch {
			case err == nil && actor.Viewer != "" && writes(r) && (o.ViewerMay == nil || !o.ViewerMay(r)):
				web.WriteError(w, r, o.Logger, errs.Say(errs.Forbidden, "error.profile.view_only", nil))
			case err == nil:
				v.actor = actor
				o.serve(w, r.WithContext(v.context(r.Context())), next, actor)
			case refused(err):
				o.Refused.ServeHTTP(w, r)
			default:
				web.WriteError(w, r, o.Logger, err)
			}
		})
	}
}

// serve passes a request on, and writes down what a viewer opens.
func (o *MiddlewareOptions) serve(w http.ResponseWriter, r *http.Request, next http.Handler, by Actor) {
	subject := ""
	if o.Audit != nil && by.Viewer != "" && !writes(r) {
		subject = o.Opens(r)
	}
	if subject != "" {
		deed := Deed{Action: "view.opened", Person: by.ID, Account: by.Account, Subject: subject}
		if _, err := o.Audit.Audit(r.Context(), by, deed); err != nil {
			web.WriteError(w, r, o.Logger, unwritten(deed, err))
			return
		}
	}
	next.ServeHTTP(w, r)
}

func writes(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
}

func errSignedOut() error { return errs.Say(errs.Forbidden, "error.profile.signed_out", nil) }

// refused reports whether err says that a sign-in is no longer good.
func refused(err error) bool {
	return !errors.Is(err, errs.Unavailable) &&
		(errors.Is(err, ErrNotFound) || errors.Is(err, ErrForbidden) || errors.Is(err, ErrInvalid))
}

// A visit is one request and who made it.
type visit struct {
	auth    Authenticator
	request *http.Request // as it came in, without its body
	actor   Actor
}

type visitKey struct{}

// ask returns who makes the request now. Every error that is not a refusal
// becomes ErrUnavailable, a panic too.
func (v *visit) ask(ctx context.Context) (a Actor, err error) {
	defer func() {
		if p := recover(); p != nil {
			a, err = Actor{}, fmt.Errorf("authenticator panicked: %v: %w", p, errs.Unavailable)
		}
	}()
	a, err = v.auth.Authenticate(v.request.WithContext(ctx))
	if err != nil && !refused(err) {
		// The cause is told, not wrapped: its own class must not answer.
		err = fmt.Errorf("authenticate: %w: %s", errs.Unavailable, err.Error())
	}
	return a, err
}

func (v *visit) context(ctx context.Context) context.Context {
	common := analytics.FromContext(ctx)
	common.User, common.Account = v.actor.ID, v.actor.Account
	if v.actor.Viewer != "" { // what they look at is not what the person did
		common.User, common.Account, common.Visitor, common.Session = v.actor.Viewer, "", "", ""
	}
	ctx = analytics.NewContext(ctx, common)
	ctx = context.WithValue(ctx, networkKey{}, networkOf(web.ClientIPFrom(v.request)))
	return NewContext(context.WithValue(ctx, visitKey{}, v), v.actor)
}

// Recheck asks the authenticator again about the request that ctx belongs to.
// It returns nil only if the answer is the one with which the request began: a
// person who has left, signed out, or gained or lost a right is no longer the
// actor that an open stream was begun for, and the stream has to end; the
// browser opens it anew. Streams call it every second.
//
// It fails with ErrForbidden then, with ErrUnavailable if the authenticator
// cannot tell, and with ErrUnsupported if there is no [Middleware] around.
func Recheck(ctx context.Context) error {
	v, ok := ctx.Value(visitKey{}).(*visit)
	if !ok {
		return fmt.Errorf("recheck: no profile.Middleware: %w", errs.Unsupported)
	}
	now, err := v.ask(ctx)
	if err != nil && !refused(err) {
		return fmt.Errorf("recheck: %w", err)
	}
	if err != nil || !now.equal(v.actor) {
		return fmt.Errorf("recheck: %w", errSignedOut())
	}
	return nil
}

// equal reports whether a and b are the same person with the same rights.
func (a Actor) equal(b Actor) bool {
	a.Roles, b.Roles = sorted(a.Roles), sorted(b.Roles)
	a.Grants, b.Grants = sorted(a.Grants), sorted(b.Grants)
	a.Segments, b.Segments = sorted(a.Segments), sorted(b.Segments)
	a.Name, b.Name = "", ""
	a.Declared, b.Declared = nil, nil
	return reflect.DeepEqual(a, b)
}

func sorted[S ~[]E, E ~string](s S) S {
	s = slices.Clone(s)
	slices.Sort(s)
	return empty(slices.Compact(s))
}
