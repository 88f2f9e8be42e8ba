package importkb

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/stoa-go/stoa/internal/docfile"
	"github.com/stoa-go/stoa/kb"
)

// Limits of archives.
const (
	maxEntries = 100_000
	maxWhole   = 2 << 30 // bytes, of all files together
)

// Archive reads a ZIP: a folder of articles in any of the formats of [Folder], or
// an export of Zendesk Guide. name is the bundle's; empty means one that follows from
// what is in it: the portal or the help centre that it is from, the folder that all
// of it is in, or else which articles there are. Entries whose names lead out of
// the archive, that are there twice or are encrypted are reported and left out; one
// that is longer than it says cannot be read.
func Archive(r io.ReaderAt, size int64, name string) (kb.Bundle, error) {
	z, problems, err := openArchive(r, size)
	if err != nil {
		return kb.Bundle{}, fmt.Errorf("read %s: %w", name, err)
	}
	fsys, folder := within(z)
	b, err := read(fsys, name)
	if b.Name == "" {
		b.Name = cmp.Or(folder, contentName(b))
	}
	b.Problems = append(problems, b.Problems...)
	return b, err
}

func openArchive(r io.ReaderAt, size int64) (*zip.Reader, []kb.Problem, error) {
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, nil, faulty("not_zip", nil, "not a ZIP file: %v", err)
	}
	problems, err := vet(z)
	return z, problems, err
}

// checkArchive reads the table of an archive.
func checkArchive(r io.ReaderAt, size int64, name string) error {
	z, problems, err := openArchive(r, size)
	if err == nil && len(z.File)+len(problems) == 0 {
		err = faulty("empty", nil, "there is nothing in it")
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}

// vet takes out of an archive what nobody should read, and refuses one that is
// larger than any that people make.
func vet(z *zip.Reader) (problems []kb.Problem, err error) {
	var whole uint64
	seen := map[string]bool{}
	kept := z.File[:0]
	for _, f := range z.File {
		whole += f.UncompressedSize64
		switch err := odd(f, seen); {
		case err != nil:
			problems = append(problems, kb.NewProblem(tidy(f.Name), 0, err))
		default:
			seen[f.Name] = true
			kept = append(kept, f)
		}
		if len(problems) > 1000 {
			return nil, faulty("entries", map[string]any{"max": 1000}, "more than 1000 entries of the archive cannot be read")
		}
	}
	z.File = kept
	if len(kept) > maxEntries {
		return nil, faulty("too_many", map[string]any{"max": maxEntries}, "the archive has more than %d files", maxEntries)
	}
	if whole > maxWhole {
		return nil, faulty("too_long_together", map[string]any{"max": maxWhole}, "the files of the archive are longer than %d bytes together", maxWhole)
	}
	return problems, nil
}

// odd returns why an entry of an archive is left out.
func odd(f *zip.File, seen map[string]bool) error {
	name := strings.TrimSuffix(f.Name, "/")
	switch {
	case !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00"):
		return faulty("outside", nil, "its name leads out of the archive")
	case f.Mode()&fs.ModeType&^fs.ModeDir != 0:
		return faulty("no_file", nil, "it is a link or a device, not a file")
	case seen[f.Name]:
		return faulty("twice", nil, "the archive has it twice")
	case f.Flags&1 != 0:
		return faulty("encrypted", nil, "it is encrypted")
	}
	return nil
}

// within returns the one folder that an archive consists of, with its name, or the
// archive.
func within(fsys fs.FS) (inside fs.FS, name string) {
	for range 3 {
		list, err := fs.ReadDir(fsys, ".")
		if err != nil || len(list) != 1 || !list[0].IsDir() {
			return fsys, name
		}
		// A folder that says something of the articles in it stays.
		if own := list[0].Name(); docfile.Sorts(own) || own == "media" {
			return fsys, name
		}
		inner, err := fs.Sub(fsys, list[0].Name())
		if err != nil {
			return fsys, name
		}
		fsys, name = inner, list[0].Name()
	}
	return fsys, name
}

// read reads a tree of files, whatever it is.
func read(fsys fs.FS, name string) (kb.Bundle, error) {
	if files := zendeskFiles(fsys); len(files) > 0 {
		return zendesk(fsys, files, name)
	}
	b, err := Folder(fsys, name)
	know(&b, fsys, name)
	return b, err
}

// pictureEnding reports whether a file's name is that of a picture.
func pictureEnding(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg":
		return true
	}
	return false
}
