package kb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/stoa-go/stoa/internal/blob"
)

// Files is where the content of large media is kept: everything but pictures and
// captions, which are in the [Store]. A file is there before the store names it,
// and goes after nothing does. Implementations must
//   - be safe for concurrent use, by several processes too;
//   - show a file whole, or as it was before, or not at all.
type Files interface {
	// Put keeps what r has under key, small letters and digits. If r or ctx ends
	// with an error, nothing is kept, and the error is returned.
	Put(ctx context.Context, key string, r io.Reader) error

	// Open returns what was put under key, or an error that matches
	// fs.ErrNotExist. What is open stays readable when it is removed.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)

	// Remove removes what was put under key before a time. What was put there
	// since, or is not there, stays as it is.
	Remove(ctx context.Context, key string, before time.Time) error

	// Keys returns the keys of what was put before a time, in order, above
	// after.
	Keys(ctx context.Context, before time.Time, after string, limit int) ([]string, error)
}

var _ Files = (*blob.Folder)(nil)

// FolderFiles returns [Files] in a folder, which is made if need be. All
// instances on one database must share it.
func FolderFiles(dir string) (Files, error) {
	f, err := blob.NewFolder(dir)
	if err != nil {
		return nil, fmt.Errorf("folder for files: %w", err)
	}
	return f, nil
}

const (
	sweepEvery   = time.Hour
	orphansAfter = time.Hour // an upload is under way at most so long after its file is there
	sweptAtOnce  = 200
)

// sweepFiles removes the files that no medium names any more, or that none came to
// name because their upload was cut off.
func (l *Library) sweepFiles(ctx context.Context) error {
	now := l.clock()
	last := l.swept.Load()
	if l.files == nil || last != nil && now.Sub(*last) < sweepEvery {
		return nil
	}
	before := now.Add(-orphansAfter)
	for after := ""; ; {
		keys, err := l.files.Keys(ctx, before, after, sweptAtOnce)
		if err != nil {
			return fmt.Errorf("sweep files: %w", err)
		}
		if len(keys) == 0 {
			l.swept.Store(&now)
			return nil
		}
		if err := l.removeOrphans(ctx, keys, before); err != nil {
			return fmt.Errorf("sweep files: %w", err)
		}
		after = keys[len(keys)-1]
	}
}

func (l *Library) removeOrphans(ctx context.Context, keys []string, before time.Time) error {
	named, err := l.store.MediaOf(ctx, keys)
	if err != nil {
		return err
	}
	kept := map[string]bool{}
	for _, hash := range named {
		kept[hash] = true
	}
	for _, key := range keys {
		if !kept[key] {
			err = errors.Join(err, l.files.Remove(ctx, key, before))
		}
	}
	return err
}
