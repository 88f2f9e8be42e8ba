package kb

import (
	"net/http"
	"strconv"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

func (l *Library) serveWriting(api *web.API) {
	write, publish := byWriters, string(profile.PermissionContentPublish)
	api.Handle(web.Op{
		Method: "POST", Path: "/articles", Name: "kb.create", Summary: "Creates an article as a draft.",
		Policy: write, In: draftWire{}, Out: manuscriptWire{}, Create: true,
	}, l.serveCreate)
	api.Handle(web.Op{
		Method: "GET", Path: "/manuscripts", Name: "kb.manuscripts", Summary: "Lists articles as those who work on them see them.",
		Policy: write, Params: manuscriptsParams{}, Out: manuscriptsWire{},
	}, l.serveManuscripts)
	api.Handle(web.Op{
		Method: "GET", Path: "/manuscripts/{id}", Name: "kb.manuscript", Summary: "Returns an article as those who work on it see it.",
		Policy: write, Out: manuscriptWire{},
	}, l.serveManuscript)
	api.Handle(web.Op{
		Method: "PUT", Path: "/manuscripts/{id}", Name: "kb.arrange", Summary: "Changes what all languages of an article share.",
		Policy: publish + "; before it is published " + write, In: metaWire{}, Out: manuscriptWire{}, Update: true,
	}, l.serveArrange)
	api.Handle(web.Op{
		Method: "GET", Path: "/manuscripts/{id}/texts/{locale}", Name: "kb.revisions", Summary: "Lists the revisions of a text, newest first.",
		Policy: write, Params: revisionsParams{}, Out: []revisionWire{},
	}, l.serveRevisions)
	api.Handle(web.Op{
		Method: "GET", Path: "/manuscripts/{id}/texts/{locale}/revisions/{number}", Name: "kb.revision", Summary: "Returns one revision; number 0 is the newest.",
		Policy: write, Out: revisionWire{},
	}, l.serveRevision)
	api.Handle(web.Op{
		Method: "PUT", Path: "/manuscripts/{id}/texts/{locale}/restoration", Name: "kb.restore", Summary: "Makes an older text the newest one, as a revision of its own.",
		Policy: write + ", for translations " + string(profile.PermissionContentTranslate), In: restoreWire{}, Out: manuscriptWire{}, Update: true,
	}, l.serveRestore)
	api.Handle(web.Op{
		Method: "PUT", Path: "/manuscripts/{id}/texts/{locale}", Name: "kb.edit", Summary: "Saves a text as the newest revision.",
		Policy: write + ", for translations " + string(profile.PermissionContentTranslate), In: textWire{}, Out: manuscriptWire{}, Update: true,
	}, l.serveEdit)
	api.Handle(web.Op{
		Method: "PUT", Path: "/manuscripts/{id}/texts/{locale}/publication", Name: "kb.publish", Summary: "Shows readers the newest revision.",
		Policy: publish, Params: publicationParams{}, Out: manuscriptWire{}, Update: true,
	}, l.servePublish)
	api.Handle(web.Op{
		Method: "DELETE", Path: "/manuscripts/{id}/texts/{locale}/publication", Name: "kb.archive", Summary: "Takes a text away from readers; nothing is lost.",
		Policy: publish, Out: manuscriptWire{}, Update: true,
	}, l.servePublication(l.Archive))
	l.serveBin(api)
	l.serveLinks(api)
	l.serveBulk(api)
	l.serveReplacing(api)
	l.serveTyping(api)
	l.serveBlocks(api)
	l.serveWorkingOn(api)
	l.serveOrganising(api)
}

func (l *Library) serveCreate(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[draftWire](w, r, 0)
	if err != nil {
		return err
	}
	key, err := web.IdempotencyKey(r)
	if err != nil {
		return err
	}
	a, err := l.Create(r.Context(), profile.FromContext(r.Context()), Draft{
		Text: in.text(), Meta: in.meta(), Locale: in.Locale, Key: key,
	})
	if err != nil {
		return err
	}
	return l.answer(w, r, http.StatusCreated, a)
}

// answer writes an article as those who work on it see it, with its version.
func (l *Library) answer(w http.ResponseWriter, r *http.Request, status int, a Article) error {
	w.Header().Set("ETag", web.ETag(a.Version))
	return web.JSON(w, r, status, wireOfManuscript(a))
}

func (l *Library) serveManuscript(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	a, err := l.Manuscript(r.Context(), profile.FromContext(r.Context()), id)
	if err != nil {
		return err
	}
	return l.answer(w, r, http.StatusOK, a)
}

// change is what an update of an article needs.
func change[T any](w http.ResponseWriter, r *http.Request) (id, locale string, version int, in T, err error) {
	if id, err = web.PathValue(r, "id"); err != nil {
		return
	}
	if r.PathValue("locale") != "" {
		if locale, err = web.PathValue(r, "locale"); err != nil {
			return
		}
	}
	if version, err = web.IfMatch(r); err != nil {
		return
	}
	in, err = web.Decode[T](w, r, 0)
	return
}

func (l *Library) serveArrange(w http.ResponseWriter, r *http.Request) error {
	id, _, version, in, err := change[metaWire](w, r)
	if err != nil {
		return err
	}
	a, err := l.Arrange(r.Context(), profile.FromContext(r.Context()), id, version, in.meta())
	if err != nil {
		return web.Stale(err)
	}
	return l.answer(w, r, http.StatusOK, a)
}

func (l *Library) serveEdit(w http.ResponseWriter, r *http.Request) error {
	id, locale, version, in, err := change[textWire](w, r)
	if err != nil {
		return err
	}
	a, err := l.Edit(r.Context(), profile.FromContext(r.Context()), id, locale, version, in.text())
	if err != nil {
		return web.Stale(err)
	}
	return l.answer(w, r, http.StatusOK, a)
}

func (l *Library) servePublication(do publication) web.Func {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := web.PathValue(r, "id")
		if err != nil {
			return err
		}
		locale, err := web.PathValue(r, "locale")
		if err != nil {
			return err
		}
		version, err := web.IfMatch(r)
		if err != nil {
			return err
		}
		a, err := do(r.Context(), profile.FromContext(r.Context()), id, locale, version)
		if err != nil {
			return web.Stale(err)
		}
		return l.answer(w, r, http.StatusOK, a)
	}
}

type publicationParams struct {
	Minor bool `query:"minor" doc:"a small change, that followers are not told of"`
}

func (l *Library) servePublish(w http.ResponseWriter, r *http.Request) error {
	p, err := web.Query[publicationParams](r)
	if err != nil {
		return err
	}
	if p.Minor {
		return l.servePublication(l.PublishMinor)(w, r)
	}
	return l.servePublication(l.Publish)(w, r)
}

type revisionsParams struct {
	Before int `query:"before" clamp:"0,1000000000" doc:"only below this number"`
	Limit  int `query:"limit" default:"50" clamp:"1,200"`
}

func (l *Library) serveRevisions(w http.ResponseWriter, r *http.Request) error {
	id, p, err := idAnd[revisionsParams](r)
	if err != nil {
		return err
	}
	locale, err := web.PathValue(r, "locale")
	if err != nil {
		return err
	}
	revisions, err := l.Revisions(r.Context(), profile.FromContext(r.Context()), id, locale, p.Before, p.Limit)
	if err != nil {
		return err
	}
	out := make([]revisionWire, 0, len(revisions))
	for _, rev := range revisions {
		out = append(out, wireOfRevision(rev))
	}
	return web.JSON(w, r, http.StatusOK, out)
}

func (l *Library) serveRevision(w http.ResponseWriter, r *http.Request) error {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	locale, err := web.PathValue(r, "locale")
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || number < 0 {
		return ErrNotFound
	}
	rev, err := l.Revision(r.Context(), profile.FromContext(r.Context()), id, locale, number)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, wireOfRevision(rev))
}
