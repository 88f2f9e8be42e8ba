package blevesearch

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/blevesearch/bleve/v2/util"
	"go.etcd.io/bbolt"
)

// rewriteRoot copies the last state from bleve's little database, which names
// the segments, into a new file, and returns these names. The database keeps a
// list of its free pages that nothing checks: an error in it would come to
// light in a goroutine of bleve's, days later. A copy has a list of its own. And
// were there an older state, bleve would fall back on it without a word.
func rewriteRoot(dir string) (segments []string, err error) {
	path := filepath.Join(dir, nameRoot)
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	temp := path + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	r := &rootReader{left: 16 * int(info.Size())}
	last, err := r.readFile(path)
	if err != nil {
		return nil, err
	}
	switch err := writeRoot(temp, last); {
	case err == nil:
		return r.segments, errors.Join(os.Rename(temp, path), syncDir(dir))
	case fromMachine(err): // no room for a copy: the old one, read to its end, must do
		return r.segments, errors.Join(os.RemoveAll(temp), syncDir(dir))
	default:
		return nil, err
	}
}

// A rootBucket is a bucket of the database in memory.
type rootBucket struct {
	name   []byte
	values [][2][]byte
	inner  []rootBucket
}

// A rootReader reads buckets, but no more than there can be: pages of a damaged
// file may refer to each other in circles.
type rootReader struct {
	left     int
	segments []string
}

// readFile reads the last state.
func (r *rootReader) readFile(path string) (last rootBucket, err error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout, ReadOnly: true})
	if err != nil {
		return last, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.View(func(tx *bbolt.Tx) error {
		states := tx.Bucket(util.BoltSnapshotsBucket)
		if states == nil {
			return errors.New("no states")
		}
		name, value := states.Cursor().Last()
		if name == nil || value != nil {
			return errors.New("no last state")
		}
		last, err = r.read(states, name, 1)
		return err
	})
	return last, err
}

const maxDepth = 8 // buckets within buckets

func (r *rootReader) read(from *bbolt.Bucket, name []byte, depth int) (b rootBucket, err error) {
	inner := from.Bucket(name)
	if inner == nil || depth > maxDepth {
		return b, fmt.Errorf("no bucket %q", name)
	}
	b.name = bytes.Clone(name)
	err = inner.ForEach(func(k, v []byte) error {
		if r.left -= len(k) + len(v) + 1; r.left < 0 {
			return errors.New("more content than the file can have")
		}
		if v == nil {
			sub, err := r.read(inner, k, depth+1)
			b.inner = append(b.inner, sub)
			return err
		}
		if bytes.Equal(k, util.BoltPathKey) {
			r.segments = append(r.segments, string(v))
		}
		b.values = append(b.values, [2][]byte{bytes.Clone(k), bytes.Clone(v)})
		return nil
	})
	return b, err
}

// writeRoot writes a database with one state.
func writeRoot(path string, last rootBucket) (err error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Update(func(tx *bbolt.Tx) error {
		states, err := tx.CreateBucket(util.BoltSnapshotsBucket)
		if err != nil {
			return err
		}
		return last.write(states)
	})
}

func (b rootBucket) write(into *bbolt.Bucket) error {
	mine, err := into.CreateBucket(b.name)
	if err != nil {
		return err
	}
	for _, kv := range b.values {
		if err := mine.Put(kv[0], kv[1]); err != nil {
			return err
		}
	}
	for _, inner := range b.inner {
		if err := inner.write(mine); err != nil {
			return err
		}
	}
	return nil
}

// A seal is the checksum of the database in an index that was closed. There is
// none after a crash.
const nameSeal = "SEAL"

const (
	nameRoot   = "root.bolt"
	extSegment = ".zap"
)

// sumOf returns a checksum over what a closed index is made of: its little
// database, and the names, sizes and own checksums of its segments, of which one
// that is sound may still be another's.
func sumOf(dir string) (string, error) {
	content, err := os.ReadFile(filepath.Join(dir, nameRoot))
	if err != nil {
		return "", err
	}
	sum := crc32.NewIEEE()
	_, _ = sum.Write(content)
	entries, err := os.ReadDir(dir) // in order
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != extSegment {
			continue
		}
		size, end, err := endOf(filepath.Join(dir, e.Name()))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d %x\n", e.Name(), size, end)
	}
	return fmt.Sprintf("%08x %d\n", sum.Sum32(), len(content)), nil
}

// endOf returns a file's size and its last bytes, which are a segment's
// checksum.
func endOf(path string) (size int64, end []byte, err error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return 0, nil, err
	}
	end = make([]byte, min(info.Size(), crc32.Size))
	_, err = f.ReadAt(end, info.Size()-int64(len(end)))
	return info.Size(), end, err
}

// seal notes the checksum of a closed index.
func seal(dir string) error {
	sum, err := sumOf(dir)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, nameSeal), sum)
}

// unseal compares the checksum, if there is one, and takes it away.
func unseal(dir string) error {
	path := filepath.Join(dir, nameSeal)
	want, err := os.ReadFile(filepath.Clean(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	sum, err := sumOf(dir)
	if err != nil {
		return err
	}
	if sum != string(want) {
		return fmt.Errorf("%s and segments: wrong checksum", nameRoot)
	}
	return errors.Join(os.Remove(path), syncDir(dir))
}
