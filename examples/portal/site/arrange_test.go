package site

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// A ticker is a clock that tests move.
type ticker struct {
	mu sync.Mutex
	at time.Time
}

func newTicker() *ticker { return &ticker{at: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)} }

func (c *ticker) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *ticker) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// browserOf returns the header of a browser, so that there are visits.
func browserOf(name string) []string {
	return []string{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 " + name}
}

// inOrder fails unless the words stand in a text one after the other.
func inOrder(t *testing.T, text string, words ...string) {
	t.Helper()
	at := 0
	for _, w := range words {
		i := strings.Index(text[at:], w)
		require.GreaterOrEqual(t, i, 0, "%q does not come after what stands before it in %q", w, words)
		at += i + len(w)
	}
}

// siteFile writes a site to a file, made from the portal's own by a change.
func siteFile(t *testing.T, change func(*layout.Site)) func(*Config) {
	t.Helper()
	var declared layout.Site
	require.NoError(t, json.Unmarshal(ownSite, &declared))
	change(&declared)
	data, err := json.Marshal(declared)
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "site.json")
	require.NoError(t, os.WriteFile(name, data, 0o600))
	return func(c *Config) { c.Site = name }
}

// TestSiteFile: a portal consists of what its file says, or says what is wrong
// with the file and where.
func TestSiteFile(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*layout.Site)
		want   string
	}{
		"no such text":   {func(s *layout.Site) { s.Menus[0].Items[0].Label.Key = "nav.tropics" }, `main-topics: there is no text with the key "nav.tropics"`},
		"no such block":  {func(s *layout.Site) { s.Pages[0].Slots[2].Blocks[0].Kind = "weather" }, `topics: there is no block of the kind "weather"`},
		"the same ID":    {func(s *layout.Site) { s.Menus[0].Items[0].ID = "topics" }, "topics is taken"},
		"nobody may see": {func(s *layout.Site) { s.Menus[0].Items[0].Audience = nil }, "menus[0].items[0].audience"},
		"too little to see": {func(s *layout.Site) {
			s.Theme.Light = layout.Palette{"ink": {R: 200, G: 200, B: 200}}
		}, "needs 4.5:1"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := Config{Data: t.TempDir()}
			siteFile(t, c.change)(&cfg)
			_, err := Open(t.Context(), cfg)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, cfg.Site)
		})
	}
	_, err := Open(t.Context(), Config{Data: t.TempDir(), Site: "no/such/file"})
	require.ErrorContains(t, err, "-site")

	s := open(t, siteFile(t, func(s *layout.Site) {
		s.Menus[0].Items = append(s.Menus[0].Items, layout.Item{
			ID: "status", Label: layout.Label{Texts: map[string]string{"en": "System status", "de": "Systemstatus"}},
			Address: "https://status.kelvane.example", Audience: profile.Public(),
		})
		s.Pages[0].Slots[2].Blocks = []layout.Block{
			{ID: "hubs", Kind: "articles", Title: layout.Label{Texts: map[string]string{"en": "About your hubs"}}, Data: map[string]string{"product": "hub-2"}, Audience: profile.Public()},
			{ID: "for-partners", Kind: "articles", Title: layout.Label{Texts: map[string]string{"en": "For installers"}}, Data: map[string]string{"category": "installation-partners"}, Audience: profile.NewAudience("partner")},
		}
		s.Theme.Light = layout.Palette{"deep": {R: 0x4a, G: 0x14, B: 0x2c}}
	}))
	as := serve(t, s)
	home := as("").get("/de/").Body
	require.Contains(t, home, `href="https://status.kelvane.example">Systemstatus</a>`)
	require.Contains(t, home, "About your hubs")
	require.Contains(t, home, `<meta name="theme-color" content="#4a142c">`)
	require.NotContains(t, home, `id="popular"`)
	require.NotContains(t, home, "For installers")
	require.Contains(t, as("sverre").get("/en/").Body, "For installers")
}

// TestThemeServed: the style sheet of the theme is the portal's own, may be kept
// for ever, and comes after the one that uses it.
func TestThemeServed(t *testing.T) {
	c := serve(t, open(t))("")
	home := c.get("/en/")
	href := regexp.MustCompile(`href="(/static/theme/theme-[0-9a-f]+\.css)"`).FindStringSubmatch(home.Body)
	require.Len(t, href, 2)
	inOrder(t, home.Body, "portal.css", href[1])
	require.Contains(t, home.Header.Get("Content-Security-Policy"), "style-src 'self'")
	css := c.get(href[1])
	require.Equal(t, 200, css.Status)
	require.Equal(t, "text/css; charset=utf-8", css.Header.Get("Content-Type"))
	require.Contains(t, css.Header.Get("Cache-Control"), "immutable")
	require.Contains(t, css.Body, "--brand:#0b5d56")
	require.Equal(t, 404, c.get("/static/theme/theme-0000.css").Status)
	require.Equal(t, 404, c.get("/static/theme/").Status)
}

var menuHref = regexp.MustCompile(`(?s)<(?:nav|div)[^>]*class="(?:menu|drop-list|desk-menu)".*?</(?:nav|div)>|<footer.*?</footer>`)

// TestMenusLeadSomewhere: whoever sees a link in a menu can open it.
func TestMenusLeadSomewhere(t *testing.T) {
	s := open(t, func(c *Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	as := serve(t, s)
	links := regexp.MustCompile(`href="([^"]+)"`)
	for i, p := range s.world.People {
		c, seen := as(p.ID), map[string]bool{}
		from := []string{"X-Forwarded-For", fmt.Sprintf("192.0.2.%d", i)} // nobody asks too often
		for _, page := range []string{"/en/", "/en/account"} {
			for _, menu := range menuHref.FindAllString(c.get(page, from...).Body, -1) {
				for _, link := range links.FindAllStringSubmatch(menu, -1) {
					seen[link[1]] = true
				}
			}
		}
		require.GreaterOrEqual(t, len(seen), 10)
		staff := p.Account == "kelvane" && (p.ID == "ruth" || p.ID == "jonas")
		require.Equal(t, staff, seen["/en/admin/people"], p.ID)
		for link := range seen {
			require.Equal(t, 200, c.get(link, from...).Status, "%s at %s", p.ID, link)
		}
	}
}

// TestArrangedByRule: what an administrator arranges is so for those whom it is
// meant for from their next visit on, with the reason, and for nobody else,
// pages that are kept included.
func TestArrangedByRule(t *testing.T) {
	clock := newTicker()
	s := open(t, func(c *Config) { c.Now = clock.now })
	as := serve(t, s)
	declared := []string{`id="topics"`, `id="recent"`}
	inOrder(t, as("").get("/en/", browserOf("one")...).Body, declared...)
	inOrder(t, as("sverre").get("/en/").Body, declared...)
	ref := func(slug string) string {
		found, err := s.library.FindCategory(t.Context(), system, "en", slug)
		require.NoError(t, err)
		return categoryRef + found.ID
	}
	for _, r := range []layout.Rule{
		{ID: "news-first", Do: layout.ActionPromote, Ref: "recent", For: layout.Match{Any: []string{"partner"}}, Reason: map[string]string{"en": "News for installers"}},
		{ID: "installers-first", Do: layout.ActionPromote, Ref: ref("installation-partners"), For: layout.Match{Any: []string{"partner"}}},
		{ID: "alarms-first", Do: layout.ActionPromote, Ref: ref("alarms-and-notifications"), For: layout.Match{None: []string{"signed-in"}}},
	} {
		_, err := s.arranger.SaveRule(t.Context(), system, r)
		require.NoError(t, err)
	}
	clock.pass(time.Minute)
	body := as("").get("/en/", browserOf("one")...).Body
	inOrder(t, body, "Getting started", "Alarms and notifications")
	require.NotContains(t, body, "Placed here for you", "nothing moves within a visit")

	body = as("").get("/en/", browserOf("two")...).Body
	inOrder(t, body, declared...)
	inOrder(t, body, `href="/en/categories/alarms-and-notifications"`, "Placed here for you by our support team", `href="/en/categories/getting-started"`)
	// Some are shown no promotion, by chance.
	offers := regexp.MustCompile(`(?s)<section class="offers".*?</section>\s*`)
	plain := func(body string) string { return strings.Join(strings.Fields(offers.ReplaceAllString(body, "")), " ") }
	require.Equal(t, plain(body), plain(as("").get("/en/", browserOf("three")...).Body), "it is kept for all for whom it is the same")
	require.NotContains(t, as("").get("/en/", browserOf("one")...).Body, "Placed here for you")

	body = as("sverre").get("/en/").Body
	inOrder(t, body, `id="recent"`, "News for installers", `id="topics"`, `href="/en/categories/installation-partners?block=topics"`, "Placed here for you")
	body = as("tom").get("/en/").Body
	inOrder(t, body, declared...)
	require.NotContains(t, body, "News for installers")
	require.NotContains(t, as("").get("/en/", browserOf("four")...).Body, "News for installers")
	require.Equal(t, http.StatusOK, as("sverre").get("/en/categories").Status)
}

// TestDistinction: country, product line and role arrange the portal differently
// and open different things, by one kind of rule.
func TestDistinction(t *testing.T) {
	clock := newTicker()
	s := open(t, func(c *Config) { c.Now = clock.now })
	fact := func(name string, values ...string) profile.Rule {
		return profile.Rule{Fact: name, Op: profile.OpIn, Values: values}
	}
	place := anyCategory(t, s)
	for _, one := range []struct {
		segment, block string
		rule           profile.Rule
	}{
		{"in-spain", "recent", fact(profile.FactCountry, "ES")},
		{"probe-line", "viewed", fact(profile.FactOfAccount+"products", "t2-probe")},
		{"managers", "popular", fact(profile.FactRole, "manager")},
	} {
		_, err := s.people.SaveSegment(t.Context(), system, profile.Segment{Name: one.segment, Title: one.segment, Rule: one.rule})
		require.NoError(t, err)
		write(t, s, draft("Written for "+one.segment, profile.NewAudience(one.segment), place))
		_, err = s.arranger.SaveRule(t.Context(), system, layout.Rule{
			ID: one.segment, Do: layout.ActionPromote, Ref: one.block, For: layout.Match{Any: []string{one.segment}}, Reason: map[string]string{"en": "For " + one.segment},
		})
		require.NoError(t, err)
	}
	clock.pass(time.Minute)
	as := serve(t, s)
	for person, in := range map[string][]string{
		"":       nil,
		"tom":    nil,                                    // GB, no probes, customer
		"priya":  {"managers"},                           // GB, no probes
		"mateo":  {"in-spain", "probe-line"},             // customer
		"lucia":  {"in-spain", "probe-line", "managers"}, //
		"sverre": {"probe-line"},                         // DE, partner
	} {
		// Two looks: what is read most and was viewed exists from the first on.
		require.Equal(t, 200, as(person).get("/en/articles/sensor-shows-offline", browserOf(person)...).Status)
		require.NoError(t, s.ledger.Flush(t.Context()))
		home := as(person).get("/en/", browserOf(person)...).Body
		for _, segment := range []string{"in-spain", "managers"} {
			want := 0
			if strings.Contains(strings.Join(in, " "), segment) {
				want = 1
			}
			require.Equal(t, want, strings.Count(home, "For "+segment+"</p>"), "%q and %s", person, segment)
		}
		for _, segment := range []string{"in-spain", "probe-line", "managers"} {
			want := 404
			if strings.Contains(strings.Join(in, " "), segment) {
				want = 200
			}
			require.Equal(t, want, as(person).get("/en/articles/written-for-"+segment).Status, "%q and %s", person, segment)
		}
	}
}
