// Package s3test plays an S3 server with one bucket, which believes nobody: it
// checks signatures, sums and clocks as Amazon's documents say.
package s3test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Who may ask, for what.
const (
	Bucket = "shelf"
	Region = "eu-north-1"
	Key    = "AKIDSTOATEST"
	Secret = "a secret/that+only tests know"
)

// A Server is one while a test runs.
type Server struct {
	URL string // of the bucket

	server   *httptest.Server
	mu       sync.Mutex
	objects  map[string]stored
	requests []string
	broken   func(r *http.Request, w http.ResponseWriter) bool
}

type stored struct {
	data []byte
	at   time.Time
}

// Start plays one until the test ends.
func Start(t testing.TB) *Server {
	s := New()
	t.Cleanup(s.Close)
	return s
}

// New plays one until it is closed.
func New() *Server {
	s := &Server{objects: map[string]stored{}}
	s.server = httptest.NewServer(s)
	s.URL = s.server.URL + "/" + Bucket
	return s
}

// Close ends it.
func (s *Server) Close() { s.server.Close() }

// Break has requests answered by f first, where that returns true. Nil mends it.
func (s *Server) Break(f func(r *http.Request, w http.ResponseWriter) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = f
}

// Requests returns what was asked since it was asked last: "GET name".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.requests
	s.requests = nil
	return out
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	name, ok := strings.CutPrefix(r.URL.Path, "/"+Bucket)
	name = strings.TrimPrefix(name, "/")
	s.requests = append(s.requests, r.Method+" "+name)
	if s.broken != nil && s.broken(r, w) {
		return
	}
	switch fault := refusal(r, body); {
	case fault != "":
		refuse(w, http.StatusForbidden, fault)
	case !ok:
		refuse(w, http.StatusNotFound, "NoSuchBucket")
	case r.Method == http.MethodGet && name == "":
		s.list(w, r.URL.Query())
	case r.Method == http.MethodGet:
		s.get(w, r, name)
	case r.Method == http.MethodPut && name != "":
		s.objects[name] = stored{body, time.Now().UTC().Truncate(time.Second)}
	case r.Method == http.MethodDelete && name != "":
		delete(s.objects, name)
		w.WriteHeader(http.StatusNoContent)
	default:
		refuse(w, http.StatusMethodNotAllowed, "MethodNotAllowed")
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code)
}

func (s *Server) get(w http.ResponseWriter, r *http.Request, name string) {
	o, ok := s.objects[name]
	if !ok {
		refuse(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	http.ServeContent(w, r, "", o.at, strings.NewReader(string(o.data)))
}

// list answers with pages of at most two, so that clients must turn them.
func (s *Server) list(w http.ResponseWriter, q url.Values) {
	type content struct {
		Key          string
		LastModified time.Time
		Size         int
	}
	var out struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		Contents              []content
		IsTruncated           bool
		NextContinuationToken string `xml:",omitempty"`
	}
	var names []string
	for name := range s.objects {
		if strings.HasPrefix(name, q.Get("prefix")) && name > max(q.Get("start-after"), q.Get("continuation-token")) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	most, err := strconv.Atoi(q.Get("max-keys"))
	if err != nil || q.Get("list-type") != "2" {
		refuse(w, http.StatusBadRequest, "InvalidArgument")
		return
	}
	if most = min(most, 2); len(names) > most {
		names, out.IsTruncated, out.NextContinuationToken = names[:most], true, names[most-1]
	}
	for _, name := range names {
		o := s.objects[name]
		out.Contents = append(out.Contents, content{name, o.at, len(o.data)})
	}
	_ = xml.NewEncoder(w).Encode(out)
}

// refusal says why a request is not to be believed. It reads what came over the
// wire, and follows the steps of "Signature Calculations for the Authorization
// Header".
func refusal(r *http.Request, body []byte) string {
	var credential, signed, signature string
	fields, ok := strings.CutPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ")
	if _, err := fmt.Sscanf(strings.ReplaceAll(fields, ",", ""), "Credential=%s SignedHeaders=%s Signature=%s", &credential, &signed, &signature); err != nil || !ok {
		return "AccessDenied"
	}
	stamp := r.Header.Get("x-amz-date")
	at, err := time.Parse("20060102T150405Z", stamp)
	if err != nil || time.Since(at).Abs() > 15*time.Minute {
		return "RequestTimeTooSkewed"
	}
	if r.Header.Get("x-amz-content-sha256") != fmt.Sprintf("%x", sha256.Sum256(body)) {
		return "XAmzContentSHA256Mismatch"
	}
	scope := stamp[:8] + "/" + Region + "/s3/aws4_request"
	if credential != Key+"/"+scope {
		return "InvalidAccessKeyId"
	}
	path, params, _ := strings.Cut(r.RequestURI, "?")
	canonical := r.Method + "\n" + path + "\n" + params + "\n"
	if pairs := strings.Split(params, "&"); !slices.IsSorted(pairs) {
		return "SignatureDoesNotMatch" // the client must send what it signs
	}
	names := strings.Split(signed, ";")
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") && !slices.Contains(names, name) {
			return "AccessDenied" // headers that are not signed
		}
	}
	for _, name := range names {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		canonical += name + ":" + value + "\n"
	}
	canonical += "\n" + signed + "\n" + r.Header.Get("x-amz-content-sha256")
	text := fmt.Sprintf("AWS4-HMAC-SHA256\n%s\n%s\n%x", stamp, scope, sha256.Sum256([]byte(canonical)))
	sum := func(key []byte, data string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(data))
		return h.Sum(nil)
	}
	derived := sum(sum(sum(sum([]byte("AWS4"+Secret), stamp[:8]), Region), "s3"), "aws4_request")
	if signature != fmt.Sprintf("%x", sum(derived, text)) || !slices.Contains(names, "host") || !slices.Contains(names, "x-amz-date") {
		return "SignatureDoesNotMatch"
	}
	return ""
}
