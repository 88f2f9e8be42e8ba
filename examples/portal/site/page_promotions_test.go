package site

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/audit"
	"github.com/stoa-go/stoa/profile/layout"
)

func promotionTyped(change ...string) url.Values {
	form := url.Values{
		"id": {"spring"}, "slot": {"home/offers"}, "title.en": {"Spring check"}, "title.de": {"Frühjahrscheck"}, "text.en": {"Two lines\r\nof text"},
		"audience": {"signed-in"}, "priority": {"90"}, "holdout": {"0"}, "do": {"save"},
	}
	for i := 0; i+1 < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

// TestPromotions follows one promotion from the first look at it to its end.
func TestPromotions(t *testing.T) {
	clock := newTicker()
	s := open(t, func(c *Config) { c.Now = clock.now })
	as := serve(t, s)
	ruth := as("ruth")
	const at = "/en/admin/promotions"
	say := func(id, do, version string) answer {
		return ruth.post(at+"/"+id+"/stage", url.Values{"do": {do}, "version": {version}})
	}
	t.Run("for those who make them", func(t *testing.T) {
		for _, person := range []string{"", "tom", "jonas", "ines"} {
			for _, path := range []string{at, at + "/new", at + "/cold-chain-basics"} {
				require.Equal(t, 404, as(person).get(path).Status, "%s by %q", path, person)
			}
			for _, path := range []string{at + "/new", at + "/cold-chain-basics", at + "/cold-chain-basics/stage", at + "/cold-chain-basics/remove"} {
				require.Equal(t, 404, as(person).post(path, promotionTyped("version", "1", "do", "end")).Status, "%s by %q", path, person)
			}
		}
		require.Equal(t, 404, ruth.get(at+"/nope").Status)
		require.Equal(t, 404, ruth.get(at+"/new?from=nope").Status)
	})
	t.Run("look before it is there", func(t *testing.T) {
		look := ruth.post(at+"/new", promotionTyped("do", "look", "title.ar", "فحص <b>الربيع</b>"))
		require.Equal(t, 200, look.Status)
		require.Contains(t, look.Body, `<div class="offer" lang="ar" dir="rtl"><p class="offer-title">فحص &lt;b&gt;الربيع&lt;/b&gt;</p>`)
		require.Contains(t, look.Body, `lang="de" dir="ltr"><p class="offer-title">Frühjahrscheck`)
		require.Equal(t, 404, ruth.get(at+"/spring").Status, "nothing is kept")
	})
	t.Run("made once", func(t *testing.T) {
		for range 2 { // the second time is a retry
			made := ruth.post(at+"/new", promotionTyped())
			require.Equal(t, 303, made.Status, made.Body)
		}
		clock.pass(2 * time.Second)
		require.Contains(t, ruth.get(at).Body, "Spring check")
		require.Equal(t, 409, ruth.post(at+"/new", promotionTyped("title.en", "Other")).Status, "the name is taken")
	})
	lucia := newSurfer(t, as(""), "lucia")
	lucia.signIn("lucia")
	t.Run("shown, counted and explained", func(t *testing.T) {
		require.Contains(t, promoted(lucia.get("/en/").Body), "spring")
		require.NotContains(t, promoted(as("").get("/en/").Body), "spring", "anonymous visitors may not see it")
		require.NoError(t, s.ledger.Flush(t.Context()))
		require.Regexp(t, `Shown</dt><dd><svg[^>]*><rect[^>]*/><rect class="figure-n" width="100"[^>]*/></svg> <span class="sum">1</span>`, ruth.get(at+"/spring").Body)
		why := ruth.get(at + "/spring?person=lucia").Body
		require.Contains(t, why, "would see it in a visit that begins now")
		require.NotContains(t, why, "check-no")
		require.Contains(t, ruth.get(at+"/installer-exam?person=lucia").Body, `check-no`)
		require.Contains(t, ruth.get(at+"/spring?person=%3Cb%3E").Body, "There is nobody with this ID")
		require.Equal(t, 303, lucia.post("/promotions/spring/dismissal", url.Values{"return_to": {"/en/"}}).Status)
		require.Contains(t, ruth.get(at+"/spring?person=lucia").Body, "They dismissed it on")
		list, _, err := s.audit.Entries(t.Context(), system, audit.Query{Action: "access.read"})
		require.NoError(t, err)
		require.NotEmpty(t, list, "that somebody looked is written down")
	})
	t.Run("changed by two", func(t *testing.T) {
		require.Equal(t, 303, ruth.post(at+"/spring", promotionTyped("version", "1", "per_day", "3")).Status)
		late := ruth.post(at+"/spring", promotionTyped("version", "1", "title.en", "Late check"))
		require.Equal(t, 409, late.Status)
		require.Contains(t, late.Body, `value="Late check"`, "what was typed stays")
		require.Equal(t, "2", version(t, late.Body))
		require.Equal(t, 409, ruth.post(at+"/spring", promotionTyped()).Status, "without a version")
	})
	t.Run("paused, resumed, copied, ended, removed", func(t *testing.T) {
		require.Equal(t, 409, say("spring", "pause", "1").Status)
		require.Equal(t, 409, ruth.post(at+"/spring/remove", url.Values{"version": {"2"}}).Status, "it is running")
		require.Equal(t, 422, say("spring", "explode", "2").Status)
		for range 2 {
			require.Equal(t, 303, say("spring", "pause", "2").Status)
		}
		clock.pass(2 * time.Second)
		tom := newSurfer(t, as(""), "tom")
		tom.signIn("tom")
		require.NotContains(t, promoted(tom.get("/en/").Body), "spring")
		require.Equal(t, 303, say("spring", "resume", "3").Status)
		clock.pass(2 * time.Second)
		require.Contains(t, promoted(tom.get("/en/").Body), "spring")
		copied := ruth.get(at + "/new?from=spring").Body
		require.Contains(t, copied, `value="spring-copy"`)
		require.Contains(t, copied, `name="off" value="yes" checked`)
		require.Equal(t, 303, say("spring", "end", "4").Status)
		clock.pass(2 * time.Second)
		require.NotContains(t, promoted(tom.get("/en/").Body), "spring", "also for those who have seen it")
		require.Contains(t, ruth.get(at+"/spring").Body, `<span class="tag tag-lock">Ended</span>`)
		require.Equal(t, 303, ruth.post(at+"/spring/remove", url.Values{"version": {"5"}}).Status)
		require.Equal(t, 404, ruth.get(at+"/spring").Status)
		log := ruth.get("/en/admin/audit?action=promotion").Body
		for _, what := range []string{"Added a promotion", "Changed a promotion", "Removed a promotion"} {
			require.Contains(t, log, what)
		}
	})
	t.Run("what is wrong stands where it is wrong", func(t *testing.T) {
		for fault, change := range map[string][]string{
			"f-id-fault": {"id", "Not An ID"}, "f-slot-fault": {"slot", "home/<b>"}, "f-from-fault": {"from", "tomorrow"}, "f-zone-fault": {"zone", "Nowhere"},
			"f-holdout-fault": {"holdout", "101"}, "f-per_day-fault": {"per_day", "often"}, "f-address-fault": {"address", "javascript:alert(1)"}, "give both an address": {"address", "/articles/x"}, "f-title-en-fault": {"title.en", strings.Repeat("x", 201)}, `class="fault">`: {"for.any", "No Segment"},
			`name="audience" value="Two Words"`: {"audience", "Two Words"},
		} {
			a := ruth.post(at+"/new", promotionTyped(append([]string{"id", "wrong"}, change...)...))
			require.Equal(t, 422, a.Status, fault)
			require.True(t, strings.Contains(a.Body, fault), fault)
			require.NotContains(t, a.Body, "<b>")
		}
		all := ruth.post(at+"/new", promotionTyped("id", "Not An ID", "per_day", "often", "holdout", "101", "zone", "Nowhere"))
		for _, fault := range []string{"f-id-fault", "f-per_day-fault", "f-holdout-fault", "f-zone-fault"} {
			require.Contains(t, all.Body, fault, "all at once")
		}
		late := ruth.post(at+"/new", promotionTyped("id", "wrong", "from", "2026-12-02T09:00", "to", "2026-12-01T09:00"))
		require.Contains(t, late.Body, "f-to-fault")
		require.Contains(t, late.Body, `value="2026-12-02T09:00"`)
	})
}

func TestEndOfAPromotion(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 30, 30, 0, time.UTC)
	for want, p := range map[string]layout.Promotion{
		"2026-11-20T09:30": {},
		"2026-11-20T18:30": {Zone: "Asia/Tokyo"},
		"2026-11-20T09:31": {From: "2026-11-20T09:30", Zone: "UTC"},
		"2026-11-19T09:00": {To: "2026-11-19T09:00"},
	} {
		require.Equal(t, want, endOf(p, now))
	}
}

// TestSegmentOfAPromotionStays: a segment that a promotion is for is in use.
func TestSegmentOfAPromotionStays(t *testing.T) {
	s := open(t)
	ruth := serve(t, s)("ruth")
	_, err := s.people.SaveSegment(t.Context(), system, profile.Segment{Name: "spring-buyers", Title: "Spring buyers", Rule: profile.Rule{Fact: "country", Op: profile.OpIn, Values: []string{"NL"}}})
	require.NoError(t, err)
	require.Equal(t, 303, ruth.post("/en/admin/promotions/new", promotionTyped("for.none", "spring-buyers")).Status)
	require.Contains(t, ruth.get("/en/admin/segments").Body, "1 rule or promotion")
	require.Equal(t, 409, ruth.post("/en/admin/segments/spring-buyers/remove", url.Values{"version": {"1"}}).Status)
}

func TestPromotionsAccessible(t *testing.T) {
	slow(t)
	inEveryLook(t, open(t), "ruth", func(t *testing.T, p *browser.Page, to, check func(string)) {
		to("/admin/promotions")
		check("promotions")
		to("/admin/promotions/cold-chain-basics?person=lucia")
		check("promotion")
		to("/admin/promotions/new")
		require.Equal(t, 422, p.Submit(`.sheet button[value="save"]`))
		check("promotion with errors")
		require.Empty(t, p.CSPViolations())
	})
}
