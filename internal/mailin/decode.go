package mailin

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
)

// decoder undoes the encoding of a part. What is wrong in it is passed over.
func decoder(r io.Reader, encoding string) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return &sixBits{r: r}
	case "quoted-printable":
		return &quotedPrintable{in: bufio.NewReader(r)}
	}
	return r
}

// sixBits decodes base64. What is not of its alphabet is passed over, and padding
// ends a group and not the text, since some join what they encoded in pieces.
type sixBits struct {
	r    io.Reader
	bits uint32 // of the group so far
	n    int    // letters in it
	in   [4096]byte
	out  []byte
	rest []byte
	err  error
}

func (d *sixBits) Read(p []byte) (int, error) {
	for len(d.rest) == 0 {
		if d.err != nil {
			return 0, d.err
		}
		d.fill()
	}
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	return n, nil
}

func (d *sixBits) fill() {
	var n int
	n, d.err = d.r.Read(d.in[:])
	d.out = d.out[:0]
	for _, c := range d.in[:n] {
		if v := sixBit(c); v >= 0 {
			d.bits, d.n = d.bits<<6|uint32(v), d.n+1
		}
		if d.n == 4 || c == '=' {
			d.end()
		}
	}
	if d.err != nil {
		d.end()
	}
	d.rest = d.out
}

// end writes the bytes of a group: one less than it has letters.
func (d *sixBits) end() {
	bits := d.bits << (6 * (4 - d.n))
	for i := range max(0, d.n-1) {
		d.out = append(d.out, byte(bits>>(16-8*i)))
	}
	d.bits, d.n = 0, 0
}

func sixBit(c byte) int {
	switch {
	case 'A' <= c && c <= 'Z':
		return int(c - 'A')
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 26
	case '0' <= c && c <= '9':
		return int(c-'0') + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	}
	return -1
}

// quotedPrintable decodes what the standard's reader refuses too: an equals sign
// that begins nothing is one.
type quotedPrintable struct {
	in    *bufio.Reader
	carry []byte // an escape that the window's end tore apart
	rest  []byte
	err   error
}

func (q *quotedPrintable) Read(p []byte) (int, error) {
	for len(q.rest) == 0 {
		if q.err != nil {
			return 0, q.err
		}
		q.fill()
	}
	n := copy(p, q.rest)
	q.rest = q.rest[n:]
	return n, nil
}

func (q *quotedPrintable) fill() {
	line, err := q.in.ReadSlice('\n')
	line = append(q.carry, line...)
	q.carry = nil
	if errors.Is(err, bufio.ErrBufferFull) {
		if i := bytes.LastIndexByte(line, '='); i >= 0 && i >= len(line)-2 {
			q.carry = bytes.Clone(line[i:])
			line = line[:i]
		}
		err = nil
	}
	q.rest, q.err = unquote(line), err
}

func unquote(line []byte) []byte {
	text := bytes.TrimRight(line, " \t\r\n")
	if !bytes.HasSuffix(line, []byte("\n")) {
		text = line
	}
	end := line[len(text):]
	if i := bytes.IndexAny(end, "\r\n"); i > 0 {
		end = end[i:]
	}
	if soft, ok := bytes.CutSuffix(text, []byte("=")); ok {
		text, end = soft, nil
	}
	out := make([]byte, 0, len(line))
	for i := 0; i < len(text); i++ {
		if text[i] == '=' && i+2 < len(text) {
			if hi, lo := hexDigit(text[i+1]), hexDigit(text[i+2]); hi >= 0 && lo >= 0 {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, text[i])
	}
	return append(out, end...)
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// letters reads text in the charset that it says it is in. Where that is unknown
// or cannot be true, it is UTF-8 if it can be, else what old Windows wrote.
func letters(data []byte, label string) (text string, right bool) {
	label = strings.ToLower(strings.Trim(label, " '\""))
	right = true
	switch label {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "unicode-1-1-utf-8":
	default:
		enc, _ := charset.Lookup(label)
		if enc == nil {
			right = false
			break
		}
		if out, err := enc.NewDecoder().Bytes(data); err == nil {
			return string(out), true
		}
		right = false
	}
	if utf8.Valid(data) {
		return string(data), right
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "\uFFFD"), false
	}
	return string(out), false
}

// clean takes out of text what no database and no page wants, and ends lines as
// everybody does.
func clean(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n").Replace(text)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case r == utf8.RuneError:
			return '\uFFFD'
		case r < ' ', 0x7f <= r && r < 0xa0, r == '\uFEFF':
			return -1
		}
		return r
	}, text)
}
