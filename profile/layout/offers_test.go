package layout_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

func shop(t testing.TB, change ...func(*layout.Options)) *world {
	return newWorld(t, layout.Site{Pages: []layout.Page{
		{Name: "home", Slots: []layout.Slot{{Name: "aside", Offers: 1}, {Name: "cards", Offers: 2}, {Name: "plain"}}},
		{Name: "search", Slots: []layout.Slot{{Name: "aside", Offers: 1}}},
	}}, change...)
}

func TestOffersAreChosen(t *testing.T) {
	by := profile.Actor{ID: "pat", Account: "acme", Segments: []string{"partner"}, Declared: []string{"buyer"}}
	for _, c := range []struct {
		name string
		list []layout.Promotion
		want string
	}{
		{"none", nil, ""},
		{"by priority", []layout.Promotion{{ID: "a"}, {ID: "b", Priority: 1}}, "b"},
		{"by name in the end", []layout.Promotion{{ID: "b"}, {ID: "a"}}, "a"},
		{"any segment", []layout.Promotion{{ID: "a", For: layout.Match{Any: []string{"x", "partner"}}}}, "a"},
		{"a declared one", []layout.Promotion{{ID: "a", For: layout.Match{Any: []string{"buyer"}}}}, "a"},
		{"a built-in one", []layout.Promotion{{ID: "a", For: layout.Match{All: []string{"signed-in", "account:acme"}}}}, "a"},
		{"not all segments", []layout.Promotion{{ID: "a", For: layout.Match{All: []string{"x", "partner"}}}}, ""},
		{"one too many", []layout.Promotion{{ID: "a", For: layout.Match{None: []string{"buyer"}}}}, ""},
		{"not theirs to see", []layout.Promotion{{ID: "a", Audience: profile.NewAudience("staff")}}, ""},
		{"what they say of themselves opens nothing", []layout.Promotion{{ID: "a", Audience: profile.NewAudience("buyer")}}, ""},
		{"off", []layout.Promotion{{ID: "a", Off: true}}, ""},
		{"not yet", []layout.Promotion{{ID: "a", From: "2026-03-10T10:01", Zone: "Europe/Vienna"}}, ""},
		{"from now", []layout.Promotion{{ID: "a", From: "2026-03-10T10:00", Zone: "Europe/Vienna"}}, "a"},
		{"until now", []layout.Promotion{{ID: "a", To: "2026-03-10T09:00"}}, ""},
		{"held from everybody", []layout.Promotion{{ID: "a", Holdout: 100}}, ""},
		{"elsewhere", []layout.Promotion{{ID: "a", Slot: "search/aside"}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := shop(t)
			for _, p := range c.list {
				w.promote(t, p)
			}
			require.Equal(t, c.want, strings.Join(w.aside(by, w.visit()), " "))
		})
	}
}

// TestOffersStay: within a visit an offer stays until it ends or is dismissed,
// on every instance, and counts as shown once.
func TestOffersStay(t *testing.T) {
	w := shop(t)
	w.promote(t, layout.Promotion{ID: "a", To: "2026-03-10T10:00", PerDay: 1})
	v := w.visit()
	require.Equal(t, []string{"a"}, w.aside(ann, v))
	require.Equal(t, []string{"promotion.shown promotion/a"}, w.events())
	w.promote(t, layout.Promotion{ID: "b", Priority: 9})
	other := w.instance(t)
	w.pass(time.Minute)
	require.Equal(t, []string{"a"}, w.aside(ann, v))
	require.Equal(t, []string{"a"}, offers(other.Arrange(t.Context(), ann, v, "home"), "aside"))
	require.Empty(t, w.events())
	require.Equal(t, []string{"b"}, w.aside(ann, w.visit()), "the next visit")
	w.pass(time.Hour)
	require.Equal(t, []string{"b"}, w.aside(ann, v), "it is over")
	require.Empty(t, offers(w.Arrange(t.Context(), ann, v, "search"), "aside"))
}

func TestCaps(t *testing.T) {
	w := shop(t)
	w.promote(t, layout.Promotion{ID: "a", PerPerson: 3, PerDay: 2})
	var shown []bool
	for range 2 {
		for range 3 {
			v := w.visit()
			shown = append(shown, len(w.aside(ann, v)) == 1)
			require.Equal(t, shown[len(shown)-1], len(w.aside(ann, v)) == 1, "all of a visit sees the same")
		}
		w.pass(24 * time.Hour)
	}
	require.Equal(t, []bool{true, true, false, true, false, false}, shown)
	require.Equal(t, []string{"a"}, w.aside(profile.Actor{ID: "bob"}, w.visit()), "caps are each person's own")

	browser := layout.Visit{ID: "v1", Visitor: "b1", Began: w.clock()}
	require.Equal(t, []string{"a"}, w.aside(profile.Actor{}, browser))
	require.Empty(t, w.aside(profile.Actor{}, layout.Visit{ID: "v2", Began: w.clock()}), "nobody could count")
}

func TestOffersTakeTurns(t *testing.T) {
	w := shop(t)
	w.promote(t, layout.Promotion{ID: "a"})
	w.promote(t, layout.Promotion{ID: "b"})
	var got []string
	for range 4 {
		got = append(got, w.aside(ann, w.visit())...)
		w.pass(time.Minute)
	}
	require.Equal(t, []string{"a", "b", "a", "b"}, got)
	w.promote(t, layout.Promotion{ID: "c1", Slot: "home/cards"})
	w.promote(t, layout.Promotion{ID: "c2", Slot: "home/cards"})
	w.promote(t, layout.Promotion{ID: "c3", Slot: "home/cards", Priority: 1})
	require.Equal(t, []string{"c3", "c1"}, offers(w.Arrange(t.Context(), ann, w.visit(), "home"), "cards"))
}

func TestDismissedStaysDismissed(t *testing.T) {
	w := shop(t)
	w.promote(t, layout.Promotion{ID: "a"})
	w.promote(t, layout.Promotion{ID: "secret", Audience: profile.NewAudience("staff")})
	other := w.instance(t)
	v := w.visit()
	require.Equal(t, []string{"a"}, w.aside(ann, v))
	require.Equal(t, []string{"a"}, offers(other.Arrange(t.Context(), ann, v, "home"), "aside"))
	w.events()
	require.NoError(t, w.Clicked(t.Context(), ann, v, "a"))
	require.NoError(t, w.Dismiss(t.Context(), ann, v, "a"))
	require.Equal(t, []string{"promotion.clicked promotion/a", "promotion.dismissed promotion/a"}, w.events())
	require.Empty(t, w.aside(ann, v))
	w.pass(time.Second)
	require.Empty(t, offers(other.Arrange(t.Context(), ann, v, "home"), "aside"))
	w.pass(500 * 24 * time.Hour)
	_, err := w.Prune(t.Context())
	require.NoError(t, err)
	require.Empty(t, w.aside(ann, w.visit()))
	require.ErrorIs(t, w.Dismiss(t.Context(), ann, v, "secret"), layout.ErrNotFound)
	require.ErrorIs(t, w.Clicked(t.Context(), ann, v, "none"), layout.ErrNotFound)
	require.Empty(t, w.events())
	require.NoError(t, w.Dismiss(t.Context(), profile.Actor{}, w.visit(), "a"), "of whom nothing is known")
}

func TestOffersForThoseWhoOptOut(t *testing.T) {
	w := shop(t)
	w.promote(t, layout.Promotion{ID: "all"})
	w.promote(t, layout.Promotion{ID: "theirs", Priority: 1, For: layout.Match{Any: []string{"signed-in"}}})
	require.Equal(t, []string{"theirs"}, w.aside(ann, w.visit()))
	_, err := w.Personal(t.Context(), ann, false)
	require.NoError(t, err)
	require.Equal(t, []string{"all"}, w.aside(ann, w.visit()))
}

// TestHoldoutOfAnOffer: the share is about right, each person is always on the
// same side, and both sides are recorded.
func TestHoldoutOfAnOffer(t *testing.T) {
	w := shop(t)
	w.promote(t, layout.Promotion{ID: "a", Holdout: 30})
	shown := 0
	for i := range 500 {
		by := profile.Actor{ID: "p" + strconv.Itoa(i)}
		first := w.aside(by, w.visit())
		require.Equal(t, first, w.aside(by, w.visit()))
		shown += len(first)
	}
	require.InDelta(t, 350, shown, 45)
	count := map[string]int{}
	for _, e := range w.events() {
		count[e]++
	}
	require.Equal(t, map[string]int{"promotion.shown promotion/a": 2 * shown, "promotion.withheld promotion/a": 2 * (500 - shown)}, count)
}

func TestPromotionsThatFail(t *testing.T) {
	w := shop(t)
	good := layout.Promotion{ID: "a", Slot: "home/aside", Title: map[string]string{"en": "x"}, Audience: profile.Public()}
	for want, change := range map[string]func(*layout.Promotion){
		"id: error.layout.id":                 func(p *layout.Promotion) { p.ID = "A!" },
		"slot: error.layout.slot":             func(p *layout.Promotion) { p.Slot = "home/plain" },
		"title: error.field.required":         func(p *layout.Promotion) { p.Title = nil },
		"title.xx-: error.layout.language":    func(p *layout.Promotion) { p.Title["xx-"] = "x" },
		"audience: error.layout.audience":     func(p *layout.Promotion) { p.Audience = nil },
		"for.any[0]: error.layout.segment":    func(p *layout.Promotion) { p.For.Any = []string{""} },
		"zone: error.layout.zone":             func(p *layout.Promotion) { p.Zone = "Nowhere" },
		"from: error.layout.minute":           func(p *layout.Promotion) { p.From = "tomorrow" },
		"to: error.layout.order":              func(p *layout.Promotion) { p.From, p.To = "2026-03-10T10:00", "2026-03-10T10:00" },
		"per_day: error.field.out_of_range":   func(p *layout.Promotion) { p.PerDay = -1 },
		"holdout: error.field.out_of_range":   func(p *layout.Promotion) { p.Holdout = 101 },
		"action: error.layout.action_address": func(p *layout.Promotion) { p.Address = "/x" },
		"address: error.field.url":            func(p *layout.Promotion) { p.Address, p.Action = "javascript:x", p.Title },
	} {
		p := good.Clone()
		change(&p)
		_, err := w.SavePromotion(t.Context(), root, p)
		var fields errs.Fields
		require.ErrorAs(t, err, &fields)
		require.Equal(t, want, fields.Error())
	}
	_, err := w.SavePromotion(t.Context(), ann, good)
	require.ErrorIs(t, err, layout.ErrForbidden)
}
