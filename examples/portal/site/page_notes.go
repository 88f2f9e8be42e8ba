package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// noteRoutes are the pages of what colleagues say beside a text.
func (s *Site) noteRoutes() []route {
	return []route{
		{"GET /desk/articles/{id}/{locale}/notes", "desk editor", s.notesPage},
		{"POST /desk/articles/{id}/{locale}/notes", "desk editor", s.addNote},
		{"POST /desk/articles/{id}/{locale}/notes/{note}", "desk editor", s.changeNote},
	}
}

// notesPerPage is how many notes a page shows; threads that begin on a later one
// are shown without their beginning.
const notesPerPage = 100

type notesBody struct {
	Title, Locale string
	Notice        string
	Source        string // where the article comes from, "" if nobody said
	Threads       []noteThread
	New           *noteForm
	First, Next   string
}

// A noteThread is a note with its answers.
type noteThread struct {
	Notes   []noteRow // the first is the one that begins it
	Settled string    // who said so and when, "" if it is open
	Settle  *noteForm // nil where there is nothing to settle
	Answer  *noteForm
}

type noteRow struct {
	ID, Who, When, Text, About string
	Moment                     time.Time
	Edit                       string    // address, "" for those of others
	Form                       *noteForm // while it is edited
}

// A noteForm is where somebody writes a note.
type noteForm struct {
	ID                   string // distinguishes the forms of the page
	Action, Do, Submit   string
	Thread               string
	Version              int
	Label, Value, Fault  string
	Key                  string
	People               []input
	PeopleFault, Problem string
	Open                 bool // whom to tell is chosen already
}

// A noteTyped is what somebody wrote that could not be kept.
type noteTyped struct {
	form url.Values
	note string // that is edited
	err  error
}

type notesParams struct {
	After string `query:"after"`
	Edit  string `query:"edit" max:"100"`
	Done  string `query:"done" max:"20"`
}

func (s *Site) notesPage(w http.ResponseWriter, r *http.Request) error {
	return s.showNotes(w, r, http.StatusOK, noteTyped{})
}

var noteNotices = map[string]string{"added": "notes.added", "edited": "notes.edited", "resolved": "notes.done_settled", "reopened": "notes.done_reopened"}

func (s *Site) showNotes(w http.ResponseWriter, r *http.Request, status int, typed noteTyped) error {
	q, err := web.Query[notesParams](r)
	if err != nil {
		return err
	}
	a, t, err := s.openText(r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	if typed.note != "" {
		q.Edit = typed.note
	}
	list, next, err := s.library.Notes(ctx, v.By, a.ID, q.After, notesPerPage)
	if err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("notes.title"), s.articlesCrumb(v), crumb{Title: t.Title, Href: v.link(editorPath(a.ID, t.Locale)), Locale: t.Locale})
	n := noting{s: s, v: v, a: a, at: v.link(notesPath(a.ID, t.Locale)), edit: q.Edit, typed: typed, names: map[string]string{}}
	if n.people, err = s.colleaguesOn(ctx, a); err != nil {
		return err
	}
	b := notesBody{Title: t.Title, Locale: t.Locale, Next: nextOf(p, "after", next)}
	if q.After != "" {
		b.First = n.at
	}
	if key := noteNotices[q.Done]; key != "" && typed.err == nil {
		b.Notice = v.P.T(key)
	}
	if b.Threads, err = n.threads(ctx, list); err != nil {
		return err
	}
	b.New = n.form("new", v.P.T("notes.text"), v.P.T("notes.add"), "")
	if b.Source, err = s.sourceText(ctx, v, a.ID); err != nil {
		return err
	}
	p.Body = b
	return s.show(w, r, status, "desk-notes", p)
}

// sourceText says what an article was made from, "" if it is not known.
func (s *Site) sourceText(ctx context.Context, v *visit, article string) (string, error) {
	n, err := s.library.SourceOf(ctx, v.By, article)
	if errors.Is(err, kb.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	name, err := s.workerName(ctx, n.Author)
	if name == "" {
		name = v.P.T("process.somebody")
	}
	return v.P.T("notes.source", "kind", v.P.T("notes.source_"+sourceWord(n.Source.Kind)), "ref", n.Source.Ref, "name", name, "when", v.P.Date(n.CreatedAt, i18n.StyleMedium)), err
}

// sourceWord returns the key of what a source is called.
func sourceWord(kind string) string {
	if slices.Contains([]string{"case", "thread", "upload", "gap", "faq"}, kind) {
		return kind
	}
	return "other"
}

// noting puts notes on a page.
type noting struct {
	s      *Site
	v      *visit
	a      kb.Article
	at     string // address of the page
	edit   string // note that is edited
	people []profile.Person
	typed  noteTyped
	names  map[string]string
}

// threads puts notes with what they answer, the thread with the newest note
// first.
func (n noting) threads(ctx context.Context, list []kb.Note) ([]noteThread, error) {
	var order []string
	of := map[string][]kb.Note{}
	for _, note := range list {
		key := cmpText(note.Thread, note.ID)
		if note.Kind == kb.NoteSource {
			continue
		}
		if !slices.Contains(order, key) {
			order = append(order, key)
		}
		of[key] = append(of[key], note)
	}
	var out []noteThread
	for _, key := range order {
		notes := of[key]
		slices.Reverse(notes)
		t, err := n.thread(ctx, key, notes)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func (n noting) thread(ctx context.Context, id string, notes []kb.Note) (noteThread, error) {
	var t noteThread
	for _, note := range notes {
		row, err := n.row(ctx, note)
		if err != nil {
			return t, err
		}
		t.Notes = append(t.Notes, row)
	}
	root := notes[0]
	if root.ID != id {
		return t, nil
	}
	t.Settle = &noteForm{ID: "settle-" + id, Action: n.at + "/" + escape(id), Do: "resolve", Submit: n.v.P.T("notes.settle"), Version: root.Version}
	if !root.Resolved() {
		t.Answer = n.form("answer-"+id, n.v.P.T("notes.answer"), n.v.P.T("notes.send"), id)
		return t, nil
	}
	t.Settle.Do, t.Settle.Submit = "reopen", n.v.P.T("notes.reopen")
	err := n.s.nameIn(ctx, n.v, n.names, root.ResolvedBy)
	t.Settled = n.v.P.T("notes.settled_by", "name", cmpText(n.names[root.ResolvedBy], n.v.P.T("process.somebody")), "when", n.v.P.Relative(root.ResolvedAt))
	return t, err
}

func (n noting) row(ctx context.Context, note kb.Note) (noteRow, error) {
	if err := n.s.nameIn(ctx, n.v, n.names, note.Author); err != nil {
		return noteRow{}, err
	}
	row := noteRow{
		ID: note.ID, Who: cmpText(n.names[note.Author], n.v.P.T("process.somebody")), Moment: note.CreatedAt, When: n.v.P.DateTime(note.CreatedAt, i18n.StyleMedium), Text: note.Text,
	}
	if note.Revision > 0 {
		row.About = n.v.P.T("notes.about", "n", note.Revision, "language", i18n.Locale(note.Locale).Name(n.v.Locale))
	}
	if note.Author == n.v.By.ID {
		row.Edit = n.at + "?edit=" + url.QueryEscape(note.ID)
		if n.edit == note.ID {
			row.Form = n.form("edit-"+note.ID, n.v.P.T("notes.text"), n.v.P.T("notes.save"), "")
			row.Form.Action, row.Form.Do, row.Form.Version = n.at+"/"+escape(note.ID), "edit", note.Version
			if n.typed.note != note.ID {
				row.Form.Value = note.Text
				row.Form.tick(note.Mentions)
			}
		}
	}
	return row, nil
}

// form returns a form for a note, with what was typed into it.
func (n noting) form(id, label, submit, thread string) *noteForm {
	f := &noteForm{ID: id, Action: n.at, Label: label, Submit: submit, Thread: thread, Key: n.s.memory.formKey}
	for _, p := range n.people {
		if p.ID != n.v.By.ID {
			f.People = append(f.People, input{Name: id + "-mention-" + p.ID, Label: p.Name, Value: p.ID})
		}
	}
	if n.typed.err == nil || n.typed.form.Get("form") != id {
		return f
	}
	f.Value = n.typed.form.Get("text")
	f.tick(n.typed.form["mentions"])
	if wrong, ok := errors.AsType[errs.Fields](n.typed.err); ok {
		said := n.v.P.Fields(wrong)
		f.Fault, f.PeopleFault = said["text"], said["mentions"]
		if f.Problem = said["thread"]; f.Fault == "" && f.PeopleFault == "" && f.Problem == "" {
			f.Problem = n.v.P.T("form.faults")
		}
		return f
	}
	f.Problem = n.v.P.T("notes.conflict")
	return f
}

func (f *noteForm) tick(people []string) {
	for i := range f.People {
		if f.People[i].Fixed = slices.Contains(people, f.People[i].Value); f.People[i].Fixed {
			f.Open = true
		}
	}
}

func notesPath(id, locale string) string { return editorPath(id, locale) + "/notes" }

func (s *Site) addNote(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	_, err := s.library.AddNote(r.Context(), visitOf(r.Context()).By, kb.Remark{
		Article: r.PathValue("id"), Locale: r.PathValue("locale"), Thread: r.PostFormValue("thread"), Text: r.PostFormValue("text"),
		Mentions: r.PostForm["mentions"], Key: r.PostFormValue("key"),
	})
	return s.afterNote(w, r, "added", noteTyped{form: r.PostForm, err: err})
}

// changeNote edits a note, or settles the thread that it begins.
func (s *Site) changeNote(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	by, id, typed, done := visitOf(r.Context()).By, r.PathValue("note"), noteTyped{form: r.PostForm}, "edited"
	version, _ := strconv.Atoi(r.PostFormValue("version"))
	switch do := r.PostFormValue("do"); do {
	case "resolve", "reopen":
		done = do + "d"
		if do == "reopen" {
			done = "reopened"
		}
		_, typed.err = s.library.ResolveNote(r.Context(), by, id, version, do == "resolve")
	default:
		typed.note = id
		_, typed.err = s.library.EditNote(r.Context(), by, id, version, r.PostFormValue("text"), r.PostForm["mentions"])
	}
	return s.afterNote(w, r, done, typed)
}

func (s *Site) afterNote(w http.ResponseWriter, r *http.Request, done string, typed noteTyped) error {
	if status := mended(typed.err); status != 0 {
		return s.showNotes(w, r, status, typed)
	}
	if typed.err != nil {
		return typed.err
	}
	http.Redirect(w, r, visitOf(r.Context()).link(notesPath(r.PathValue("id"), r.PathValue("locale"))+"?done="+done), http.StatusSeeOther)
	return nil
}

// resolveNote reads what a notice of a note is about.
func (s *Site) resolveNote(ctx context.Context, to profile.Actor, n profile.Notice) (profile.NoticeText, error) {
	text, err := s.resolveText(ctx, to, n)
	if err != nil {
		return text, err
	}
	a, err := s.library.Manuscript(ctx, to, n.Subject[len(articleRef):])
	text.Path = notesPath(a.ID, cmpText(n.Data["locale"], a.Source))
	return text, err
}

// noteTasks are the open threads in which somebody is mentioned.
func (s *Site) noteTasks(ctx context.Context, v *visit) (tasks []deskTask, err error) {
	list, err := s.library.Mentions(ctx, v.By)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	a, err := s.library.Manuscript(ctx, v.By, list[0].Article)
	if err != nil {
		return nil, err
	}
	return []deskTask{{v.P.T("notes.todo", "n", len(list)), notesPath(a.ID, cmpText(list[0].Locale, a.Source))}}, nil
}

// fillNotes counts the threads that are not settled.
func (s *Site) fillNotes(ctx context.Context, v *visit, a kb.Article, b *editorBody) error {
	if b.New {
		return nil
	}
	list, _, err := s.library.Notes(ctx, v.By, a.ID, "", notesPerPage)
	for _, n := range list {
		if n.Thread == "" && n.Kind == kb.NoteRemark && !n.Resolved() {
			b.OpenNotes++
		}
	}
	return err
}
