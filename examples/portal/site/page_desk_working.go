package site

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// What somebody types at the desk is kept for them before they save it, and
// others are told that they are writing.

// How long somebody counts as writing: who opens the editor, and whose browser
// goes on saying so.
const (
	leaseOpened = 15 * time.Minute
	leaseKept   = 90 * time.Second
)

// workingRoutes are what the editor's script says of who is writing.
func (s *Site) workingRoutes() []route {
	return []route{
		{"POST /desk/articles/{id}/{locale}/unsaved", nothing + "names colleagues who write the same text", s.keepTyped},
		{"POST /desk/articles/new/unsaved", nothing + "one's own", s.keepTyped},
		{"POST /desk/articles/{id}/{locale}/unsaved/drop", nothing + "leads back", s.dropTyped},
		{"POST /desk/articles/new/unsaved/drop", nothing + "leads back", s.dropTyped},
		{"POST /desk/articles/{id}/{locale}/leave", nothing + "answers nothing", s.leaveText},
	}
}

// An unsaved is what somebody typed and did not save, as the editor offers it.
type unsaved struct {
	At    time.Time
	Open  string // address to go on with it
	Drop  string // address to forget it at
	Shown bool   // the form has it
}

// fillUnsaved offers what the visitor typed before and did not save.
func (s *Site) fillUnsaved(ctx context.Context, v *visit, _ kb.Article, b *editorBody) error {
	if !b.Writes || b.Wrong && !b.Undecided || b.Clash != nil {
		return nil
	}
	kept, err := s.library.Working(ctx, v.By, b.Writing.Article, b.Writing.Locale)
	if errors.Is(err, kb.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	same := writingFrom(kept)
	same.Text.Note = b.Writing.Text.Note // it is about what would be saved, and goes with it
	if b.Writing.Article != "" && same.Text == b.Writing.Text && baseOf(same.Meta) == baseOf(b.Writing.Meta) && v.Query.Get("unsaved") == "" {
		return nil
	}
	b.Unsaved = &unsaved{At: kept.At, Open: b.Action + "?unsaved=1", Drop: b.Action + "/unsaved/drop"}
	if b.New {
		b.Unsaved.Open += "&kind=" + string(kept.Meta.Kind) + "&locale=" + kept.Locale
	}
	b.Unsaved.Shown = v.Query.Get("unsaved") != ""
	return nil
}

// writingFrom returns what somebody typed as the editor shows it.
func writingFrom(w kb.Working) writing {
	return writing{Article: w.Article, Locale: w.Locale, Version: w.Version, Head: w.Head, Base: w.Base, Text: w.Text, Meta: w.Meta}
}

// typedEarlier returns what the visitor asks to go on with, or wr if there is
// nothing.
func (s *Site) typedEarlier(r *http.Request, wr writing) (writing, error) {
	v := visitOf(r.Context())
	if v.Query.Get("unsaved") == "" {
		return wr, nil
	}
	kept, err := s.library.Working(r.Context(), v.By, wr.Article, wr.Locale)
	if errors.Is(err, kb.ErrNotFound) || errors.Is(err, kb.ErrForbidden) {
		return wr, nil
	}
	wr = writingFrom(kept)
	wr.Continues = err == nil
	return wr, err
}

// forgetTyped drops what was kept of a text that is saved now. A text that could
// not be dropped is offered once more, which does no harm.
func (s *Site) forgetTyped(ctx context.Context, by profile.Actor, article, locale string) {
	if err := s.library.DropWorking(ctx, by, article, locale); err != nil {
		s.cfg.Log.WarnContext(ctx, "unsaved text not dropped", "err", err)
	}
}

// fillOthers says who else is writing the text, and tells them of the visitor.
func (s *Site) fillOthers(ctx context.Context, v *visit, _ kb.Article, b *editorBody) (err error) {
	if b.Writes && !b.New && v.By.Viewer == "" {
		b.Writers, err = s.othersAt(ctx, v, b.Writing.Article, b.Writing.Locale, leaseOpened)
	}
	return err
}

// othersAt holds a text for the visitor, and returns who else does, in words.
func (s *Site) othersAt(ctx context.Context, v *visit, article, locale string, lease time.Duration) ([]string, error) {
	held, err := s.library.Hold(ctx, v.By, article, locale, lease)
	if err != nil {
		return nil, err
	}
	out, names := []string{}, map[string]string{}
	for _, k := range held {
		if err := s.nameIn(ctx, v, names, k.Person); err != nil {
			return nil, err
		}
		out = append(out, v.P.T("working.other", "name", names[k.Person], "when", v.P.Time(k.Since, "short")))
	}
	return out, nil
}

// A workingWire is what the editor's script is told.
type workingWire struct {
	Kept   string   `json:"kept,omitempty"`
	Fault  string   `json:"fault,omitempty"`
	Others []string `json:"others"`
	Newer  string   `json:"newer,omitempty"`
}

// keepTyped keeps what the editor's script sends, and tells it who else is
// writing and whether somebody has saved the text since.
func (s *Site) keepTyped(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	kept, a, arranges := writing{}, kb.Article{}, true
	if r.PathValue("id") != "" {
		var err error
		if a, kept, err = s.openWriting(r); err != nil {
			return err
		}
		arranges = s.library.MayArrange(v.By, a)
	}
	wr, err := s.typedWriting(r, kept, arranges)
	if err != nil {
		return err
	}
	if kept.Article == "" {
		wr.Locale = s.writtenIn(v, r.PostFormValue("locale"))
	}
	out := workingWire{Others: []string{}}
	if r.PostFormValue("changed") != "" {
		err = s.library.KeepWorking(r.Context(), v.By, wr.working())
		if errors.Is(err, kb.ErrInvalid) {
			out.Fault, err = v.P.T("working.not_kept"), nil
		} else if err == nil {
			out.Kept = v.P.T("working.kept", "when", v.P.Time(s.cfg.Now(), "short"))
		}
		if err != nil {
			return err
		}
	}
	if kept.Article != "" {
		if out.Others, err = s.othersAt(r.Context(), v, wr.Article, wr.Locale, leaseKept); err != nil {
			return err
		}
		if t, _ := a.In(wr.Locale); t.Head != wr.Head {
			out.Newer = v.P.T("working.newer")
		}
	}
	return web.JSON(w, r, http.StatusOK, out)
}

// dropTyped forgets what the visitor typed and did not save.
func (s *Site) dropTyped(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	id, locale, back := r.PathValue("id"), r.PathValue("locale"), "/desk/articles/new"
	if id != "" {
		back = editorPath(id, locale)
	} else {
		locale = s.writtenIn(v, r.FormValue("locale"))
	}
	if err := s.library.DropWorking(r.Context(), v.By, id, locale); err != nil {
		return err
	}
	http.Redirect(w, r, v.link(back), http.StatusSeeOther)
	return nil
}

// leaveText says that the visitor is no longer writing.
func (s *Site) leaveText(w http.ResponseWriter, r *http.Request) error {
	err := s.library.Release(r.Context(), visitOf(r.Context()).By, r.PathValue("id"), r.PathValue("locale"))
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// unsavedTasks says what somebody typed and did not save.
func (s *Site) unsavedTasks(ctx context.Context, v *visit) ([]deskTask, error) {
	list, err := s.library.Workings(ctx, v.By)
	var out []deskTask
	for _, w := range list {
		title, path := w.Text.Title, editorPath(w.Article, w.Locale)+"?unsaved=1"
		if w.Article == "" {
			path = "/desk/articles/new?unsaved=1&kind=" + string(w.Meta.Kind) + "&locale=" + w.Locale
		}
		if title == "" {
			title = v.P.T("working.untitled")
		}
		out = append(out, deskTask{Title: v.P.T("working.todo", "title", title, "when", v.P.Relative(w.At)), Path: path})
	}
	return out, err
}
