package site

import (
	"errors"
	"net/http"
	"os"
	"strings"

	"github.com/stoa-go/stoa/internal/web"
)

// transferRoutes are the pages on which articles come in and go out.
func (s *Site) transferRoutes() []route {
	return []route{
		{"GET " + transferPath, "desk", s.transfer},
		{"POST " + transferPath, "desk", s.takeIn},
		{"GET " + transferPath + "/export", "desk", s.exportArticles},
		{"GET " + transferPath + "/{job}", "desk", s.importPage},
		{"GET " + transferPath + "/{job}/events", "desk", s.importEvents},
		{"GET " + transferPath + "/{job}/report.json", "desk", s.importReport},
		{"GET " + transferPath + "/{job}/report.csv", "desk", s.importTable},
		{"POST " + transferPath + "/{job}/cancel", "desk", s.cancelImport},
		{"POST " + transferPath + "/{job}/run", "desk", s.runImport},
		{"POST " + transferPath + "/{job}/undo", "desk", s.undoImport},
	}
}

const transferPath = "/desk/transfer"

// maxUpload is how long a file may be that articles are read from, in bytes.
const maxUpload = 256 << 20

// maxBodies caps the bodies of requests: files that articles are read from and
// media may be longer than anything else, and texts longer than they may be, so
// that whoever wrote one hears of it at the field.
func (s *Site) maxBodies(next http.Handler) http.Handler {
	usual, texts, files := web.MaxBytes(1<<20)(next), web.MaxBytes(maxTyped)(next), web.MaxBytes(maxUpload+1<<20)(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sendsFile(r) {
			files.ServeHTTP(w, r)
			return
		}
		if s.writesText(r) {
			texts.ServeHTTP(w, r)
			return
		}
		usual.ServeHTTP(w, r)
	})
}

// sendsFile reports whether a request may have a long file in its body.
func sendsFile(r *http.Request) bool {
	path := r.URL.Path
	if r.Method == http.MethodPut {
		return strings.HasPrefix(path, apiPrefix+"/media/")
	}
	return r.Method == http.MethodPost && (strings.HasSuffix(path, transferPath) || strings.Contains(path, mediaPath) || isAttaching(path))
}

// transferChoices are whom articles can be for that say nothing of it.
var transferChoices = []string{"staff", "signed-in", "public"}

type transferBody struct {
	Action, Export, Key string
	Name                string
	Audience            input
	Inputs              []input
	Fault               string
	Jobs                []importLine
	Mirror              *mirrorView
}

func (s *Site) transfer(w http.ResponseWriter, r *http.Request) error {
	return s.showTransfer(w, r, http.StatusOK, transferBody{})
}

func (s *Site) showTransfer(w http.ResponseWriter, r *http.Request, status int, b transferBody) error {
	v := visitOf(r.Context())
	b.Action, b.Export, b.Key = v.link(transferPath), v.link(transferPath+"/export"), s.memory.formKey
	b.Audience.Name, b.Audience.Label, b.Audience.Kind, b.Audience.Hint = "audience", v.P.T("transfer.audience"), "select", v.P.T("transfer.audience_hint")
	for _, c := range transferChoices {
		b.Audience.Choices = append(b.Audience.Choices, option{c, v.P.T("transfer.for_" + strings.ReplaceAll(c, "-", "_"))})
	}
	b.Inputs = []input{b.Audience}
	var err error
	if b.Mirror, err = s.mirrorView(r.Context(), v); err != nil {
		return err
	}
	if b.Jobs, err = s.importLines(r.Context(), v); err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("transfer.title"))
	p.Body = b
	return s.show(w, r, status, "desk-transfer", p)
}

// takeIn keeps a file, and has what is in it imported, or told what that would
// change, while whoever sent it sees how far that is.
func (s *Site) takeIn(w http.ResponseWriter, r *http.Request) error {
	web.Unhurried(r)
	v := visitOf(r.Context())
	up, err := s.imports.receive(r)
	if up.File != "" {
		defer func() { _ = os.Remove(s.imports.path(up.File)) }() // unless it has got its name
	}
	if err == nil {
		var id string
		if id, err = s.addImport(r.Context(), v.By, up); err == nil {
			http.Redirect(w, r, v.link(importPath(id)), http.StatusSeeOther)
			return nil
		}
	}
	b := transferBody{Name: up.Name}
	b.Audience.Value = up.Audience
	status := http.StatusUnprocessableEntity
	switch {
	case errors.Is(err, errTooLong):
		b.Fault, status = v.P.T("transfer.too_large"), http.StatusRequestEntityTooLarge
	case errors.Is(err, errNoFile):
		b.Fault = v.P.T("transfer.no_file")
	case errors.Is(err, errTooMany):
		b.Fault, status = v.P.T("imports.too_many"), http.StatusTooManyRequests
	case errors.Is(err, errUnreadable):
		s.cfg.Log.InfoContext(r.Context(), "a file could not be read", "err", err)
		b.Fault = v.P.Message(importFault(err))
	default:
		return err
	}
	return s.showTransfer(w, r, status, b)
}

// exportArticles sends everything that somebody sees at the desk as a ZIP.
func (s *Site) exportArticles(w http.ResponseWriter, r *http.Request) error {
	web.Unhurried(r)
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="articles.zip"`)
	out := &begun{w: w}
	export := s.library.Export
	if r.URL.Query().Get("history") != "" {
		export = s.library.ExportHistory
	}
	err := export(r.Context(), visitOf(r.Context()).By, out)
	if err != nil && out.any {
		s.cfg.Log.ErrorContext(r.Context(), "export cut off", "err", err)
		panic(http.ErrAbortHandler)
	}
	return err
}
