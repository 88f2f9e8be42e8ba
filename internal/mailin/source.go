package mailin

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/stoa-go/stoa/internal/errs"
)

// ErrTooLarge is for mails above the limit.
var ErrTooLarge = fmt.Errorf("mail: larger than allowed: %w", errs.Invalid)

// window is how much of a line is looked at in one piece. No boundary is as long.
const window = 8 << 10

// A source is a mail as it is read: its lines, up to where a part of it ends.
type source struct {
	in     *bufio.Reader
	bounds []string // of the multiparts that are open, the outer ones first
	hit    int      // which of them was met, or -1
	last   bool     // and closed
	fresh  bool     // what comes next begins a line
	eol    []byte   // the end of the line before, which is a boundary's if one follows
	buf    []byte
	err    error // why there is no more
}

func newSource(r io.Reader, limit int64) *source {
	return &source{in: bufio.NewReaderSize(&limited{r, limit}, window), hit: -1, fresh: true}
}

// limited reads so much, and fails where there is more.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, ErrTooLarge
	}
	return n, err
}

// line returns the next line, or as much of it as the window holds.
func (s *source) line() (text []byte, begins bool) {
	text, err := s.in.ReadSlice('\n')
	begins, s.fresh = s.fresh, err == nil
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
		s.err = err
	}
	return text, begins
}

// Read implements [io.Reader] for the body of a part: it ends at a boundary.
func (s *source) Read(p []byte) (int, error) {
	for len(s.buf) == 0 {
		if s.hit >= 0 {
			return 0, io.EOF
		}
		if s.err != nil {
			return 0, s.err
		}
		s.fill()
	}
	n := copy(p, s.buf)
	s.buf = s.buf[n:]
	return n, nil
}

func (s *source) fill() {
	text, begins := s.line()
	if begins && s.boundary(text) {
		s.eol = s.eol[:0]
		return
	}
	content := bytes.TrimSuffix(text, []byte("\n"))
	if len(content) < len(text) {
		content = bytes.TrimSuffix(content, []byte("\r"))
	}
	s.buf = append(append(s.buf[:0], s.eol...), content...)
	s.eol = append(s.eol[:0], text[len(content):]...)
	if s.err != nil {
		s.buf = append(s.buf, s.eol...)
	}
}

// boundary reports whether a line is one, that of the innermost multipart first.
func (s *source) boundary(text []byte) bool {
	if !bytes.HasPrefix(text, []byte("--")) {
		return false
	}
	text = bytes.TrimRight(text[2:], " \t\r\n")
	for i := len(s.bounds) - 1; i >= 0; i-- {
		if rest, ok := bytes.CutPrefix(text, []byte(s.bounds[i])); ok && (len(rest) == 0 || string(rest) == "--") {
			s.hit, s.last = i, len(rest) > 0
			return true
		}
	}
	return false
}

// resume goes on behind a boundary.
func (s *source) resume() { s.hit, s.last, s.fresh, s.eol = -1, false, true, s.eol[:0] }

// drain skips the rest of a part.
func (s *source) drain() error {
	_, err := io.Copy(io.Discard, struct{ io.Reader }{s})
	return ended(err)
}

// ended leaves out that a mail is at its end, which [source] says like any part.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
