package kb_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

func TestPlans(t *testing.T) {
	w := newProcessWorld(t, kb.Process{})
	a := w.drafted("vpn")
	at := start.Add(time.Hour)
	_, err := w.Plan(w.ctx(), author, a.ID, "en", kb.PlanRequest{Do: kb.DeedPublish, At: at})
	require.ErrorIs(t, err, kb.ErrForbidden)
	for name, ask := range map[string]kb.PlanRequest{
		"no time": {Do: kb.DeedPublish}, "a past time": {Do: kb.DeedPublish, At: start.Add(-time.Second)}, "an unknown deed": {Do: "burn", At: at},
	} {
		_, err := w.Plan(w.ctx(), reviewer, a.ID, "en", ask)
		require.ErrorIs(t, err, kb.ErrInvalid, name)
	}
	p, err := w.Plan(w.ctx(), reviewer, a.ID, "en", kb.PlanRequest{Do: kb.DeedPublish, At: at, Key: "k"})
	require.NoError(t, err)
	again, err := w.Plan(w.ctx(), reviewer, a.ID, "en", kb.PlanRequest{Do: kb.DeedPublish, At: at, Key: "k"})
	require.NoError(t, err)
	require.Equal(t, p, again)
	_, err = w.Plan(w.ctx(), rita, a.ID, "en", kb.PlanRequest{Do: kb.DeedPublish, At: at})
	require.Equal(t, "error.plan.waiting", says(t, err))
	away, err := w.Plan(w.ctx(), reviewer, a.ID, "en", kb.PlanRequest{Do: kb.DeedArchive, At: at.Add(time.Hour)})
	require.NoError(t, err)

	// A newer draft is not what was planned.
	_, err = w.Edit(w.ctx(), author, a.ID, "en", a.Version, kb.Text{Title: "Newer", Body: "Not yet."})
	require.NoError(t, err)
	w.now = at
	for range 2 { // of several instances
		require.NoError(t, w.DoDue(w.ctx()))
	}
	require.Equal(t, "About vpn", w.reads(anyone, a.ID).Title)
	require.Equal(t, 1, len(w.events.named("article.published")))
	_, err = w.CancelPlan(w.ctx(), reviewer, p.ID)
	require.Equal(t, "error.plan.ended", says(t, err))
	_, err = w.CancelPlan(w.ctx(), author, away.ID)
	require.ErrorIs(t, err, kb.ErrForbidden)
	w.now = at.Add(2 * time.Hour)
	require.NoError(t, w.DoDue(w.ctx()))
	_, err = w.Article(w.ctx(), anyone, a.ID, "en")
	require.ErrorIs(t, err, kb.ErrNotFound)
	list, _, err := w.Plans(w.ctx(), reviewer, kb.PlanList{Article: a.ID})
	require.NoError(t, err)
	require.Equal(t, []kb.PlanState{kb.PlanDone, kb.PlanDone}, []kb.PlanState{list[0].State, list[1].State})
}

// TestMinorPlans: what is planned as a minor change is published without being
// news.
func TestMinorPlans(t *testing.T) {
	w := newProcessWorld(t, kb.Process{})
	a := w.show(draft("vpn", "public", "public"))
	before, _ := a.In("en")
	a, err := w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: "vpn", Body: "A comma, more."})
	require.NoError(t, err)
	p, err := w.Plan(w.ctx(), reviewer, a.ID, "en", kb.PlanRequest{Do: kb.DeedPublish, Minor: true, At: w.now.Add(time.Hour)})
	require.NoError(t, err)
	require.True(t, p.Minor)
	w.now = p.At
	require.NoError(t, w.DoDue(w.ctx()))
	a, err = w.Manuscript(w.ctx(), reviewer, a.ID)
	require.NoError(t, err)
	after, _ := a.In("en")
	require.Equal(t, after.Head, after.Live)
	require.Equal(t, before.NewsAt, after.NewsAt)
	require.Equal(t, w.now, after.UpdatedAt)
	away, err := w.Plan(w.ctx(), reviewer, a.ID, "en", kb.PlanRequest{Do: kb.DeedArchive, Minor: true, At: w.now.Add(time.Hour)})
	require.NoError(t, err)
	require.False(t, away.Minor, "nobody is told of that anyway")
}

func TestPlansThatFail(t *testing.T) {
	for name, c := range map[string]struct {
		then func(w *processWorld, a kb.Article)
		want string
	}{
		"who planned it has left": {func(w *processWorld, _ kb.Article) { delete(w.people, "rosa") }, "error.plan.gone"},
		"who planned it may not any more": {func(w *processWorld, _ kb.Article) {
			w.people["rosa"] = profile.Actor{ID: "rosa", Roles: []profile.Role{profile.RoleAuthor}}
		}, "error.plan.forbidden"},
		"nobody approved": {func(w *processWorld, _ kb.Article) { w.process.Rule = kb.RuleAny }, "error.review.needed"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newProcessWorld(t, kb.Process{})
			a := w.drafted("vpn")
			p, err := w.Plan(w.ctx(), reviewer, a.ID, "en", kb.PlanRequest{Do: kb.DeedPublish, At: start.Add(time.Hour)})
			require.NoError(t, err)
			c.then(w, a)
			w.now = start.Add(time.Hour)
			require.NoError(t, w.DoDue(w.ctx()))
			_, err = w.Article(w.ctx(), anyone, a.ID, "en")
			require.ErrorIs(t, err, kb.ErrNotFound)
			list, _, err := w.Plans(w.ctx(), admin, kb.PlanList{})
			require.NoError(t, err)
			require.Equal(t, []kb.Plan{{
				ID: p.ID, Article: p.Article, Locale: p.Locale, Do: p.Do, Revision: 1, At: p.At, By: "rosa", State: kb.PlanFailed, Error: c.want,
				Input: p.Input, CreatedAt: p.CreatedAt, UpdatedAt: w.now, Version: 2,
			}}, list)
			require.Equal(t, kb.NoticePlanFailed, w.told[len(w.told)-1].Kind)
		})
	}
}
