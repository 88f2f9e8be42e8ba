package site

import (
	"compress/gzip"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// compressed sends texts as gzip to clients that take it. What comes in parts,
// as a stream or as a range, goes as it is, and so does what is short.
//
// Compression tells the length of secrets that stand beside what an attacker
// chooses. No page has one: sessions are in cookies, and forms are told from
// forged ones by their origin.
func compressed(next http.Handler) http.Handler {
	// Writers are used again, because making one takes most of the time.
	zippers := &sync.Pool{New: func() any {
		z, _ := gzip.NewWriterLevel(nil, 5) // the level is a valid one
		return z
	}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		if r.Method == http.MethodHead || r.Header.Get("Range") != "" || !takesGzip(r.Header.Values("Accept-Encoding")) {
			next.ServeHTTP(w, r)
			return
		}
		z := &gzipWriter{ResponseWriter: w, zippers: zippers}
		next.ServeHTTP(z, r)
		// After a panic the answer stays cut off, or it would pass for whole.
		z.close()
	})
}

// takesGzip reads Accept-Encoding: gzip, or anything, with a weight above zero.
func takesGzip(header []string) bool {
	others := false
	for part := range strings.SplitSeq(strings.Join(header, ","), ",") {
		name, params, _ := strings.Cut(part, ";")
		yes := true
		if q, ok := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q="); ok {
			weight, err := strconv.ParseFloat(q, 64)
			yes = err == nil && weight > 0
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip":
			return yes
		case "*":
			others = yes
		}
	}
	return others
}

// worthIt is the size in bytes from which an answer is compressed.
const worthIt = 1 << 10

// A gzipWriter decides with the first bytes of an answer whether to compress it.
type gzipWriter struct {
	http.ResponseWriter
	zippers *sync.Pool
	status  int
	begun   bool // the header is written
	zip     *gzip.Writer
}

// Unwrap lets http.ResponseController reach the server's own writer.
func (w *gzipWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader waits for the first bytes, unless there will be none or more than
// one answer.
func (w *gzipWriter) WriteHeader(status int) {
	if w.begun || w.status != 0 {
		return
	}
	if status < 200 {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.status = status
	if status == http.StatusNoContent || status == http.StatusNotModified {
		w.weaken()
		w.begin(nil)
	}
}

// Write passes p on, compressed or not.
func (w *gzipWriter) Write(p []byte) (int, error) {
	w.begin(p)
	if w.zip != nil {
		return w.zip.Write(p)
	}
	return w.ResponseWriter.Write(p)
}

// FlushError sends what there is. An answer that is flushed before it has begun
// is a stream.
func (w *gzipWriter) FlushError() error {
	w.begin(nil)
	if w.zip != nil {
		if err := w.zip.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *gzipWriter) begin(first []byte) {
	if w.begun {
		return
	}
	w.begun = true
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if w.suits(first) {
		h := w.Header()
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		h.Del("Accept-Ranges")
		w.weaken()
		w.zip, _ = w.zippers.Get().(*gzip.Writer)
		w.zip.Reset(w.ResponseWriter)
	}
	w.ResponseWriter.WriteHeader(w.status)
}

// suits reports whether an answer of which the first bytes are known is to be
// compressed.
func (w *gzipWriter) suits(first []byte) bool {
	h := w.Header()
	length := len(first)
	if n, err := strconv.Atoi(h.Get("Content-Length")); err == nil {
		length = n
	}
	if length < worthIt || w.status == http.StatusPartialContent || h.Get("Content-Encoding") != "" {
		return false
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", http.DetectContentType(first))
	}
	media, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	switch media {
	case "text/event-stream":
		return false
	case "application/json", "application/javascript", "application/xml":
		return true
	}
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml")
}

// weaken marks the entity tag: other bytes stand for the same text.
func (w *gzipWriter) weaken() {
	h := w.Header()
	if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
		h.Set("ETag", "W/"+tag)
	}
}

func (w *gzipWriter) close() {
	if w.status != 0 {
		w.begin(nil)
	}
	if w.zip == nil {
		return
	}
	_ = w.zip.Close() // the client has gone
	w.zippers.Put(w.zip)
	w.zip = nil
}
