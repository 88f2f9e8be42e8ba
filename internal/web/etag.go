package web

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
)

// ETag returns the entity tag of a record's version. Name in variant what else
// the answer depends on (language, reader, a hash of the parts); If-Match looks
// at the version alone.
func ETag(version int, variant ...any) string {
	tag := strconv.Itoa(version)
	if len(variant) > 0 {
		tag += "-" + hash(fmt.Sprintf("%q", variant))
	}
	return `"` + tag + `"`
}

// HashETag returns the entity tag of content that has no version.
func HashETag(content []byte) string { return `"` + hash(string(content)) + `"` }

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return strings.ToLower(base32.HexEncoding.EncodeToString(sum[:10]))
}

// NotModified sets the ETag and, if a GET or HEAD names it in If-None-Match,
// answers 304 and returns true: the handler is done.
func NotModified(w http.ResponseWriter, r *http.Request, etag string) bool {
	w.Header().Set("ETag", etag)
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	if !matches(r.Header.Values("If-None-Match"), etag) {
		return false
	}
	keep(w.Header())
	w.WriteHeader(http.StatusNotModified)
	return true
}

// matches compares weakly: a cache that compressed an answer marks its tag weak.
func matches(header []string, etag string) bool {
	for tag := range strings.SplitSeq(strings.Join(header, ","), ",") {
		tag = textproto.TrimString(tag)
		if tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(etag, "W/") {
			return true
		}
	}
	return false
}

// IfMatch returns the version that an update was made from. Without the header,
// or with "*", which would overwrite whatever is there, it is
// ErrPreconditionRequired; what is no tag of ETag is errs.Invalid. A weak tag
// counts too: it names a version of the record, and proxies weaken tags.
//
// Compare the version in the write itself; errs.Conflict from there becomes
// 409. CheckVersion compares it with a record already read.
func IfMatch(r *http.Request) (int, error) {
	values := r.Header.Values("If-Match")
	if len(values) == 0 || len(values) == 1 && values[0] == "*" {
		return 0, ErrPreconditionRequired
	}
	tag := strings.TrimPrefix(values[0], "W/")
	if n := len(tag); len(values) > 1 || n < 3 || tag[0] != '"' || tag[n-1] != '"' {
		return 0, errIfMatch()
	}
	digits, _, _ := strings.Cut(tag[1:len(tag)-1], "-")
	version, err := strconv.Atoi(digits)
	if err != nil || version < 0 || strconv.Itoa(version) != digits {
		return 0, errIfMatch()
	}
	return version, nil
}

// CheckVersion returns ErrPrecondition unless the record's version is the one
// that IfMatch returned.
func CheckVersion(record, ifMatch int) error {
	if record != ifMatch {
		return ErrPrecondition
	}
	return nil
}

func errIfMatch() error { return errs.Say(errs.Invalid, "error.if_match_value", nil) }

// Stale says of [errs.Changed] what HTTP calls it: If-Match named an old version.
// Other errors stay as they are.
func Stale(err error) error {
	if errs.IsChanged(err) {
		return fmt.Errorf("%w: %w", ErrPrecondition, err)
	}
	return err
}
