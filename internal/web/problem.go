package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// A Problem is what the client is told about an error, as in RFC 9457. All
// texts are in the reader's language.
type Problem struct {
	Type     string            `json:"type" doc:"A stable name for the kind of problem, for programs." validate:"required"`
	Title    string            `json:"title" doc:"What happened, in a few words." validate:"required"`
	Status   int               `json:"status" doc:"The HTTP status." validate:"required"`
	Detail   string            `json:"detail,omitempty" doc:"What happened this time and what to do next."`
	Instance string            `json:"instance,omitempty" doc:"The id of the request, which finds it in the log."`
	Errors   map[string]string `json:"errors,omitempty" doc:"What is wrong with which input field."`
}

// typePrefix makes the type of a problem from the name of its class or the key of its message.
const typePrefix = "urn:stoa:error:"

// Describe returns what err says to the client of r. Errors without a class
// say nothing about themselves.
func Describe(r *http.Request, err error) Problem {
	f, ctx := classify(err), r.Context()
	p := Problem{
		Type:     typePrefix + f.name,
		Title:    Translate(ctx, errs.Message{Key: "error." + f.name}),
		Status:   f.status,
		Instance: RequestIDFrom(ctx),
	}
	var fields errs.Fields
	var says *errs.Says
	switch {
	case f.status == http.StatusInternalServerError:
		p.Detail = Translate(ctx, errs.Message{Key: "error.internal_detail", Args: map[string]any{"id": p.Instance}})
	case errors.As(err, &fields):
		p.Detail = Translate(ctx, errs.Message{Key: "error.fields_detail", Args: map[string]any{"count": len(fields)}})
		p.Errors = make(map[string]string, len(fields))
		for name, m := range fields {
			p.Errors[name] = Translate(ctx, m)
		}
	case errors.As(err, &says):
		p.Type = typePrefix + strings.TrimPrefix(says.Message.Key, "error.")
		p.Detail = Translate(ctx, says.Message)
	}
	return p
}

// answer writes the status of err and the page or the problem that goes with it.
func answer(t *writer, r *http.Request, log *slog.Logger, err error) {
	h := t.Header()
	for _, name := range []string{"Content-Length", "Content-Encoding", "Content-Disposition", "Content-Type", "ETag", "Last-Modified", "Accept-Ranges"} {
		h.Del(name) // of the answer that is not coming
	}
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	status := Status(err)
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if n := retrySeconds(status, err); n > 0 {
		h.Set("Retry-After", strconv.Itoa(n))
	}
	if showPage(t, r, log, status, err) {
		return
	}
	writeProblem(t, r, Describe(r, err))
}

func writeProblem(w http.ResponseWriter, r *http.Request, p Problem) {
	body, _ := json.Marshal(p) // strings and an int always marshal
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		w.Write(body) //nolint:errcheck // nobody is left to tell
	}
}

type pageKey struct{}

type pageFunc = func(w http.ResponseWriter, r *http.Request, status int, err error)

// ErrorPages lets page answer the errors of the handlers below for clients that
// read pages: all but those whose Accept header names JSON and not HTML, and
// all but APIs. The page writes status and body; Describe says what to show.
// A page that panics or writes nothing is replaced by a problem.
func ErrorPages(page func(w http.ResponseWriter, r *http.Request, status int, err error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), pageKey{}, page)))
		})
	}
}

// withoutPages keeps the answers below in JSON.
func withoutPages(ctx context.Context) context.Context {
	if page, _ := ctx.Value(pageKey{}).(pageFunc); page == nil {
		return ctx
	}
	return context.WithValue(ctx, pageKey{}, pageFunc(nil))
}

func showPage(t *writer, r *http.Request, log *slog.Logger, status int, err error) (shown bool) {
	page, _ := r.Context().Value(pageKey{}).(pageFunc)
	if page == nil || wantsJSON(r) {
		return false
	}
	defer func() {
		if p := recover(); p != nil {
			log.ErrorContext(r.Context(), "error page panicked", "panic", fmt.Sprint(p), requestIDAttr(r))
			shown = t.wrote()
		}
	}()
	page(t, r, status, err)
	return t.wrote()
}

func wantsJSON(r *http.Request) bool {
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}
