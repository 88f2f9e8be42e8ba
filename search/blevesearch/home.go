package blevesearch

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"github.com/stoa-go/stoa/search"
)

// A home is the directory of an index: one directory for each generation, a
// file that names the current one, a file that is locked by the process that
// uses it and, after an accident, the generation that was put aside.
type home struct {
	dir  string
	lock *bbolt.DB
}

const (
	nameCurrent = "CURRENT"
	nameLock    = "LOCK"
	nameDamaged = "damaged"
	generations = "generation-"
)

// enterHome makes the directory if there is none and locks it.
func enterHome(dir string) (*home, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	h := &home{dir: dir}
	err := guarded(openPatience, h.takeLock)
	if err != nil && !fromMachine(err) {
		// What was left of a lock file by a crash is nobody's lock.
		if err = os.Remove(h.path(nameLock)); err == nil {
			err = guarded(openPatience, h.takeLock)
		}
	}
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is in use by another process: %w", dir, search.ErrUnavailable)
	}
	if err != nil {
		return nil, err
	}
	return h, nil
}

func (h *home) path(name string) string { return filepath.Join(h.dir, name) }

// takeLock locks with an empty database, as its way to lock files works on all
// systems that bleve does.
func (h *home) takeLock() (err error) {
	h.lock, err = bbolt.Open(h.path(nameLock), 0o600, &bbolt.Options{Timeout: lockTimeout, NoSync: true})
	return err
}

func (h *home) leave() error {
	if h.lock == nil {
		return nil
	}
	return h.lock.Close()
}

// current returns the directory of the current generation, empty if there is
// none.
func (h *home) current() (string, error) {
	name, err := os.ReadFile(h.path(nameCurrent))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	base := strings.TrimSpace(string(name))
	if !strings.HasPrefix(base, generations) || filepath.Base(base) != base {
		return "", &damage{fmt.Errorf("%s says %q", nameCurrent, base)}
	}
	return h.path(base), nil
}

// setCurrent makes a generation the current one, for good once it has returned.
func (h *home) setCurrent(dir string) error {
	return writeFile(h.path(nameCurrent), filepath.Base(dir)+"\n")
}

// writeFile puts a durable file in the place of one, whole or not at all.
func writeFile(path, text string) error {
	temp := path + ".new"
	f, err := os.OpenFile(filepath.Clean(temp), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// next returns the directory of a new generation.
func (h *home) next(now time.Time) (string, error) {
	for n := range 1000 {
		dir := h.path(fmt.Sprintf("%s%s-%03d", generations, now.UTC().Format("20060102T150405"), n))
		if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
			return dir, nil
		} else if err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%s has too many generations", h.dir)
}

// tidy removes what a crash has left: every generation but the current one.
func (h *home) tidy(current string) error {
	entries, err := os.ReadDir(h.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		stale := strings.HasPrefix(e.Name(), generations) && h.path(e.Name()) != current
		if stale || e.Name() == nameCurrent+".new" {
			err = errors.Join(err, os.RemoveAll(h.path(e.Name())))
		}
	}
	return err
}

// putAside keeps a damaged generation for whoever wants to know why, in the
// place of an earlier one.
func (h *home) putAside(dir string) error {
	if err := os.RemoveAll(h.path(nameDamaged)); err != nil {
		return err
	}
	err := os.Rename(dir, h.path(nameDamaged))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, syncDir(h.dir))
}
