package site

import (
	"archive/zip"
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

// TestImportOfOwnExport: what was downloaded and sent back doubles nothing, and an
// import can be undone as a whole.
func TestImportOfOwnExport(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ruth")
	export := c.get("/en" + transferPath + "/export").Body
	for _, name := range []string{"articles.zip", "renamed.zip"} {
		page := c.importing(s, name, export, "do", "run", "key", name).Body
		require.Contains(t, page, "0 new articles, 0 changed, ", name)
		require.Contains(t, page, "Pictures: 0. Categories: 0.", name)
		require.NotContains(t, page, "/undo")
		require.NotContains(t, page, "Not taken in")
	}

	pack := packed(t, map[string]string{"a.md": "# Zqundo one\n\n[file](media/secret.txt)", "b.md": "# Zqundo two\n\nText.", "media/secret.txt": "words"})
	tried := c.importing(s, "pack.zip", pack, "do", "try", "key", "try").Body
	sent := c.sendFile("pack.zip", pack, "do", "run", "key", "run")
	s.work(t)
	at := sent.Header.Get("Location")
	done := c.get(at).Body
	for _, page := range []string{tried, done} {
		require.Contains(t, page, "2 new articles")
		require.Contains(t, page, "Pictures: 1.")
		require.NotContains(t, page, "Not taken in", "a check says what the import does")
	}
	require.Contains(t, done, "Put 2 articles into the bin")
	require.NotContains(t, tried, "/undo")
	require.Contains(t, c.get("/en/desk/articles?title=zqundo").Body, "Zqundo one")
	require.Equal(t, at, c.post(at+"/undo", nil).Header.Get("Location"))
	require.Contains(t, c.get(at).Body, "The import was undone")
	require.NotContains(t, c.get("/en/desk/articles?title=zqundo").Body, "Zqundo one")
	require.Contains(t, c.get("/en/desk/bin").Body, "Zqundo one")
	require.Equal(t, 303, c.post(at+"/undo", nil).Status, "again does nothing")
	n, err := s.library.CountManuscripts(t.Context(), system, kb.ManuscriptQuery{})
	require.NoError(t, err)
	require.Positive(t, n)
}

// packed returns a ZIP of files by name.
func packed(t testing.TB, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(text))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.String()
}
