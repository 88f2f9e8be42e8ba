package site

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
	"github.com/stoa-go/stoa/profile"
)

// importJobs carries out the imports that people ask for at the desk, one after
// another over all instances. A file is where it was received, and so the
// instance in whose folder it is does the work. What an end of the portal
// interrupts is taken up again: an import changes only what is not yet as it
// should be.
type importJobs struct {
	s      *Site
	folder string
	wake   chan struct{}
	every  time.Duration // progress is kept, and orders are looked for
	idle   time.Duration // at the latest, new work is looked for

	stopping func() // for tests, nil means nothing: called when an import is stopped
}

const (
	importBeat    = time.Second
	importIdle    = 5 * time.Second
	importSilence = time.Minute        // after which nobody works on an import any more
	importKeep    = 7 * 24 * time.Hour // for which the file of one that has ended is kept
	importOrphan  = time.Hour          // after which a file that nobody knows goes
)

func (s *Site) openImports(context.Context) error {
	folder := filepath.Join(s.cfg.Data, "imports")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("-data: %w", err)
	}
	s.imports = &importJobs{s: s, folder: folder, wake: make(chan struct{}, 1), every: importBeat, idle: importIdle}
	s.people.Register(s.importKeeper())
	return nil
}

// path returns where a file is.
func (j *importJobs) path(file string) string { return filepath.Join(j.folder, filepath.Base(file)) }

// here reports whether the file of an import is on this instance.
func (j *importJobs) here(job importJob) bool {
	_, err := os.Stat(j.path(job.File))
	return job.File != "" && err == nil
}

// nudge has new work looked for at once.
func (j *importJobs) nudge() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// run carries out what there is to import until ctx is done.
func (j *importJobs) run(ctx context.Context) error {
	var tidied time.Time
	for ctx.Err() == nil {
		did, err := j.next(ctx)
		if now := j.s.cfg.Now(); err == nil && now.Sub(tidied) > importOrphan {
			tidied, err = now, j.tidy(ctx)
		}
		if err != nil && ctx.Err() == nil {
			j.s.cfg.Log.ErrorContext(ctx, "an import is taken up later", "err", err)
		}
		if did && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-j.wake:
		case <-time.After(j.idle):
		}
	}
	return nil
}

// next carries out the oldest import whose file is here, and reports whether
// there was one.
func (j *importJobs) next(ctx context.Context) (did bool, err error) {
	if job, err := j.oldest(ctx); err != nil || job.ID == "" {
		return false, err
	}
	err = j.s.db.alone(ctx, aloneImport, func(ctx context.Context) error {
		job, err := j.oldest(ctx)
		if err != nil || job.ID == "" {
			return err
		}
		did = true
		return j.carryOut(ctx, job)
	})
	return did, err
}

func (j *importJobs) oldest(ctx context.Context) (importJob, error) {
	list, err := j.s.db.openImports(ctx)
	if err != nil {
		return importJob{}, err
	}
	if i := slices.IndexFunc(list, j.here); i >= 0 {
		return list[i], nil
	}
	return importJob{}, nil
}

// errStopped is why an import ends that somebody cancels.
var errStopped = errors.New("somebody wants the import to end")

// carryOut imports one file. An end of ctx leaves it to whoever comes next.
func (j *importJobs) carryOut(ctx context.Context, job importJob) error {
	if job.State == importCancelling {
		return j.end(ctx, job, errStopped)
	}
	earlier, ok := job.Facts.begin(j.s.cfg.Now())
	if !ok {
		return j.end(ctx, job, errGivenUp)
	}
	job.State, job.Seen = importRunning, j.s.cfg.Now()
	if still, err := j.s.db.saveImport(ctx, job, importWaiting, importRunning); err != nil || !still {
		return err
	}
	w := &importWork{jobs: j, job: job, earlier: earlier, began: time.Now()}
	err := w.do(ctx)
	if ctx.Err() != nil || errors.Is(err, errs.Unavailable) {
		keep, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer done()
		_, saveErr := w.save(keep)
		return errors.Join(err, saveErr)
	}
	return errors.Join(j.end(ctx, w.job, err), j.s.learnLanguages(ctx))
}

var errGivenUp = errors.New("it was begun several times and came no further")

// end keeps what came of an import.
func (j *importJobs) end(ctx context.Context, job importJob, err error) error {
	job.State, job.Seen = importDone, j.s.cfg.Now()
	job.Facts.Ended = job.Seen
	switch {
	case errors.Is(err, errStopped):
		job.State = importCancelled
	case err != nil:
		why := importFault(err)
		job.State, job.Facts.Fault, job.Facts.FaultArgs = importFailed, why.Key, why.Args
		j.s.cfg.Log.WarnContext(ctx, "an import failed", "import", job.ID, "err", err)
	}
	file := job.File
	if job.State == importDone && !job.Facts.Try {
		job.File = ""
	}
	if _, err := j.s.db.saveImport(ctx, job, importRunning, importCancelling); err != nil || job.File != "" {
		return err
	}
	return j.drop(ctx, []string{file})
}

// importFault returns what people are told.
func importFault(err error) errs.Message {
	key := "imports.fault_inside"
	switch says, ok := errors.AsType[*errs.Says](err); {
	case errors.Is(err, errUnreadable) && ok:
		return says.Message
	case errors.Is(err, errUnreadable):
		key = "transfer.unreadable"
	case errors.Is(err, errs.Forbidden), errors.Is(err, errs.NotFound):
		key = "imports.fault_rights"
	case errors.Is(err, errGivenUp):
		key = "imports.fault_given_up"
	}
	return errs.Message{Key: key}
}

var errUnreadable = errors.New("the file cannot be read")

// An importWork is one import under way.
type importWork struct {
	jobs    *importJobs
	earlier kb.ImportReport // of what was done before the portal ended
	began   time.Time

	mu  sync.Mutex
	job importJob
	at  *kb.ImportProgress // nil before anything is known
}

// do imports, and meanwhile keeps how far it is.
func (w *importWork) do(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { w.beat(ctx, stop) })
	err := w.take(ctx)
	cause := context.Cause(ctx)
	stop(nil)
	wg.Wait()
	if errors.Is(cause, errStopped) && err != nil {
		return errStopped
	}
	return err
}

// beat keeps how far the import is now and then, and stops it if somebody wants
// that.
func (w *importWork) beat(ctx context.Context, stop context.CancelCauseFunc) {
	tick := time.NewTicker(w.jobs.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		still, err := w.save(ctx)
		if err != nil && ctx.Err() == nil {
			w.jobs.s.cfg.Log.WarnContext(ctx, "how far an import is was not kept", "err", err)
		}
		if err == nil && !still {
			stop(errStopped)
			if w.jobs.stopping != nil {
				w.jobs.stopping()
			}
			return
		}
	}
}

// save keeps how far the import is, and reports whether it is to go on.
func (w *importWork) save(ctx context.Context) (bool, error) {
	w.mu.Lock()
	w.note()
	job := w.job
	w.mu.Unlock()
	return w.jobs.s.db.saveImport(ctx, job, importRunning, importRunning)
}

// take reads the file and imports it. What is wrong with a file must not end the
// portal.
func (w *importWork) take(ctx context.Context) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			w.jobs.s.cfg.Log.ErrorContext(ctx, "import", "panic", fault)
			err = fmt.Errorf("panic: %v", fault)
		}
	}()
	s, f := w.jobs.s, w.job.Facts
	by, err := s.actorOf(ctx, w.job.Person)
	if err != nil {
		return err
	}
	b, err := importkb.File(w.jobs.path(w.job.File), f.Known, "desk")
	if err == nil && len(b.Items)+len(b.Problems) == 0 {
		err = importkb.ErrNoArticles
	}
	if err != nil {
		return errors.Join(errUnreadable, err)
	}
	if f.Source != "" {
		b.Name = f.Source
	}
	report, err := s.library.Import(ctx, by, b, &kb.ImportOptions{Audience: profile.NewAudience(f.Audience), Rehearse: f.Try, Watch: w.watch})
	w.finish(report)
	return err
}

func (w *importWork) watch(p kb.ImportProgress) {
	w.mu.Lock()
	w.at = &p
	w.mu.Unlock()
	if w.jobs.s.cfg.whileImporting != nil {
		w.jobs.s.cfg.whileImporting(p.Done)
	}
}

// finish notes what an import has come to, whether it was done or not.
func (w *importWork) finish(report kb.ImportReport) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.at == nil {
		w.at = &kb.ImportProgress{}
	}
	w.at.Report = report
	w.note()
}

// note takes over what is known of the import now. Whoever calls it holds mu.
func (w *importWork) note() {
	w.job.Seen = w.jobs.s.cfg.Now()
	if w.at == nil {
		return
	}
	w.job.Facts.note(*w.at, w.earlier)
	if took := time.Since(w.began).Seconds(); took > 0 {
		w.job.Facts.Rate = float64(w.at.Done) / took
	}
}

// tidy removes the files that nobody needs any more.
func (j *importJobs) tidy(ctx context.Context) error {
	if err := j.s.db.dropImportFiles(ctx, j.s.cfg.Now().Add(-importKeep)); err != nil {
		return err
	}
	list, err := os.ReadDir(j.folder)
	if err != nil {
		return err
	}
	var old []string
	for _, entry := range list {
		// Times of files are the system's, whatever the portal's clock says.
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > importOrphan {
			old = append(old, entry.Name())
		}
	}
	return j.drop(ctx, old)
}

// drop removes those of the files that no import needs.
func (j *importJobs) drop(ctx context.Context, files []string) error {
	needed, err := j.s.db.importFiles(ctx)
	if err != nil {
		return err
	}
	for _, file := range files {
		if file == "" || slices.Contains(needed, file) {
			continue
		}
		if removeErr := os.Remove(j.path(file)); removeErr != nil && !errors.Is(removeErr, fs.ErrNotExist) {
			err = errors.Join(err, removeErr)
		}
	}
	return err
}
