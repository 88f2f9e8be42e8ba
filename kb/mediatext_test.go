package kb_test

import (
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

// indexed returns the body of an article in the index, and follows the log.
func (w *world) indexed(after string, id string) (body, next string) {
	w.t.Helper()
	for {
		changes, more, err := w.Source().Changes(w.ctx(), after, 100)
		require.NoError(w.t, err)
		for _, c := range changes {
			if c.Group == "article/"+id {
				for _, d := range c.Documents {
					body = d.Body
				}
			}
		}
		if len(changes) == 0 || more == after {
			return body, more
		}
		after = more
	}
}

// TestWordsInFiles: a search finds an article by what is in the files that its
// readers may have, as soon as that was read.
func TestWordsInFiles(t *testing.T) {
	w := newFiledWorld(t)
	w.place("open", "", "public")
	for _, name := range []string{"all.txt", "acme.txt", "block.txt"} {
		_, err := w.upload(reviewer, name, "words of "+name)
		require.NoError(t, err)
	}
	_, err := w.SaveBlock(w.ctx(), reviewer, kb.Block{Name: "legal", Audience: []string{"public"}, Texts: kb.Words{"en": "[t](media:block.txt)"}})
	require.NoError(t, err)
	d := draft("hubs", "open", "public")
	d.Body = "[a](media:all.txt)\n\n:::for account:acme\n[b](media:acme.txt)\n:::\n\n:::include legal\n"
	a := w.show(d)
	body, at := w.indexed("", a.ID)
	require.NotContains(t, body, "words of")
	require.NoError(t, w.DoDue(t.Context()))
	body, at = w.indexed(at, a.ID)
	require.Contains(t, body, "words of all.txt")
	require.Contains(t, body, "words of block.txt")
	require.NotContains(t, body, "words of acme.txt")
	m, err := w.Media(w.ctx(), reviewer, "all.txt")
	require.NoError(t, err)
	require.Equal(t, []any{kb.TextRead, 1}, []any{m.Words, m.Tries})
	require.NoError(t, w.DoDue(t.Context()))
	body, at = w.indexed(at, a.ID)
	require.Empty(t, body, "nothing has changed")
	other := kb.Upload{Name: "all.txt", Replace: true, Content: reading("other letters")}
	_, err = w.Upload(w.ctx(), reviewer, other)
	require.NoError(t, err)
	require.NoError(t, w.DoDue(t.Context()))
	body, _ = w.indexed(at, a.ID)
	require.Contains(t, body, "other letters")
	require.NotContains(t, body, "words of all.txt")
}

func reading(s string) io.Reader { return &text{s} }

type text struct{ left string }

func (t *text) Read(p []byte) (int, error) {
	if t.left == "" {
		return 0, io.EOF
	}
	n := copy(p, t.left)
	t.left = t.left[n:]
	return n, nil
}

// TestWordsThatCannotBeRead: who reads them may fail in any way, and is not asked
// for ever.
func TestWordsThatCannotBeRead(t *testing.T) {
	ways := map[string]kb.TextReader{
		"panic.txt": func(context.Context, string, io.ReaderAt, int64) (string, error) { panic("strange file") },
		"error.txt": func(context.Context, string, io.ReaderAt, int64) (string, error) { return "", io.ErrUnexpectedEOF },
	}
	for name, way := range ways {
		w := newFiledWorld(t, func(o *kb.Options) { o.ReadText = way })
		_, err := w.upload(reviewer, name, "x")
		require.NoError(t, err)
		require.NoError(t, w.DoDue(t.Context()))
		m, err := w.Media(w.ctx(), reviewer, name)
		require.NoError(t, err)
		require.Equal(t, kb.TextFailed, m.Words, name)
	}
	w := newFiledWorld(t)
	m, err := w.upload(reviewer, "deadly.txt", "x")
	require.NoError(t, err)
	require.NoError(t, w.store.SaveMediaText(w.ctx(), m.Name, m.Hash, kb.MediaText{State: kb.TextWaiting, Tries: 3}, nil))
	require.NoError(t, w.DoDue(t.Context()))
	m, err = w.Media(w.ctx(), reviewer, m.Name)
	require.NoError(t, err)
	require.Equal(t, kb.TextFailed, m.Words, "it was begun often enough")
}
