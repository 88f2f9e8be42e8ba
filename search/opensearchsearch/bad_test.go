package opensearchsearch_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/opensearchtest"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/opensearchsearch"
	"github.com/stoa-go/stoa/search/searchtest"
)

var anyone = profile.Actor{}.Sight()

// document returns a public English text.
func document(group, title string, audience ...string) search.Document {
	d := search.Document{ID: group + "@en", Group: group, Source: "test", Locale: "en", Serves: []string{"en"}, Title: title, Audience: profile.Public()}
	if len(audience) > 0 {
		d.Audience = profile.NewAudience(audience...)
	}
	return d
}

func batch(cursor string, docs ...search.Document) search.Batch {
	b := search.Batch{Cursors: map[string]string{"test": cursor}}
	for _, d := range docs {
		b.Changes = append(b.Changes, search.Change{Group: d.Group, Documents: []search.Document{d}})
	}
	return b
}

func finds(t testing.TB, x search.Index, text string, want ...string) {
	t.Helper()
	resp, err := x.Search(t.Context(), search.Request{Sight: anyone, Words: search.Parse(text), Limit: 50})
	require.NoError(t, err)
	got := []string{}
	for _, h := range resp.Hits {
		got = append(got, h.Group)
	}
	require.ElementsMatch(t, want, got, "looking for %q", text)
}

// A fault is something that goes wrong with one request.
type fault func(w http.ResponseWriter, r *http.Request, f *opensearchtest.Server)

func says(status int, body string) fault {
	return func(w http.ResponseWriter, _ *http.Request, _ *opensearchtest.Server) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func refuses(status int, kind string) fault {
	return says(status, fmt.Sprintf(`{"error":{"type":%q,"reason":"a test"},"status":%d}`, kind, status))
}

// done answers as the server does, into a recorder.
func done(r *http.Request, f *opensearchtest.Server) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	f.ServeHTTP(rec, r)
	return rec
}

// half does what was asked for and sends half of the answer.
func half(w http.ResponseWriter, r *http.Request, f *opensearchtest.Server) {
	body := done(r, f).Body.Bytes()
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	_, _ = w.Write(body[:len(body)/2])
}

// lost does what was asked for, but nobody is told.
func lost(w http.ResponseWriter, r *http.Request, f *opensearchtest.Server) {
	done(r, f)
	refuses(504, "gateway_timeout")(w, r, f)
}

// cut ends the connection without a word.
func cut(http.ResponseWriter, *http.Request, *opensearchtest.Server) { panic(http.ErrAbortHandler) }

// some refuses some of the writes of a bulk.
func some(w http.ResponseWriter, r *http.Request, f *opensearchtest.Server) {
	if !strings.HasSuffix(r.URL.Path, "/_bulk") {
		cut(w, r, f)
	}
	body, _ := io.ReadAll(r.Body)
	kept := bytes.SplitAfter(body, []byte("\n"))[:2]
	r.Body = io.NopCloser(bytes.NewReader(bytes.Join(kept, nil)))
	var got map[string]any
	_ = json.Unmarshal(done(r, f).Body.Bytes(), &got)
	items := got["items"].([]any)
	for range strings.Count(string(body), "\n")/2 - 1 {
		items = append(items, map[string]any{"index": map[string]any{
			"_id": "d:x", "status": 429, "error": map[string]any{"type": "rejected_execution_exception", "reason": "queue full"},
		}})
	}
	got["items"], got["errors"] = items, true
	opensearchtest.Answer(w, 200, got)
}

// searching goes wrong with searches only: to anything else its answer would be one.
func searching(now fault) fault {
	return func(w http.ResponseWriter, r *http.Request, f *opensearchtest.Server) {
		if strings.HasSuffix(r.URL.Path, "/_search") {
			now(w, r, f)
			return
		}
		f.ServeHTTP(w, r)
	}
}

const noHits = `{"took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"failed":0}}`

var faults = map[string]fault{
	"too many":          refuses(429, "rejected_execution_exception"),
	"away":              refuses(503, "cluster_block_exception"),
	"a proxy's page":    says(502, "<html>Bad Gateway</html>"),
	"nonsense":          says(200, "<html>Sign in</html>"),
	"nothing":           says(200, ""),
	"something else":    says(200, `{}`),
	"half of an answer": half,
	"cut":               cut,
	"late":              lost,
	"some writes":       some,
	"a part failed":     says(200, `{"took":1,"timed_out":false,"_shards":{"total":2,"successful":1,"failed":1},"count":1,"hits":{"total":{"value":0},"hits":[]}}`),
	"out of time":       searching(says(200, `{"took":1,"timed_out":true,"_shards":{"total":1,"successful":1,"failed":0},"hits":{"total":{"value":0},"hits":[]}}`)),
	"no hits":           searching(says(200, noHits)),
}

// TestClasses: whoever asks learns what can be done about it.
func TestClasses(t *testing.T) {
	f := opensearchtest.New(t)
	x := openAt(t, f)
	require.NoError(t, x.Apply(t.Context(), batch("1", document("a/1", "lighthouse"))))
	calls := map[string]func() error{
		"search": func() error {
			_, err := x.Search(t.Context(), search.Request{Sight: anyone, Words: search.Parse("lighthouse"), Limit: 5, Facets: []string{"kind"}})
			return err
		},
		"suggest": func() error {
			_, err := x.Suggest(t.Context(), search.SuggestRequest{Sight: anyone, Text: "li", Limit: 5})
			return err
		},
		"apply":   func() error { return x.Apply(t.Context(), batch("2", document("a/2", "harbour"))) },
		"count":   func() error { _, err := x.Count(t.Context()); return err },
		"cursors": func() error { _, err := x.Cursors(t.Context()); return err },
		"fresh":   func() error { _, err := x.Fresh(t.Context()); return err },
	}
	with := func(now fault, call func() error) error {
		f.Misbehave(func(w http.ResponseWriter, r *http.Request, f *opensearchtest.Server) bool { now(w, r, f); return true })
		defer func() { f.Misbehave(nil) }()
		return call()
	}
	for name, call := range calls {
		for kind, now := range faults {
			err := with(now, call)
			switch {
			case kind == "too many":
				require.ErrorIs(t, err, search.ErrTooMany, "%s: %s", name, kind)
			case (kind == "out of time" || kind == "no hits") && (name == "count" || name == "cursors" || name == "fresh"):
				require.NoError(t, err, "%s does not search", name)
			default:
				require.Error(t, err, "%s: %s", name, kind)
				require.ErrorIs(t, err, search.ErrUnavailable, "%s: %s", name, kind)
			}
			require.NotErrorIs(t, err, search.ErrRebuild, "%s: %s is no reason to fill the index anew", name, kind)
		}
		require.ErrorIs(t, with(refuses(401, "security_exception"), call), search.ErrUnavailable, name)
		if name != "fresh" {
			require.ErrorIs(t, with(refuses(404, "index_not_found_exception"), call), search.ErrRebuild, name)
		}
	}
	finds(t, x, "lighthouse", "a/1")
}

// TestNothingIsLost: whatever goes wrong with any one request, an engine that goes
// on has everything in the index, and nobody sees what they may not in between.
func TestNothingIsLost(t *testing.T) {
	for kind, now := range faults {
		for at := range 8 {
			f := opensearchtest.New(t)
			x := openAt(t, f)
			source := searchtest.NewSource("test")
			e := search.NewEngine(x, &search.Options{Sources: []search.Source{source}})
			source.Put(document("a/1", "lighthouse"), document("a/2", "lighthouse"))
			require.NoError(t, e.Refresh(t.Context()))
			source.Put(document("a/1", "lighthouse", "staff"), document("a/3", "lighthouse"), document("a/4", "harbour"))
			source.Remove("a/2")
			n := 0
			f.Misbehave(func(w http.ResponseWriter, r *http.Request, f *opensearchtest.Server) bool {
				if n++; n != at+1 {
					return false
				}
				now(w, r, f)
				return true
			})
			var err error
			for range 4 {
				if err = e.Refresh(t.Context()); err == nil {
					break
				}
			}
			require.NoError(t, err, "%s at request %d", kind, at)
			f.Misbehave(nil)
			finds(t, x, "", "a/3", "a/4")
			count, err := x.Count(t.Context())
			require.NoError(t, err)
			require.Equal(t, 3, count, "%s at request %d", kind, at)
			require.NoError(t, e.Refresh(t.Context()))
			cursors, err := x.Cursors(t.Context())
			require.NoError(t, err)
			require.Equal(t, map[string]string{"test": "0/6"}, cursors, "%s at request %d", kind, at)
			f.Close()
		}
	}
}

// TestHalfABatch: what was written of a batch that failed is not seen, and not
// passed over by the next.
func TestHalfABatch(t *testing.T) {
	f := opensearchtest.New(t)
	x := openAt(t, f)
	require.NoError(t, x.Apply(t.Context(), batch("1", document("a/1", "lighthouse"), document("a/2", "lighthouse"))))
	f.Misbehave(func(w http.ResponseWriter, r *http.Request, f *opensearchtest.Server) bool {
		if strings.HasSuffix(r.URL.Path, "/_bulk") {
			some(w, r, f)
			return true
		}
		return false
	})
	hidden := batch("2", document("a/1", "harbour", "staff"), document("a/2", "harbour", "staff"), document("a/3", "harbour", "staff"))
	require.ErrorIs(t, x.Apply(t.Context(), hidden), search.ErrTooMany)
	finds(t, x, "", "a/1", "a/2")
	cursors, err := x.Cursors(t.Context())
	require.NoError(t, err)
	require.Equal(t, map[string]string{"test": "1"}, cursors)
	f.Misbehave(nil)
	// Groups that were never seen are found and replaced as well.
	gone := search.Batch{Changes: []search.Change{{Group: "a/1"}, {Group: "a/2"}, {Group: "a/3"}}, Cursors: map[string]string{"test": "3"}}
	require.NoError(t, x.Apply(t.Context(), gone))
	n, err := x.Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
}

// TestTurns: of two instances the one that is behind is told so, and what arrives
// of a turn that was given up is refused.
func TestTurns(t *testing.T) {
	f := opensearchtest.New(t)
	a := openAt(t, f)
	later := func(o *opensearchsearch.Options) { o.Now = func() time.Time { return time.Now().Add(5 * time.Minute) } }
	b := openAt(t, f, later)
	for _, x := range []*opensearchsearch.Index{a, b} {
		_, err := x.Cursors(t.Context())
		require.NoError(t, err)
	}
	require.NoError(t, a.Apply(t.Context(), batch("2", document("a/1", "lighthouse"))))
	require.ErrorIs(t, b.Apply(t.Context(), batch("1", document("a/1", "what it once was"))), search.ErrConflict)
	require.ErrorIs(t, b.Apply(t.Context(), search.Batch{Changes: []search.Change{{Group: "a/1"}}}), search.ErrConflict)
	finds(t, a, "lighthouse", "a/1")
	require.NoError(t, b.Apply(t.Context(), batch("3", document("a/2", "lighthouse"))), "it knows now where the index stands")
	require.NoError(t, a.Apply(t.Context(), batch("3", document("a/2", "what it once was"))), "another has written the same")
	finds(t, a, "lighthouse", "a/1", "a/2")

	// One instance ends in the middle of a turn, and its writes come late.
	var late []byte
	path := ""
	f.Misbehave(func(w http.ResponseWriter, r *http.Request, f *opensearchtest.Server) bool {
		if strings.HasSuffix(r.URL.Path, "/_bulk") {
			late, _ = io.ReadAll(r.Body)
			path = r.URL.Path
		}
		if late != nil {
			cut(w, r, f)
		}
		return false
	})
	require.Error(t, a.Apply(t.Context(), batch("4", document("a/1", "harbour"))))
	f.Misbehave(nil)
	waits, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	c := openAt(t, f)
	require.ErrorIs(t, c.Apply(waits, batch("4", document("a/1", "harbour"))), context.DeadlineExceeded, "somebody may still be writing")
	require.NoError(t, b.Apply(t.Context(), batch("5", document("a/1", "lighthouse again"))))
	resp, err := http.Post(f.URL+path, "application/json", bytes.NewReader(late))
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Contains(t, string(answer), "version_conflict")
	finds(t, b, "again", "a/1")
}

// TestAliasGone: an alias that somebody took away is a reason to fill the index
// anew, and is there afterwards.
func TestAliasGone(t *testing.T) {
	f := opensearchtest.New(t)
	x := openAt(t, f)
	source := searchtest.NewSource("test")
	e := search.NewEngine(x, &search.Options{Sources: []search.Source{source}})
	source.Put(document("a/1", "lighthouse"))
	require.NoError(t, e.Refresh(t.Context()))
	f.DropAliases()
	_, err := e.Search(t.Context(), profile.Actor{}, search.Query{Text: "lighthouse"})
	require.ErrorIs(t, err, search.ErrUnavailable)
	require.NoError(t, e.Refresh(t.Context()))
	finds(t, x, "lighthouse", "a/1")
}

// TestSwap: a swap that nobody was told of has happened, one that has not leaves
// everything as it was, and what was replaced is removed when nobody is in it.
func TestSwap(t *testing.T) {
	f := opensearchtest.New(t)
	now := time.Now()
	x := openAt(t, f, func(o *opensearchsearch.Options) { o.Now = func() time.Time { return now } })
	require.NoError(t, x.Apply(t.Context(), batch("1", document("a/old", "lighthouse"))))
	try := func(with fault) error {
		fresh, err := x.Fresh(t.Context())
		require.NoError(t, err)
		require.NoError(t, fresh.Apply(t.Context(), batch("2", document("a/new", "lighthouse"))))
		f.Misbehave(func(w http.ResponseWriter, r *http.Request, f *opensearchtest.Server) bool {
			if r.URL.Path == "/_aliases" {
				with(w, r, f)
				return true
			}
			return false
		})
		defer func() { f.Misbehave(nil) }()
		return x.Swap(t.Context(), fresh)
	}
	require.ErrorIs(t, try(refuses(503, "away")), search.ErrUnavailable)
	finds(t, x, "lighthouse", "a/old")
	require.NoError(t, x.Apply(t.Context(), batch("2", document("a/old", "lighthouse keeper"))))
	require.NoError(t, try(lost))
	finds(t, x, "lighthouse", "a/new")
	require.Len(t, f.Indexes(), 2)
	now = now.Add(2 * time.Minute)
	require.NoError(t, x.Apply(t.Context(), batch("3", document("a/2", "harbour"))))
	require.Len(t, f.Indexes(), 1)
}

// TestLeftovers: an index whose filling nobody goes on with is removed a day
// later, and those of others are let be.
func TestLeftovers(t *testing.T) {
	f := opensearchtest.New(t)
	now := time.Now()
	clock := func(o *opensearchsearch.Options) { o.Now, o.Prefix = func() time.Time { return now }, "portal" }
	x := openAt(t, f, clock)
	require.NoError(t, x.Apply(t.Context(), batch("1", document("a/1", "lighthouse"))))
	other := openAt(t, f, clock, func(o *opensearchsearch.Options) { o.Prefix = "portal-two" })
	for _, y := range []*opensearchsearch.Index{x, other} {
		left, err := y.Fresh(t.Context())
		require.NoError(t, err)
		require.NoError(t, left.Apply(t.Context(), batch("1", document("a/1", "lighthouse"))))
	}
	require.Len(t, f.Indexes(), 4)
	now = now.Add(25 * time.Hour)
	fresh, err := x.Fresh(t.Context())
	require.NoError(t, err)
	require.NoError(t, fresh.Close())
	require.Len(t, f.Indexes(), 3)
	finds(t, x, "lighthouse", "a/1")
}

func TestParseAddress(t *testing.T) {
	o, err := opensearchsearch.ParseAddress("https://stoa:s%23cret@search.example:9200/portal")
	require.NoError(t, err)
	require.Equal(t, opensearchsearch.Options{Addresses: []string{"https://search.example:9200"}, Username: "stoa", Password: "s#cret", Prefix: "portal"}, o)
	for _, bad := range []string{
		"", "search.example:9200", "ftp://u:s3cret@h/p", "https://u:s3cret@/p", "https://u:s3cret@h/P", "https://u:s3cret@h/a/b", "https://u:s3cret@h/a*",
		"https://u:s3cret@h/p?x=1", "https://u:s3cret@h:port/p", "http://u:s3cret%zz@h/p",
	} {
		_, err := opensearchsearch.ParseAddress(bad)
		require.ErrorIs(t, err, search.ErrInvalid, bad)
		require.NotContains(t, err.Error(), "s3cret", "a password is nobody's business")
	}
}

// TestNobodyThere: a server that is not there is said with what to do, and its
// password is not.
func TestNobodyThere(t *testing.T) {
	f := opensearchtest.New(t)
	address := strings.Replace(f.URL, "http://", "http://stoa:s3cret@", 1)
	f.Close()
	o, err := opensearchsearch.ParseAddress(address)
	require.NoError(t, err)
	x, err := opensearchsearch.Open(o)
	require.NoError(t, err)
	defer func() { require.NoError(t, x.Close()) }()
	_, err = x.Count(t.Context())
	require.ErrorIs(t, err, search.ErrUnavailable)
	require.ErrorContains(t, err, "check the address")
	require.NotContains(t, err.Error(), "s3cret")
}
