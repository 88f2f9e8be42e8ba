package learning_test

import (
	"bufio"
	"encoding/json"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/learning"
)

// clickstream reads searches and clicks of a shop, as events of ours.
func clickstream(t testing.TB) []analytics.Event {
	dir := os.Getenv("STOA_TEST_DATA")
	if dir == "" {
		t.Skip("STOA_TEST_DATA names no folder with data")
	}
	f, err := os.Open(filepath.Join(dir, "web", "ubi-search-clicks", "events.jsonl"))
	require.NoError(t, err)
	defer f.Close()
	searches := map[string]*analytics.Event{}
	var events []analytics.Event
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var l struct {
			Action  string `json:"action_name"`
			Query   string `json:"query_id"`
			Session string `json:"session_id"`
			Client  string `json:"client_id"`
			At      any    `json:"timestamp"` // numbers in events that are of no use here
			Text    string `json:"user_query"`
			More    struct {
				Object struct {
					ID string `json:"object_id"`
				} `json:"object"`
				Position struct {
					Ordinal int `json:"ordinal"`
				} `json:"position"`
			} `json:"event_attributes"`
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &l))
		if l.Action != "impression" && l.Action != "click" {
			continue
		}
		at, err := time.Parse(time.RFC3339, l.At.(string))
		require.NoError(t, err)
		e := analytics.Event{At: at, Session: l.Session, Visitor: l.Client, Search: l.Query, Subject: l.More.Object.ID}
		switch l.Action {
		case "impression":
			s, ok := searches[l.Query]
			if !ok {
				s = &analytics.Event{ID: l.Query, Name: search.EventPerformed, At: at, Session: l.Session, Visitor: l.Client, Text: l.Text, Locale: "en", Props: map[string]string{}}
				searches[l.Query] = s
			}
			s.Props["shown"] += " " + l.More.Object.ID
		case "click":
			e.Name = search.EventClicked
			events = append(events, e)
		}
	}
	require.NoError(t, lines.Err())
	for _, s := range searches {
		events = append(events, *s)
	}
	slices.SortFunc(events, func(a, b analytics.Event) int {
		if c := strings.Compare(a.Session, b.Session); c != 0 {
			return c
		}
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(b.Name, a.Name)
	})
	return events
}

func told[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func all(t testing.TB, outcomes iter.Seq2[learning.Outcome, error]) (out []learning.Outcome) {
	for o, err := range outcomes {
		require.NoError(t, err)
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b learning.Outcome) int { return a.At.Compare(b.At) })
	return out
}

// TestReplayOfAClickstream: a model that has seen the earlier searches puts
// higher what people followed in the later ones. The later ones are few, so
// several days are tried for where to cut.
func TestReplayOfAClickstream(t *testing.T) {
	outcomes := all(t, learning.Outcomes(told(clickstream(t))))
	shown, learned := 0.0, 0.0
	for _, part := range []float64{0.5, 0.6, 0.7, 0.8} {
		n := int(float64(len(outcomes)) * part)
		m := learning.NewModel(&learning.Options{Now: func() time.Time { return outcomes[n].At }})
		require.NoError(t, m.Learn(told(outcomes[:n])))
		scores, err := learning.Replay(told(outcomes[n:]), learning.AsShown, m.Ranking)
		require.NoError(t, err)
		t.Logf("%3.0f%% learned: %+v", 100*part, scores)
		require.GreaterOrEqual(t, scores[1].MRR, scores[0].MRR)
		shown, learned = shown+scores[0].MRR/4, learned+scores[1].MRR/4
	}
	t.Logf("MRR as shown %.3f, by the model %.3f", shown, learned)
	require.Greater(t, learned, shown)
}
