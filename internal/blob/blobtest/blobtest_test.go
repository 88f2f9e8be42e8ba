package blobtest_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/blob"
	"github.com/stoa-go/stoa/internal/blob/blobtest"
	"github.com/stoa-go/stoa/internal/suitetest"
)

func folder(t testing.TB) *blob.Folder {
	f, err := blob.NewFolder(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestFolder(t *testing.T) {
	blobtest.Test(t, func(t *testing.T) blob.Files { return folder(t) })
}

// faulty is a folder with a fault in the place of a method.
type faulty struct {
	*blob.Folder
	put    func(context.Context, string, io.Reader) error
	open   func(context.Context, string) (io.ReadSeekCloser, error)
	remove func(context.Context, string, time.Time) error
	keys   func(context.Context, time.Time, string, int) ([]string, error)
}

func (f faulty) Put(ctx context.Context, key string, r io.Reader) error {
	if f.put != nil {
		return f.put(ctx, key, r)
	}
	return f.Folder.Put(ctx, key, r)
}

func (f faulty) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	if f.open != nil {
		return f.open(ctx, key)
	}
	return f.Folder.Open(ctx, key)
}

func (f faulty) Remove(ctx context.Context, key string, before time.Time) error {
	if f.remove != nil {
		return f.remove(ctx, key, before)
	}
	return f.Folder.Remove(ctx, key, before)
}

func (f faulty) Keys(ctx context.Context, before time.Time, after string, limit int) ([]string, error) {
	if f.keys != nil {
		return f.keys(ctx, before, after, limit)
	}
	return f.Folder.Keys(ctx, before, after, limit)
}

type closing struct{ *bytes.Reader }

func (closing) Close() error { return nil }

var broken = []struct {
	name, caughtBy string
	fault          func(*blob.Folder) faulty
}{
	{"cuts files short", "RoundTrip", func(f *blob.Folder) faulty {
		return faulty{Folder: f, put: func(ctx context.Context, key string, r io.Reader) error {
			return f.Put(ctx, key, io.LimitReader(r, 1000))
		}}
	}},
	{"keeps the first", "Again", func(f *blob.Folder) faulty {
		return faulty{Folder: f, put: func(ctx context.Context, key string, r io.Reader) error {
			if old, err := f.Open(ctx, key); err == nil {
				return old.Close()
			}
			return f.Put(ctx, key, r)
		}}
	}},
	{"keeps halves", "Whole", func(f *blob.Folder) faulty {
		return faulty{Folder: f, put: func(ctx context.Context, key string, r io.Reader) error {
			var b bytes.Buffer
			_, err := b.ReadFrom(r)
			if putErr := f.Put(ctx, key, &b); putErr != nil {
				return putErr
			}
			return err
		}}
	}},
	{"finds empty files", "Missing", func(f *blob.Folder) faulty {
		return faulty{Folder: f, open: func(ctx context.Context, key string) (io.ReadSeekCloser, error) {
			if r, err := f.Open(ctx, key); err == nil {
				return r, nil
			}
			return closing{bytes.NewReader(nil)}, nil
		}}
	}},
	{"takes any key", "BadKeys", func(f *blob.Folder) faulty {
		return faulty{Folder: f, put: func(ctx context.Context, key string, r io.Reader) error {
			if !blob.IsKey(key) {
				return nil
			}
			return f.Put(ctx, key, r)
		}}
	}},
	{"fails for what is not there", "Missing", func(f *blob.Folder) faulty {
		return faulty{Folder: f, remove: func(ctx context.Context, key string, before time.Time) error {
			if _, err := f.Open(ctx, key); err != nil {
				return fs.ErrNotExist
			}
			return f.Remove(ctx, key, before)
		}}
	}},
	{"removes what is new", "Remove", func(f *blob.Folder) faulty {
		return faulty{Folder: f, remove: func(ctx context.Context, key string, _ time.Time) error {
			return f.Remove(ctx, key, time.Now().Add(time.Hour))
		}}
	}},
	{"lists what is new", "Keys", func(f *blob.Folder) faulty {
		return faulty{Folder: f, keys: func(ctx context.Context, _ time.Time, after string, limit int) ([]string, error) {
			return f.Keys(ctx, time.Now().Add(time.Hour), after, limit)
		}}
	}},
	{"lists backwards", "Keys", func(f *blob.Folder) faulty {
		return faulty{Folder: f, keys: func(ctx context.Context, before time.Time, after string, limit int) ([]string, error) {
			list, err := f.Keys(ctx, before, after, limit)
			slices.Reverse(list)
			return list, err
		}}
	}},
	{"begins each page with the last one", "Keys", func(f *blob.Folder) faulty {
		return faulty{Folder: f, keys: func(ctx context.Context, before time.Time, after string, limit int) ([]string, error) {
			list, err := f.Keys(ctx, before, after, limit)
			if after != "" && len(list) > 0 {
				list = append([]string{after}, list...)
			}
			return list, err
		}}
	}},
}

func TestBroken(t *testing.T) {
	for _, b := range broken {
		t.Run(b.name, func(t *testing.T) {
			i := slices.IndexFunc(blobtest.Contract, func(p blobtest.Promise) bool { return p.Name == b.caughtBy })
			require.GreaterOrEqual(t, i, 0)
			require.True(t, suitetest.Fails(t, func(tb testing.TB) { blobtest.Contract[i].Check(tb, b.fault(folder(t))) }))
		})
	}
}
