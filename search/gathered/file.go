package gathered

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
)

// A File is a [Store] in one file, a line for each Put. In memory are keys, notes
// and where entries stand. What is no longer needed is left out when it is more
// than what is. A file whose end was cut off loses that; one that is damaged
// otherwise begins anew, with another epoch.
type File struct {
	path string

	mu      sync.Mutex
	file    *os.File
	epoch   string
	size    int64 // of the file
	live    int64 // bytes of lines that are needed
	unsaved bool
	entries map[string]spot
	groups  map[string]map[string]bool // keys of the documents of groups
	numbers numbers
}

var _ Store = (*File)(nil)

// A spot is where an entry stands.
type spot struct {
	at, length  int64
	note, group string
}

// A line is what stands on one: the first has the epoch.
type line struct {
	Epoch string           `json:"epoch,omitempty"`
	Last  int64            `json:"last,omitempty"` // number, where the lines of those before were left out
	Entry *Entry           `json:"entry,omitempty"`
	Group map[string]int64 `json:"touched,omitempty"`
}

// longest is how long a line may be.
const longest = 8 << 20

// OpenFile opens the store in the file at path, which is made if it is not there.
// Close it in the end.
func OpenFile(path string) (*File, error) {
	f := &File{path: path}
	err := f.open()
	if errors.Is(err, errDamaged) {
		if err = os.Remove(path); err == nil {
			err = f.open()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("gathered %s: %w", path, err)
	}
	return f, nil
}

var errDamaged = errors.New("the file is damaged")

func (f *File) open() (err error) {
	if f.file, err = os.OpenFile(f.path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return err
	}
	if err = f.load(); err == nil && f.epoch == "" {
		f.epoch = rand.Text()
		err = f.append(line{Epoch: f.epoch})
	}
	if err != nil {
		return errors.Join(err, f.file.Close())
	}
	return nil
}

// load reads what the file has. What follows the last whole line was being
// written when the machine stopped.
func (f *File) load() error {
	f.epoch, f.size, f.live, f.entries, f.groups, f.numbers = "", 0, 0, map[string]spot{}, map[string]map[string]bool{}, newNumbers()
	in := bufio.NewReaderSize(f.file, 64<<10)
	for {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return f.file.Truncate(f.size)
		}
		if err != nil {
			return err
		}
		var l line
		if json.Unmarshal(text, &l) != nil || (f.size == 0) != (l.Epoch != "") {
			return errDamaged
		}
		f.note(l, int64(len(text)))
	}
}

// note takes a line of a length at the end of the file into account.
func (f *File) note(l line, length int64) {
	if l.Epoch != "" {
		f.epoch, f.numbers.last = l.Epoch, l.Last
	}
	for g, n := range l.Group {
		f.numbers.of[g], f.numbers.last = n, max(n, f.numbers.last)
	}
	if l.Entry != nil {
		f.place(*l.Entry, spot{at: f.size, length: length, note: l.Entry.Note})
	}
	f.size += length
}

// place takes an entry at a spot into account.
func (f *File) place(e Entry, now spot) {
	old := f.entries[e.Key]
	f.live -= old.length
	delete(f.entries, e.Key)
	if delete(f.groups[old.group], e.Key); len(f.groups[old.group]) == 0 {
		delete(f.groups, old.group)
	}
	if e.Empty() {
		return
	}
	if e.Document.ID != "" {
		now.group = e.Document.Group
		if f.groups[now.group] == nil {
			f.groups[now.group] = map[string]bool{}
		}
		f.groups[now.group][e.Key] = true
	}
	f.entries[e.Key] = now
	f.live += now.length
}

// append writes a line, or leaves the file as it was.
func (f *File) append(l line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if len(text) > longest {
		return fmt.Errorf("an entry of %d bytes is too long to keep", len(text))
	}
	if _, err := f.file.WriteAt(text, f.size); err != nil {
		return errors.Join(err, f.file.Truncate(f.size))
	}
	f.note(l, int64(len(text)))
	f.unsaved = true
	return nil
}

// Epoch implements [Store].
func (f *File) Epoch(context.Context) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.epoch, nil
}

// Put implements [Store].
func (f *File) Put(_ context.Context, e Entry, groups ...string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	next := newNumbers()
	next.last = f.numbers.last
	next.touch(groups)
	if err := f.append(line{Entry: &e, Group: next.of}); err != nil {
		return err
	}
	if f.size > 2*f.live+1<<20 {
		return f.compact()
	}
	return nil
}

// compact writes the file anew with what is needed of it.
func (f *File) compact() error {
	path := f.path + ".new"
	out, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	fresh := &File{path: f.path, file: out, entries: map[string]spot{}, groups: map[string]map[string]bool{}, numbers: newNumbers()}
	if err := fresh.fill(f); err != nil {
		return errors.Join(err, out.Close(), os.Remove(path))
	}
	if err := os.Rename(path, f.path); err != nil {
		return errors.Join(err, out.Close(), os.Remove(path))
	}
	err = f.file.Close()
	f.file, f.size, f.live, f.entries, f.groups, f.unsaved = out, fresh.size, fresh.live, fresh.entries, fresh.groups, false
	return err
}

func (f *File) fill(from *File) error {
	if err := f.append(line{Epoch: from.epoch, Last: from.numbers.last, Group: from.numbers.of}); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(from.entries)) {
		e, err := from.read(key)
		if err != nil {
			return err
		}
		if err := f.append(line{Entry: &e}); err != nil {
			return err
		}
	}
	return f.file.Sync()
}

// read reads an entry from its place.
func (f *File) read(key string) (Entry, error) {
	at, ok := f.entries[key]
	if !ok {
		return Entry{}, ErrNotFound
	}
	text := make([]byte, at.length)
	if _, err := f.file.ReadAt(text, at.at); err != nil {
		return Entry{}, err
	}
	var l line
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&l); err != nil {
		return Entry{}, err
	}
	return *l.Entry, nil
}

// Entry implements [Store].
func (f *File) Entry(_ context.Context, key string) (Entry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.read(key)
}

// Notes implements [Store].
func (f *File) Notes(context.Context) (map[string]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make(map[string]string, len(f.entries))
	for key, at := range f.entries {
		out[key] = at.note
	}
	return out, nil
}

// Group implements [Store].
func (f *File) Group(_ context.Context, group string) (list []Entry, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(f.groups[group])) {
		e, err := f.read(key)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// Touched implements [Store].
func (f *File) Touched(_ context.Context, above int64, limit int) ([]Touch, int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.unsaved {
		if err := f.file.Sync(); err != nil {
			return nil, 0, err
		}
		f.unsaved = false
	}
	return f.numbers.above(above, limit), f.numbers.last, nil
}

// Path returns where the file is.
func (f *File) Path() string { return f.path }

// Close closes the file. Nothing else may be called afterwards.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.file.Close()
}
