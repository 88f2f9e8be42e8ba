package profile_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
)

func (w *world) ask(by profile.Actor, method, path, kind, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(profile.NewContext(w.Context(), by), method, path, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	rec := httptest.NewRecorder()
	w.notifier.Handler().ServeHTTP(rec, r)
	return rec
}

func TestNoticesOverHTTP(t *testing.T) {
	w := newWorld(t, memprofile.New(), nil)
	earlier := updated("vpn", "1", "ann")
	earlier.At = w.now().Add(-time.Hour)
	w.notify(earlier)
	w.notify(updated("disk", "1", "ann", "bob"))
	w.drain()
	ann, bob := w.actor("ann"), w.actor("bob")
	var page struct {
		Notices []struct {
			ID, Kind, Title, Body, URL string
			At                         time.Time
			Read                       bool
		}
		Next string
	}
	list := func(query string) {
		res := w.ask(ann, "GET", "/me/notices"+query, "", "")
		require.Equal(t, 200, res.Code, res.Body)
		require.Equal(t, "no-store", res.Header().Get("Cache-Control"))
		page.Notices, page.Next = nil, ""
		require.NoError(t, json.Unmarshal(res.Body.Bytes(), &page))
	}
	list("?limit=1")
	require.Len(t, page.Notices, 1)
	first := page.Notices[0]
	require.Equal(t, []string{"article.updated", "Canary-Disk", "by version 1", "https://help.example/articles/disk"}, []string{first.Kind, first.Title, first.Body, first.URL})
	list("?limit=1&after=" + url.QueryEscape(page.Next))
	require.Equal(t, "Canary-VPN", page.Notices[0].Title)
	require.Empty(t, page.Next)

	unread := func(by profile.Actor) float64 {
		res := w.ask(by, "GET", "/me/notices/unread", "", "")
		require.Equal(t, 200, res.Code)
		var out map[string]any
		require.NoError(t, json.Unmarshal(res.Body.Bytes(), &out))
		return out["unread"].(float64)
	}
	require.EqualValues(t, 2, unread(ann))
	const kind = "application/json"
	require.Equal(t, 200, w.ask(bob, "POST", "/me/notices/read", kind, fmt.Sprintf(`{"id":%q}`, first.ID)).Code)
	require.EqualValues(t, 2, unread(ann), "nobody reads for somebody else")
	require.Equal(t, 200, w.ask(ann, "POST", "/me/notices/read", kind, fmt.Sprintf(`{"id":%q}`, first.ID)).Code)
	require.EqualValues(t, 1, unread(ann))
	list("?unread=true")
	require.Equal(t, "Canary-VPN", page.Notices[0].Title)
	require.Equal(t, 200, w.ask(ann, "POST", "/me/notices/read", kind, fmt.Sprintf(`{"until":%q}`, w.now().UTC().Format(time.RFC3339Nano))).Code)
	require.Zero(t, unread(ann))

	for _, c := range []struct {
		by                 profile.Actor
		method, path, body string
		status             int
	}{
		{profile.Actor{}, "GET", "/me/notices", "", 401},
		{profile.Actor{}, "GET", "/me/notices/unread", "", 401},
		{profile.Actor{}, "POST", "/me/notices/read", `{"id":"x"}`, 401},
		{ann, "POST", "/me/notices/read", `{}`, 422},
		{ann, "POST", "/me/notices/read", `{"id":"x","until":"2026-01-01T00:00:00Z"}`, 422},
		{ann, "POST", "/me/notices/read", `{"person":"bob"}`, 422},
		{ann, "POST", "/me/notices/read", `{"id":"unknown"}`, 200},
		{ann, "GET", "/me/notices?after=forged", "", 422},
		{ann, "DELETE", "/me/notices", "", 405},
	} {
		kind := ""
		if c.body != "" {
			kind = "application/json"
		}
		got := w.ask(c.by, c.method, c.path, kind, c.body)
		require.Contains(t, []int{c.status, map[int]int{422: 400}[c.status]}, got.Code, "%+v: %s", c, got.Body)
		require.NotContains(t, got.Body.String(), "Canary")
	}
}

// RFC 8058: the mail program posts to the address, nobody is signed in, and
// nothing happens before.
func TestOneClickUnsubscribe(t *testing.T) {
	inWorlds(t, func(w *world) {
		w.prefer("bob", func(p *profile.Preferences) { p.Digests = map[string]profile.Digest{"mail": profile.DigestDaily} })
		w.notify(updated("vpn", "1", "ann", "bob"))
		w.notify(profile.Occurrence{Kind: "sign-in.new", Subject: "article/disk", Key: "s1", To: []string{"ann"}})
		w.drain()
		require.Len(w, w.mail.sent, 2)
		links := map[string]string{}
		for _, m := range w.mail.sent {
			links[m.Items[0].Kind] = m.Unsubscribe
		}
		require.Empty(w, links["sign-in.new"], "what cannot be turned off has no link")
		address, ok := strings.CutPrefix(links["article.updated"], "https://help.example/api/v1")
		require.True(w, ok, links["article.updated"])

		for range 3 {
			res := w.ask(profile.Actor{}, "GET", address, "", "")
			require.Equal(w, 200, res.Code)
			require.Contains(w, res.Body.String(), `<form method="post">`)
			require.Equal(w, "text/html; charset=utf-8", res.Header().Get("Content-Type"))
			require.Contains(w, res.Header().Get("Content-Security-Policy"), "default-src 'none'")
			require.NotContains(w, res.Body.String(), "ann")
		}
		w.notify(updated("vpn", "2", "ann"))
		w.drain()
		require.Len(w, w.mail.titles("ann"), 3, "asking changes nothing")

		const form = "application/x-www-form-urlencoded"
		for range 2 {
			res := w.ask(profile.Actor{}, "POST", address, form, "List-Unsubscribe=One-Click")
			require.Equal(w, 200, res.Code, res.Body)
		}
		p, err := w.people.Preferences(w.Context(), w.actor("ann"), "ann")
		require.NoError(w, err)
		require.Equal(w, map[string][]string{"article.updated": {"inbox", "push"}}, p.Notices)
		require.Equal(w, 1, p.Version, "the second time there is nothing to do")
		w.notify(updated("vpn", "3", "ann"))
		w.drain()
		require.Len(w, w.mail.titles("ann"), 3)
		require.Len(w, w.push.titles("ann"), 3)

		for _, bad := range []string{"", "?token=", "?token=x", address[strings.Index(address, "?"):] + "A", "?token=" + strings.Repeat("A", 5000)} {
			for _, method := range []string{"GET", "POST"} {
				res := w.ask(profile.Actor{}, method, "/me/notices/unsubscribe"+bad, map[string]string{"POST": form}[method], "")
				require.Equal(w, http.StatusBadRequest, res.Code, bad)
				require.NotContains(w, res.Body.String(), "<form")
			}
		}

		w.at("08:00")
		w.drain()
		m := w.mail.sent[len(w.mail.sent)-1]
		require.Equal(w, "bob", m.To.ID)
		address = strings.TrimPrefix(m.Unsubscribe, "https://help.example/api/v1")
		require.Contains(w, w.ask(profile.Actor{}, "GET", address, "", "").Body.String(), "except about your security")
		require.Equal(w, 200, w.ask(profile.Actor{}, "POST", address, form, "").Code)
		w.notify(updated("vpn", "4", "bob"))
		w.notify(profile.Occurrence{Kind: "sign-in.new", Subject: "article/disk", Key: "s2", To: []string{"bob"}})
		w.drain()
		w.at("08:00")
		w.drain()
		require.Equal(w, "Canary-Disk", w.mail.titles("bob")[1], "only what is about security comes")
		require.Len(w, w.mail.titles("bob"), 2)

		p, err = w.people.Preferences(w.Context(), w.actor("bob"), "bob")
		require.NoError(w, err)
		require.Equal(w, map[string][]string{"article.updated": {"inbox", "push"}, "article.commented": {"inbox"}}, p.Notices)

		w.notify(updated("vpn", "5", "cy"))
		w.drain()
		address = strings.TrimPrefix(w.mail.sent[len(w.mail.sent)-1].Unsubscribe, "https://help.example/api/v1")
		require.NoError(w, w.store.RemovePerson(w.Context(), "cy"))
		require.Equal(w, 200, w.ask(profile.Actor{}, "POST", address, form, "").Code, "nobody learns who has left")
		_, err = w.store.(profile.PreferenceStore).Preferences(w.Context(), "cy")
		require.ErrorIs(w, err, profile.ErrNotFound, "nothing is written of those who have left")
	})
}

func TestNoticeTexts(t *testing.T) {
	w := newWorld(t, memprofile.New(), nil)
	asked := map[string]bool{}
	w.opts.Text = func(locale, key string, args map[string]any) string {
		asked[key] = true
		return fmt.Sprintf("[%s %s %v]", locale, key, args["title"])
	}
	w.opts.Kinds[0].Body, w.opts.Kinds[0].Line, w.opts.Kinds[0].Group = "k.body", "k.line", "k.group"
	w.notifier = w.instance()
	w.change("ann", func(p *profile.Person) { p.Locale = "de" })
	w.articles.titles["vpn"] = "Two\r\nlines " + strings.Repeat("x", 500)
	w.notify(updated("vpn", "1", "ann"))
	w.drain()
	m := w.mail.sent[0]
	require.True(t, strings.HasPrefix(m.Line, "[de k.line Two lines xxx"), m.Line)
	require.LessOrEqual(t, len([]rune(m.Line)), 200)
	require.Equal(t, "[de k.group <nil>]", m.Items[0].Group)
	require.Equal(t, "[de notice.why <nil>]", m.Why)
	for key := range asked {
		if strings.HasPrefix(key, "notice.") && key != "notice.article.updated" {
			require.Contains(t, profile.NoticeTexts(), key)
		}
	}
}
