package site

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// importing sends a file, has it imported, and returns the page of that.
func (c *client) importing(s *Site, name, content string, fields ...string) answer {
	c.t.Helper()
	sent := c.sendFile(name, content, fields...)
	require.Equal(c.t, 303, sent.Status, sent.Body)
	s.work(c.t)
	return c.get(sent.Header.Get("Location"))
}

// work does what there is to import.
func (s *Site) work(t testing.TB) {
	t.Helper()
	for did := true; did; {
		var err error
		did, err = s.imports.next(t.Context())
		require.NoError(t, err)
	}
}

// uploads returns the names of the files that are kept to be imported.
func (s *Site) uploads(t testing.TB) (names []string) {
	t.Helper()
	list, err := os.ReadDir(s.imports.folder)
	require.NoError(t, err)
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// zipOf returns a ZIP of n articles, and of one that cannot be taken.
func zipOf(t testing.TB, n int) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range n {
		w, err := z.Create(fmt.Sprintf("guide/a%03d.md", i))
		require.NoError(t, err)
		fmt.Fprintf(w, "# Zqimport %03d\n\nText.\n", i)
	}
	for i := range 2 {
		w, err := z.Create(fmt.Sprintf("guide/bad%d.md", i))
		require.NoError(t, err)
		fmt.Fprintf(w, "---\nstatus: \"odd%d\"\n---\n# Bad\n\nText.\n", i)
	}
	require.NoError(t, z.Close())
	return b.String()
}

// TestImportInterrupted: an import goes on where the portal ended, its report is
// of the whole, and somebody can end it.
func TestImportInterrupted(t *testing.T) {
	var during func(done int)
	s := open(t, func(c *Config) {
		c.whileImporting = func(done int) {
			if during != nil {
				during(done)
			}
		}
	})
	s.imports.every = 5 * time.Millisecond
	as := serve(t, s)
	c := as("ruth")
	sent := c.sendFile("guide.zip", zipOf(t, 40), "do", "run", "key", "k1")
	page := sent.Header.Get("Location")
	require.Equal(t, page, c.sendFile("guide.zip", zipOf(t, 40), "do", "run", "key", "k1").Header.Get("Location"), "a form that is sent twice is one import")
	require.Len(t, s.uploads(t), 1)
	t.Run("waits", func(t *testing.T) {
		got := c.get(page)
		for _, want := range []string{"Waiting", `http-equiv="refresh" content="10; url=` + page + `"`, "/events", "Cancel the import"} {
			require.Contains(t, got.Body, want)
		}
		require.NotContains(t, c.get(page+"?still=1").Body, `http-equiv="refresh"`)
		require.Equal(t, 404, c.get(page+"/report.json").Status)
	})
	t.Run("the portal ends in the middle", func(t *testing.T) {
		ctx, kill := context.WithCancel(t.Context())
		during = func(done int) {
			if done == 15 {
				kill()
			}
		}
		_, err := s.imports.next(ctx)
		require.ErrorIs(t, err, context.Canceled)
		got := c.get(page).Body
		require.Contains(t, got, "Under way")
		require.Contains(t, got, `max="40" value="15"`)
		require.Contains(t, got, "2 things not taken in")
		require.Contains(t, c.get("/en"+transferPath).Body, "Under way")
	})
	t.Run("and another takes it up", func(t *testing.T) {
		during = nil
		s.work(t)
		got := c.get(page).Body
		for _, want := range []string{"The import is done", "40 new articles, 0 changed, 0 as they were", "Zqimport 003", "Zqimport 039", "bad1.md"} {
			require.Contains(t, got, want)
		}
		require.Equal(t, 1, strings.Count(got, `<details class="import-kind">`), "what is alike stands together")
		require.NotContains(t, got, `http-equiv="refresh"`)
		require.Empty(t, s.uploads(t), "nobody needs the file any more")
		report := c.get(page + "/report.json")
		require.Contains(t, report.Body, `"created": 40`)
		require.Contains(t, report.Header.Get("Content-Disposition"), "import.json")
		table := c.get(page + "/report.csv").Body
		require.Equal(t, 43, strings.Count(table, "\n"))
		require.Contains(t, table, "not taken in,,,bad0.md")
		require.Equal(t, 409, c.post(page+"/run", url.Values{"key": {"x"}}).Status, "it is done")
	})
	t.Run("somebody ends it", func(t *testing.T) {
		page := c.sendFile("other.zip", zipOf(t, 40), "name", "other", "do", "run").Header.Get("Location")
		stopping := make(chan struct{})
		s.imports.stopping = func() { close(stopping) }
		during = func(done int) {
			if done == 7 {
				require.Equal(t, 303, c.post(page+"/cancel", nil).Status)
				<-stopping // the runner has seen it
			}
		}
		s.work(t)
		during = nil
		got := c.get(page).Body
		require.Contains(t, got, "Cancelled")
		require.Contains(t, got, "7 new articles")
		again := c.post(page+"/run", url.Values{"key": {"again"}}).Header.Get("Location")
		s.work(t)
		require.Contains(t, c.get(again).Body, "33 new articles, 0 changed, 7 as they were")
		page = c.sendFile("third.zip", zipOf(t, 1), "do", "run").Header.Get("Location")
		require.Equal(t, 303, c.post(page+"/cancel", nil).Status)
		s.work(t)
		require.Contains(t, c.get(page).Body, "Cancelled")
	})
	t.Run("one that ends the portal is given up", func(t *testing.T) {
		page := c.sendFile("fatal.zip", zipOf(t, 3), "do", "run").Header.Get("Location")
		for range mostTries + 1 {
			ctx, kill := context.WithCancel(t.Context())
			during = func(int) { kill() }
			_, _ = s.imports.next(ctx)
		}
		during = nil
		require.Contains(t, c.get(page).Body, "begun several times")
		during = func(int) { panic("a fault of ours") }
		page = c.sendFile("panic.zip", zipOf(t, 3), "do", "run").Header.Get("Location")
		s.work(t)
		require.Contains(t, c.get(page).Body, "Something went wrong")
		during = nil
	})
	t.Run("old ones go", func(t *testing.T) {
		require.NotEmpty(t, s.uploads(t))
		n, err := s.db.expireImports(t.Context(), profile.Expiry{Before: time.Now().Add(time.Hour), Limit: 100, Held: []string{"ruth"}})
		require.NoError(t, err)
		require.Zero(t, n)
		_, err = s.eraseImports(t.Context(), "ruth", profile.Erasure{})
		require.NoError(t, err)
		require.Empty(t, s.uploads(t))
		require.Equal(t, 404, c.get(page).Status)
	})
}

// TestImportsAreForThoseWhoImport: what an import says of articles is for nobody
// else, and is done with the rights of whoever asked.
func TestImportsAreForThoseWhoImport(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	page := as("ruth").sendFile("zqsecret.md", "# Zqsecret\n\nText.", "do", "run").Header.Get("Location")
	paths := []string{"", "/events", "/report.json", "/report.csv"}
	for range 2 {
		for _, person := range viewers {
			for _, path := range paths {
				got := as(person).get(page + path)
				require.Equal(t, unseen(person), got.Status, "%q %s", person, path)
				require.NotContains(t, strings.ToLower(got.Body), "zqsecret")
			}
			require.Equal(t, refusal(person), as(person).post(page+"/cancel", nil).Status)
			require.Equal(t, refusal(person), as(person).post(page+"/run", nil).Status)
			require.Equal(t, refusal(person), as(person).post(page+"/undo", nil).Status)
		}
		s.work(t)
	}
	require.Contains(t, as("ruth").get(page).Body, "The import is done")
	for _, path := range []string{"", "/report.json", "/report.csv"} {
		require.Contains(t, as("ruth").get(page+path).Body, "Zqsecret", path)
	}
	require.Equal(t, 404, as("ruth").get("/en"+transferPath+"/nothing").Status)
	_, err := s.addImport(t.Context(), profile.Actor{ID: "ines"}, received(t, s, "a.md", "# A\n\nText."))
	require.NoError(t, err)
	s.work(t)
	list := as("ruth").get("/en" + transferPath).Body
	m := regexp.MustCompile(`href="(/en/desk/transfer/[^"]+)">a\.md`).FindStringSubmatch(list)
	require.Contains(t, as("ruth").get(m[1]).Body, "may not import any more")
}

func received(t *testing.T, s *Site, name, content string) uploaded {
	t.Helper()
	n, err := s.imports.keep("up-"+name, strings.NewReader(content))
	require.NoError(t, err)
	return uploaded{File: "up-" + name, Known: name, Audience: "staff", Size: n}
}
