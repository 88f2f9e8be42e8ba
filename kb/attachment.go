package kb

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// An Attachment is a file that a text links to, for its readers to download.
type Attachment struct {
	Name  string
	Type  string
	About string
	Size  int64
	At    time.Time
	Path  string
}

// mediaNames finds what texts call media by.
var mediaNames = regexp.MustCompile(`media:([\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*)`)

// attachments returns those of the media that a document shows that are for
// downloading, in the order of their names.
func (l *Library) attachments(ctx context.Context, d *document) ([]Attachment, error) {
	var out []Attachment
	for _, name := range d.media {
		kind, ok := fileTypes[ending(name)]
		if !ok || kind.small && kind.mime != captionsType || slices.Contains(d.shown, name) {
			continue
		}
		m, err := l.store.Media(ctx, name)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, Attachment{Name: m.Name, Type: m.Type, About: m.About, Size: m.Size, At: m.At, Path: l.path(Ref{Kind: "media", Slug: m.Name})})
	}
	return out, nil
}

// Inline reports whether a medium may be shown in a page. Everything else is only
// ever downloaded.
func (m Media) Inline() bool { return m.Group() != MediaDocuments }

// ServeMedia answers a request with a medium: a part of it, or that the asker has
// it already, if that is what they ask for. Whatever it is, nothing in it can run:
// it is served as what it is, in a sandbox, and what a browser need not show is
// to be saved.
func ServeMedia(w http.ResponseWriter, r *http.Request, m Media, content io.ReadSeeker) {
	h := w.Header()
	h.Set("Content-Type", servedType(m.Type))
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", `"`+m.Hash[:min(len(m.Hash), 32)]+`"`)
	if !m.Inline() {
		h.Set("Content-Disposition", cmp.Or(mime.FormatMediaType("attachment", map[string]string{"filename": m.Name}), "attachment"))
	}
	http.ServeContent(w, r, "", m.At, content)
}

// servedType returns what browsers are told that a medium is. They must not take
// markup for pages.
func servedType(t string) string {
	switch {
	case t == "text/html" || t == "application/xml":
		return "application/octet-stream"
	case strings.HasPrefix(t, "text/"):
		return t + "; charset=utf-8"
	}
	return t
}

// inMemory returns bytes as a file.
func inMemory(data []byte) io.ReadSeekCloser { return memory{bytes.NewReader(data)} }

type memory struct{ *bytes.Reader }

// Close does nothing.
func (memory) Close() error { return nil }
