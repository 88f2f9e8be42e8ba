package site

import (
	"bytes"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	segment "github.com/blevesearch/scorch_segment_api/v2"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/profiletest"
	"github.com/stoa-go/stoa/profile/retention"
	"github.com/stoa-go/stoa/search"
)

// trace stands in everything that somebody leaves in the portal.
const trace = "zqtrace"

// tracePhone is theirs too, and nothing that has it need have the other.
const tracePhone = "+43660998877"

// A traced portal is one where somebody has been everywhere.
type traced struct {
	*Site
	data, mails, texts string
	log                *logbook
	client             *client
	session            string
	feed               string // address of a private feed
}

func newTraced(t *testing.T) *traced {
	w := &traced{mails: filepath.Join(t.TempDir(), "mails"), texts: filepath.Join(t.TempDir(), "texts"), log: &logbook{}}
	w.Site = running(t, func(c *Config) {
		w.data = c.Data
		c.Log, c.Served, c.Mail.Folder, c.SMS.Folder = w.log.logger(), "http://127.0.0.1:8080", w.mails, w.texts
	})
	_, err := w.people.SavePerson(t.Context(), system, profile.Person{
		ID: trace + "-id", Name: trace + " Name", Email: trace + "@aldergate.example.com", Roles: []profile.Role{profile.RoleCustomer},
	})
	require.NoError(t, err)
	w.client = serve(t, w.Site)("")
	_, w.session = signIn(t, w.client, trace+"-id", "User-Agent", trace+" agent")
	return w
}

func (w *traced) post(t *testing.T, path string, form url.Values) answer {
	t.Helper()
	a := w.client.post("/en"+path, form, "Cookie", w.session, "User-Agent", "Mozilla/5.0 (X11; Linux) Firefox/130.0 "+trace)
	require.Less(t, a.Status, 400, "%s: %s", path, a.Body)
	return a
}

// leave does what people do, with the trace wherever they may write.
func (w *traced) leave(t *testing.T) {
	me := profile.Actor{ID: trace + "-id"}
	own := write(t, w.Site, draft("For one alone", profile.NewAudience(profile.SegmentPerson+me.ID, profile.SegmentRole+"agent"), anyCategory(t, w.Site)))
	w.post(t, "/account/privacy/consents", url.Values{"purpose": {"usage-analysis"}, "given": {"yes"}})
	w.post(t, "/articles/sensor-shows-offline/keep", url.Values{"list": {"follows"}})
	made := feedAddress.FindStringSubmatch(w.post(t, "/account/feeds", url.Values{"key": {trace}}).Body)
	require.NotNil(t, made)
	require.Equal(t, 200, w.client.get(made[1]).Status)
	w.feed = made[1]
	w.post(t, "/account/preferences/phone", url.Values{"do": {"ask"}, "number": {tracePhone}})
	w.post(t, "/account/preferences/phone", url.Values{"do": {"confirm"}, "code": {codeIn(t, w.texts)}})
	w.post(t, "/account/preferences/phone", url.Values{"do": {"ask"}, "number": {tracePhone + "0"}})
	for _, path := range []string{"/articles/sensor-shows-offline", "/articles/for-one-alone", "/search?q=" + trace, "/account/privacy"} {
		require.Equal(t, 200, w.client.get("/en"+path, "Cookie", w.session, "User-Agent", "Mozilla/5.0 (X11; Linux) Firefox/130.0 "+trace).Status, path)
	}
	id, err := w.articles.Slug(t.Context(), "sensor-shows-offline")
	require.NoError(t, err)
	_, err = w.library.Rate(t.Context(), me, kb.Opinion{Article: id, Comment: trace + " comment", Key: trace})
	require.NoError(t, err)
	_, err = w.people.Shelve(t.Context(), me, profile.ShelfItem{List: profile.ListSearches, Ref: "search/" + trace, Title: trace, Data: map[string]string{"q": trace}})
	require.NoError(t, err)
	require.NoError(t, w.notifier.Notify(t.Context(), profile.Occurrence{Kind: kindUpdated, Subject: articleRef + own.ID, Key: "k", To: []string{me.ID}}))
	_, err = w.notifier.Drain(t.Context())
	require.NoError(t, err)
	h, err := w.holds.Place(t.Context(), system, retention.HoldDraft{Person: me.ID, Ground: retention.GroundClaims, Reason: trace + " claim", Key: trace})
	require.NoError(t, err)
	_, err = w.holds.Release(t.Context(), system, h.ID)
	require.NoError(t, err)
	// A file of several pages, which then has free ones.
	for i := range 40 {
		_, err = w.library.Rate(t.Context(), me, kb.Opinion{Article: id, Comment: strings.Repeat(trace+" ", 200), Key: trace + strings.Repeat("x", i+1)})
		require.NoError(t, err)
	}
	w.settle(t)
	_, err = w.db.write.ExecContext(t.Context(), `pragma wal_checkpoint(passive)`)
	require.NoError(t, err)
}

// settle has everything written that waits to be.
func (w *traced) settle(t *testing.T) {
	require.NoError(t, w.ledger.Flush(t.Context()))
	require.NoError(t, w.engine.Refresh(t.Context()))
}

// left says where the trace is: in tables, in the words and texts of the index,
// removed ones included, in the bytes of files, among mails and in the log.
func (w *traced) left(t *testing.T) (places []string) {
	for _, word := range []string{trace, tracePhone} {
		for _, place := range profiletest.Census(t, w.db.write.DB, word) {
			places = append(places, "table "+place)
		}
	}
	for _, dir := range []string{w.data, w.mails, w.texts} {
		places = append(places, filesWith(t, dir)...)
	}
	places = append(places, termsWith(t, filepath.Join(w.data, "index"))...)
	if log := strings.Join(w.log.lines(), "\n"); strings.Contains(log, filepath.Base(w.feed)) || strings.Contains(log, trace) || strings.Contains(log, tracePhone) {
		places = append(places, "log")
	}
	slices.Sort(places)
	return slices.Compact(places)
}

// filesWith returns the files below a folder with the trace in their bytes or
// in their names. Files may go while it looks.
func filesWith(t *testing.T, dir string) (found []string) {
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if bytes.Contains(bytes.ToLower(content), []byte(trace)) || bytes.Contains(content, []byte(tracePhone)) || strings.Contains(path, trace) {
			kind := strings.TrimLeft(filepath.Ext(path), ".")
			found = append(found, "file "+kind)
		}
		return err
	}))
	return found
}

// termsWith reads a copy of the index, whose files do not show words as they are.
func termsWith(t *testing.T, dir string) (found []string) {
	own := settledCopy(t, dir)
	stores, err := filepath.Glob(filepath.Join(own, "*", "store"))
	require.NoError(t, err)
	if len(stores) == 0 {
		stores, err = filepath.Glob(filepath.Join(own, "*", "root.bolt"))
		require.NoError(t, err)
		for i := range stores {
			stores[i] = filepath.Dir(stores[i])
		}
	}
	require.NotEmpty(t, stores)
	for _, store := range stores {
		x, err := scorch.NewScorch(scorch.Name, map[string]any{"path": store, "read_only": true}, index.NewAnalysisQueue(1))
		require.NoError(t, err)
		require.NoError(t, x.Open())
		r, err := x.Reader()
		require.NoError(t, err)
		for _, s := range r.(*scorch.IndexSnapshot).Segments() {
			found = append(found, segmentWith(t, s.Segment())...)
		}
		require.NoError(t, r.Close())
		require.NoError(t, x.Close())
	}
	return found
}

// settledCopy copies a folder whose files may go while they are copied.
func settledCopy(t *testing.T, dir string) string {
	for range 100 {
		own := t.TempDir()
		err := os.CopyFS(own, os.DirFS(dir))
		if err == nil {
			return own
		}
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
	require.Fail(t, "the index never rests")
	return ""
}

func segmentWith(t *testing.T, s segment.Segment) (found []string) {
	for _, field := range s.Fields() {
		d, err := s.Dictionary(field)
		require.NoError(t, err)
		for it := d.AutomatonIterator(nil, nil, nil); ; {
			e, err := it.Next()
			require.NoError(t, err)
			if e == nil {
				break
			}
			if strings.Contains(e.Term, trace) {
				found = append(found, "index term in "+field)
			}
		}
	}
	for n := range s.Count() {
		require.NoError(t, s.VisitStoredFields(n, func(field string, _ byte, value []byte, _ []uint64) bool {
			if bytes.Contains(bytes.ToLower(value), []byte(trace)) {
				found = append(found, "index text in "+field)
			}
			return true
		}))
	}
	return found
}

// TestErasureLeavesNothing has somebody leave traces wherever they can, and then
// delete their account.
func TestErasureLeavesNothing(t *testing.T) {
	w := newTraced(t)
	w.leave(t)
	before := w.left(t)
	for _, place := range []string{"file db", "file eml", "file json", "table stoa_endpoint.address", "table stoa_link.address", "table stoa_link.made_by", "index term in key", "table stoa_article_feedback.comment", "table stoa_event.input"} {
		require.Contains(t, before, place, "the test finds what is there")
	}
	w.post(t, "/account/privacy/delete", url.Values{"name": {trace + " Name"}})
	confirmed := w.post(t, "/account/confirm", nil)
	w.session, _, _ = strings.Cut(confirmed.Header.Get("Set-Cookie"), ";")
	gone := w.post(t, "/account/privacy/delete", url.Values{"name": {trace + " Name"}})
	require.Equal(t, "/en/goodbye", gone.Header.Get("Location"))
	require.Equal(t, 404, w.client.get(w.feed).Status)
	w.settle(t)
	var left []string
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(strings.Join(left, "\n"))
		}
	})
	require.Eventually(t, func() bool { left = w.left(t); return len(left) == 0 }, 20*time.Second, 100*time.Millisecond)
	found, err := w.engine.Search(t.Context(), system, search.Query{Text: trace})
	require.NoError(t, err)
	require.Empty(t, found.Hits)
}
