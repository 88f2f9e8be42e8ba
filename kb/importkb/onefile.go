package importkb

import (
	"io/fs"
	"os"
)

// A oneFile is a tree of one file, under the name that it was known by.
type oneFile struct{ path, name string }

// Open implements [fs.FS].
func (o oneFile) Open(name string) (fs.File, error) {
	if name != o.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return os.Open(o.path)
}

// ReadDir implements [fs.ReadDirFS].
func (o oneFile) ReadDir(name string) ([]fs.DirEntry, error) {
	if name != "." {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	info, err := os.Stat(o.path)
	if err != nil {
		return nil, err
	}
	return []fs.DirEntry{o.entry(info)}, nil
}

// Stat implements [fs.StatFS]: "." is the tree.
func (o oneFile) Stat(name string) (fs.FileInfo, error) {
	switch name {
	case ".":
		return os.Stat(os.TempDir())
	case o.name:
		return os.Stat(o.path)
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

func (o oneFile) entry(info fs.FileInfo) fs.DirEntry {
	return named{fs.FileInfoToDirEntry(info), o.name}
}

type named struct {
	fs.DirEntry
	name string
}

// Name returns the name that the file was known by.
func (n named) Name() string { return n.name }
