package learning_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/learning"
)

// solvedBy are questions that a document solved for different people.
func solvedBy(group string, at time.Time, texts ...string) (out []learning.Solution) {
	for i, text := range texts {
		out = append(out, learning.Solution{ID: fmt.Sprint(group, i), Text: text, Locale: "en", Group: group, Voter: fmt.Sprint("v", i), At: at})
	}
	return out
}

// votes returns what documents have, the strongest first.
func votes(s *learning.Solved, text string) (groups []string, values map[string]float64) {
	values = map[string]float64{}
	for _, one := range s.Signals(text, "en") {
		groups = append(groups, one.Group)
		values[one.Group] = one.Value
	}
	return groups, values
}

const sure = 0.5 // from which search brings in a document with none of the words

func TestSolvedQuestionsVote(t *testing.T) {
	s := learning.NewSolved(&learning.SolvedOptions{Now: func() time.Time { return start }})
	s.Add(solvedBy("a/battery", start, "my sensor went dead", "the sensor is dead again", "dead sensor in the cellar")...)
	s.Add(solvedBy("a/invoice", start, "where do I find the bill", "copy of the last bill please")...)
	s.Add(solvedBy("a/lone", start, "purple light")...)

	groups, values := votes(s, "Is the sensor dead?")
	require.Equal(t, []string{"a/battery"}, groups)
	require.Greater(t, values["a/battery"], sure)
	groups, _ = votes(s, "the last BILL")
	require.Equal(t, []string{"a/invoice"}, groups)
	_, values = votes(s, "purple light")
	require.Less(t, values["a/lone"], sure, "one voter brings nothing in, whatever they asked")
	require.Positive(t, values["a/lone"])
	for _, other := range []string{"", "!?", "unheard words"} {
		require.Empty(t, s.Signals(other, "en"), other)
	}
	require.Empty(t, s.Signals("sensor dead", "de"), "of another language nothing is known")

	far := learning.NewSolved(&learning.SolvedOptions{Now: func() time.Time { return start.AddDate(2, 0, 0) }})
	far.Add(solvedBy("a/battery", start, "my sensor went dead", "the sensor is dead again", "dead sensor in the cellar")...)
	_, old := votes(far, "Is the sensor dead?")
	require.Less(t, old["a/battery"], 0.7*valueOf(s, "Is the sensor dead?", "a/battery"), "what is old counts less")
}

func valueOf(s *learning.Solved, text, group string) float64 {
	_, values := votes(s, text)
	return values[group]
}

// TestOneVoterDecidesNothing lets somebody vote as often as they can.
func TestOneVoterDecidesNothing(t *testing.T) {
	s := learning.NewSolved(&learning.SolvedOptions{Each: 20, Now: func() time.Time { return start }})
	s.Add(solvedBy("a/right", start, "reset the hub", "how to reset a hub", "hub needs a reset")...)
	before := valueOf(s, "reset hub", "a/right")
	for i := range 1000 {
		s.Add(learning.Solution{ID: fmt.Sprint("spam", i), Text: "reset hub", Locale: "en", Group: "a/spam", Voter: "spammer", At: start})
	}
	require.Equal(t, 3+20, s.Questions())
	groups, values := votes(s, "reset hub")
	require.Equal(t, []string{"a/right", "a/spam"}, groups)
	require.Less(t, values["a/spam"], sure)
	require.Greater(t, values["a/right"], sure)
	require.Less(t, values["a/right"], before)
	require.Equal(t, 20, s.Forget("spammer"))
	require.Zero(t, s.Forget("spammer"))
	require.InDelta(t, before, valueOf(s, "reset hub", "a/right"), 1e-9, "as if they had never been there")
}

func TestSolvedQuestionsAreBounded(t *testing.T) {
	s := learning.NewSolved(&learning.SolvedOptions{Questions: 100, Now: func() time.Time { return start }})
	for i := range 1000 {
		s.Add(learning.Solution{ID: fmt.Sprint(i), Text: fmt.Sprint("question number", i), Locale: "en", Group: "a/x", Voter: fmt.Sprint("v", i), At: start.Add(time.Duration(i) * time.Minute)})
		require.LessOrEqual(t, s.Questions(), 100)
	}
	require.Zero(t, valueOf(s, "number0", "a/x"))
	require.Positive(t, valueOf(s, "question number999", "a/x"), "the oldest go first")
	for _, bad := range []learning.Solution{{}, {ID: "1", Text: "x"}, {ID: "1", Text: "x", Group: "g"}, {ID: "1", Text: "?!", Group: "g", Voter: "v"}, {Text: "x", Group: "g", Voter: "v"}} {
		n := s.Questions()
		s.Add(bad)
		require.LessOrEqual(t, s.Questions(), n, "%+v", bad)
	}
}

// TestSolvedQuestionsOfSources: sources tell what was solved, and what they no
// longer tell is forgotten when all is learned anew.
func TestSolvedQuestionsOfSources(t *testing.T) {
	now, told, broken := start, solvedBy("a/battery", start.Add(-time.Hour), "my sensor went dead", "the sensor is dead again"), error(nil)
	var since []time.Time
	s := learning.NewSolved(&learning.SolvedOptions{
		Now: func() time.Time { return now }, HalfLife: 24 * time.Hour,
		Sources: []learning.Source{func(_ context.Context, at time.Time) iter.Seq2[learning.Solution, error] {
			since = append(since, at)
			return func(yield func(learning.Solution, error) bool) {
				for _, one := range told {
					if one.At.Before(at) {
						continue
					}
					if !yield(one, nil) {
						return
					}
				}
				if broken != nil {
					yield(learning.Solution{}, broken)
				}
			}
		}},
	})
	require.NoError(t, s.Catch(t.Context()))
	require.Equal(t, 2, s.Questions())
	now = now.Add(time.Hour)
	told[0].Group = "a/other"
	require.NoError(t, s.Catch(t.Context()))
	require.Equal(t, 2, s.Questions(), "what is told again takes its place")
	require.Equal(t, []time.Time{start.AddDate(0, 0, -2), start.Add(-2 * time.Hour)}, since)
	groups, _ := votes(s, "sensor dead")
	require.Len(t, groups, 2)

	broken = errors.New("no ledger")
	require.ErrorIs(t, s.Anew(t.Context()), broken)
	require.ErrorIs(t, s.Catch(t.Context()), broken)
	require.Equal(t, 2, s.Questions(), "what is known stays")
	told, broken = told[:1], nil
	require.NoError(t, s.Anew(t.Context()))
	require.Equal(t, 1, s.Questions())
	erased, err := s.Keeper().Erase(t.Context(), "v0", profile.Erasure{})
	require.NoError(t, err)
	require.Equal(t, 1, erased.Removed)
	require.Zero(t, s.Questions())
	for range s.Keeper().Export(t.Context(), "v0") {
		t.Fatal("it keeps no texts")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.NoError(t, s.Run(ctx))
}

func TestSolvedSearches(t *testing.T) {
	a, b := "article/a", "article/b"
	for name, c := range map[string]struct {
		events []analytics.Event
		want   []string
	}{
		"helpful":                {[]analytics.Event{asked("1", "vpn", a, 0), followed("1", a, 5), happened("article.rated", a, 60, "true")}, []string{a}},
		"not":                    {[]analytics.Event{asked("1", "vpn", a, 0), followed("1", a, 5), happened("article.rated", a, 60, "false")}, nil},
		"helpful, and then not":  {[]analytics.Event{asked("1", "vpn", a, 0), followed("1", a, 5), happened("article.rated", a, 60, "true"), happened("article.rated", a, 70, "false")}, nil},
		"read, and nothing said": {[]analytics.Event{asked("1", "vpn", a, 0), followed("1", a, 5)}, nil},
		"found elsewhere":        {[]analytics.Event{asked("1", "vpn", a, 0), happened("article.rated", b, 60, "true")}, nil},
		"the answer was right":   {[]analytics.Event{asked("1", "vpn", a+" "+b, 0), judged("1", b, 5, "true")}, []string{b}},
		"the answer was wrong":   {[]analytics.Event{asked("1", "vpn", a, 0), judged("1", a, 5, "true"), judged("1", a, 9, "false")}, nil},
		"asked people after it":  {[]analytics.Event{asked("1", "vpn", a, 0), followed("1", a, 5), happened("article.rated", a, 60, "true"), happened("case.opened", "case/1", 100, "")}, nil},
	} {
		now := start.Add(time.Hour)
		source := learning.SolvedSearches(journeysOf(c.events), func() time.Time { return now })
		var got []string
		for one, err := range source(t.Context(), start) {
			require.NoError(t, err, name)
			require.Equal(t, []string{"vpn", "en", "v"}, []string{one.Text, one.Locale, one.Voter})
			got = append(got, one.Group)
		}
		require.Equal(t, c.want, got, name)
		now = start.Add(10 * time.Minute)
		for range source(t.Context(), start) {
			t.Fatal(name, ": they may still ask people")
		}
	}
}

// journeysOf tells events.
type journeysOf []analytics.Event

func (j journeysOf) Scan(context.Context, analytics.Range) iter.Seq2[analytics.Event, error] {
	return told(j)
}

func TestTogether(t *testing.T) {
	says := func(group string) func(text, locale string) []search.Signal {
		return func(string, string) []search.Signal { return []search.Signal{{Group: group}} }
	}
	require.Equal(t, []search.Signal{{Group: "a"}, {Group: "b"}}, learning.Together(says("a"), says("b"))("x", "en"))
	require.Empty(t, learning.Together()("x", "en"))
}

func TestSolvedQuestionsFromManySides(t *testing.T) {
	all := solvedBy("a/battery", start, "my sensor went dead", "the sensor is dead again")
	s := learning.NewSolved(&learning.SolvedOptions{Questions: 50, Now: func() time.Time { return start }, Sources: []learning.Source{
		func(context.Context, time.Time) iter.Seq2[learning.Solution, error] { return told(all) },
	}})
	var g sync.WaitGroup
	var failed [5]error
	for i, do := range []func(n int) error{
		func(n int) error {
			s.Add(learning.Solution{ID: fmt.Sprint(n), Text: fmt.Sprint("sensor ", n), Locale: "en", Group: "a/x", Voter: fmt.Sprint("w", n%7), At: start})
			return nil
		},
		func(int) error { s.Signals("dead sensor", "en"); return nil },
		func(n int) error { s.Forget(fmt.Sprint("w", n%7)); return nil },
		func(int) error { return s.Catch(t.Context()) },
		func(int) error { return s.Anew(t.Context()) },
	} {
		g.Go(func() {
			for n := range 100 {
				failed[i] = errors.Join(failed[i], do(n))
			}
		})
	}
	g.Wait()
	require.NoError(t, errors.Join(failed[:]...))
	require.NoError(t, s.Anew(t.Context()))
	require.Equal(t, 2, s.Questions())
}
