package learning_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/learning"
)

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// world is a model and the people who search.
type world struct {
	*learning.Model
	now  time.Time
	dice *rand.Rand
	n    int
}

func newWorld(opts learning.Options) *world {
	w := &world{now: start, dice: rand.New(rand.NewPCG(1, 2))}
	opts.Now = func() time.Time { return w.now }
	w.Model = learning.NewModel(&opts)
	return w
}

// search lets somebody look at results from the top, as far as their patience
// goes, and follow what they find good.
func (w *world) search(question string, shown []string, good map[string]float64) {
	w.n++
	o := learning.Outcome{Question: question, Locale: "en", Who: fmt.Sprint("v", w.n), At: w.now, Shown: shown, Worth: map[string]float64{}}
	for i, group := range shown {
		if w.dice.Float64() < 1/float64(i+1) && w.dice.Float64() < good[group] {
			o.Worth[group] = 1
		}
	}
	w.Observe(o)
}

func (w *world) value(question, group string) float64 {
	for _, s := range w.Signals(question, "en") {
		if s.Group == group {
			return s.Value
		}
	}
	return 0
}

// TestPlacesAreNotMerits: what stands fourth and is followed less often than what
// stands first is known to be better.
func TestPlacesAreNotMerits(t *testing.T) {
	w := newWorld(learning.Options{})
	shown := []string{"poor", "bad", "none", "good"}
	follows := map[string]int{}
	for day := range 40 {
		w.now = start.AddDate(0, 0, day)
		for range 10 {
			w.search("reset the hub", shown, map[string]float64{"poor": 0.4, "bad": 0.1, "good": 0.9})
			w.search(fmt.Sprint("other", day), shown, map[string]float64{"poor": 0.5, "bad": 0.5, "none": 0.5, "good": 0.5})
			if w.dice.Float64() < 0.4 {
				follows["poor"]++
			}
			if w.dice.Float64() < 0.25*0.9 {
				follows["good"]++
			}
		}
	}
	require.Greater(t, follows["poor"], follows["good"], "counting follows would leave it as it is")
	require.Greater(t, w.value("Reset the hub!", "good"), 0.15)
	require.Less(t, w.value("reset the hub", "poor"), w.value("reset the hub", "good"))
	require.Negative(t, w.value("reset the hub", "none"))
	require.Equal(t, []string{"poor", "good", "bad", "none"}, w.Ranking(learning.Outcome{Question: "reset the hub", Locale: "en", Shown: shown}), "a little at a time")
	require.Equal(t, shown, w.Ranking(learning.Outcome{Question: "reset the hub", Locale: "de", Shown: shown}), "of another language nothing is known")
	require.Equal(t, shown, w.Ranking(learning.Outcome{Question: "invoices", Locale: "en", Shown: shown}))
}

func TestNobodyDecidesAlone(t *testing.T) {
	shown := []string{"a", "b", "c"}
	honest := func(w *world) {
		for day := range 20 {
			w.now = start.AddDate(0, 0, day)
			for range 6 {
				w.search("vpn", shown, map[string]float64{"a": 0.8, "b": 0.3, "c": 0.1})
			}
		}
	}
	push := func(w *world, who string, times int) {
		for range times {
			w.Observe(learning.Outcome{Question: "vpn", Locale: "en", Who: who, At: w.now, Shown: shown, Worth: map[string]float64{"c": 1}})
		}
	}
	quiet := newWorld(learning.Options{})
	honest(quiet)

	t.Run("one person, very often", func(t *testing.T) {
		w := newWorld(learning.Options{})
		honest(w)
		push(w, "fan", 5000)
		require.InDelta(t, quiet.value("vpn", "c"), w.value("vpn", "c"), 0.1)
		require.Equal(t, "a", w.Ranking(learning.Outcome{Question: "vpn", Locale: "en", Shown: shown})[0])
	})
	t.Run("two who are alone with a question", func(t *testing.T) {
		w := newWorld(learning.Options{})
		push(w, "fan", 100)
		push(w, "friend", 100)
		require.Empty(t, w.Signals("vpn", "en"))
		push(w, "third", 1)
		require.NotEmpty(t, w.Signals("vpn", "en"))
	})
	t.Run("nobody in particular", func(t *testing.T) {
		w := newWorld(learning.Options{People: 1})
		push(w, "", 100)
		require.Empty(t, w.Signals("vpn", "en"))
	})
	t.Run("a crowd on one day", func(t *testing.T) {
		w := newWorld(learning.Options{})
		honest(w)
		for i := range 150 {
			push(w, fmt.Sprint("made-up", i), 1)
		}
		require.Equal(t, "a", w.Ranking(learning.Outcome{Question: "vpn", Locale: "en", Shown: shown})[0])
		require.Greater(t, w.value("vpn", "a"), 0.0)
	})
}

// TestQuestionsAlikeLearn: what answered a question answers one that is nearly the
// same, also if it was not shown for it.
func TestQuestionsAlikeLearn(t *testing.T) {
	w := newWorld(learning.Options{})
	for i := range 30 {
		w.search(fmt.Sprint("filler question number ", i), []string{"x"}, nil)
	}
	for i := range 8 {
		w.now = start.AddDate(0, 0, i)
		w.Observe(learning.Outcome{Question: "hub blinks red after the update", Locale: "en", Who: fmt.Sprint("p", i), At: w.now, Shown: []string{"a", "b"}, Worth: map[string]float64{"later": 0.15}})
	}
	require.Positive(t, w.value("hub blinks red after the update", "later"), "found by asking again")
	require.Positive(t, w.value("why does my hub blinks red after an update", "later"))
	require.Zero(t, w.value("red wine", "later"))
	require.Greater(t, w.value("hub blinks red after the update", "later"), w.value("my hub blinks red after an update", "later"))
}

func TestWhatIsOldCountsLess(t *testing.T) {
	w := newWorld(learning.Options{HalfLife: 24 * time.Hour})
	for i := range 20 {
		w.Observe(learning.Outcome{Question: "vpn", Locale: "en", Who: fmt.Sprint(i), At: w.now.Add(time.Duration(i) * time.Hour), Shown: []string{"a", "b"}, Worth: map[string]float64{"b": 1}})
	}
	fresh := w.value("vpn", "b")
	require.Positive(t, fresh)
	w.now = w.now.AddDate(0, 0, 3)
	require.Less(t, w.value("vpn", "b"), fresh)
	w.now = w.now.AddDate(0, 0, 30)
	require.InDelta(t, 0, w.value("vpn", "b"), 0.01)
}

func TestMemoryIsBounded(t *testing.T) {
	w := newWorld(learning.Options{Questions: 100})
	for i := range 1000 {
		w.now = start.Add(time.Duration(i) * time.Minute)
		for who := range 3 {
			w.Observe(learning.Outcome{Question: fmt.Sprint("question", i), Locale: "en", Who: fmt.Sprint(who), At: w.now, Shown: []string{"a", "b"}, Worth: map[string]float64{"b": 1}})
		}
	}
	known := 0
	for i := range 1000 {
		if len(w.Signals(fmt.Sprint("question", i), "en")) > 0 {
			known++
		}
	}
	require.LessOrEqual(t, known, 100)
	require.GreaterOrEqual(t, known, 89)
	require.NotEmpty(t, w.Signals("question999", "en"))
	require.Empty(t, w.Signals("question5", "en"))
}

// TestScriptsWithoutSpaces: pairs of characters are words.
func TestScriptsWithoutSpaces(t *testing.T) {
	w := newWorld(learning.Options{})
	for i := range 10 {
		w.Observe(learning.Outcome{Question: "パスワードをリセットする", Locale: "ja", Who: fmt.Sprint(i), At: w.now, Shown: []string{"a"}, Worth: map[string]float64{"a": 1}})
		w.Observe(learning.Outcome{Question: "請求書を印刷", Locale: "ja", Who: fmt.Sprint(i), At: w.now, Shown: []string{"a"}})
	}
	require.NotEmpty(t, w.Signals("パスワードのリセットをする", "ja"))
	require.Empty(t, w.Signals("ログインできない", "ja"))
}

func BenchmarkSignals(b *testing.B) {
	w := newWorld(learning.Options{})
	word := func() string { return fmt.Sprintf("w%d", int(w.dice.ExpFloat64()*300)) }
	for range 50_000 {
		w.search(word()+" "+word()+" "+word()+" "+word(), []string{"a", "b", "c"}, map[string]float64{"b": 0.5})
	}
	b.ReportAllocs()
	var got []search.Signal
	for b.Loop() {
		got = w.Signals("how w1 w30 "+word()+" "+word(), "en")
	}
	_ = got
}
