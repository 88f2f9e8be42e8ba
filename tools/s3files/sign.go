package s3files

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A signer signs requests as AWS Signature Version 4 says.
type signer struct{ region, service, key, secret, token string }

const (
	algorithm  = "AWS4-HMAC-SHA256"
	stampForm  = "20060102T150405Z"
	noBody     = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" // the SHA-256 of nothing
	amzDate    = "X-Amz-Date"
	amzContent = "X-Amz-Content-Sha256"
	amzToken   = "X-Amz-Security-Token"
)

// sign adds what proves who sends r, whose body has a SHA-256.
func (s signer) sign(r *http.Request, body string, at time.Time) {
	stamp := at.UTC().Format(stampForm)
	r.Header.Set(amzDate, stamp)
	r.Header.Set(amzContent, body)
	if s.token != "" {
		r.Header.Set(amzToken, s.token)
	}
	names, headers := s.headers(r)
	request := strings.Join([]string{r.Method, escape(r.URL.Path, true), query(r.URL.Query()), headers, names, body}, "\n")
	scope := strings.Join([]string{stamp[:8], s.region, s.service, "aws4_request"}, "/")
	sum := sha256.Sum256([]byte(request))
	text := strings.Join([]string{algorithm, stamp, scope, hex.EncodeToString(sum[:])}, "\n")
	key := []byte("AWS4" + s.secret)
	for _, part := range strings.Split(scope, "/") {
		key = mac(key, part)
	}
	r.Header.Set("Authorization", algorithm+" Credential="+s.key+"/"+scope+", SignedHeaders="+names+", Signature="+hex.EncodeToString(mac(key, text)))
}

// headers returns the names of the headers that are signed, and them.
func (s signer) headers(r *http.Request) (names, lines string) {
	values := map[string]string{"host": r.URL.Host}
	for name, v := range r.Header {
		if name = strings.ToLower(name); name == "range" || strings.HasPrefix(name, "x-amz-") {
			values[name] = strings.TrimSpace(strings.Join(v, ","))
		}
	}
	var all []string
	for name := range values {
		all = append(all, name)
	}
	slices.Sort(all)
	for _, name := range all {
		lines += name + ":" + values[name] + "\n"
	}
	return strings.Join(all, ";"), lines
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// query returns parameters in the one form that is signed.
func query(values url.Values) string {
	var pairs []string
	for name, all := range values {
		for _, v := range all {
			pairs = append(pairs, escape(name, false)+"="+escape(v, false))
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}

// escape writes bytes other than letters, digits and "-._~" as their numbers, and
// slashes unless they are those of a path.
func escape(s string, path bool) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~", c) >= 0, path && c == '/':
			b.WriteByte(c)
		default:
			const digits = "0123456789ABCDEF"
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}
