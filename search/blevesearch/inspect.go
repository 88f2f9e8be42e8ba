package blevesearch

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/blevesearch/bleve/v2/index/scorch"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	bolterrors "go.etcd.io/bbolt/errors"
)

// damage says what is wrong with an index that only a rebuild helps.
type damage struct{ cause error }

func (d *damage) Error() string { return "damaged: " + d.cause.Error() }
func (d *damage) Unwrap() error { return d.cause }

// damaged tells what is wrong with an index from what is wrong with the
// machine: a full disk or a missing right is no reason to throw an index away.
func damaged(err error) error {
	if err == nil || fromMachine(err) {
		return err
	}
	return &damage{err}
}

func fromMachine(err error) bool {
	for _, e := range []error{
		bolterrors.ErrTimeout, errHung, errShut, os.ErrPermission, syscall.ENOSPC, syscall.EDQUOT, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM,
		syscall.EROFS, syscall.EFBIG,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// inspect reads all of an index before anything can build on it: bleve notices
// that a file is short, but not that a byte in it is wrong, and then may not
// return at all.
func inspect(dir, schema string) error {
	if err := unseal(dir); err != nil {
		return damaged(err)
	}
	var segments []string
	err := guarded(stopPatience, func() (err error) {
		segments, err = rewriteRoot(dir)
		return err
	})
	if err != nil {
		return hopeless(err)
	}
	for _, name := range segments {
		if err := inspectFile(filepath.Join(dir, filepath.Base(name))); err != nil {
			return damaged(err)
		}
	}
	return hopeless(guarded(openPatience, func() error { return inspectIndex(dir, schema) }))
}

// hopeless is damaged for what had all the time it needs.
func hopeless(err error) error {
	if errors.Is(err, errHung) {
		return &damage{err}
	}
	return damaged(err)
}

// inspectIndex looks at what bleve makes of sound files.
func inspectIndex(dir, schema string) (err error) {
	s, q, err := openScorch(dir, map[string]any{"read_only": true})
	if err != nil {
		return err
	}
	defer q.Close()
	defer func() { err = errors.Join(err, s.Close()) }()
	reader, err := s.Reader()
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	snapshot, ok := reader.(*scorch.IndexSnapshot)
	if !ok {
		return fmt.Errorf("reader of type %T", reader)
	}
	return inspectSnapshot(snapshot, schema)
}

// inspectAgain is inspect for an index in use.
func inspectAgain(s *scorch.IndexSnapshot, schema string) error {
	if err := inspectSnapshot(s, schema); err != nil {
		return err
	}
	for _, part := range s.Segments() {
		if f, ok := part.Segment().(segment.PersistedSegment); ok {
			if err := inspectFile(f.Path()); err != nil {
				return err
			}
		}
	}
	return nil
}

func inspectSnapshot(s *scorch.IndexSnapshot, schema string) error {
	internals, err := readInternals(s)
	if err != nil {
		return err
	}
	if internals[internalSchema] != schema {
		return fmt.Errorf("schema %q instead of %q", internals[internalSchema], schema)
	}
	n, err := s.DocCount()
	if err != nil {
		return err
	}
	if strconv.FormatUint(n, 10) != internals[internalCount] {
		return fmt.Errorf("%d documents instead of %s", n, internals[internalCount])
	}
	return nil
}

// inspectFile compares a segment's file with the checksum at its end.
func inspectFile(path string) error {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	const size = crc32.Size
	if info.Size() < size {
		return fmt.Errorf("%s: %w", filepath.Base(path), io.ErrUnexpectedEOF)
	}
	sum, r := crc32.NewIEEE(), bufio.NewReaderSize(f, 1<<20)
	if _, err := io.CopyN(sum, r, info.Size()-size); err != nil {
		return err
	}
	var want [size]byte
	if _, err := io.ReadFull(r, want[:]); err != nil {
		return err
	}
	if binary.BigEndian.Uint32(want[:]) != sum.Sum32() {
		return fmt.Errorf("%s: wrong checksum", filepath.Base(path))
	}
	return nil
}
