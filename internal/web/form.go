package web

import (
	"io"
	"mime"
	"net/http"
	"strings"
)

// maxFormText is how many bytes a text in a form may have without a max tag:
// what is wanted of it is for the validation to say.
const maxFormText = DefaultLimit

// Form reads the body of a submitted form of at most limit bytes into a T, as
// strictly as Query and by the same tags, but with form:"name" in place of
// query:"name". A field tagged lines:"true" comes from a text area: it may have
// tabs and line breaks, which arrive as "\n". A limit of 0 means DefaultLimit.
//
// Only url-encoded forms in UTF-8 are read; the query counts for nothing here.
func Form[T any](w http.ResponseWriter, r *http.Request, limit int64) (T, error) {
	var zero T
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" || !isUTF8(params) || r.Header.Get("Content-Encoding") != "" {
		return zero, ErrMediaType
	}
	data, err := readBody(w, r, limit)
	if err != nil {
		return zero, err
	}
	// Browsers send every line break in this one way.
	encoded := strings.NewReplacer("%0D%0A", "%0A", "%0d%0a", "%0A").Replace(string(data))
	return pairs[T](encoded, len(encoded), "form")
}

func isUTF8(params map[string]string) bool {
	charset, given := params["charset"]
	return !given || strings.EqualFold(charset, "utf-8")
}

// readBody reads a body of at most limit bytes to its end.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	if r.ContentLength > limit {
		w.Header().Set("Connection", "close") // rather than read what nobody wants
		return nil, ErrTooLarge
	}
	data, err := io.ReadAll(http.MaxBytesReader(bottom(w), r.Body, limit))
	return data, bodyError(r, err)
}
