package site

import (
	"encoding/json"
	"html/template"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// TestSearchesAgree: whatever searches, be it the page, the API or a program,
// finds the same in the same order, and the box suggests what the API does.
func TestSearchesAgree(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	tuning := search.Tuning{
		Synonyms:  []search.Synonym{{From: []string{"thermometer"}, To: []string{"sensor"}}, {Locale: "de", From: []string{"Fühler"}, To: []string{"Sensor"}}},
		Pins:      []search.Pin{{Queries: []search.Pattern{{Text: "hub", Match: search.MatchWords}}, Groups: pinnable(t, s, "sensor-shows-offline")}},
		StopWords: []search.StopWord{{Word: "please"}},
	}
	d, err := s.engine.SaveTuning(t.Context(), system, tuning, 0)
	require.NoError(t, err)
	_, err = s.engine.PublishTuning(t.Context(), system, d.Revision, 0, "")
	require.NoError(t, err)

	answers, moved := 0, 0
	for _, who := range []string{"", "tom", "ines"} {
		by := profile.Actor{}
		if who != "" {
			access, err := s.people.Access(t.Context(), system, who)
			require.NoError(t, err)
			by = access.Actor
		}
		for _, asked := range []struct {
			locale, text string
			impersonal   bool
		}{
			{locale: "en", text: "sensor"}, {locale: "en", text: "thermometer"}, {locale: "en", text: "please hub"}, {locale: "en", text: `"the hub"`}, {locale: "en", text: "sensor -hub"},
			{locale: "de", text: "Fühler"}, {locale: "ar", text: "sensor"}, {locale: "ja", text: "センサー"}, {locale: "en", text: "zyzzyva"},
			{locale: "en", text: "How long does the battery last?"}, {locale: "ja", text: "センサー以外に必要なものは何ですか"},
			{locale: "en", text: "sensor", impersonal: true}, {locale: "en", text: "battery lamp", impersonal: true}, {locale: "en", text: "battery lamp"},
		} {
			for page := 1; page <= 2; page++ {
				query := url.Values{"q": {asked.text}, "page": {strconv.Itoa(page)}}
				if asked.impersonal {
					query.Set("impersonal", "true")
				}
				body := as(who).get("/" + asked.locale + "/search?" + query.Encode()).Body
				shown := slugsOf(hitLink, body)
				query.Set("locale", asked.locale)
				answer := as(who).get("/api/v1/search?" + query.Encode()).Body
				answered := slugsOf(hitPath, answer[strings.Index(answer, `"hits":`):])
				res, err := s.engine.Search(t.Context(), by, search.Query{Text: asked.text, Locale: asked.locale, Page: page, Impersonal: asked.impersonal})
				require.NoError(t, err)
				require.Equal(t, len(res.Leanings()) > 0, strings.Contains(body, "Ordered for you") || strings.Contains(body, "Für Sie sortiert") || strings.Contains(body, "あなたに合わせた順序") || strings.Contains(body, "مرتّبة لك"))
				require.Equal(t, len(res.Leanings()) > 0, strings.Contains(answer, `"personal":[`))
				moved += len(res.Leanings())
				found := []string{}
				for _, h := range res.Hits {
					found = append(found, path.Base(h.Path))
				}
				answers += agree(t, res.Answer, body, answer)
				if page == 1 {
					require.Equal(t, asked.text != "zyzzyva", len(found) > 0, "%s: %q in %s", who, asked.text, asked.locale)
				}
				require.Equal(t, found, answered, "%s: %q in %s, page %d, in the API", who, asked.text, asked.locale, page)
				if page <= res.Pages {
					require.Equal(t, found, shown, "%s: %q in %s, page %d", who, asked.text, asked.locale, page)
				}
			}
		}
		box := slugsOf(regexp.MustCompile(`"href":"([^"?]+)`), as(who).get("/en/search/suggestions?q=sens").Body)
		require.NotEmpty(t, box)
		require.Equal(t, slugsOf(hitPath, as(who).get("/api/v1/search/suggestions?q=sens&locale=en&limit=7").Body), box, who)
	}
	require.Positive(t, answers)
	require.Positive(t, moved, "what somebody owns stands higher")
}

// agree returns how many answers there are, of one at most, once it is sure that
// the page and the API show what the engine has found.
func agree(t *testing.T, a *search.Answer, page, api string) int {
	t.Helper()
	require.Equal(t, a != nil, strings.Contains(page, "<blockquote"))
	require.Equal(t, a != nil, strings.Contains(api, `"answer":{`))
	if a == nil {
		return 0
	}
	for _, line := range a.Lines {
		require.Contains(t, page, template.HTMLEscapeString(line))
		quoted, err := json.Marshal(line)
		require.NoError(t, err)
		require.Contains(t, api, string(quoted))
	}
	return 1
}

var (
	hitLink = regexp.MustCompile(`<h2[^>]*><a href="([^"?]+)\?c=`)
	hitPath = regexp.MustCompile(`"path":("[^"]+")`)
)

// slugsOf returns the ends of the addresses that an answer leads to.
func slugsOf(link *regexp.Regexp, body string) []string {
	out := []string{}
	for _, m := range link.FindAllStringSubmatch(body, -1) {
		address := m[1]
		_ = json.Unmarshal([]byte(m[1]), &address) // one that is no JSON is the address
		out = append(out, path.Base(address))
	}
	return out
}

// pinnable returns what the index calls some articles.
func pinnable(t *testing.T, s *Site, slugs ...string) (out []string) {
	for _, slug := range slugs {
		found, err := s.library.Find(t.Context(), system, "en", slug)
		require.NoError(t, err)
		out = append(out, "article/"+found.ID)
	}
	return out
}
