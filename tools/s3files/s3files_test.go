package s3files_test

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/blob"
	"github.com/stoa-go/stoa/internal/blob/blobtest"
	"github.com/stoa-go/stoa/internal/s3test"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/tools/s3files"
)

var _ kb.Files = (*s3files.Files)(nil)

func open(t testing.TB, address string, change ...func(*s3files.Options)) *s3files.Files {
	t.Helper()
	o := s3files.Options{Region: s3test.Region, Key: s3test.Key, Secret: s3test.Secret}
	for _, f := range change {
		f(&o)
	}
	files, err := s3files.New(address, o)
	require.NoError(t, err)
	return files
}

func TestFiles(t *testing.T) {
	blobtest.Test(t, func(t *testing.T) blob.Files { return open(t, s3test.Start(t).URL) })
}

// TestPrefixes: what is beside it in the bucket is nobody's file, and stays.
func TestPrefixes(t *testing.T) {
	server := s3test.Start(t)
	one, other := open(t, server.URL+"/one"), open(t, server.URL+"/one%20more/ä+b%25")
	require.NoError(t, one.Put(t.Context(), "aaaa", strings.NewReader("one")))
	require.NoError(t, other.Put(t.Context(), "aaaa", strings.NewReader("other")))
	list, err := open(t, server.URL).Keys(t.Context(), time.Now().Add(time.Hour), "", 10)
	require.NoError(t, err)
	require.Empty(t, list)
	require.NoError(t, one.Remove(t.Context(), "aaaa", time.Now().Add(time.Hour)))
	r, err := other.Open(t.Context(), "aaaa")
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, errors.Join(err, r.Close()))
	require.Equal(t, "other", string(text))
}

// TestReal proves it with a real server.
func TestReal(t *testing.T) {
	address := os.Getenv("STOA_TEST_S3") // of a bucket and an empty place in it
	if address == "" {
		t.Skip("STOA_TEST_S3 names no bucket, https://HOST/BUCKET/PREFIX, with AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	blobtest.Test(t, func(t *testing.T) blob.Files {
		return open(t, address+"/"+strings.ToLower(strings.ReplaceAll(t.Name(), "/", "-"))+time.Now().UTC().Format("-150405"), func(o *s3files.Options) {
			o.Region, o.Key, o.Secret, o.Token = os.Getenv("AWS_REGION"), os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")
		})
	})
}

// TestExamples are those of Amazon's "Signature Calculations for the Authorization
// Header: Transferring Payload in a Single Chunk".
func TestExamples(t *testing.T) {
	at := time.Date(2013, time.May, 24, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct{ path, ranges, want string }{
		{"/test.txt", "bytes=0-9", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		{"/?lifecycle", "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
		{"/?max-keys=2&prefix=J", "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
	} {
		r, err := http.NewRequest(http.MethodGet, "https://examplebucket.s3.amazonaws.com"+c.path, nil)
		require.NoError(t, err)
		if c.ranges != "" {
			r.Header.Set("Range", c.ranges)
		}
		s3files.Sign(r, "us-east-1", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", at)
		require.True(t, strings.HasSuffix(r.Header.Get("Authorization"), "Signature="+c.want), c.path)
	}
}

// TestStrangers: the server that proves it believes nobody else.
func TestStrangers(t *testing.T) {
	server := s3test.Start(t)
	for name, change := range map[string]func(*s3files.Options){
		"another secret": func(o *s3files.Options) { o.Secret = "x" },
		"another key":    func(o *s3files.Options) { o.Key = "x" },
		"another region": func(o *s3files.Options) { o.Region = "" },
		"another day":    func(o *s3files.Options) { o.Now = func() time.Time { return time.Now().Add(-time.Hour) } },
	} {
		files := open(t, server.URL, change)
		require.ErrorIs(t, files.Check(t.Context()), s3files.ErrUnavailable, name)
		require.ErrorIs(t, files.Put(t.Context(), "aaaa", strings.NewReader("x")), s3files.ErrUnavailable, name)
	}
	require.NoError(t, open(t, server.URL).Check(t.Context()))
}

// TestFaults: what a server does not do is an error, never a file that is not
// there or that is shorter.
func TestFaults(t *testing.T) {
	server := s3test.Start(t)
	files := open(t, server.URL)
	require.NoError(t, files.Put(t.Context(), "aaaa", strings.NewReader(strings.Repeat("x", 1<<20))))
	answer := func(status int, text string) func(*http.Request, http.ResponseWriter) bool {
		return func(_ *http.Request, w http.ResponseWriter) bool {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, text)
			return true
		}
	}
	for name, fault := range map[string]func(*http.Request, http.ResponseWriter) bool{
		"busy":             answer(503, "<Error><Code>SlowDown</Code></Error>"),
		"broken":           answer(500, "oops"),
		"no bucket":        answer(404, "<Error><Code>NoSuchBucket</Code></Error>"),
		"another server":   answer(200, "<html>Welcome"),
		"moved":            answer(301, ""),
		"a cut connection": func(*http.Request, http.ResponseWriter) bool { panic(http.ErrAbortHandler) },
	} {
		server.Break(fault)
		_, err := files.Open(t.Context(), "aaaa")
		require.ErrorIs(t, err, s3files.ErrUnavailable, name)
		require.NotErrorIs(t, err, fs.ErrNotExist, name)
		if name != "another server" {
			require.ErrorIs(t, files.Put(t.Context(), "bbbb", strings.NewReader("x")), s3files.ErrUnavailable, name)
		}
		_, err = files.Keys(t.Context(), time.Now().Add(time.Hour), "", 10)
		require.ErrorIs(t, err, s3files.ErrUnavailable, name)
		require.ErrorIs(t, files.Remove(t.Context(), "aaaa", time.Now().Add(time.Hour)), s3files.ErrUnavailable, name)
	}
	server.Break(func(r *http.Request, w http.ResponseWriter) bool {
		if r.Method != http.MethodGet || r.URL.RawQuery != "" {
			return false
		}
		w.Header().Set("Content-Length", "1048576")
		_, _ = w.Write(make([]byte, 1000))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	r, err := files.Open(t.Context(), "aaaa")
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, r)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.NoError(t, r.Close())
}

// TestServe: a part that a browser asks for costs no more than it must.
func TestServe(t *testing.T) {
	server := s3test.Start(t)
	files := open(t, server.URL)
	require.NoError(t, files.Put(t.Context(), "aaaa", strings.NewReader("0123456789")))
	server.Requests()
	r, err := files.Open(t.Context(), "aaaa")
	require.NoError(t, err)
	defer r.Close() //nolint:errcheck // it is only read
	for _, c := range []struct {
		offset int64
		whence int
		want   int64
	}{{0, io.SeekEnd, 10}, {0, io.SeekStart, 0}} {
		n, err := r.Seek(c.offset, c.whence)
		require.NoError(t, err)
		require.Equal(t, c.want, n)
	}
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, "0123456789", string(text))
	require.Len(t, server.Requests(), 2, "a list, and the object")
	_, err = r.Seek(-3, io.SeekCurrent)
	require.NoError(t, err)
	text, err = io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, "789", string(text))
	_, err = r.Seek(-1, io.SeekStart)
	require.ErrorIs(t, err, fs.ErrInvalid)
}

func TestAddresses(t *testing.T) {
	for _, bad := range []string{"", "s3://x/y", "https://host", "https://host/", "https://user:secret@host/bucket", "https://host/bucket?x=1", "ftp://host/bucket"} {
		_, err := s3files.New(bad, s3files.Options{})
		require.ErrorIs(t, err, s3files.ErrInvalid, bad)
		require.NotContains(t, err.Error(), "secret", bad)
	}
}
