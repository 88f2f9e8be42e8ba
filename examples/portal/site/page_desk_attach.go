package site

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// Without its script the editor adds files in a step of its own: what was typed is
// kept as text that is not saved, the file is sent alone, and what shows it comes
// at the end of the text.

// doAttach is what the button says that leads to it.
const doAttach = "attach"

// attachRoutes are that step.
func (s *Site) attachRoutes() []route {
	return []route{
		{"GET /desk/articles/new/file", nothing + "one's own", s.attachPage},
		{"POST /desk/articles/new/file", nothing + "leads to the editor", s.attachFile},
		{"GET /desk/articles/{id}/{locale}/file", "desk editor", s.attachPage},
		{"POST /desk/articles/{id}/{locale}/file", nothing + "leads to the editor", s.attachFile},
	}
}

// isAttaching reports whether a path is that of the step, whose files may be long.
func isAttaching(path string) bool {
	return strings.Contains(path, "/desk/articles/") && strings.HasSuffix(path, "/file")
}

// leaveForFile keeps what was typed and goes on with the step. What was kept from
// earlier is not lost before its owner knows of it.
func (s *Site) leaveForFile(w http.ResponseWriter, r *http.Request, a kb.Article, wr writing) error {
	ctx, v := r.Context(), visitOf(r.Context())
	if !s.policy.May(v.By, profile.PermissionContentWrite) {
		return s.editorAgain(w, r, a, wr, kb.ErrForbidden)
	}
	if err := s.relate(ctx, v, &wr); err != nil {
		return s.editorAgain(w, r, a, wr, err)
	}
	other, err := s.keptOther(ctx, v.By, wr)
	if err != nil {
		return err
	}
	if other {
		wr.Continues = true
		return s.showEditor(w, r, http.StatusConflict, a, wr, editorView{Wrong: true, Undecided: true, Others: []string{v.P.T("attach.undecided")}})
	}
	if err := s.library.KeepWorking(ctx, v.By, wr.working()); err != nil {
		return s.editorAgain(w, r, a, wr, err)
	}
	http.Redirect(w, r, v.link(editorAt(wr)+"/file")+attachQuery(wr, ""), http.StatusSeeOther)
	return nil
}

// keptOther reports whether there is a text that somebody did not save, and that
// wr does not go on from.
func (s *Site) keptOther(ctx context.Context, by profile.Actor, wr writing) (bool, error) {
	kept, err := s.library.Working(ctx, by, wr.Article, wr.Locale)
	if errors.Is(err, kb.ErrNotFound) {
		return false, nil
	}
	same := kept.Text == wr.Text && baseOf(kept.Meta) == baseOf(wr.Meta)
	return !wr.Continues && !same, err
}

// working returns what was typed as it is kept unsaved.
func (w writing) working() kb.Working {
	return kb.Working{Article: w.Article, Locale: w.Locale, Version: w.Version, Head: w.Head, Base: w.Base, Text: w.Text, Meta: w.Meta}
}

// editorAt returns the path of the editor that has a text before it.
func editorAt(wr writing) string {
	if wr.Article == "" {
		return "/desk/articles/new"
	}
	return editorPath(wr.Article, wr.Locale)
}

// attachQuery says of a new article what its address does not, and what was done.
func attachQuery(wr writing, done string) string {
	q := url.Values{}
	if wr.Article == "" {
		q.Set("kind", string(wr.Meta.Kind))
		q.Set("locale", wr.Locale)
	}
	if done != "" {
		q.Set("unsaved", "1")
		q.Set("done", done)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// attaching returns the text that a file is added to: as it was typed, or else as
// it is kept.
func (s *Site) attaching(r *http.Request) (writing, error) {
	v := visitOf(r.Context())
	if !s.policy.May(v.By, profile.PermissionContentWrite) {
		return writing{}, profile.ErrNotFound
	}
	wr := writing{Locale: s.writtenIn(v, v.Query.Get("locale"))}
	if r.PathValue("id") != "" {
		a, now, err := s.openWriting(r)
		if err != nil {
			return wr, err
		}
		if wr = now; !s.library.MayWrite(v.By, a, wr.Locale) {
			return wr, profile.ErrForbidden
		}
	} else if t, ok := s.typeOf(v.Query.Get("kind")); ok {
		wr.Text.Body = t.Template(wr.Locale)
		wr.Meta = kb.Meta{Kind: t.Kind, Audience: profile.Public(), Owner: v.By.ID}
	}
	kept, err := s.library.Working(r.Context(), v.By, wr.Article, wr.Locale)
	if errors.Is(err, kb.ErrNotFound) {
		return wr, nil
	}
	return writingFrom(kept), err
}

type attachBody struct {
	Action, Back string
	Name, About  input
	Types, Fault string
	Others       []string
	Wrong        bool
}

func (s *Site) attachPage(w http.ResponseWriter, r *http.Request) error {
	wr, err := s.attaching(r)
	if err != nil {
		return err
	}
	return s.showAttach(w, r, http.StatusOK, wr, mediumTyped{}, nil)
}

// showAttach asks for a file.
func (s *Site) showAttach(w http.ResponseWriter, r *http.Request, status int, wr writing, typed mediumTyped, faults map[string]string) error {
	v := visitOf(r.Context())
	form := mediaBody{Typed: typed}
	form.uploadForm(v, faults)
	b := attachBody{
		Action: v.link(editorAt(wr)+"/file") + attachQuery(wr, ""), Back: v.link(editorAt(wr)) + attachQuery(wr, "kept"),
		Name: form.Name, About: form.About, Fault: form.Fault, Types: strings.Join(kb.FileTypes(), ","), Wrong: len(faults) > 0,
	}
	for field, text := range faults {
		if field != "name" && field != "about" && field != "data" {
			b.Others = append(b.Others, text)
		}
	}
	title := wr.Text.Title
	if title == "" {
		title = v.P.T("working.untitled")
	}
	p := s.deskPage(r, v.P.T("media.add"), s.articlesCrumb(v), crumb{Title: title, Href: b.Back, Locale: wr.Locale})
	p.Body = b
	return s.show(w, r, status, "desk-attach", p)
}

// attachFile keeps the file that was sent, and what shows it in the text. The
// same once more changes nothing.
func (s *Site) attachFile(w http.ResponseWriter, r *http.Request) error {
	web.Unhurried(r)
	v := visitOf(r.Context())
	wr, err := s.attaching(r)
	if err != nil {
		return err
	}
	typed, m, err := s.receiveMedium(r, v.By, "")
	if err == nil {
		// The file may have taken long, and the text gone on meanwhile.
		if wr, err = s.attaching(r); err == nil {
			wr.show(m)
			err = s.library.KeepWorking(r.Context(), v.By, wr.working())
		}
	}
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		_, _ = io.Copy(io.Discard, r.Body) // or browsers show no answer at all
		return s.showAttach(w, r, http.StatusUnprocessableEntity, wr, typed, v.P.Fields(wrong))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link(editorAt(wr))+attachQuery(wr, "file")+"#f-body", http.StatusSeeOther)
	return nil
}

// show puts what shows a medium at the end of the text, unless it is there.
func (w *writing) show(m kb.Media) {
	line := markdownFor(m)
	if strings.Contains(w.Text.Body, line) {
		return
	}
	body := strings.TrimRight(w.Text.Body, "\n")
	if body != "" {
		body += "\n\n"
	}
	w.Text.Body = body + line + "\n"
}
