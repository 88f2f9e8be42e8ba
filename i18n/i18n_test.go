package i18n_test

import (
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
)

// layer makes a catalog layer of file names and contents in turn.
func layer(files ...string) fs.FS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fsys
}

func newCatalog(t testing.TB, opts *i18n.Options) *i18n.Catalog {
	t.Helper()
	c, err := i18n.New(opts)
	require.NoError(t, err)
	return c
}

// texts is a catalog with an English layer of one text, key "x", per language.
func texts(t testing.TB, inLanguage ...string) *i18n.Catalog {
	t.Helper()
	var files []string
	for i := 0; i < len(inLanguage); i += 2 {
		files = append(files, inLanguage[i]+".json", `{"x": "`+inLanguage[i+1]+`"}`)
	}
	return newCatalog(t, &i18n.Options{Layers: []fs.FS{layer(files...)}})
}

var noon = time.Date(2026, time.November, 1, 16, 5, 9, 0, time.UTC)
