package site

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/insight"
)

// TestDemoPast: a demo begins with what visitors did before, once, and the desk
// says what follows from it.
func TestDemoPast(t *testing.T) {
	s := open(t, func(c *Config) { c.Past = true })
	require.NoError(t, s.seed(t.Context()), "again, as after a restart")
	require.NoError(t, s.reporter.DoDue(t.Context()))
	require.NoError(t, s.analyst.DoDue(t.Context()))
	as := serve(t, s)
	health := as("marek").get("/en/desk/health?code=unhelpful").Body
	for _, bad := range []string{"too-many-alarms", "gap-in-chart"} {
		found, err := s.library.Find(t.Context(), system, "en", bad)
		require.NoError(t, err)
		require.Contains(t, health, found.ID, bad)
	}
	o, err := s.analyst.Overview(t.Context(), system)
	require.NoError(t, err)
	busy, all := 0, 0
	for _, d := range o.Days {
		if all += d.Searches; d.Views > 0 {
			busy++
		}
	}
	require.GreaterOrEqual(t, busy, pastDays-1)
	gaps, _, err := s.analyst.Gaps(t.Context(), system, insight.GapList{Reason: insight.GapEmpty})
	require.NoError(t, err)
	var texts []string
	for _, g := range gaps {
		texts = append(texts, g.Text)
	}
	require.Subset(t, texts, []string{"export to excel", "webhook signature", "eichschein"})
	require.NotContains(t, texts, "change battery")
	require.Contains(t, as("ines").get("/en/desk/feedback").Body, "which of the two delays counts")
	found, err := s.library.Find(t.Context(), system, "en", "too-many-alarms")
	require.NoError(t, err)
	ratings := func() kb.Rating {
		list, err := s.library.RatingsAtDesk(t.Context(), system, []string{found.ID})
		require.NoError(t, err)
		return list[found.ID]
	}
	require.Equal(t, kb.Rating{Helpful: 1, Unhelpful: 8}, ratings())
	require.NoError(t, s.db.set(t.Context(), demoPast, "begun"))
	require.NoError(t, s.seed(t.Context()), "after a crash in the middle of it")
	require.Equal(t, kb.Rating{Helpful: 1, Unhelpful: 8}, ratings())
}
