package site

import (
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

// maxTyped is how long a form may be that people write texts in, in bytes. A text
// that is longer than a text may be is refused where it was typed, and nothing of
// it is lost.
const maxTyped = 8 << 20

type signedOutBody struct {
	Action string
	Hidden []option // what was sent and is not written: names as values, and what of them as labels
	Typed  []typedText
	Files  bool // a file was sent too, which browsers let nobody send again
}

// A typedText is what somebody wrote, to be read and sent again.
type typedText struct{ ID, Name, Label, Text string }

// typedLabels returns what the fields are called that people write in, by name.
func typedLabels(v *visit) map[string]string {
	return map[string]string{
		"title": v.P.T("write.title"), "summary": v.P.T("write.summary"), "body": v.P.T("write.body"), "note": v.P.T("write.note"), "text": v.P.T("write.body"),
		"quote": v.P.T("suggest.quote"), "proposal": v.P.T("suggest.proposal"), "comment": v.P.T("suggest.comment"),
		"subject": v.P.T("cases.subject"), "reason": v.P.T("cases.reason"),
	}
}

// takesTexts matches the paths, without a language, of forms that people write
// texts in: those of the desk, of cases, and what readers say of an article.
var takesTexts = regexp.MustCompile(`^/desk/|^/cases/|^/articles/[^/]+/(?:feedback|suggestion)$`)

// writesText reports whether a request sends a form with what somebody wrote, and
// is answered with a page.
func (s *Site) writesText(r *http.Request) bool {
	path, accept := r.URL.Path, r.Header.Get("Accept")
	if _, rest, ok := s.languages.SplitPath(path); ok {
		path = rest
	}
	page := accept == "" || strings.Contains(accept, "text/html") || strings.Contains(accept, "*/*")
	return r.Method == http.MethodPost && page && takesTexts.MatchString(path)
}

// refusedSession answers requests whose session has ended. What was written is
// given back, to be sent again after signing in.
func (s *Site) refusedSession() http.Handler {
	others := s.sessions.Refused()
	inWords, typed := s.withVisit(others), s.withVisit(web.Handler(s.cfg.Log, s.typedSignedOut))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.writesText(r) {
			if err := s.sessions.End(w, r); err != nil { // or it would be refused again when it comes from nobody
				s.cfg.Log.WarnContext(r.Context(), "cookie of an ended session", "err", err)
			}
			typed.ServeHTTP(w, r)
			return
		}
		if strings.HasPrefix(r.URL.Path, apiPrefix+"/") {
			r = r.WithContext(web.SignedIn(r.Context(), false))
			inWords.ServeHTTP(w, web.ForProgram(r)) // a page has its language from elsewhere
			return
		}
		others.ServeHTTP(w, r)
	})
}

// typedByNobody gives back what somebody wrote whom nobody knows any more, and
// reports whether it did: browsers drop a cookie whose time is over. To all other
// requests what they ask for is not there. The answer is the same whether it is.
func (s *Site) typedByNobody(w http.ResponseWriter, r *http.Request) (bool, error) {
	if v := visitOf(r.Context()); !v.By.Anonymous() || !s.writesText(r) || s.signInAt(v, "") == "" {
		return false, nil
	}
	return true, s.typedSignedOut(w, r)
}

// orTyped returns the error of a form that readers wrote in, unless what they
// wrote was given back instead.
func (s *Site) orTyped(w http.ResponseWriter, r *http.Request, err error) error {
	if !errors.Is(err, kb.ErrNotFound) {
		return err
	}
	if given, fault := s.typedByNobody(w, r); given {
		return fault
	}
	return err
}

// typedSignedOut shows what somebody sent who is not signed in. It is theirs
// alone: nothing is read and nothing kept.
func (s *Site) typedSignedOut(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	r.Body = http.MaxBytesReader(w, r.Body, maxTyped)
	if err := readable(r.ParseMultipartForm(maxWriting)); err != nil {
		return err
	}
	web.NoStore(w)
	p := s.newPage(r, v.P.T("write.signed_out"))
	p.NoIndex, p.Body = true, signedOutForm(v, r)
	back := "/desk"
	if strings.HasPrefix(v.Path, casesPath+"/") {
		back = casesPath
	}
	if strings.HasPrefix(v.Path, "/articles/") {
		back = v.Path[:strings.LastIndex(v.Path, "/")]
	}
	p.SignIn = s.signInAt(v, v.link(back))
	return s.show(w, r, http.StatusForbidden, "desk-signedout", p)
}

// readable returns what is wrong with a form that was read: it is too long, or no
// form at all.
func readable(err error) error {
	if err == nil || errors.Is(err, http.ErrNotMultipart) {
		return nil
	}
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return err
	}
	return errs.Invalid
}

func signedOutForm(v *visit, r *http.Request) signedOutBody {
	b := signedOutBody{Action: v.link(v.Path), Files: r.MultipartForm != nil && len(r.MultipartForm.File) > 0}
	labels := typedLabels(v)
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for i, value := range r.PostForm[name] {
			if labels[name] != "" && i == 0 && value != "" {
				b.Typed = append(b.Typed, typedText{"f-" + name, name, labels[name], strings.ReplaceAll(value, "\r\n", "\n")})
				continue
			}
			b.Hidden = append(b.Hidden, option{name, value})
		}
	}
	// The longest is what they would miss most.
	slices.SortStableFunc(b.Typed, func(a, b typedText) int { return len(b.Text) - len(a.Text) })
	return b
}
