package site

import (
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/smtptest"
	"github.com/stoa-go/stoa/internal/testdb"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// lettersIn returns the mails in a folder, by recipient and subject.
func lettersIn(t *testing.T, dir string) map[string]smtptest.Letter {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	require.NoError(t, err)
	out := map[string]smtptest.Letter{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		l := smtptest.Read(t, string(data))
		out[l.Header.Get("To")+" "+l.Subject] = l
	}
	return out
}

// TestMailsOfBrands: what is written at one brand alone is told in its name to
// whoever follows it; what is at all of them in the name of the one that its
// reader was on last.
func TestMailsOfBrands(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	s := open(t, outbox(dir), func(c *Config) { c.Brands, c.BaseURL = brandsFile, "https://"+kelvane+":8443" })
	as := serve(t, s)
	place := anyCategory(t, s)
	everywhere := write(t, s, draft("Zq everywhere", profile.Public(), place))
	theirs := write(t, s, draft("Zq at Nordkap", profile.NewAudience("brand-nordkap"), place))
	partners := write(t, s, draft("Zq partners", profile.NewAudience("brand-nordkap+partner"), place))
	settle := func() {
		for seen := ""; seen == ""; {
			var err error
			seen, err = s.tellSome(t.Context())
			require.NoError(t, err)
		}
		_, err := s.notifier.Drain(t.Context())
		require.NoError(t, err)
	}
	settle()
	follow := func(person, host, slug string, status int) {
		t.Helper()
		form := url.Values{"list": {"follows"}}.Encode()
		path := "/en/articles/" + slug + "/keep"
		require.Equal(t, status, as(person).do("POST", path, form, "Host", host, "Content-Type", "application/x-www-form-urlencoded").Status)
	}
	// Tom has been at Nordkap, Sverre at Nordkap first and at Kelvane since, Priya nowhere.
	require.Equal(t, 200, as("tom").at(nordkap, "/en/").Status)
	require.Equal(t, 200, as("sverre").at(nordkap, "/en/").Status)
	for _, person := range []string{"tom", "sverre"} {
		follow(person, nordkap, "zq-at-nordkap", 303)
		follow(person, nordkap, "zq-everywhere", 303)
	}
	require.Equal(t, 200, as("sverre").at(kelvane, "/en/").Status)
	follow("sverre", nordkap, "zq-partners", 303)
	follow("priya", kelvane, "zq-at-nordkap", 404)
	follow("priya", kelvane, "zq-everywhere", 303)
	// Who follows something does not see it for that.
	_, err := s.people.Shelve(t.Context(), profile.Actor{ID: "tom"}, profile.ShelfItem{List: profile.ListFollows, Ref: articleRef + partners.ID})
	require.NoError(t, err)
	for title, a := range map[string]kb.Article{"Zq everywhere": everywhere, "Zq at Nordkap": theirs, "Zq partners": partners} {
		m, err := s.library.Manuscript(t.Context(), system, a.ID)
		require.NoError(t, err)
		m, err = s.library.Edit(t.Context(), system, a.ID, "en", m.Version, kb.Text{Title: title, Slug: strings.ReplaceAll(strings.ToLower(title), " ", "-"), Summary: "In short", Body: "New words."})
		require.NoError(t, err)
		publish(t, s, m)
	}
	settle()
	got := map[string]string{} // recipient and subject -> sender
	mails := lettersIn(t, dir)
	for what, l := range mails {
		got[what] = l.Header.Get("From")
	}
	const ours, nord = `"Kelvane" <help@kelvane.example>`, `"Nordkap" <hilfe@nordkap.example>`
	to := map[string]string{}
	for _, id := range []string{"tom", "sverre", "priya"} {
		p, err := s.people.Person(t.Context(), system, id)
		require.NoError(t, err)
		to[id] = `"` + p.Name + `" <` + p.Email + ">"
	}
	updated := func(person, title string) string {
		a, err := s.people.Actor(t.Context(), person)
		require.NoError(t, err)
		return to[person] + " " + s.noticeText(a.Locale, "notice.article_updated", map[string]any{"title": title})
	}
	require.Equal(t, map[string]string{
		updated("tom", "Zq at Nordkap"): nord, updated("tom", "Zq everywhere"): nord,
		updated("sverre", "Zq at Nordkap"): nord, updated("sverre", "Zq everywhere"): ours, updated("sverre", "Zq partners"): nord,
		updated("priya", "Zq everywhere"): ours,
	}, got)

	t.Run("links and colours", func(t *testing.T) {
		l := mails[updated("tom", "Zq everywhere")]
		require.Contains(t, l.HTML, "#1b2a5c", "of Nordkap's theme")
		require.NotContains(t, l.Text, kelvane)
		require.Contains(t, l.Text, "https://"+nordkap+":8443/")
		require.Contains(t, l.Header.Get("List-Unsubscribe"), "https://"+nordkap+":8443/")
		l = mails[updated("priya", "Zq everywhere")]
		require.Contains(t, l.Text, "https://"+kelvane+":8443/")
		require.NotContains(t, l.Text, "nordkap")
		require.NotContains(t, l.HTML, "#1b2a5c")
	})
	t.Run("in the centre what is seen there, with links within it", func(t *testing.T) {
		at := as("tom").at(nordkap, "/en/account/notices").Body
		require.Contains(t, at, `<a href="/en/articles/zq-at-nordkap"`)
		require.NotContains(t, as("tom").at(kelvane, "/en/account/notices").Body, "Zq at Nordkap")
	})
	t.Run("handed over and forgotten", func(t *testing.T) {
		n, err := s.db.forgetBrand(t.Context(), "sverre")
		require.NoError(t, err)
		require.Equal(t, 1, n)
		last, err := s.db.brand(t.Context(), "tom")
		require.NoError(t, err)
		require.Equal(t, "kelvane", last, "where the test before was last")
		for record, err := range s.exportBrand(t.Context(), "tom") {
			require.NoError(t, err)
			require.Equal(t, map[string]string{"brand": "kelvane"}, record)
		}
		home, err := s.homeOf(t.Context(), profile.Actor{ID: "sverre"})
		require.NoError(t, err)
		require.Equal(t, "kelvane", home, "the first for those of whom nothing is known")
	})
	t.Run("who looks at the portal as somebody moves nobody", func(t *testing.T) {
		r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
		for _, by := range []profile.Actor{{ID: "priya", Viewer: "ruth"}, {}} {
			s.cameTo(r, by, s.brandNamed("nordkap"))
		}
		last, err := s.db.brand(t.Context(), "priya")
		require.NoError(t, err)
		require.Empty(t, last)
	})
}

// TestBrandIsKept on each engine.
func TestBrandIsKept(t *testing.T) {
	testdb.Each(t, func(t *testing.T, db *sqlx.DB) {
		d := &database{write: db, read: db}
		require.NoError(t, d.migrate(t.Context()))
		last, err := d.brand(t.Context(), "ann")
		require.NoError(t, err)
		require.Empty(t, last)
		for _, brand := range []string{"a", "b", "b"} {
			require.NoError(t, d.setBrand(t.Context(), "ann", brand))
			last, err = d.brand(t.Context(), "ann")
			require.NoError(t, err)
			require.Equal(t, brand, last)
		}
		for _, want := range []int{1, 0} {
			n, err := d.forgetBrand(t.Context(), "ann")
			require.NoError(t, err)
			require.Equal(t, want, n)
		}
	})
}

// TestInvitationOfABrand is from whoever invites where they are.
func TestInvitationOfABrand(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "outbox")
	s := open(t, outbox(dir), func(c *Config) { c.Brands, c.BaseURL = brandsFile, "https://"+kelvane })
	form := ticked(url.Values{"address": {"new@nordkap.example"}}, "customer").Encode()
	a := serve(t, s)("priya").do("POST", "/en/account/organisation/invitations", form, "Host", nordkap, "Content-Type", "application/x-www-form-urlencoded")
	require.Less(t, a.Status, 400)
	mails := lettersIn(t, dir)
	require.Len(t, mails, 1)
	for _, l := range mails {
		require.Contains(t, l.Header.Get("From"), "hilfe@nordkap.example")
		require.Contains(t, l.Subject, "Nordkap")
		require.Contains(t, l.Text, "https://"+nordkap+"/en/invitations/")
		require.NotContains(t, l.Text, kelvane)
	}
}
