package hostiletest

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// DataDir returns a folder of the test data, or skips the test.
func DataDir(tb testing.TB, folder string) string {
	tb.Helper()
	root := os.Getenv("STOA_TEST_DATA")
	if root == "" {
		tb.Skip("STOA_TEST_DATA is not set")
	}
	return filepath.Join(root, folder)
}

// Lines decodes a file of JSON lines of the test data, or skips the test.
func Lines[T any](tb testing.TB, name string) []T {
	tb.Helper()
	f, err := os.Open(DataDir(tb, name))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var all []T
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var v T
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			tb.Fatalf("%s: %v", name, err)
		}
		all = append(all, v)
	}
	if lines.Err() != nil {
		tb.Fatal(lines.Err())
	}
	return all
}

// Corpus returns every text in the folder attacks of the test data, or skips
// the test: vectors for Markdown and HTML, naughty strings, broken encodings,
// file names and the examples of the specifications.
func Corpus(tb testing.TB) []string {
	tb.Helper()
	var all []string
	for _, file := range []string{"markdown-vectors/vectors", "dompurify/expect", "commonmark-spec/spec",
		"gfm-spec/spec", "gfm-spec/extensions", "gfm-spec/cmark-regression", "uploads/filenames", "utf8tests/utf8tests"} {
		for _, row := range Lines[row](tb, "attacks/"+file+".jsonl") {
			all = append(all, row.text())
		}
	}
	naughty, err := os.ReadFile(DataDir(tb, "attacks/blns/blns.json"))
	if err != nil {
		tb.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal(naughty, &list); err != nil {
		tb.Fatal(err)
	}
	return append(all, list...)
}

// A row is a line of any of the files.
type row struct{ Markdown, Payload, Filename, Hex string }

func (r row) text() string {
	raw, _ := hex.DecodeString(r.Hex)
	return r.Markdown + r.Payload + r.Filename + string(raw)
}
