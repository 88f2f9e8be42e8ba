package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"regexp"
	"slices"
)

// An Op declares one operation of an API: what serves it, what it may be used
// for and what the documentation says are one declaration.
type Op struct {
	Method  string // GET, POST, PUT, PATCH or DELETE
	Path    string // a ServeMux pattern below the API's prefix, "/articles/{slug}"
	Name    string // unique, "kb.article"; OpenAPI's operationId
	Summary string // one line
	Policy  string // the permission or rule that decides who may, in words of package profile
	Public  bool   // works without being signed in

	Params any   // a struct as for Query; fields tagged path:"slug" describe path parameters; nil means none
	In     any   // a value of the type of the JSON body; nil means no body
	Out    any   // a value of the type of the answer; nil means none
	Status int   // of success; zero means 201 for Create, 204 without Out, else 200
	Errors []int // statuses of errors beyond those that follow from the rest

	Consumes string // the media type of a body that is not JSON; empty means JSON, or no body without In
	Produces string // the media type of an answer that is not JSON; empty means JSON, or no body without Out

	Create bool // honours Idempotency-Key; POST only
	Update bool // needs If-Match; PUT, PATCH and DELETE only

	MaxBody int64 // bytes; zero means DefaultLimit
}

// An API is the JSON operations of one capability.
type API struct {
	name  string
	log   *slog.Logger
	mux   *http.ServeMux
	ops   []Op
	wrap  func(Op, http.Handler) http.Handler
	runes func(kind string) int
}

// NewAPI returns an API without operations. Its name, "kb", groups them in the
// documentation. A nil log discards.
func NewAPI(name string, log *slog.Logger) *API {
	return &API{name: name, log: orDiscard(log), mux: http.NewServeMux()}
}

// Wrap puts wrap around each operation declared after it: the place for limits
// and measurements by operation.
func (a *API) Wrap(wrap func(Op, http.Handler) http.Handler) { a.wrap = wrap }

// LimitText tells the documentation how many runes validate:"text=kind" allows.
func (a *API) LimitText(runes func(kind string) int) { a.runes = runes }

// Ops returns the operations in the order they were declared.
func (a *API) Ops() []Op { return slices.Clone(a.ops) }

// Handle adds an operation. One that lacks a name, a summary or a policy, that
// contradicts itself, or that is there already panics, at start-up and in
// every test.
//
// Before f runs, the body is capped, an Update has shown an If-Match and a
// Create's Idempotency-Key is known to be well-formed. All answers stay JSON,
// whatever ErrorPages the host has.
func (a *API) Handle(op Op, f Func) {
	if fault := op.fault(); fault != "" {
		panic(fmt.Sprintf("web: operation %q %s %s: %s", op.Name, op.Method, op.Path, fault))
	}
	if slices.ContainsFunc(a.ops, func(o Op) bool { return o.Name == op.Name }) {
		panic(fmt.Sprintf("web: operation %q is there already", op.Name))
	}
	op.Status = op.success()
	a.schemas().operation(a.name, op) // panics for types and tags that cannot be described
	h := Handler(a.log, op.guard(f))
	if a.wrap != nil {
		h = a.wrap(op, h)
	}
	a.mux.Handle(op.Method+" "+op.Path, inside(h)) // panics for the same path twice
	a.ops = append(a.ops, op)
}

// guard checks what the declaration promises.
func (op Op) guard(f Func) Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		if op.Update {
			if _, err := IfMatch(r); err != nil {
				return err
			}
		}
		if op.Create {
			if _, err := IdempotencyKey(r); err != nil {
				return err
			}
		}
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = http.MaxBytesReader(bottom(w), r.Body, op.maxBody())
		}
		return f(w, r)
	}
}

func (op Op) maxBody() int64 {
	if op.MaxBody > 0 {
		return op.MaxBody
	}
	return DefaultLimit
}

func (op Op) success() int {
	switch {
	case op.Status != 0:
		return op.Status
	case op.Create:
		return http.StatusCreated
	case op.Out == nil && op.Produces == "":
		return http.StatusNoContent
	}
	return http.StatusOK
}

var pathForm = regexp.MustCompile(`^(/([A-Za-z0-9._~-]+|\{[a-z_]+\}))+$`)

// fault says what is wrong with the declaration, "" for nothing.
func (op Op) fault() string {
	body := op.Method == http.MethodPost || op.Method == http.MethodPut || op.Method == http.MethodPatch
	switch {
	case op.Name == "" || op.Summary == "" || op.Policy == "":
		return "needs a name, a summary and a policy"
	case !body && op.Method != http.MethodGet && op.Method != http.MethodDelete:
		return "has no method that is served"
	case op.Path != "/{$}" && !pathForm.MatchString(op.Path):
		return "needs a path of plain segments and {names}, without a slash at the end"
	case (op.In != nil || op.Consumes != "") && !body:
		return "cannot have a body"
	case op.In != nil && op.Consumes != "", op.Out != nil && op.Produces != "":
		return "has JSON and something else at once"
	case op.Create && op.Method != http.MethodPost:
		return "creates with something else than POST"
	case op.Update && op.Method == http.MethodGet, op.Update && op.Method == http.MethodPost:
		return "updates with something else than PUT, PATCH or DELETE"
	case op.Params != nil && reflect.Indirect(reflect.ValueOf(op.Params)).Kind() != reflect.Struct:
		return "has parameters that are no struct"
	}
	return ""
}

// Handler serves the operations, HEAD for every GET, OPTIONS, and problems for
// everything else. Mount it under any prefix with http.StripPrefix. A path with
// empty or dot segments is not found: the mux would redirect to the clean one,
// not knowing the prefix it is under.
func (a *API) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = ForProgram(r)
		o := &outside{ResponseWriter: w}
		a.mux.ServeHTTP(o, r)
		if o.status != 0 {
			a.unmatched(w, r, o.status)
		}
	})
}

var errNoRoute error = &fault{http.StatusNotFound, "not_found"}

// unmatched answers what no operation did: the mux has said why in status and
// Allow, but not in our words.
func (a *API) unmatched(w http.ResponseWriter, r *http.Request, status int) {
	switch {
	case status == http.StatusMethodNotAllowed && r.Method == http.MethodOptions:
		w.Header().Set("Allow", w.Header().Get("Allow")+", OPTIONS")
		w.WriteHeader(http.StatusNoContent)
	case status == http.StatusMethodNotAllowed:
		WriteError(w, r, a.log, ErrMethod)
	default:
		w.Header().Del("Location")
		WriteError(w, r, a.log, errNoRoute)
	}
}

// outside is the writer the mux sees. What is written to it comes from the mux
// itself and is dropped; operations write to the one inside.
type outside struct {
	http.ResponseWriter
	status int
}

// WriteHeader keeps the status of the mux's own answer.
func (o *outside) WriteHeader(status int) { o.status = status }

// Write drops the text of the mux's own answer.
func (o *outside) Write(p []byte) (int, error) {
	if o.status == 0 {
		o.status = http.StatusNotFound
	}
	return len(p), nil
}

func inside(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w.(*outside).ResponseWriter, r)
	})
}
