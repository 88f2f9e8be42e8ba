package filetext_test

import (
	"archive/zip"
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/filetext"
)

func extract(t *testing.T, mime, data string) (string, error) {
	t.Helper()
	return filetext.Extract(t.Context(), mime, strings.NewReader(data), int64(len(data)))
}

func docx(t *testing.T, file, content string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(file)
	require.NoError(t, err)
	_, err = w.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

func TestExtract(t *testing.T) {
	const word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	for _, c := range []struct{ mime, data, want string }{
		{"text/plain", "\xef\xbb\xbfone\x00 \x1b[31mtwo\r\n\r\nthree \xff", "one [31mtwo\nthree"},
		{"text/plain", "\xff\xfeh\x00i\x00 \x00\x3d\xd8\x00\xde", "hi 😀"},
		{"text/html", "<title>T</title><p>One<b>two</b><script>no()</script><style>p{}</style> &amp; three<p>four", "T\nOne\ntwo\n& three\nfour"},
		{"text/vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Hello</v>\nall\n\n00:02.000 --> 00:03.000\nHello all\n\nNOTE none\n", "Hello all"},
		{word, docx(t, "word/document.xml", `<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>One</w:t><w:tab/><w:t>two</w:t></w:r></w:p><w:p><w:t>three</w:t></w:p></w:body></w:document>`), "One two\nthree"},
		{"application/json", `{"a": "b"}`, `{"a": "b"}`},
	} {
		got, err := extract(t, c.mime, c.data)
		require.NoError(t, err, c.mime)
		require.Equal(t, c.want, got, c.mime)
	}
	for mime, data := range map[string]string{word: docx(t, "other.xml", "x"), "image/png": "x"} {
		_, err := extract(t, mime, data)
		require.Error(t, err)
	}
}

// TestBounds: a small file that becomes a large one is read as far as it may.
func TestBounds(t *testing.T) {
	const word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	bomb := docx(t, "word/document.xml", "<p>"+strings.Repeat("many words ", 6<<20)+"</p>")
	require.Less(t, len(bomb), 1<<20)
	got, _ := extract(t, word, bomb)
	require.LessOrEqual(t, len(got), filetext.MaxText)
	got, err := extract(t, "text/plain", strings.Repeat("wörter ", 1<<20))
	require.NoError(t, err)
	require.LessOrEqual(t, len(got), filetext.MaxText)
	require.Equal(t, got, strings.ToValidUTF8(got, "?"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = filetext.Extract(ctx, "text/html", strings.NewReader("<p>x"), 4)
	require.ErrorIs(t, err, context.Canceled)
}
