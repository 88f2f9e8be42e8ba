package site

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/analytics/sqlanalytics"
	"github.com/stoa-go/stoa/profile"
)

// TestSearchLearns: what several visitors were looking for stands higher when the
// next one asks, and not when they ask for results without it.
func TestSearchLearns(t *testing.T) {
	var ahead atomic.Int64
	s := open(t, behindProxy, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
	c := serve(t, s)("")
	browser := []string{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
	from := func(visitor int) []string {
		return append(slices.Clone(browser), "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", visitor))
	}
	type results struct {
		Hits []struct{ Group, Click string }
	}
	ask := func(visitor int, more string) (r results, groups []string) {
		a := c.get("/api/v1/search?q=hub&locale=en"+more, from(visitor)...)
		require.Equal(t, 200, a.Status, a.Body)
		require.NoError(t, json.Unmarshal([]byte(a.Body), &r))
		for _, h := range r.Hits {
			groups = append(groups, h.Group)
		}
		return r, groups
	}
	require.NoError(t, s.learner.Catch(t.Context()))
	_, before := ask(1, "")
	require.Greater(t, len(before), 5)
	for visitor := range 8 {
		r, _ := ask(visitor, "")
		a := c.do("POST", "/api/v1/search/clicks", `{"token":"`+r.Hits[5].Click+`"}`, append(from(visitor), "Content-Type", "application/json")...)
		require.Equal(t, 204, a.Status, a.Body)
	}
	require.NoError(t, s.ledger.Flush(t.Context()))
	require.NoError(t, s.learner.Catch(t.Context()))
	_, now := ask(1, "")
	require.Equal(t, before, now, "these visits have not ended")
	ahead.Store(int64(3 * time.Hour))
	require.NoError(t, s.learner.Catch(t.Context()))
	_, now = ask(1, "")
	require.Less(t, slices.Index(now, before[5]), 5, "of %v", now)
	_, plain := ask(1, "&plain=true")
	require.Contains(t, plain[5:], before[5])
}

// TestSolvedQuestionsVote: an article that readers searched for and found helpful
// is found by who asks something similar, also without any of its words, and not
// when they are erased.
func TestSolvedQuestionsVote(t *testing.T) {
	var ahead atomic.Int64
	s := open(t, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
	as := serve(t, s)
	find := func(who, q string) (groups []string) {
		a := as(who).get("/api/v1/search?locale=en&q=" + url.QueryEscape(q))
		require.Equal(t, 200, a.Status, a.Body)
		var r struct{ Hits []struct{ Group string } }
		require.NoError(t, json.Unmarshal([]byte(a.Body), &r))
		for _, h := range r.Hits {
			groups = append(groups, h.Group)
		}
		return groups
	}
	open, hidden := write(t, s, draft("Zebra crossing", profile.Public(), anyCategory(t, s))), write(t, s, draft("Zebra stable", profile.NewAudience(profile.SegmentStaff), anyCategory(t, s)))
	var list []analytics.Event
	at := s.cfg.Now().UTC().Add(-time.Hour)
	for i, who := range []string{"tom", "sverre"} {
		for n, group := range []string{"article/" + open.ID, "article/" + hidden.ID} {
			id := fmt.Sprint("solved-", i, n)
			one := analytics.Event{At: at, Received: at, Session: fmt.Sprint(id, "-visit"), User: who, Locale: "en"}
			asked, followed, rated := one, one, one
			asked.ID, asked.Name, asked.Text = id, "search.performed", "stripy floor quandary"
			followed.ID, followed.Name, followed.Subject, followed.Search, followed.At = id+"c", "search.clicked", group, id, at.Add(time.Second)
			rated.ID, rated.Name, rated.Subject, rated.Props, rated.At = id+"r", "article.rated", group, map[string]string{"helpful": "true"}, at.Add(time.Minute)
			list = append(list, asked, followed, rated)
		}
	}
	require.NoError(t, sqlanalytics.New(s.db.write).Append(t.Context(), list))
	require.NoError(t, s.engine.Refresh(t.Context()))
	require.NotContains(t, find("", "the floor is a stripy quandary"), "article/"+open.ID)
	require.NoError(t, s.solved.Catch(t.Context()))
	require.Equal(t, 4, s.solved.Questions())
	require.Contains(t, find("", "the floor is a stripy quandary"), "article/"+open.ID)
	require.NotContains(t, find("", "stripy floor quandary"), "article/"+hidden.ID, "votes open nothing")
	require.Contains(t, find("ruth", "stripy floor quandary"), "article/"+hidden.ID)

	_, err := s.people.EraseEverything(t.Context(), system, "sverre", "delete")
	require.NoError(t, err)
	require.Equal(t, 2, s.solved.Questions(), "at once")
	require.NoError(t, s.solved.Anew(t.Context()))
	require.Equal(t, 2, s.solved.Questions(), "and for good: what they are learned from tells no more of them")
	require.NotContains(t, find("", "the floor is a stripy quandary"), "article/"+open.ID, "one voter brings nothing in")
}
