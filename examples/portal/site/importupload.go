package site

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/kb/importkb"
	"github.com/stoa-go/stoa/profile"
)

// What can be wrong with a file that is sent to be imported.
var (
	errNoFile  = errors.New("no file was sent")
	errTooLong = errors.New("the file is too long")
	errTooMany = errors.New("too many imports wait")
)

// mostWaiting is how many imports may wait, each with its file.
const mostWaiting = 20

// An uploaded is what was sent with the form of the page: File is what the file
// is called in the folder of uploads.
type uploaded struct {
	File, Known          string
	Name, Audience, Form string
	Try                  bool
	Size                 int64
}

// receive keeps a file as it comes in.
func (j *importJobs) receive(r *http.Request) (up uploaded, err error) {
	up.Audience, up.Try = transferChoices[0], true
	form, err := r.MultipartReader()
	if err != nil {
		return up, errNoFile
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = j.part(&up, part)
		}
		if err != nil {
			return up, cutOff(err)
		}
	}
	if up.File == "" {
		return up, errNoFile
	}
	return up, nil
}

// cutOff tells a file that is too long, and one that did not come in whole, from
// what is not the sender's doing.
func cutOff(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return errTooLong
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, multipart.ErrMessageTooLarge) {
		return errs.Invalid
	}
	return err
}

// part takes one value of the form, or the file.
func (j *importJobs) part(up *uploaded, part *multipart.Part) error {
	if part.FormName() == "file" {
		if part.FileName() == "" || up.File != "" {
			return nil
		}
		up.Known = filepath.Base(part.FileName())
		up.File = "up-" + strings.ToLower(rand.Text())
		var err error
		up.Size, err = j.keep(up.File, part)
		return err
	}
	value, err := io.ReadAll(io.LimitReader(part, 1<<10))
	text := strings.TrimSpace(strings.ToValidUTF8(string(value), ""))
	switch part.FormName() {
	case "name":
		up.Name = text
	case "audience":
		if slices.Contains(transferChoices, text) {
			up.Audience = text
		}
	case "key":
		up.Form = text
	case "do":
		up.Try = text != "run"
	}
	return err
}

// keep writes a file down.
func (j *importJobs) keep(name string, content io.Reader) (int64, error) {
	f, err := os.OpenFile(j.path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(f, io.LimitReader(content, maxUpload+1))
	if err == nil && n > maxUpload {
		err = errTooLong
	}
	if err == nil {
		err = f.Sync()
	}
	return n, errors.Join(err, f.Close())
}

// addImport has a file imported that was received. The same form again is the
// same import.
func (s *Site) addImport(ctx context.Context, by profile.Actor, up uploaded) (string, error) {
	id := idem.ID("portal.import", by.ID, up.Form)
	if _, err := s.db.importOf(ctx, id); err == nil {
		return id, nil
	}
	if err := importkb.Check(s.imports.path(up.File), up.Known); err != nil {
		return "", errors.Join(errUnreadable, err)
	}
	now := s.cfg.Now()
	job := importJob{ID: id, Person: by.ID, State: importWaiting, File: "import-" + id, At: now, Seen: now, Facts: importFacts{
		Known: up.Known, Source: up.Name, Audience: up.Audience, Try: up.Try, Size: up.Size,
	}}
	if err := s.roomForImport(ctx); err != nil {
		return "", err
	}
	if err := os.Rename(s.imports.path(up.File), s.imports.path(job.File)); err != nil {
		return "", fmt.Errorf("keep a file to import: %w", err)
	}
	if err := s.db.addImport(ctx, job); err != nil {
		return "", errors.Join(err, os.Remove(s.imports.path(job.File)))
	}
	s.imports.nudge()
	return id, nil
}

func (s *Site) roomForImport(ctx context.Context) error {
	open, err := s.db.openImports(ctx)
	if err == nil && len(open) >= mostWaiting {
		err = errTooMany
	}
	return err
}

// againImport has the file of an import imported that has ended.
func (s *Site) againImport(ctx context.Context, by profile.Actor, old importJob, key string) (string, error) {
	if !old.again() {
		return "", errs.Conflict
	}
	if err := s.roomForImport(ctx); err != nil {
		return "", err
	}
	now, f := s.cfg.Now(), old.Facts
	job := importJob{ID: idem.ID("portal.import", by.ID, key), Person: by.ID, State: importWaiting, File: old.File, At: now, Seen: now, Facts: importFacts{
		Known: f.Known, Source: f.Source, Audience: f.Audience, Size: f.Size,
	}}
	err := s.db.addImport(ctx, job)
	s.imports.nudge()
	return job.ID, err
}
