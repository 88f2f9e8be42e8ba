package s3files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
)

// A reader reads an object, from any place in it.
type reader struct {
	ctx    context.Context
	c      *client
	object object
	at     int64         // where the next byte is read
	body   io.ReadCloser // what the server sends; nil asks for it
	next   int64         // where in the object that goes on
}

// begin asks for the object from where the reader is.
func (r *reader) begin() error {
	if r.at >= r.object.Size {
		return nil
	}
	answer, err := r.c.do(r.ctx, request{method: http.MethodGet, object: r.object.Key, from: r.at}) //nolint:bodyclose // Close does
	if err != nil {
		return err
	}
	r.body, r.next = answer.Body, r.at
	return nil
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	if r.at >= r.object.Size {
		return 0, io.EOF
	}
	if r.next != r.at {
		_ = r.Close() // nothing of it is wanted any more
	}
	if r.body == nil {
		if err := r.begin(); err != nil {
			return 0, err
		}
	}
	n, err := r.body.Read(p)
	r.at += int64(n)
	r.next = r.at
	switch {
	case errors.Is(err, io.EOF) && r.at < r.object.Size:
		return n, fmt.Errorf("s3: %s ends early: %w", r.object.Key, io.ErrUnexpectedEOF)
	case errors.Is(err, io.EOF):
		err = nil // it is told at the end
	}
	return n, err
}

// Seek implements io.Seeker. Nothing is asked of the server until something is
// read there.
func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.object.Size
	}
	if offset < 0 || whence < io.SeekStart || whence > io.SeekEnd {
		return 0, fmt.Errorf("s3: seek: %w", fs.ErrInvalid)
	}
	r.at = offset
	return offset, nil
}

// Close implements io.Closer.
func (r *reader) Close() error {
	if r.body == nil {
		return nil
	}
	body := r.body
	r.body = nil
	return body.Close()
}
