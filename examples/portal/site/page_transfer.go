package site

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
	"github.com/stoa-go/stoa/profile"
)

// transferRoutes are the pages on which articles come in and go out.
func (s *Site) transferRoutes() []route {
	return []route{
		{"GET " + transferPath, "desk", s.transfer},
		{"POST " + transferPath, "desk", s.takeIn},
		{"GET " + transferPath + "/export", "desk", s.exportArticles},
	}
}

const transferPath = "/desk/transfer"

// maxUpload is how long a file may be that articles are read from, in bytes.
const maxUpload = 256 << 20

// maxBodies caps the bodies of requests: files that articles are read from and
// media may be longer than anything else.
func maxBodies(next http.Handler) http.Handler {
	usual, files := web.MaxBytes(1<<20)(next), web.MaxBytes(maxUpload+1<<20)(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sends := r.Method == http.MethodPost && (strings.HasSuffix(r.URL.Path, transferPath) || strings.Contains(r.URL.Path, mediaPath))
		if sends || r.Method == http.MethodPut && strings.HasPrefix(r.URL.Path, apiPrefix+"/media/") {
			files.ServeHTTP(w, r)
			return
		}
		usual.ServeHTTP(w, r)
	})
}

// transferChoices are whom articles can be for that say nothing of it.
var transferChoices = []string{"staff", "signed-in", "public"}

type transferBody struct {
	Action, Export string
	Name           string
	Audience       input
	Inputs         []input
	Fault          string
	Tried          bool
	Report         *kb.ImportReport
	Changes        []transferChange
	Problems       []string
	More           int // problems that are not listed
	Mirror         *mirrorView
}

type transferChange struct {
	Title, Href string
	New         bool
}

func (s *Site) transfer(w http.ResponseWriter, r *http.Request) error {
	return s.showTransfer(w, r, http.StatusOK, transferBody{})
}

func (s *Site) showTransfer(w http.ResponseWriter, r *http.Request, status int, b transferBody) error {
	v := visitOf(r.Context())
	b.Action, b.Export = v.link(transferPath), v.link(transferPath+"/export")
	b.Audience.Name, b.Audience.Label, b.Audience.Kind, b.Audience.Hint = "audience", v.P.T("transfer.audience"), "select", v.P.T("transfer.audience_hint")
	for _, c := range transferChoices {
		b.Audience.Choices = append(b.Audience.Choices, option{c, v.P.T("transfer.for_" + strings.ReplaceAll(c, "-", "_"))})
	}
	b.Inputs = []input{b.Audience}
	var err error
	if b.Mirror, err = s.mirrorView(r.Context(), v); err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("transfer.title"))
	p.Body = b
	return s.show(w, r, status, "desk-transfer", p)
}

// An upload is a file that articles are to be read from, as it was sent.
type upload struct {
	file     multipart.File
	header   *multipart.FileHeader
	name     string
	audience profile.Audience
	try      bool
}

// takeIn reads a file and imports what is in it, or says what that would change.
func (s *Site) takeIn(w http.ResponseWriter, r *http.Request) error {
	web.Unhurried(r)
	v := visitOf(r.Context())
	err := r.ParseMultipartForm(4 << 20)
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll() //nolint:errcheck // the system clears its folder as well
	}
	b := transferBody{Name: strings.TrimSpace(r.PostFormValue("name"))}
	if b.Audience.Value = r.PostFormValue("audience"); !slices.Contains(transferChoices, b.Audience.Value) {
		b.Audience.Value = transferChoices[0]
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		b.Fault = v.P.T("transfer.too_large")
		return s.showTransfer(w, r, http.StatusRequestEntityTooLarge, b)
	}
	up := upload{name: b.Name, audience: profile.NewAudience(b.Audience.Value), try: r.PostFormValue("do") != "run"}
	if err == nil {
		up.file, up.header, err = r.FormFile("file")
	}
	if err != nil {
		b.Fault = v.P.T("transfer.no_file")
		return s.showTransfer(w, r, http.StatusUnprocessableEntity, b)
	}
	defer up.file.Close() //nolint:errcheck // it was only read
	bundle, err := up.read()
	if err == nil && len(bundle.Items)+len(bundle.Problems) == 0 {
		err = errs.Invalid
	}
	if err != nil {
		s.cfg.Log.InfoContext(r.Context(), "a file could not be read", "err", err)
		b.Fault = v.P.T("transfer.unreadable")
		return s.showTransfer(w, r, http.StatusUnprocessableEntity, b)
	}
	report, err := s.importFor(r.Context(), v.By, bundle, up)
	if err != nil {
		return err
	}
	b.Report, b.Tried = &report, up.try
	s.describe(v, &b)
	return s.showTransfer(w, r, http.StatusOK, b)
}

// read reads what was sent. A file has to be in a place of its own for that.
func (u upload) read() (kb.Bundle, error) {
	f, err := os.CreateTemp("", "import-*")
	if err != nil {
		return kb.Bundle{}, err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // the system clears its folder as well
	_, err = io.Copy(f, u.file)
	if err = errors.Join(err, f.Close()); err != nil {
		return kb.Bundle{}, err
	}
	b, err := importkb.File(f.Name(), u.header.Filename, "desk")
	if u.name != "" {
		b.Name = u.name
	}
	return b, err
}

func (s *Site) importFor(ctx context.Context, by profile.Actor, b kb.Bundle, u upload) (report kb.ImportReport, err error) {
	opts := &kb.ImportOptions{Audience: u.audience, Rehearse: u.try}
	if u.try {
		return s.library.Import(ctx, by, b, opts)
	}
	err = s.db.alone(ctx, func(ctx context.Context) error {
		report, err = s.library.Import(ctx, by, b, opts)
		return err
	})
	return report, errors.Join(err, s.learnLanguages(ctx))
}

// mostProblems is how many problems the page lists.
const mostProblems = 200

func (s *Site) describe(v *visit, b *transferBody) {
	for _, c := range b.Report.Changes {
		row := transferChange{Title: c.Title, New: c.New}
		if !b.Tried || !c.New {
			row.Href = v.link("/desk/articles/" + escape(c.Article))
		}
		b.Changes = append(b.Changes, row)
	}
	for i, p := range b.Report.Problems {
		if i == mostProblems {
			b.More = len(b.Report.Problems) - i
			break
		}
		b.Problems = append(b.Problems, s.Explain(p))
	}
}

// exportArticles sends everything that somebody sees at the desk as a ZIP.
func (s *Site) exportArticles(w http.ResponseWriter, r *http.Request) error {
	web.Unhurried(r)
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="articles.zip"`)
	out := &begun{w: w}
	err := s.library.Export(r.Context(), visitOf(r.Context()).By, out)
	if err != nil && out.any {
		s.cfg.Log.ErrorContext(r.Context(), "export cut off", "err", err)
		panic(http.ErrAbortHandler)
	}
	return err
}
