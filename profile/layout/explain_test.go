package layout_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// failed returns the tests of an explanation that somebody did not pass.
func failed(e layout.Explanation) []layout.Test {
	out := []layout.Test{}
	for _, f := range e.Findings {
		if !f.Passed {
			out = append(out, f.Test)
		}
	}
	return out
}

func TestExplain(t *testing.T) {
	by := profile.Actor{ID: "pat", Account: "acme", Segments: []string{"partner"}}
	other := layout.Promotion{ID: "other", Priority: 5}
	for _, c := range []struct {
		name string
		p    layout.Promotion
		do   func(t *testing.T, w *world)
		want []layout.Test
	}{
		{"shown", layout.Promotion{}, nil, nil},
		{"off", layout.Promotion{Off: true}, nil, []layout.Test{layout.TestStage}},
		{"not yet", layout.Promotion{From: "2026-03-10T09:01"}, nil, []layout.Test{layout.TestStage}},
		{"over", layout.Promotion{To: "2026-03-10T09:00"}, nil, []layout.Test{layout.TestStage}},
		{"not theirs", layout.Promotion{Audience: profile.NewAudience("staff")}, nil, []layout.Test{layout.TestAudience}},
		{"not meant", layout.Promotion{For: layout.Match{None: []string{"partner"}}}, nil, []layout.Test{layout.TestMeant}},
		{"held out", layout.Promotion{Holdout: 100}, nil, []layout.Test{layout.TestHoldout}},
		{"others first", layout.Promotion{}, func(t *testing.T, w *world) { w.promote(t, other) }, []layout.Test{layout.TestRoom}},
		{"others that are off", layout.Promotion{}, func(t *testing.T, w *world) {
			o := other
			o.Off = true
			w.promote(t, o)
		}, nil},
		{"seen often", layout.Promotion{PerPerson: 1, PerDay: 1}, func(_ *testing.T, w *world) { w.aside(by, w.visit()) }, []layout.Test{layout.TestPerson, layout.TestDay}},
		{"seen yesterday", layout.Promotion{PerPerson: 2, PerDay: 1}, func(_ *testing.T, w *world) {
			w.aside(by, w.visit())
			w.pass(24 * time.Hour)
		}, nil},
		{"dismissed", layout.Promotion{}, func(t *testing.T, w *world) {
			require.NoError(t, w.Dismiss(t.Context(), by, w.visit(), "a"))
		}, []layout.Test{layout.TestWanted}},
		{"wants nothing chosen", layout.Promotion{For: layout.Match{Any: []string{"partner"}}}, func(t *testing.T, w *world) {
			_, err := w.Personal(t.Context(), by, false)
			require.NoError(t, err)
		}, []layout.Test{layout.TestPersonal}},
		{"in the wrong slot", layout.Promotion{Slot: "search/aside"}, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := shop(t)
			c.p.ID = "a"
			p := w.promote(t, c.p)
			if c.do != nil {
				c.do(t, w)
			}
			w.pass(2 * time.Second) // whatever is remembered of promotions is read anew
			w.events()
			e, err := w.Explain(t.Context(), root, by, "a")
			require.NoError(t, err)
			require.Equal(t, append([]layout.Test{}, c.want...), failed(e))
			require.Empty(t, w.events(), "nothing counts as shown")
			page, _, _ := strings.Cut(p.Slot, "/")
			l := w.Arrange(t.Context(), by, w.visit(), page)
			require.Equal(t, offers(l, "aside"), shownIf(e.Shown, offers(l, "aside")), "what is said is what is shown")
		})
	}
}

// shownIf returns the list if it holds the promotion as it should.
func shownIf(shown bool, list []string) []string {
	for _, id := range list {
		if id == "a" && !shown {
			return []string{"a is shown, and that was denied"}
		}
		if id == "a" {
			return list
		}
	}
	if shown {
		return []string{"a is not shown, and that was promised"}
	}
	return list
}

func TestExplainIsForThoseWhoSeePeople(t *testing.T) {
	w := shop(t)
	w.promote(t, layout.Promotion{ID: "a"})
	_, err := w.Explain(t.Context(), ann, ann, "a")
	require.ErrorIs(t, err, layout.ErrForbidden)
	_, err = w.Explain(t.Context(), root, profile.Actor{}, "a")
	require.ErrorIs(t, err, layout.ErrInvalid)
	_, err = w.Explain(t.Context(), root, ann, "none")
	require.ErrorIs(t, err, layout.ErrNotFound)
	_, err = w.Promotion(t.Context(), root, "none")
	require.ErrorIs(t, err, layout.ErrNotFound)
	_, err = w.Promotion(t.Context(), ann, "a")
	require.ErrorIs(t, err, layout.ErrForbidden)
}

func TestStageOfAPromotion(t *testing.T) {
	for want, p := range map[layout.Stage]layout.Promotion{
		layout.StagePaused:  {Off: true, From: "2026-03-10T09:01"},
		layout.StagePlanned: {From: "2026-03-10T10:01", Zone: "Europe/Vienna"},
		layout.StageRunning: {From: "2026-03-10T10:00", To: "2026-03-10T10:01", Zone: "Europe/Vienna"},
		layout.StageEnded:   {Off: true, To: "2026-03-10T09:00"},
	} {
		require.Equal(t, want, p.Stage(t0), want)
	}
}

// A scribe is an audit that tests read, and that fails when they say so.
type scribe struct {
	deeds []profile.Deed
	err   error
}

func (s *scribe) Audit(_ context.Context, by profile.Actor, d profile.Deed) (int64, error) {
	if s.err != nil {
		return 0, s.err
	}
	d.Why = by.ID
	s.deeds = append(s.deeds, d)
	return int64(len(s.deeds)), nil
}

func TestArrangingIsWrittenDown(t *testing.T) {
	book := &scribe{}
	w := shop(t, func(o *layout.Options) { o.Audit = book })
	p := w.promote(t, layout.Promotion{ID: "a", Title: map[string]string{"en": "One"}})
	w.promote(t, layout.Promotion{ID: "a", Title: map[string]string{"en": "One"}}) // a retry
	p.Title, p.Holdout, p.Audience = map[string]string{"en": "Two"}, 5, profile.NewAudience("partner+person:ann")
	p = w.promote(t, p)
	p.Version = 1
	_, err := w.SavePromotion(t.Context(), root, p)
	require.ErrorIs(t, err, layout.ErrConflict)
	require.NoError(t, w.RemovePromotion(t.Context(), root, "a"))
	require.ErrorIs(t, w.RemovePromotion(t.Context(), ann, "a"), layout.ErrForbidden)
	rule := w.rule(t, layout.Rule{ID: "r", Do: layout.ActionHide, Ref: "category/a"})
	require.NoError(t, w.RemoveRule(t.Context(), root, "r", rule.Version))
	_, err = w.SaveRule(t.Context(), ann, rule)
	require.ErrorIs(t, err, layout.ErrForbidden)
	_, err = w.SavePromotion(t.Context(), profile.Actor{}, p)
	require.ErrorIs(t, err, layout.ErrForbidden, "and nobody is written down")
	var got []string
	for _, d := range book.deeds {
		got = append(got, d.Why+" "+d.Action+" "+d.Subject+" "+string(d.Outcome)+" "+strconv.FormatInt(d.Of, 10))
	}
	require.Equal(t, []string{
		"root promotion.added promotion/a  0", "root promotion.changed promotion/a  0",
		"root promotion.changed promotion/a  0", "root promotion.changed promotion/a failed 3",
		"root promotion.removed promotion/a  0", "ann promotion.removed promotion/a refused 0",
		"root rule.added rule/r  0", "root rule.removed rule/r  0", "ann rule.changed rule/r refused 0",
	}, got)
	require.Equal(t, []profile.Change{{Field: "audience", From: "public", To: "partner+person:•••"}, {Field: "holdout", To: "5"}, {Field: "title.en", From: "One", To: "Two"}}, book.deeds[1].Changes)

	book.err = errors.New("full")
	_, err = w.SavePromotion(t.Context(), root, layout.Promotion{ID: "b", Slot: "home/aside", Title: map[string]string{"en": "x"}, Audience: profile.Public()})
	require.ErrorIs(t, err, layout.ErrUnavailable)
	list, err := w.Promotions(t.Context(), root)
	require.NoError(t, err)
	require.Empty(t, list, "what cannot be written down is not done")
}
