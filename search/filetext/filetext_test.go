package filetext_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search/filetext"
)

// paper returns a PDF of one page with a stream, packed if so.
func paper(t *testing.T, stream string, times int) []byte {
	t.Helper()
	filter := ""
	for range times {
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		_, err := z.Write([]byte(stream))
		require.NoError(t, err)
		require.NoError(t, z.Close())
		stream, filter = b.String(), filter+" /FlateDecode"
	}
	if filter != "" {
		filter = " /Filter [" + filter + "]"
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, object := range []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d%s >>\nstream\n%s\nendstream", len(stream), filter, stream),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, place := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", place)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, xref)
	return b.Bytes()
}

const words = "BT /F1 12 Tf 10 100 Td (Replace the condenser filter) Tj ET"

func extract(data []byte) (string, error) {
	return filetext.Extract(context.Background(), "application/pdf", bytes.NewReader(data), int64(len(data)))
}

func TestPDF(t *testing.T) {
	for times := range 2 {
		got, err := extract(paper(t, words, times))
		require.NoError(t, err)
		require.Equal(t, "Replace the condenser filter", got)
	}
}

// TestHostilePDF: what is broken, or grows without measure, is an error.
func TestHostilePDF(t *testing.T) {
	bomb := paper(t, words+strings.Repeat(" ", 200<<20), 1)
	require.Less(t, len(bomb), 1<<20)
	_, err := extract(bomb)
	require.ErrorIs(t, err, filetext.ErrLarge)
	_, err = extract(paper(t, words, 2))
	require.ErrorIs(t, err, filetext.ErrLarge)
	whole := paper(t, words, 1)
	for _, data := range [][]byte{[]byte("%PDF-1.4"), whole[:len(whole)/2], bytes.ReplaceAll(whole, []byte("5 0 R"), []byte("2 0 R")), bytes.ReplaceAll(whole, []byte("/Count 1"), []byte("/Count -"))} {
		_, _ = extract(data) // whatever it says, it returns
	}
	_, err = extract([]byte("%PDF-1.4 nothing"))
	require.Error(t, err)
}

func TestOtherKinds(t *testing.T) {
	got, err := filetext.Extract(t.Context(), "text/plain", strings.NewReader("hello"), 5)
	require.NoError(t, err)
	require.Equal(t, "hello", got)
	_, err = filetext.Extract(t.Context(), "image/png", strings.NewReader("x"), 1)
	require.ErrorIs(t, err, filetext.ErrKind)
}
