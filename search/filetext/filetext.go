// Package filetext finds the words in files, PDF among them, so that a search
// finds what they are attached to.
package filetext

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ledongthuc/pdf"

	"github.com/stoa-go/stoa/internal/filetext"
)

const (
	maxPDF      = 32 << 20  // bytes of a PDF that is read at all
	maxUnpacked = 128 << 20 // bytes that are packed in one
	maxPages    = 2000
)

// Errors that Extract returns, alone or wrapped.
var (
	ErrKind  = filetext.ErrKind                                     // no words are found in files of this kind
	ErrLarge = errors.New("there is too much in this file to read") // or it would be when it is unpacked
)

// Extract returns the words in a file of a type: text, HTML, captions, documents
// of Word and OpenDocument, PDF. At most half a megabyte of words is returned. It
// ends with ctx between two pages.
func Extract(ctx context.Context, mime string, r io.ReaderAt, size int64) (string, error) {
	if mime == "application/pdf" {
		text, err := inPDF(ctx, r, size)
		return filetext.Tidy(text), err
	}
	return filetext.Extract(ctx, mime, r, size)
}

func inPDF(ctx context.Context, r io.ReaderAt, size int64) (text string, err error) {
	defer func() {
		if fault := recover(); fault != nil { // the library panics on what it does not understand
			err = fmt.Errorf("pdf: %v", fault)
		}
	}()
	if size > maxPDF {
		return "", ErrLarge
	}
	data, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return "", err
	}
	if err := bearable(ctx, data); err != nil {
		return "", err
	}
	doc, err := pdf.NewReader(bytes.NewReader(data), size)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fonts := map[string]*pdf.Font{}
	for i := 1; i <= min(doc.NumPage(), maxPages) && b.Len() < filetext.MaxText; i++ {
		if err := ctx.Err(); err != nil {
			return b.String(), err
		}
		page, err := doc.Page(i).GetPlainText(fonts)
		if err != nil {
			return b.String(), err
		}
		b.WriteString(page + "\n")
	}
	return b.String(), nil
}

// bearable refuses a PDF that is much larger when it is unpacked: the library
// unpacks whole streams. What is packed twice is refused as well, for nobody
// packs twice who has nothing to hide.
func bearable(ctx context.Context, data []byte) error {
	left := int64(maxUnpacked)
	for at := 0; ctx.Err() == nil; {
		i := bytes.Index(data[at:], []byte("stream"))
		if i < 0 {
			return nil
		}
		at += i + len("stream")
		rest := bytes.TrimPrefix(bytes.TrimPrefix(data[at:], []byte("\r")), []byte("\n"))
		z, err := zlib.NewReader(bytes.NewReader(rest))
		if err != nil {
			continue
		}
		n, packed := unpack(z, left)
		if left -= n; left <= 0 || packed {
			return ErrLarge
		}
	}
	return ctx.Err()
}

// unpack returns how long a stream is, up to most, and whether what is in it is
// packed again.
func unpack(r io.Reader, most int64) (n int64, packed bool) {
	var head [2]byte
	got, _ := io.ReadFull(r, head[:])
	packed = got == 2 && head[0] == 0x78 && (int(head[0])<<8|int(head[1]))%31 == 0
	n, _ = io.Copy(io.Discard, io.LimitReader(r, most))
	return n + int64(got), packed
}
