package site

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/search"
)

// TestAnswerPage follows an answer and says what it was worth.
func TestAnswerPage(t *testing.T) {
	s := open(t)
	c := serve(t, s)("tom")
	browser := []string{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
	a := c.get("/en/search?q=How+do+I+change+the+battery", browser...)
	require.Contains(t, a.Body, "<li>Wipe the sensor dry.</li>")
	link := regexp.MustCompile(`class="answer-from">From <a href="(/en/articles/change-the-battery\?c=[^"#]+)#h-change-the-battery"`).FindStringSubmatch(a.Body)
	require.NotNil(t, link)
	require.Contains(t, c.get("/en/articles/change-the-battery").Body, `id="h-change-the-battery"`)
	require.Equal(t, 302, c.get(link[1], browser...).Status)

	form := regexp.MustCompile(`action="(/en/search\?[^"]+)"><input type="hidden" name="answer" value="([^"]+)"`).FindStringSubmatch(a.Body)
	require.NotNil(t, form)
	action := html.UnescapeString(form[1])
	said := c.post(action, url.Values{"answer": {form[2]}, "right": {"yes"}}, browser...)
	require.Equal(t, 303, said.Status)
	again := c.get(said.Header.Get("Location"), browser...)
	require.Contains(t, again.Body, "Thank you")
	require.NotContains(t, again.Body, `name="answer"`)
	require.Equal(t, 422, c.post(action, url.Values{"answer": {"x"}, "right": {"yes"}}).Status)
	require.NotContains(t, c.get("/en/search?q=sensor", browser...).Body, "<blockquote")

	require.NoError(t, s.ledger.Flush(t.Context()))
	counted := map[string]int{}
	for e, err := range sqlanalytics.New(s.db.read).Scan(t.Context(), analytics.Range{}) {
		require.NoError(t, err)
		if strings.HasPrefix(e.Name, "search.") {
			counted[e.Name]++
		}
	}
	require.Equal(t, map[string]int{search.EventPerformed: 2, search.EventClicked: 1, search.EventAnswered: 1}, counted, "to say so is no search")
}
