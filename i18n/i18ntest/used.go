package i18ntest

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stoa-go/stoa/i18n"
)

// Usage says where keys are used. A nil *Usage means the zero Usage.
type Usage struct {
	// Dirs are the folders searched, with what is below, for .go files and
	// templates (.html, .gohtml, .tmpl). Tests, testdata, vendor and hidden
	// folders are left out. Nil means the current folder.
	Dirs []string

	// Skip names folders to leave out, relative to a Dir with slashes. Nil
	// means none.
	Skip []string

	// Dynamic lists prefixes of keys that the program makes up as it runs, in
	// ways not seen here. Nil means none.
	Dynamic []string

	// Library includes the library's own texts in the search for keys that
	// nobody uses. False leaves them out: they are used inside it.
	Library bool
}

// A Use is a key found in a file.
type Use struct {
	File string
	Line int
	Key  string // or the beginning of keys, when Open
	Open bool   // something is appended to Key as the program runs
	Text bool   // a text with the key is asked for; else Key is a string that may be one
}

// Used fails the test for each key that the files ask for and no language has,
// and for each key of the source language that no file mentions.
//
// In Go files a key is the first argument of T, HTML and Has, the second of
// Say, Field and Add, and the Key of a Message. In templates it is what follows
// .T, .HTML, .Has, t and html_t. A string elsewhere that reads like a key counts
// as its use, and one that something is appended to counts for all keys it begins.
func Used(t testing.TB, c *i18n.Catalog, u *Usage) {
	t.Helper()
	uses, err := Find(u)
	if err != nil {
		t.Error(err)
		return
	}
	for _, problem := range compare(c, u, uses) {
		t.Error(problem)
	}
}

// compare returns what is wrong between the uses and the catalog.
func compare(c *i18n.Catalog, u *Usage, uses []Use) []string {
	known := map[string]bool{}
	for _, l := range c.Locales() {
		for key := range c.Texts(l) {
			known[key] = false
		}
	}
	var out []string
	for _, use := range uses {
		switch _, ok := known[use.Key]; {
		case use.Open:
			if !mark(known, use.Key) && use.Text {
				out = append(out, fmt.Sprintf("%s:%d: no key begins with %q", use.File, use.Line, use.Key))
			}
		case ok:
			known[use.Key] = true
		case use.Text:
			out = append(out, fmt.Sprintf("%s:%d: no language has the key %q", use.File, use.Line, use.Key))
		}
	}
	return append(out, unused(c, u, known)...)
}

// mark notes the use of all keys with a prefix.
func mark(known map[string]bool, prefix string) bool {
	found := false
	for key := range known {
		if strings.HasPrefix(key, prefix) {
			known[key], found = true, true
		}
	}
	return found
}

func unused(c *i18n.Catalog, u *Usage, known map[string]bool) []string {
	if u != nil {
		for _, prefix := range u.Dynamic {
			mark(known, prefix)
		}
	}
	library := map[string]string{}
	if u == nil || !u.Library {
		library = libraryTexts()
	}
	var out []string
	for key := range c.Texts(c.Source()) {
		if _, ours := library[key]; !ours && !known[key] {
			out = append(out, fmt.Sprintf("nobody uses the key %q", key))
		}
	}
	slices.Sort(out)
	return out
}

func libraryTexts() map[string]string {
	c, err := i18n.New(nil)
	if err != nil {
		return nil
	}
	return c.Texts(c.Source())
}

// Find returns the uses of keys in files, in order of file and line.
func Find(u *Usage) ([]Use, error) {
	if u == nil {
		u = &Usage{}
	}
	dirs := u.Dirs
	if dirs == nil {
		dirs = []string{"."}
	}
	var out []Use
	for _, dir := range dirs {
		found, err := findIn(dir, u.Skip)
		if err != nil {
			return nil, fmt.Errorf("i18ntest: %w", err)
		}
		out = append(out, found...)
	}
	slices.SortFunc(out, func(a, b Use) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Key, b.Key))
	})
	return out, nil
}

func findIn(dir string, skip []string) ([]Use, error) {
	fsys := os.DirFS(dir)
	var out []Use
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case !d.IsDir():
			return nil
		case slices.Contains(skip, name) || leftOut(name):
			return fs.SkipDir
		}
		found, err := findInFolder(fsys, name)
		for i := range found {
			found[i].File = filepath.Join(dir, filepath.FromSlash(found[i].File))
		}
		out = append(out, found...)
		return err
	})
	return out, err
}

func leftOut(folder string) bool {
	base := path.Base(folder)
	return base == "testdata" || base == "vendor" || base == "node_modules" ||
		base != "." && strings.HasPrefix(base, ".")
}

// findInFolder reads one folder: Go files together, for they share constants.
func findInFolder(fsys fs.FS, folder string) ([]Use, error) {
	entries, err := fs.ReadDir(fsys, folder)
	if err != nil {
		return nil, err
	}
	var out []Use
	source := &goFiles{constants: map[string]string{}}
	for _, e := range entries {
		name := path.Join(folder, e.Name())
		switch path.Ext(name) {
		case ".go":
			if !e.IsDir() && !strings.HasSuffix(name, "_test.go") {
				err = source.read(fsys, name)
			}
		case ".html", ".gohtml", ".tmpl":
			var found []Use
			found, err = findInTemplate(fsys, name)
			out = append(out, found...)
		}
		if err != nil {
			return nil, err
		}
	}
	return append(out, source.uses()...), nil
}
