// Package importkb reads articles from files, for [kb.Library.Import].
//
// [Folder] reads a folder of Markdown files with front matter, of HTML files, of
// documents of Word (DOCX), or the HTML export of a space of Confluence. [Archive]
// reads a ZIP with any of them, or an export of Zendesk Guide, and what
// [kb.Library.Export] wrote. [JSONLines] reads a file with one article a line.
// A [Mirror] keeps articles as the files of a folder are, for as long as it runs.
// All read what they can and report the rest by file, line and reason.
package importkb

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/stoa-go/stoa/internal/docfile"
	"github.com/stoa-go/stoa/kb"
)

// Path reads whatever is at path: a folder, a ZIP, an articles.jsonl, a document
// of Word, or a page of HTML. The name of the bundle is the name of the folder, or
// of the folder that another file is in, so that importing from there again finds
// the same articles; that of a ZIP follows from what is in it.
func Path(path string) (kb.Bundle, error) {
	info, err := os.Stat(path)
	if err != nil {
		return kb.Bundle{}, err
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return kb.Bundle{}, err
	}
	if info.IsDir() {
		if file := filepath.Join(path, "articles.jsonl"); exists(file) {
			return readLines(file, filepath.Base(full))
		}
		return read(os.DirFS(path), filepath.Base(full))
	}
	return File(path, path, filepath.Base(filepath.Dir(full)))
}

// File reads the one file at path, whose format is told by how the name ends under
// which it was known. name is the bundle's; that of a ZIP follows from what
// is in it, see [Archive].
func File(path, known, name string) (kb.Bundle, error) {
	f, err := os.Open(path)
	if err != nil {
		return kb.Bundle{}, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return kb.Bundle{}, err
	}
	base := filepath.Base(known)
	switch ext := strings.ToLower(filepath.Ext(base)); {
	case ext == ".jsonl":
		return JSONLines(f, base, name)
	case ext == ".zip":
		return Archive(f, info.Size(), "")
	case readable(base):
		return read(oneFile{path, base}, name)
	}
	return kb.Bundle{}, faulty("format", nil, "import %s: want a folder, or a file whose name ends in .md, .html, .docx, .zip, .json or .jsonl", known)
}

// readable reports whether the name is that of a single file that can be read.
func readable(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".md", ".markdown", ".html", ".htm", ".docx", ".json", ".jsonl":
		return true
	}
	return false
}

// ErrNoArticles is an error of files in which nothing is known as an article.
var ErrNoArticles = faulty("no_articles", nil, "there are no articles in it")

// Check says whether [File] can begin to read the file at path, which was known
// under a name. It reads the table of a ZIP, and nothing else of a file that is
// longer than a page of Markdown may be.
func Check(path, known string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if strings.ToLower(filepath.Ext(known)) == ".zip" {
		return checkArchive(f, info.Size(), filepath.Base(known))
	}
	if info.Size() > maxFile && readable(known) {
		return nil
	}
	b, err := File(path, known, "")
	if err == nil && len(b.Items)+len(b.Problems) == 0 {
		err = ErrNoArticles
	}
	return err
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func readLines(path, name string) (kb.Bundle, error) {
	f, err := os.Open(path)
	if err != nil {
		return kb.Bundle{}, err
	}
	defer f.Close()
	return JSONLines(f, filepath.Base(path), name)
}

// status reads what a file says of its article's state.
func status(s string, draft, archived, published *bool) (kb.Status, error) {
	state, err := docfile.ReadState(s, draft, archived, published)
	return kb.Status(state), err
}
