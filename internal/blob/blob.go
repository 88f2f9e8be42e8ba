// Package blob keeps large files under keys, in a folder.
//
// Files are streamed in and out, and a file is there whole or not at all: it is
// written beside its place, forced to the disk and moved there. Keys are made
// by programs, never by people; [IsKey] says what they may be.
package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Files keeps files under keys. Implementations must
//   - be safe for concurrent use, by several processes too;
//   - show a file whole, or as it was before, or not at all;
//   - take another file under the same key in the place of the first;
//   - refuse keys that [IsKey] does not allow as fs.ErrInvalid, and find nothing by them;
//   - pass the suite in package blobtest.
type Files interface {
	// Put keeps what r has under key. If r or ctx ends with an error, nothing
	// is kept, and the error is returned.
	Put(ctx context.Context, key string, r io.Reader) error

	// Open returns what was put under key, or an error that matches
	// fs.ErrNotExist. What is open stays readable when it is removed.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)

	// Remove removes what was put under key before a time. What was put there
	// since, or is not there, stays as it is.
	Remove(ctx context.Context, key string, before time.Time) error

	// Keys returns the keys of what was put before a time, in order, above
	// after. It tidies up what was left of files that were never whole.
	Keys(ctx context.Context, before time.Time, after string, limit int) ([]string, error)
}

var key = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{3,127}$`)

// IsKey reports whether a file can be kept under a name: small letters, digits
// and hyphens, at least four.
func IsKey(name string) bool { return key.MatchString(name) }

// A Folder keeps files in a folder of the system's, spread over folders by the
// first two letters of their keys.
type Folder struct {
	root *os.Root
}

var _ Files = (*Folder)(nil)

// NewFolder returns a Folder in dir, which it makes if need be. Nothing outside
// of dir is ever touched, whatever links lead there.
func NewFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Folder{root}, nil
}

// Close lets go of the folder.
func (f *Folder) Close() error { return f.root.Close() }

const (
	partial = ".part-" // in names of files that are being written
	leaving = ".gone-" // in names of files that are being removed
)

func place(key string) string { return path.Join(key[:2], key) }

// Put implements [Files].
func (f *Folder) Put(ctx context.Context, key string, r io.Reader) error {
	if !IsKey(key) {
		return fmt.Errorf("put %q: %w", key, fs.ErrInvalid)
	}
	if err := f.root.MkdirAll(key[:2], 0o700); err != nil {
		return err
	}
	part := place(key) + partial + strings.ToLower(rand.Text())
	if err := f.write(ctx, part, r); err != nil {
		return errors.Join(err, f.root.Remove(part))
	}
	if err := f.root.Rename(part, place(key)); err != nil {
		return errors.Join(err, f.root.Remove(part))
	}
	return f.settle(key[:2])
}

func (f *Folder) write(ctx context.Context, name string, r io.Reader) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, heeding{ctx, r})
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// settle forces the names in a folder to the disk. Systems that cannot do that
// for folders need not.
func (f *Folder) settle(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}

// A heeding reader ends with its context.
type heeding struct {
	ctx context.Context
	r   io.Reader
}

// Read reads, unless the context is done.
func (h heeding) Read(p []byte) (int, error) {
	if err := h.ctx.Err(); err != nil {
		return 0, err
	}
	return h.r.Read(p)
}

// Open implements [Files].
func (f *Folder) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !IsKey(key) {
		return nil, fmt.Errorf("open %q: %w", key, fs.ErrNotExist)
	}
	file, err := f.root.Open(place(key))
	if err != nil {
		return nil, err
	}
	return file, nil
}

// Remove implements [Files]. The file is taken away before its time is looked
// at, and put back if it is a new one: so one that is put there meanwhile is
// never lost.
func (f *Folder) Remove(ctx context.Context, key string, before time.Time) error {
	if err := ctx.Err(); err != nil || !IsKey(key) {
		return err
	}
	if info, err := f.root.Stat(place(key)); err != nil || !info.ModTime().Before(before) {
		return ifThere(err)
	}
	gone := place(key) + leaving + strings.ToLower(rand.Text())
	if err := f.root.Rename(place(key), gone); err != nil {
		return ifThere(err)
	}
	info, err := f.root.Stat(gone)
	if err == nil && !info.ModTime().Before(before) {
		return f.root.Rename(gone, place(key))
	}
	return errors.Join(ifThere(err), f.root.Remove(gone))
}

func ifThere(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Keys implements [Files].
func (f *Folder) Keys(ctx context.Context, before time.Time, after string, limit int) ([]string, error) {
	folders, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, d := range folders {
		if len(out) >= limit || ctx.Err() != nil {
			break
		}
		if !d.IsDir() || len(after) >= 2 && d.Name() < after[:2] {
			continue
		}
		if out, err = f.keysIn(out, d.Name(), before, after, limit); err != nil {
			return nil, err
		}
	}
	return out, ctx.Err()
}

// keysIn adds the keys in one folder.
func (f *Folder) keysIn(out []string, dir string, before time.Time, after string, limit int) ([]string, error) {
	files, err := fs.ReadDir(f.root.FS(), dir)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(files, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	for _, e := range files {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() || !info.ModTime().Before(before) {
			continue // gone meanwhile, or new
		}
		switch name := e.Name(); {
		case strings.Contains(name, partial), strings.Contains(name, leaving):
			if err := ifThere(f.root.Remove(path.Join(dir, name))); err != nil {
				return nil, err
			}
		case IsKey(name) && name[:2] == dir && name > after && len(out) < limit:
			out = append(out, name)
		}
	}
	return out, nil
}
