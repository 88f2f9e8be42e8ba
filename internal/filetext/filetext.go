// Package filetext finds the words in files, for an index: text, HTML, WebVTT and
// documents of Word and OpenDocument. Whatever a file claims, what is read of it
// and what comes out is bounded.
package filetext

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"golang.org/x/net/html"
)

const (
	// MaxText is how many bytes of text are returned at most.
	MaxText = 512 << 10

	maxPlain  = 4 << 20  // how much of a text is read
	maxMarkup = 16 << 20 // how much of a page, or of what is packed in a document
)

// ErrKind is for files of a kind that no words are found in here.
var ErrKind = errors.New("no words can be found in files of this kind")

// Extract returns the words in a file of a type. It ends with ctx.
func Extract(ctx context.Context, mime string, r io.ReaderAt, size int64) (string, error) {
	text, err := extract(ctx, mime, r, size)
	return Tidy(text), err
}

func extract(ctx context.Context, mime string, r io.ReaderAt, size int64) (string, error) {
	switch {
	case mime == "text/html":
		return page(ctx, io.NewSectionReader(r, 0, min(size, maxMarkup)))
	case mime == "text/vtt":
		text, err := plain(r, size)
		return strings.Join(spoken(text), "\n"), err
	case strings.HasSuffix(mime, "wordprocessingml.document"):
		return packed(ctx, r, size, "word/document.xml")
	case mime == "application/vnd.oasis.opendocument.text":
		return packed(ctx, r, size, "content.xml")
	case strings.HasPrefix(mime, "text/"), slices.Contains([]string{"application/json", "application/yaml", "application/xml"}, mime):
		return plain(r, size)
	}
	return "", fmt.Errorf("%s: %w", mime, ErrKind)
}

// Tidy returns text that every database takes, on short lines, cut at MaxText.
func Tidy(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	var b strings.Builder
	for line := range strings.Lines(text) {
		words := strings.Join(strings.Fields(line), " ")
		if words == "" {
			continue
		}
		if b.Len()+len(words)+1 > MaxText {
			b.WriteString(strings.ToValidUTF8(words[:max(0, MaxText-b.Len()-1)], ""))
			break
		}
		b.WriteString(words + "\n")
	}
	return strings.TrimSpace(b.String())
}

// plain returns a text, whatever its letters are made of.
func plain(r io.ReaderAt, size int64) (string, error) {
	data, err := io.ReadAll(io.NewSectionReader(r, 0, min(size, maxPlain)))
	if err != nil {
		return "", err
	}
	for sign, order := range map[string]binary.ByteOrder{"\xff\xfe": binary.LittleEndian, "\xfe\xff": binary.BigEndian} {
		if bytes.HasPrefix(data, []byte(sign)) {
			units := make([]uint16, len(data)/2)
			for i := range units {
				units[i] = order.Uint16(data[2*i:])
			}
			return string(utf16.Decode(units[1:])), nil
		}
	}
	return string(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))), nil
}

// page returns what is to be read on a page.
func page(ctx context.Context, r io.Reader) (string, error) {
	z := html.NewTokenizer(r)
	z.SetMaxBuf(maxPlain)
	var b strings.Builder
	hidden := ""
	for b.Len() < MaxText && ctx.Err() == nil {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				return b.String(), err
			}
			return b.String(), nil
		case html.TextToken:
			if hidden == "" {
				b.Write(z.Text())
			}
		case html.StartTagToken:
			name, _ := z.TagName()
			if s := string(name); hidden == "" && (s == "script" || s == "style" || s == "template") {
				hidden = s
			}
			b.WriteByte('\n')
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == hidden {
				hidden = ""
			}
			b.WriteByte('\n')
		}
	}
	return b.String(), ctx.Err()
}

// packed returns the words in a document that is an archive.
func packed(ctx context.Context, r io.ReaderAt, size int64, name string) (string, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return "", errors.New("there is no " + name + " in it")
	}
	f, err := z.File[i].Open()
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return words(ctx, io.LimitReader(f, maxMarkup))
}

// words returns the text in XML, a line for each paragraph. Entities other than
// the five that XML has are none.
func words(ctx context.Context, r io.Reader) (string, error) {
	d := xml.NewDecoder(r)
	d.Strict = false
	var b strings.Builder
	for b.Len() < MaxText && ctx.Err() == nil {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return b.String(), nil
		}
		if err != nil {
			return b.String(), err
		}
		switch t := t.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.StartElement:
			if t.Name.Local == "tab" || t.Name.Local == "br" || t.Name.Local == "s" {
				b.WriteByte(' ')
			}
		case xml.EndElement:
			if t.Name.Local == "p" || t.Name.Local == "h" {
				b.WriteByte('\n')
			}
		}
	}
	return b.String(), ctx.Err()
}

var cueTag = regexp.MustCompile(`</?[a-zA-Z0-9:][^>]*>`)

// spoken returns what is said in captions, each line once in a row.
func spoken(vtt string) []string {
	var out []string
	for block := range strings.SplitSeq(strings.ReplaceAll(vtt, "\r\n", "\n"), "\n\n") {
		_, said, ok := strings.Cut(block, "-->")
		if !ok {
			continue
		}
		_, said, _ = strings.Cut(said, "\n")
		said = strings.Join(strings.Fields(cueTag.ReplaceAllString(said, "")), " ")
		if said != "" && (len(out) == 0 || out[len(out)-1] != said) {
			out = append(out, said)
		}
	}
	return out
}
