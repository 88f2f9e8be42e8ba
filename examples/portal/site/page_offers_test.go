package site

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// promoted returns the promotions of a page, by ID.
func promoted(body string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`/promotions/([a-z0-9-]+)/dismissal"`).FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return out
}

// recorded returns what happened with promotions, "name who subject", sorted.
func recorded(t *testing.T, s *Site) []string {
	t.Helper()
	require.NoError(t, s.ledger.Flush(t.Context()))
	var out []string
	for e, err := range sqlanalytics.New(s.db.read).Scan(t.Context(), analytics.Range{}) {
		require.NoError(t, err)
		if what, ok := strings.CutPrefix(e.Name, "promotion."); ok {
			out = append(out, strings.TrimSpace(what+" "+e.User)+" "+strings.TrimPrefix(e.Subject, "promotion/"))
		}
	}
	slices.Sort(out)
	return out
}

// TestOffers follows the demo's promotions: whom each is for, where it leads,
// and that whoever does not want it is rid of it.
func TestOffers(t *testing.T) {
	clock := newTicker()
	s := open(t, func(c *Config) { c.Now = clock.now })
	as := serve(t, s)
	at := func(person string) *surfer {
		j := newSurfer(t, as(""), person)
		j.signIn(person)
		return j
	}
	lucia, tom, sverre := at("lucia"), at("tom"), at("sverre")
	require.Contains(t, promoted(lucia.get("/en/").Body), "hub-1-trade-in")
	require.NotContains(t, promoted(tom.get("/en/").Body), "hub-1-trade-in")
	require.Equal(t, []string{"installer-exam"}, promoted(sverre.get("/en/articles/sensor-shows-offline").Body))
	require.Empty(t, promoted(sverre.get("/en/").Body))
	require.Equal(t, []string{"priority-support"}, promoted(lucia.get("/en/search?q=hub").Body))
	require.Contains(t, lucia.get("/ja/").Body, "Hub 1からの買い替えで")
	require.Contains(t, lucia.get("/en/").Body, `rel="nofollow">How to replace it</a>`)

	a := lucia.client.get("/de/promotions/hub-1-trade-in", lucia.header()...)
	require.Equal(t, 302, a.Status)
	require.Equal(t, "/de/articles/replace-hub-1", a.Header.Get("Location"))
	require.Equal(t, "https://academy.kelvane.example/certified-installer", sverre.client.get("/en/promotions/installer-exam", sverre.header()...).Header.Get("Location"))
	require.Equal(t, 404, tom.get("/en/promotions/installer-exam").Status)
	require.Equal(t, 404, tom.get("/en/promotions/nonsense").Status)
	require.Equal(t, 404, tom.post("/en/promotions/installer-exam/dismissal", nil).Status)

	for range 2 {
		a = lucia.post("/en/promotions/hub-1-trade-in/dismissal", url.Values{"return_to": {"/en/"}})
		require.Equal(t, 303, a.Status)
		require.Equal(t, "/en/", a.Header.Get("Location"))
	}
	require.Equal(t, "/", lucia.post("/en/promotions/hub-1-trade-in/dismissal", url.Values{"return_to": {"https://evil.example/"}}).Header.Get("Location"))
	require.NotContains(t, promoted(lucia.get("/en/").Body), "hub-1-trade-in")
	clock.nextVisit(3)
	require.NotContains(t, promoted(lucia.get("/en/").Body), "hub-1-trade-in")
	require.Contains(t, promoted(at("mateo").get("/en/").Body), "hub-1-trade-in", "it is gone for nobody else")

	got := recorded(t, s)
	for _, want := range []string{"shown lucia hub-1-trade-in", "clicked lucia hub-1-trade-in", "dismissed lucia hub-1-trade-in", "shown sverre installer-exam", "clicked sverre installer-exam"} {
		require.Contains(t, got, want)
	}
	require.Equal(t, 1, len(slices.DeleteFunc(slices.Clone(got), func(e string) bool { return e != "shown lucia hub-1-trade-in" })), "once in a visit")
	require.NotContains(t, strings.Join(got, "\n"), "clicked tom")

	clock.at = time.Date(2027, 4, 1, 9, 0, 0, 0, time.UTC)
	require.NotContains(t, promoted(at("mateo").get("/en/").Body), "hub-1-trade-in", "its time is over")
}

// TestOffersToAnybody: who is not signed in has promotions too, on pages that
// are kept, and is rid of one for as long as the browser is known.
func TestOffersToAnybody(t *testing.T) {
	clock := newTicker()
	s := open(t, func(c *Config) { c.Now = clock.now })
	_, err := s.arranger.SavePromotion(t.Context(), system, layout.Promotion{
		ID: "open-day", Slot: "home/offers", Title: map[string]string{"en": "Open day"}, Audience: profile.Public(), Priority: 99, PerPerson: 2,
	})
	require.NoError(t, err)
	clock.pass(time.Minute)
	one, two := newSurfer(t, serve(t, s)(""), "one"), newSurfer(t, serve(t, s)(""), "two")
	for _, j := range []*surfer{one, two} {
		page := j.get("/en/")
		require.Contains(t, promoted(page.Body), "open-day")
		require.Equal(t, "private, no-cache", page.Header.Get("Cache-Control"))
	}
	kept := s.memory.pages.Len()
	require.Equal(t, 303, one.post("/en/promotions/open-day/dismissal", url.Values{"return_to": {"/en/"}}).Status)
	require.NotContains(t, promoted(one.get("/en/").Body), "open-day")
	require.Contains(t, promoted(two.get("/en/").Body), "open-day")
	require.LessOrEqual(t, s.memory.pages.Len(), kept+1, "a page is kept for all who see the same")
	for range 2 {
		clock.pass(time.Hour)
		two.get("/en/")
	}
	require.NotContains(t, promoted(two.get("/en/").Body), "open-day", "two visits are enough")
	require.NotContains(t, promoted(serve(t, s)("").get("/en/").Body), "open-day", "nobody would know how often a machine has seen it")
}

// TestOffersAreForThoseWhoMay: whoever may not see a promotion finds it nowhere.
func TestOffersAreForThoseWhoMay(t *testing.T) {
	s := open(t, siteFile(t, func(s *layout.Site) { s.Pages[0].Slots[1].Offers = 5 }))
	as := serve(t, s)
	for _, p := range []string{"hub-1-trade-in", "cold-chain-basics"} {
		require.NoError(t, s.arranger.RemovePromotion(t.Context(), system, p))
	}
	all := states[:6]
	for _, half := range [][]struct {
		state    string
		audience []string
		place    []string
		sees     []string
	}{all[:3], all[3:]} {
		for _, st := range half {
			_, err := s.arranger.SavePromotion(t.Context(), system, layout.Promotion{
				ID: "for-" + st.state, Slot: "home/offers", Title: map[string]string{"en": "About " + canary(st.state, "title")}, Audience: profile.NewAudience(st.audience...),
				Address: "/contact", Action: map[string]string{"en": "Ask"},
			})
			require.NoError(t, err)
		}
		for _, person := range viewers {
			body := as(person).get("/en/").Body
			for _, st := range half {
				sees := slices.Contains(st.sees, person)
				require.Equal(t, sees, strings.Contains(body, canary(st.state, "title")), "%q and %s", person, st.state)
				require.Equal(t, map[bool]int{true: 302, false: 404}[sees], as(person).get("/en/promotions/for-"+st.state).Status)
				require.NotContains(t, as(person).get("/en/promotions/for-"+st.state).All(), canary(st.state, "title"))
			}
		}
		for _, st := range half {
			require.NoError(t, s.arranger.RemovePromotion(t.Context(), system, "for-"+st.state))
		}
	}
}

// TestOffersInBrowser follows and dismisses one without a script.
func TestOffersInBrowser(t *testing.T) {
	slow(t)
	s := open(t)
	base := serve(t, s)("").server.URL
	for name, look := range looks {
		t.Run(name, func(t *testing.T) {
			p := browser.Open(t, &look.opts)
			check := checker(t, p, name)
			p.Go(base + "/" + look.locale + "/demo?return_to=/" + look.locale + "/")
			person := map[string]string{"wide": "lucia", "Arabic": "kenji"}[name]
			p.Submit(`form:has(input[value="` + person + `"]) button`)
			p.Go(base + "/" + look.locale + "/")
			check("home with promotions")
			require.Equal(t, 200, p.Submit(`form[action$="/promotions/hub-1-trade-in/dismissal"] button`))
			require.NotContains(t, p.HTML(), "hub-1-trade-in")
			check("home without")
			p.Go(base + "/" + look.locale + "/search?q=hub")
			check("search with a promotion")
			require.Empty(t, p.CSPViolations())
		})
	}
}
