package site

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
)

// TestWhatPeopleDoCounts: a segment by what somebody does fits them from the next
// page on, opens nothing, and can be built and counted.
func TestWhatPeopleDoCounts(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	tom, ruth := as("tom"), as("ruth")
	const person = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
	for i := range 3 {
		require.Equal(t, 200, tom.get("/en/search?q=xyzzyqqy"+string(rune('a'+i)), "User-Agent", person).Status)
	}
	require.Equal(t, 200, tom.get("/en/articles/sensor-shows-offline", "User-Agent", person).Status)
	form := rows(url.Values{"title": {"Stuck"}, "name": {"stuck"}, "do": {"try"}}, "g0",
		[]string{"behaviour.searches_empty.1h", "at_least", "2"}, []string{"behaviour.read_in", "known"})
	tried := ruth.post("/en/admin/segments/new", form)
	require.Equal(t, 200, tried.Status)
	for _, text := range []string{"Searches that found nothing, last hour", "Read in one of these topics", "1 person", `href="/en/admin/people/tom"`, "opens no content", "Would come in"} {
		require.Contains(t, tried.Body, text)
	}
	require.NotContains(t, tried.Body, "Would gain access")
	form.Set("do", "save")
	require.Equal(t, 303, ruth.post("/en/admin/segments/new", form).Status)
	actor := func(id string) profile.Actor {
		a, err := s.people.Actor(t.Context(), id)
		require.NoError(t, err)
		return a
	}
	require.True(t, actor("tom").In("stuck"))
	require.NotContains(t, actor("tom").Segments, "stuck")
	require.False(t, actor("ruth").In("stuck"))
	require.Contains(t, ruth.get("/en/admin/segments").Body, "Searches that found nothing, last hour: 2 or more")
}
