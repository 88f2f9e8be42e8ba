package kb

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

func (l *Library) serveNotes(api *web.API) {
	works := "those who work on the article"
	api.Handle(web.Op{
		Method: "GET", Path: "/articles/{id}/notes", Name: "kb.notes", Summary: "Lists what colleagues said beside an article, newest first.",
		Policy: works, Params: noteParams{}, Out: notePageWire{},
	}, l.serveNoteList)
	api.Handle(web.Op{
		Method: "POST", Path: "/articles/{id}/notes", Name: "kb.add_note", Summary: "Says something to those who work on an article.",
		Policy: works, In: remarkWire{}, Out: noteWire{}, Create: true,
	}, l.serveAddNote)
	api.Handle(web.Op{
		Method: "PUT", Path: "/notes/{id}", Name: "kb.edit_note", Summary: "Changes what the asker said in a note.",
		Policy: works + ", their own", In: noteEditWire{}, Out: noteWire{}, Update: true,
	}, l.serveEditNote)
	api.Handle(web.Op{
		Method: "PUT", Path: "/notes/{id}/resolved", Name: "kb.resolve_note", Summary: "Says that a thread of notes is settled, or open again.",
		Policy: works, In: resolvedWire{}, Out: noteWire{}, Update: true,
	}, l.serveResolveNote)
}

type noteParams struct {
	After string `query:"after"`
	Limit int    `query:"limit" default:"50" clamp:"1,200"`
}

type remarkWire struct {
	Locale   string   `json:"locale,omitempty" validate:"max=35" doc:"text that it is about; empty means the article"`
	Thread   string   `json:"thread,omitempty" validate:"max=100" doc:"ID of the note that it answers"`
	Text     string   `json:"text"`
	Mentions []string `json:"mentions,omitempty" doc:"IDs of colleagues who are told"`
}

type noteEditWire struct {
	Text     string   `json:"text"`
	Mentions []string `json:"mentions,omitempty"`
}

type resolvedWire struct {
	Resolved bool `json:"resolved"`
}

type sourceWire struct {
	Kind string `json:"kind" doc:"what the article was made from: \"case\", \"thread\", \"upload\" ..."`
	Ref  string `json:"ref,omitempty"`
}

type noteWire struct {
	ID         string      `json:"id"`
	Article    string      `json:"article"`
	Locale     string      `json:"locale,omitempty"`
	Revision   int         `json:"revision,omitempty" doc:"newest one of the text when it was written"`
	Thread     string      `json:"thread,omitempty"`
	Text       string      `json:"text"`
	Mentions   []string    `json:"mentions,omitempty"`
	Author     string      `json:"author"`
	Source     *sourceWire `json:"source,omitempty" doc:"of a note that says where the article comes from"`
	ResolvedBy string      `json:"resolved_by,omitempty"`
	ResolvedAt time.Time   `json:"resolved_at,omitzero"`
	CreatedAt  time.Time   `json:"created_at"`
	UpdatedAt  time.Time   `json:"updated_at"`
	Version    int         `json:"version" doc:"for If-Match"`
}

type notePageWire struct {
	Notes []noteWire `json:"notes"`
	Next  string     `json:"next,omitempty"`
}

func wireOfNote(n Note) noteWire {
	out := noteWire{
		ID: n.ID, Article: n.Article, Locale: n.Locale, Revision: n.Revision, Thread: n.Thread, Text: n.Text, Mentions: n.Mentions, Author: n.Author,
		ResolvedBy: n.ResolvedBy, ResolvedAt: n.ResolvedAt, CreatedAt: n.CreatedAt, UpdatedAt: n.UpdatedAt, Version: n.Version,
	}
	if n.Kind == NoteSource {
		out.Source = &sourceWire{n.Source.Kind, n.Source.Ref}
	}
	return out
}

func answerNote(w http.ResponseWriter, r *http.Request, status int, n Note) error {
	w.Header().Set("ETag", web.ETag(n.Version))
	return web.JSON(w, r, status, wireOfNote(n))
}

func (l *Library) serveNoteList(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	p, err := web.Query[noteParams](r)
	if err != nil {
		return err
	}
	page, next, err := l.Notes(r.Context(), profile.FromContext(r.Context()), id, p.After, p.Limit)
	if err != nil {
		return err
	}
	out := notePageWire{Notes: make([]noteWire, 0, len(page)), Next: next}
	for _, n := range page {
		out.Notes = append(out.Notes, wireOfNote(n))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (l *Library) serveAddNote(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	in, err := web.Decode[remarkWire](w, r, 0)
	if err != nil {
		return err
	}
	key, err := web.IdempotencyKey(r)
	if err != nil {
		return err
	}
	n, err := l.AddNote(r.Context(), profile.FromContext(r.Context()), Remark{Article: id, Locale: in.Locale, Thread: in.Thread, Text: in.Text, Mentions: in.Mentions, Key: key})
	if err != nil {
		return err
	}
	return answerNote(w, r, http.StatusCreated, n)
}

func (l *Library) serveEditNote(w http.ResponseWriter, r *http.Request) error {
	id, _, version, in, err := change[noteEditWire](w, r)
	if err != nil {
		return err
	}
	n, err := l.EditNote(r.Context(), profile.FromContext(r.Context()), id, version, in.Text, in.Mentions)
	if err != nil {
		return web.Stale(err)
	}
	return answerNote(w, r, http.StatusOK, n)
}

func (l *Library) serveResolveNote(w http.ResponseWriter, r *http.Request) error {
	id, _, version, in, err := change[resolvedWire](w, r)
	if err != nil {
		return err
	}
	n, err := l.ResolveNote(r.Context(), profile.FromContext(r.Context()), id, version, in.Resolved)
	if err != nil {
		return web.Stale(err)
	}
	return answerNote(w, r, http.StatusOK, n)
}
