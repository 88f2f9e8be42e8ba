package semantic

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

var errDamaged = errors.New("the file is damaged")

// load reads a state: a checksum, then what it is of.
func load(path string) (st state, err error) {
	if path == "" {
		return st, os.ErrNotExist
	}
	data, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return st, err
	}
	if len(data) < sha256.Size || sha256.Sum256(data[sha256.Size:]) != [sha256.Size]byte(data[:sha256.Size]) {
		return st, errDamaged
	}
	if err := gob.NewDecoder(bytes.NewReader(data[sha256.Size:])).Decode(&st); err != nil {
		return state{}, fmt.Errorf("%w: %w", errDamaged, err)
	}
	return st, nil
}

// save writes the state whole, if it has changed, and puts it in the place of the
// file there was.
func (s *Store) save() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.unsaved || s.opts.Path == "" {
		return nil
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(s.state); err != nil {
		return fmt.Errorf("vectors: %w", err)
	}
	sum := sha256.Sum256(b.Bytes())
	if err := replaceFile(s.opts.Path, sum[:], b.Bytes()); err != nil {
		return fmt.Errorf("vectors: %w", err)
	}
	s.unsaved, s.status.SavedAt = false, s.opts.Now().UTC()
	return nil
}

func replaceFile(path string, parts ...[]byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	for _, part := range parts {
		if _, err := f.Write(part); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
