package web

import (
	"io"
	"net/http"
)

// A writer knows whether an answer has begun, and its status and size.
type writer struct {
	http.ResponseWriter
	status int // 0 until the header is written
	bytes  int64
}

// track returns w if it is a writer already, else a writer around it.
func track(w http.ResponseWriter) *writer {
	if t, ok := w.(*writer); ok {
		return t
	}
	return &writer{ResponseWriter: w}
}

// Unwrap lets http.ResponseController reach the server's own writer.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *writer) wrote() bool { return w.status != 0 }

// WriteHeader passes a status on and remembers the final one.
func (w *writer) WriteHeader(status int) {
	if status >= 200 && w.status == 0 || status == http.StatusSwitchingProtocols {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write passes p on and counts it.
func (w *writer) Write(p []byte) (int, error) {
	w.begin()
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// ReadFrom keeps the server's short way for files.
func (w *writer) ReadFrom(src io.Reader) (int64, error) {
	w.begin()
	n, err := io.Copy(w.ResponseWriter, src)
	w.bytes += n
	return n, err
}

// FlushError sends what is buffered, the header first.
func (w *writer) FlushError() error {
	w.begin()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *writer) begin() {
	if w.status == 0 {
		w.status = http.StatusOK
	}
}

// bottom returns the server's own writer.
func bottom(w http.ResponseWriter) http.ResponseWriter {
	for {
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = u.Unwrap()
	}
}
