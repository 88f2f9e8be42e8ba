package importkb_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb/importkb"
)

// TestFaultsSayWhatToDo: what is wrong with a file has a message of its own, and
// the line where it begins.
func TestFaultsSayWhatToDo(t *testing.T) {
	for name, want := range map[string]struct {
		data []byte
		says string
	}{
		"a.zip":    {[]byte("no zip"), "not_zip"},
		"cut.zip":  {zipped(t, "a.md", "# A\n\ntext")[:60], "not_zip"},
		"none.zip": {zipped(t), "empty"},
		"odd.zip":  {zipped(t, "a.txt", "words"), "no_articles"},
		"a.exe":    {[]byte("MZ"), "format"},
		"a.jsonl":  {nil, "no_articles"},
	} {
		file := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(file, want.data, 0o600))
		err := importkb.Check(file, name)
		if name == "odd.zip" { // only its table is read before it is imported
			require.NoError(t, err)
			continue
		}
		says, ok := errors.AsType[*errs.Says](err)
		require.True(t, ok, "%s: %v", name, err)
		require.Equal(t, "error.import."+want.says, says.Message.Key, name)
	}
	b := archive(t, zipped(t, "../a.md", "x", "b.md", "# B", "b.md", "# B again", "c.docx", "no document", "latin.md", "# C\n\nM\xfcller", "wide.md", "\xff\xfea\x00", "d.docx", string(zipped(t, "word/document.xml", "<a>"))))
	got := map[string]string{}
	for _, p := range b.Problems {
		got[p.File] = p.Says.Key
		if p.File == "latin.md" {
			require.Equal(t, 3, p.Line)
		}
	}
	require.Equal(t, map[string]string{
		"../a.md": "error.import.outside", "b.md": "error.import.twice", "c.docx": "error.import.not_docx", "d.docx": "error.import.damaged",
		"latin.md": "error.import.encoding", "wide.md": "error.import.encoding",
	}, got)
	long := bytes.Repeat([]byte("x"), 5<<20)
	b = archive(t, zipped(t, "long.md", string(long)))
	require.Equal(t, errs.Message{Key: "error.import.too_long", Args: map[string]any{"max": int64(4 << 20)}}, b.Problems[0].Says)
}
