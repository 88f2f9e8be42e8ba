package kb_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/memkb"
	"github.com/stoa-go/stoa/profile"
)

// newFiledWorld is a world that keeps files.
func newFiledWorld(t testing.TB, change ...func(*kb.Options)) *world {
	w := &world{t: t, store: memkb.New(), events: &recorder{}, now: time.Now().UTC()}
	opts := w.options()
	files, err := kb.FolderFiles(t.TempDir())
	require.NoError(t, err)
	opts.Files = files
	for _, f := range change {
		f(opts)
	}
	w.Library = kb.NewLibrary(w.store, opts)
	return w
}

func (w *world) upload(by profile.Actor, name, text string) (kb.Media, error) {
	return w.Upload(w.ctx(), by, kb.Upload{Name: name, Content: strings.NewReader(text)})
}

// content returns what by gets of a medium.
func (w *world) content(by profile.Actor, name string) (string, error) {
	_, r, err := w.File(w.ctx(), by, name)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	require.NoError(w.t, errors.Join(err, r.Close()))
	return string(text), nil
}

const manual = "%PDF-1.4 all about hubs"

func TestUpload(t *testing.T) {
	w := newFiledWorld(t)
	m, err := w.Upload(w.ctx(), author, kb.Upload{Name: "manual.pdf", About: " The manual ", Content: strings.NewReader(manual)})
	require.NoError(t, err)
	require.Equal(t, []any{"application/pdf", int64(len(manual)), "The manual", "ines", kb.MediaDocuments}, []any{m.Type, m.Size, m.About, m.Owner, m.Group()})
	require.Nil(t, m.Data)
	text, err := w.content(author, "manual.pdf")
	require.NoError(t, err)
	require.Equal(t, manual, text)
	w.tick()
	again, err := w.upload(author, "manual.pdf", manual)
	require.NoError(t, err)
	require.Equal(t, m, again, "the same again changes nothing")
	_, err = w.upload(reviewer, "manual.pdf", manual+" more")
	require.Equal(t, map[string]string{"name": "error.media.taken"}, fields(t, err))
	other := kb.Upload{Name: "manual.pdf", Replace: true, Content: strings.NewReader(manual + " more")}
	_, err = w.Upload(w.ctx(), author, other)
	require.ErrorIs(t, err, kb.ErrForbidden)
	other.Content = strings.NewReader(manual + " more")
	m, err = w.Upload(w.ctx(), reviewer, other)
	require.NoError(t, err)
	require.Equal(t, "The manual", m.About)
	_, err = w.upload(ann, "x.pdf", manual)
	require.ErrorIs(t, err, kb.ErrForbidden)
}

// TestUploadsThatAreRefused: nothing is kept of them.
func TestUploadsThatAreRefused(t *testing.T) {
	w := newFiledWorld(t, func(o *kb.Options) {
		o.MaxFile, o.MaxFiles = 1000, 3000
		o.FileTypes = []string{".pdf", ".docx", ".txt", ".mp4", ".vtt", ".srt", ".png"}
	})
	for _, c := range []struct {
		name, text string
		want       map[string]string
	}{
		{"page.pdf", "<html><script>alert(1)</script>", map[string]string{"data": "error.media.lies"}},
		{"mixed.pdf", "<html>%PDF-1.4", map[string]string{"data": "error.media.lies"}},
		{"a.docx", "PK\x03\x04 no archive", map[string]string{"data": "error.media.lies"}},
		{"a.txt", "text\x00with more", map[string]string{"data": "error.media.lies"}},
		{"a.mp4", "not a film at all", map[string]string{"data": "error.media.lies"}},
		{"a.exe", "MZ", map[string]string{"data": "error.media.type"}},
		{"a.html", "<p>", map[string]string{"data": "error.media.type"}},
		{"noending", "x", map[string]string{"data": "error.media.type"}},
		{"a.png", "<html>", map[string]string{"data": "error.media.not_a_picture"}},
		{"a.pdf", "", map[string]string{"data": "error.field.required"}},
		{"a.pdf", manual + strings.Repeat("x", 1000), map[string]string{"data": "error.media.too_large"}},
		{"../a.pdf", manual, map[string]string{"name": "error.field.format"}},
		{"a b.pdf", manual, map[string]string{"name": "error.field.format"}},
		{"a.vtt", "WEBVTT\n\n00:02.000 --> 00:01.000\nback in time\n", map[string]string{"data": "error.media.captions"}},
		{"a.srt", "1\nno times\n", map[string]string{"data": "error.media.captions"}},
	} {
		_, err := w.upload(reviewer, c.name, c.text)
		require.Equal(t, c.want, fields(t, err), c.name)
	}
	for _, name := range []string{"one.pdf", "two.pdf"} {
		_, err := w.upload(reviewer, name, manual+name+strings.Repeat("x", 900))
		require.NoError(t, err)
	}
	_, err := w.upload(reviewer, "three.pdf", manual+strings.Repeat("y", 970))
	require.NoError(t, err)
	_, err = w.upload(reviewer, "four.pdf", manual+strings.Repeat("z", 970))
	require.Equal(t, map[string]string{"data": "error.media.full"}, fields(t, err))
	_, err = w.Upload(w.ctx(), reviewer, kb.Upload{Name: "cut.pdf", Content: io.MultiReader(strings.NewReader(manual), broken{})})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	page, _, err := w.ListMedia(w.ctx(), reviewer, kb.MediaList{})
	require.NoError(t, err)
	require.Len(t, page, 3)
	_, err = newWorld(t).upload(reviewer, "a.pdf", manual)
	require.Equal(t, map[string]string{"data": "error.media.no_files"}, fields(t, err))
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestMediaName(t *testing.T) {
	for file, want := range map[string]string{
		"Manual (final).pdf":       "Manual-final.pdf",
		`C:\Users\ann\plan.PDF`:    "plan.pdf",
		"../../etc/passwd":         "passwd",
		"..":                       "",
		".htaccess":                "htaccess",
		"a\u202Egnp.exe":           "a-gnp.exe",
		"e\u0301.png":              "\u00e9.png",
		"دليل المستخدم.pdf":        "دليل-المستخدم.pdf",
		"a....b.txt":               "a.b.txt",
		"x\x00y\n.txt":             "x-y.txt",
		strings.Repeat("é", 300):   strings.Repeat("é", 100),
		"<img src=x onerror=1>.md": "img-src-x-onerror-1.md",
	} {
		require.Equal(t, want, kb.MediaName(file), "%q", file)
	}
}

// TestHostileUploads sends files that were made to do harm, under names that were.
func TestHostileUploads(t *testing.T) {
	dir := os.Getenv("STOA_TEST_DATA")
	if dir == "" {
		t.Skip("STOA_TEST_DATA is not set")
	}
	w := newFiledWorld(t)
	files, err := os.ReadDir(filepath.Join(dir, "attacks", "uploads", "files"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	kept := 0
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, "attacks", "uploads", "files", f.Name()))
		require.NoError(t, err)
		m, err := w.upload(reviewer, kb.MediaName(f.Name()), string(data))
		if err != nil {
			require.ErrorIs(t, err, kb.ErrInvalid, f.Name())
			continue
		}
		kept++
		harmless(t, w, m)
	}
	require.NotZero(t, kept)
	names, err := os.Open(filepath.Join(dir, "attacks", "uploads", "filenames.jsonl"))
	require.NoError(t, err)
	defer names.Close() //nolint:errcheck // it was only read
	for lines := bufio.NewScanner(names); lines.Scan(); {
		var row struct{ Filename string }
		require.NoError(t, json.Unmarshal(lines.Bytes(), &row))
		name := kb.MediaName(row.Filename)
		if _, err := w.upload(reviewer, name, "text"); err == nil {
			m, _, err := w.File(w.ctx(), reviewer, name)
			require.NoError(t, err)
			harmless(t, w, m)
		}
	}
}

// harmless checks that no browser would run a medium.
func harmless(t *testing.T, w *world, m kb.Media) {
	t.Helper()
	_, r, err := w.File(w.ctx(), reviewer, m.Name)
	require.NoError(t, err)
	got := httptest.NewRecorder()
	kb.ServeMedia(got, httptest.NewRequest("GET", "/media/"+"x", nil), m, r)
	h := got.Header()
	require.NoError(t, r.Close())
	require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), m.Name)
	require.Contains(t, h.Get("Content-Security-Policy"), "sandbox", m.Name)
	require.NotContains(t, h.Get("Content-Type"), "html", m.Name)
	shown := strings.HasPrefix(m.Type, "image/") || strings.HasPrefix(m.Type, "video/") || strings.HasPrefix(m.Type, "audio/") || m.Type == "text/vtt"
	require.Equal(t, !shown, strings.HasPrefix(h.Get("Content-Disposition"), "attachment"), m.Name)
}

// TestAttachments: a file is for those who read a text that links to it.
func TestAttachments(t *testing.T) {
	w := newFiledWorld(t)
	w.place("open", "", "public")
	for _, name := range []string{"all.pdf", "acme.pdf", "draft.pdf"} {
		_, err := w.upload(reviewer, name, manual+name)
		require.NoError(t, err)
	}
	d := draft("hubs", "open", "public")
	d.Body = "See [the manual](media:all.pdf#page=2) ![p](media:gone.pdf)\n\n:::for account:acme\n[yours](media:acme.pdf)\n:::\n"
	a := w.show(d)
	_, err := w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: "Hubs", Body: "[soon](media:draft.pdf)"})
	require.NoError(t, err)
	names := func(by profile.Actor) (out []string) {
		for _, f := range w.reads(by, a.ID).Files {
			out = append(out, f.Name)
		}
		return out
	}
	require.Equal(t, []string{"all.pdf"}, names(anyone))
	require.Equal(t, []string{"acme.pdf", "all.pdf"}, names(ann))
	for by, list := range map[string][]string{"": {"all.pdf"}, "ann": {"all.pdf", "acme.pdf"}} {
		for _, name := range []string{"all.pdf", "acme.pdf", "draft.pdf"} {
			actor := map[string]profile.Actor{"": anyone, "ann": ann}[by]
			_, err := w.content(actor, name)
			if !contains(list, name) {
				require.ErrorIs(t, err, kb.ErrNotFound, "%s by %q", name, by)
				continue
			}
			require.NoError(t, err, "%s by %q", name, by)
		}
	}
	require.Contains(t, string(w.reads(anyone, a.ID).Text.HTML), `/media/all.pdf#page=2`)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func TestServeMedia(t *testing.T) {
	w := newFiledWorld(t)
	m, err := w.upload(reviewer, "Anleitung-für-Hübe.pdf", manual)
	require.NoError(t, err)
	ask := func(header ...string) *httptest.ResponseRecorder {
		_, r, err := w.File(w.ctx(), reviewer, m.Name)
		require.NoError(t, err)
		defer r.Close() //nolint:errcheck // it was only read
		req := httptest.NewRequest("GET", "/x", nil)
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		got := httptest.NewRecorder()
		kb.ServeMedia(got, req, m, r)
		return got
	}
	whole := ask()
	require.Equal(t, manual, whole.Body.String())
	require.NotEmpty(t, whole.Header().Get("Last-Modified"))
	require.Equal(t, "attachment; filename*=utf-8''Anleitung-f%C3%BCr-H%C3%BCbe.pdf", whole.Header().Get("Content-Disposition"))
	tag := whole.Header().Get("ETag")
	part := ask("Range", "bytes=5-7", "If-Range", tag)
	require.Equal(t, http.StatusPartialContent, part.Code)
	require.Equal(t, manual[5:8], part.Body.String())
	require.Equal(t, http.StatusNotModified, ask("If-None-Match", tag).Code)
	require.Equal(t, http.StatusOK, ask("Range", "bytes=5-7", "If-Range", `"other"`).Code)
	require.Equal(t, http.StatusRequestedRangeNotSatisfiable, ask("Range", "bytes=5000-").Code)
}

// counting is where files go that nobody needs again.
type counting struct {
	kb.Files
	bytes int64
}

func (c *counting) Put(_ context.Context, _ string, r io.Reader) (err error) {
	c.bytes, err = io.Copy(io.Discard, r)
	return err
}

// TestUploadMemory: a large file is never in memory.
func TestUploadMemory(t *testing.T) {
	files := &counting{}
	w := newFiledWorld(t, func(o *kb.Options) { o.Files, o.MaxFile = files, 1<<30 })
	const size = 200 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := w.Upload(t.Context(), reviewer, kb.Upload{Name: "film.webm", Content: io.MultiReader(strings.NewReader("\x1a\x45\xdf\xa3"), io.LimitReader(zeros{}, size))})
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	require.Equal(t, int64(size+4), files.bytes)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20))
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// TestSweepFiles: content that no medium names goes after an hour, and no other.
func TestSweepFiles(t *testing.T) {
	w := newFiledWorld(t)
	_, err := w.upload(reviewer, "kept.pdf", manual)
	require.NoError(t, err)
	old, err := w.upload(reviewer, "old.pdf", manual+"old")
	require.NoError(t, err)
	require.NoError(t, w.RemoveMedia(t.Context(), reviewer, "old.pdf"))
	require.NoError(t, w.DoDue(t.Context()))
	_, err = w.contentOf(old)
	require.NoError(t, err, "it may still be on its way")
	w.now = w.now.Add(2 * time.Hour)
	require.NoError(t, w.DoDue(t.Context()))
	_, err = w.contentOf(old)
	require.ErrorIs(t, err, kb.ErrNotFound)
	text, err := w.content(reviewer, "kept.pdf")
	require.NoError(t, err)
	require.Equal(t, manual, text)
}

// contentOf returns the content of a medium that was removed, as long as it is there.
func (w *world) contentOf(m kb.Media) (string, error) {
	require.NoError(w.t, w.store.PutMedia(w.ctx(), m))
	text, err := w.content(reviewer, m.Name)
	require.NoError(w.t, w.store.RemoveMedia(w.ctx(), m.Name))
	return text, err
}

func TestMediaDesk(t *testing.T) {
	w := newFiledWorld(t)
	w.place("open", "", "public")
	for _, name := range []string{"shown.pdf", "free.pdf", "block.pdf"} {
		_, err := w.upload(author, name, manual+name)
		require.NoError(t, err)
		w.tick()
	}
	_, err := w.upload(reviewer, "other.mp4", "\x00\x00\x00\x18ftypisom")
	require.NoError(t, err)
	_, err = w.SaveBlock(w.ctx(), reviewer, kb.Block{Name: "legal", Audience: profile.Public(), Texts: kb.Words{"en": "[t](media:block.pdf)"}})
	require.NoError(t, err)
	d := draft("hubs", "open", "staff")
	d.Body = "[m](media:shown.pdf)\n\n:::include legal\n"
	a := w.show(d)
	list := func(by profile.Actor, q kb.MediaList) []string {
		page, _, err := w.ListMedia(w.ctx(), by, q)
		require.NoError(t, err)
		out := []string{}
		for _, m := range page {
			out = append(out, m.Name)
		}
		return out
	}
	require.Equal(t, []string{"other.mp4", "block.pdf", "free.pdf", "shown.pdf"}, list(reviewer, kb.MediaList{}))
	require.Equal(t, []string{"block.pdf", "free.pdf", "shown.pdf"}, list(author, kb.MediaList{}))
	require.Equal(t, []string{"shown.pdf"}, list(other, kb.MediaList{}), "what an article shows that they see")
	require.Empty(t, list(other, kb.MediaList{Unused: true}))
	paged, next, err := w.ListMedia(w.ctx(), other, kb.MediaList{Limit: 1})
	require.NoError(t, err)
	require.Len(t, paged, 1, "past what they do not see")
	require.Empty(t, next)
	require.Equal(t, []string{"other.mp4"}, list(reviewer, kb.MediaList{Group: kb.MediaVideos}))
	require.Equal(t, []string{"free.pdf"}, list(author, kb.MediaList{Unused: true}))
	require.Equal(t, []string{"shown.pdf"}, list(author, kb.MediaList{Name: "SHOW"}))
	_, _, err = w.ListMedia(w.ctx(), agent, kb.MediaList{})
	require.ErrorIs(t, err, kb.ErrForbidden)
	users, err := w.MediaUsers(w.ctx(), author, "shown.pdf")
	require.NoError(t, err)
	require.Equal(t, kb.MediaUsers{Articles: []string{a.ID}}, users)
	users, err = w.MediaUsers(w.ctx(), author, "block.pdf")
	require.NoError(t, err)
	require.Equal(t, kb.MediaUsers{Blocks: []string{"legal"}}, users)
	users, err = w.MediaUsers(w.ctx(), other, "shown.pdf")
	require.NoError(t, err)
	require.Equal(t, kb.MediaUsers{Articles: []string{a.ID}}, users)
	_, err = w.DescribeMedia(w.ctx(), other, "shown.pdf", "mine")
	require.ErrorIs(t, err, kb.ErrForbidden, "it is not theirs to change")
	require.ErrorIs(t, w.RemoveMedia(w.ctx(), other, "shown.pdf"), kb.ErrForbidden)
	w.arrange(a, func(m *kb.Meta) { m.Audience = profile.NewAudience("account:acme") })
	_, err = w.MediaUsers(w.ctx(), other, "shown.pdf")
	require.ErrorIs(t, err, kb.ErrNotFound)
	for _, name := range []string{"shown.pdf", "block.pdf"} {
		require.ErrorIs(t, w.RemoveMedia(w.ctx(), author, name), kb.ErrConflict)
	}
	require.ErrorIs(t, w.RemoveMedia(w.ctx(), other, "free.pdf"), kb.ErrNotFound)
	require.NoError(t, w.RemoveMedia(w.ctx(), author, "free.pdf"))
	m, err := w.DescribeMedia(w.ctx(), author, "shown.pdf", " All of it ")
	require.NoError(t, err)
	require.Equal(t, "All of it", m.About)
	_, err = w.DescribeMedia(w.ctx(), author, "shown.pdf", strings.Repeat("x", 501))
	require.Equal(t, map[string]string{"about": "error.field.too_long"}, fields(t, err))
	n, size, err := w.MediaTotal(w.ctx(), reviewer)
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.Positive(t, size)
}

// TestCaptions: those of other programs become WebVTT.
func TestCaptions(t *testing.T) {
	w := newWorld(t)
	m, err := w.upload(author, "intro.srt", "\xef\xbb\xbf1\r\n00:00:01,000 --> 00:00:04,200\r\nWelcome, <i>all</i>\r\n\r\n2\r\n01:00:05,000 --> 01:00:06,000\r\nBye\r\n")
	require.NoError(t, err)
	require.Equal(t, "intro.vtt", m.Name)
	require.Equal(t, "WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.200\nWelcome, <i>all</i>\n\n2\n01:00:05.000 --> 01:00:06.000\nBye\n", string(m.Data))
	_, err = w.upload(author, "de.vtt", "WEBVTT - title\n\nNOTE no cue\n\n00:01.000 --> 00:04.000 align:start\nHallo\n")
	require.NoError(t, err)
}

func TestMediaAPI(t *testing.T) {
	w := newFiledWorld(t)
	ask := func(by profile.Actor, method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(profile.NewContext(w.ctx(), by), method, path, strings.NewReader(body))
		if method == "PATCH" {
			r.Header.Set("Content-Type", "application/json")
		}
		got := httptest.NewRecorder()
		w.Handler().ServeHTTP(got, r)
		return got
	}
	for range 2 {
		got := ask(author, "PUT", "/media/manual.pdf?about=All", manual)
		require.Equal(t, 200, got.Code, got.Body)
		require.Contains(t, got.Body.String(), `"name":"manual.pdf","type":"application/pdf","group":"documents","size":23`)
	}
	require.Equal(t, 422, ask(author, "PUT", "/media/a.pdf", "x").Code)
	require.Equal(t, 403, ask(ann, "PUT", "/media/a.pdf", manual).Code)
	require.Equal(t, 404, ask(ann, "GET", "/media/manual.pdf/content", "").Code)
	require.Equal(t, manual, ask(author, "GET", "/media/manual.pdf/content", "").Body.String())
	require.Contains(t, ask(author, "GET", "/media?unused=true", "").Body.String(), `"about":"All"`)
	require.Contains(t, ask(author, "PATCH", "/media/manual.pdf", `{"about":"Other"}`).Body.String(), `"about":"Other"`)
	require.JSONEq(t, `{"articles":[],"blocks":[],"films":[],"others":false}`, ask(author, "GET", "/media/manual.pdf/uses", "").Body.String())
	require.Equal(t, 204, ask(author, "DELETE", "/media/manual.pdf", "").Code)
	require.Equal(t, 404, ask(author, "DELETE", "/media/manual.pdf", "").Code)
	var out bytes.Buffer
	require.ErrorIs(t, w.Export(w.ctx(), author, &out), kb.ErrForbidden)
}
