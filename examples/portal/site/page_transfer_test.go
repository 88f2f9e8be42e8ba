package site

import (
	"archive/zip"
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
)

// sendFile sends a file with the form of the page.
func (c *client) sendFile(name, content string, fields ...string) answer {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		require.NoError(c.t, w.WriteField(fields[i], fields[i+1]))
	}
	if name != "" {
		f, err := w.CreateFormFile("file", name)
		require.NoError(c.t, err)
		_, err = f.Write([]byte(content))
		require.NoError(c.t, err)
	}
	require.NoError(c.t, w.Close())
	return c.do("POST", "/en"+transferPath, b.String(), "Content-Type", w.FormDataContentType())
}

// TestTransfer: files come in, after a look at what they would change, and
// everything goes out, for those who may.
func TestTransfer(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	page := "<html lang=en><h1>Zebra crossing</h1><p>Stripes &amp; such.</p>"
	t.Run("is for those who import", func(t *testing.T) {
		for _, person := range []string{"", "tom", "ines"} {
			require.Equal(t, unseen(person), as(person).get("/en"+transferPath).Status, person)
			require.Equal(t, unseen(person), as(person).get("/en"+transferPath+"/export").Status, person)
			require.Equal(t, refusal(person), as(person).sendFile("a.html", page, "do", "run").Status, person)
		}
		require.Contains(t, as("ruth").get("/en/desk").Body, "/en"+transferPath)
	})
	c := as("ruth")
	t.Run("says what is wrong", func(t *testing.T) {
		require.Contains(t, c.sendFile("", "", "name", "my source").Body, "Choose a file.")
		require.Contains(t, c.sendFile("", "", "name", "my source").Body, `value="my source"`)
		for name, want := range map[string][2]string{
			"a.zip": {"no zip", "This is no ZIP file"}, "a.exe": {"x", "Files of this kind are not read."}, "a.zip.zip": {"", "This is no ZIP file"},
			"a.jsonl": {"", "Nothing in it is known as an article."},
		} {
			got := c.sendFile(name, want[0])
			require.Equal(t, 422, got.Status)
			require.Contains(t, got.Body, want[1])
		}
		require.Equal(t, 422, c.do("POST", "/en"+transferPath, "no form").Status)
		require.Empty(t, s.uploads(t), "what was refused is not kept")
		require.Contains(t, c.importing(s, "a.docx", "no document", "do", "run").Body, "a.docx: This is no document of Word")
	})
	t.Run("tries, and does", func(t *testing.T) {
		got := c.importing(s, "zebra.html", page+strings.Repeat("<!-- long -->", 200_000), "do", "try")
		for _, want := range []string{"What an import would change", "1 new article, 0 changed", "Zebra crossing", "Import now", "1 of 1 article"} {
			require.Contains(t, got.Body, want)
		}
		require.NotContains(t, c.get("/en/desk/articles?title=zebra").Body, "Zebra crossing")
		got = c.importing(s, "zebra.html", page, "do", "run")
		require.Contains(t, got.Body, "The import is done")
		require.Contains(t, c.get("/en/desk/articles?title=zebra").Body, "Zebra crossing")
		require.Equal(t, 404, as("").get("/en/articles/zebra").Status, "it is for staff unless somebody says otherwise")
		require.Contains(t, c.importing(s, "zebra.html", page, "do", "run").Body, "0 new articles, 0 changed, 1 as it was")
	})
	t.Run("says why in the reader's language", func(t *testing.T) {
		list, _, err := s.library.Manuscripts(t.Context(), system, kb.ManuscriptQuery{Title: "zebra crossing"})
		require.NoError(t, err)
		a, err := s.library.Delete(t.Context(), system, list[0].ID, list[0].Version)
		require.NoError(t, err)
		sent := c.sendFile("zebra.html", page, "do", "run")
		s.work(t)
		got := c.get(strings.Replace(sent.Header.Get("Location"), "/en/", "/de/", 1))
		require.Contains(t, got.Body, "Dieser Artikel liegt im Papierkorb.")
		require.NotContains(t, got.Body, "error.bin")
		_, err = s.library.Undelete(t.Context(), system, a.ID, a.Version)
		require.NoError(t, err)
		got = c.importing(s, "z.zip", packed(t, map[string]string{"../a.md": "x", "b.md": "# B\n\nM\xfcller"}))
		require.Contains(t, got.Body, "../a.md: Its name leads out of the ZIP.")
		require.Contains(t, got.Body, "b.md:3: The text is not written in UTF-8")
		got = c.importing(s, "z.zip", packed(t, map[string]string{"words.txt": "x"}))
		require.Contains(t, got.Body, "Nothing in it is known as an article.")
	})
	t.Run("gives everything out", func(t *testing.T) {
		got := c.get("/en" + transferPath + "/export")
		require.Equal(t, "application/zip", got.Header.Get("Content-Type"))
		z, err := zip.NewReader(strings.NewReader(got.Body), int64(len(got.Body)))
		require.NoError(t, err)
		b, err := importkb.Folder(z, "copy")
		require.NoError(t, err)
		require.Empty(t, b.Problems)
		require.NotEmpty(t, b.Media)
		require.Equal(t, 200, c.get("/api/v1/export").Status)
		zebra := b.Items[slices.IndexFunc(b.Items, func(i kb.Item) bool { return i.Title == "Zebra crossing" })].External
		require.NoError(t, s.library.SaveRedirects(t.Context(), system, kb.Redirect{From: "/articles/donkey", To: "article/" + zebra}))
		require.Equal(t, "/en/articles/zebra", c.get("/en/articles/donkey").Header.Get("Location"), "an address that it had elsewhere")
		require.Equal(t, 404, as("").get("/en/articles/donkey").Status)
	})
}

// TestTransferPage: the page can be used by everybody.
func TestTransferPage(t *testing.T) {
	s := open(t)
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	p := browser.Open(t, &browser.Options{Width: 1280})
	p.Go(server.URL + "/demo")
	p.Submit(`form:has([value="` + "ruth" + `"]) button`)
	require.Equal(t, 200, p.Go(server.URL+"/en"+transferPath))
	require.Empty(t, p.Axe())
}
