package search_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/searchtest"
)

// A library is a source that can be quoted.
type library struct {
	*searchtest.Source

	text  map[string][]search.Passage
	fails error
}

func (l *library) Passages(_ context.Context, _ profile.Actor, d search.Document) ([]search.Passage, error) {
	return l.text[d.Group], l.fails
}

func text(lines ...string) []search.Block {
	var out []search.Block
	for _, line := range lines {
		out = append(out, search.Block{Lines: []string{line}})
	}
	return out
}

// newLibrary returns a bench over articles that can be quoted.
func newLibrary(t *testing.T, change ...func(*search.Options)) (*bench, *library) {
	t.Helper()
	steps := search.Block{Kind: search.BlockSteps, Lines: []string{"Open the door.", "Take the cell out.", "Choose the new one:"}}
	l := &library{text: map[string][]search.Passage{
		"article/battery": {
			{Blocks: text("A battery lasts for years. Change it when the lamp says so.")},
			{Heading: "Change the battery", Fragment: "h-change", Blocks: append(text("You need a coin. Then:"), steps)},
			{Heading: "Afterwards", Fragment: "h-after", Blocks: text("Press the button once.")},
		},
		"article/wifi": {
			{Blocks: text("No. It has a cable, and a card for mobile networks.")},
			{Heading: "Why the hub does not work with wifi", Fragment: "h-why", Blocks: text("Passwords of wifi change, and the hub would not work.")},
		},
		"article/reset":  {{Fragment: "h-reset", Heading: "Forget all settings", Blocks: text("Hold the button of the hub for ten seconds. Its lamp turns blue. Let go.")}},
		"article/reset2": {{Blocks: text("Hold the button of the bridge for ten seconds.")}},
		"article/secret": {{Blocks: text("The canary code is 4711.")}},
		"article/de":     {{Blocks: text("Die Batterie wird mit einer Münze gewechselt.")}},
	}}
	german := func(d *search.Document) { d.Locale, d.Serves = "de", []string{"en", "de"} }
	docs := []search.Document{
		article("battery", "Change the battery of a sensor", "battery lasts years change lamp need coin open door take cell out press button once"),
		article("wifi", "Does the hub work with wifi?", "no cable card mobile networks passwords change hub would not work", faq),
		article("reset", "Factory settings of the hub", "Hold the button of the hub for ten seconds. Its lamp turns blue. Let go."),
		article("reset2", "Factory settings of the bridge", "Hold the button of the bridge for ten seconds."),
		article("secret", "Master code of the hub", "The canary code is 4711.", forStaff),
		article("de", "Kelvin-Batterie tauschen", "Die Batterie wird mit einer Münze gewechselt.", german),
	}
	b := newBench(t, docs, append([]func(*search.Options){func(o *search.Options) {
		l.Source = o.Sources[0].(*searchtest.Source)
		o.Sources = []search.Source{l}
	}}, change...)...)
	return b, l
}

// TestAnswers says what is answered, and from where, and what is not.
func TestAnswers(t *testing.T) {
	b, _ := newLibrary(t)
	for _, c := range []struct {
		by     profile.Actor
		locale string
		asked  string
		from   string // path and fragment; empty for no answer
		lines  []string
	}{
		{nobody, "en", "change battery of sensor", "/en/articles/battery#h-change", []string{"Open the door.", "Take the cell out."}},
		{nobody, "en", "does the hub work with wifi", "/en/articles/wifi", []string{"No.", "It has a cable, and a card for mobile networks."}},
		{nobody, "en", "lamp of hub turns blue let go", "/en/articles/reset#h-reset", []string{"Hold the button of the hub for ten seconds.", "Its lamp turns blue.", "Let go."}},
		{eve, "en", "master code of the hub", "/en/articles/secret", []string{"The canary code is 4711."}},
		{nobody, "de", "Kelvin-Batterie tauschen", "/en/articles/de", []string{"Die Batterie wird mit einer Münze gewechselt."}},

		{nobody, "en", "hub", "", nil},                         // one word is no question
		{nobody, "en", "button for ten seconds", "", nil},      // two articles say so
		{nobody, "en", "pizza in the harbour", "", nil},        // nobody says anything
		{nobody, "en", "who sells a coin for a tram", "", nil}, // hardly anything of it is there
		{nobody, "en", "master code 4711", "", nil},            // not for them
		{nobody, "en", "Kelvin-Batterie tauschen", "", nil},    // not in their language
		{nobody, "en", "-battery -sensor", "", nil},            // nothing is asked for
		{nobody, "en", "change battery -sensor", "", nil},      // not wanted
		{nobody, "en", "battery battery battery", "", nil},     // one word, said often
		{nobody, "en", "canary code 4711 of the hub", "", nil}, // nothing of it is told
		{nobody, "en", "   ", "", nil},
	} {
		res, err := b.Search(t.Context(), c.by, search.Query{Text: c.asked, Locale: c.locale})
		require.NoError(t, err)
		if c.from == "" {
			require.Nil(t, res.Answer, "%q: %+v", c.asked, res.Answer)
			continue
		}
		require.NotNil(t, res.Answer, c.asked)
		require.Equal(t, c.from, res.Answer.Address(), c.asked)
		require.Equal(t, c.lines, res.Answer.Lines, c.asked)
	}
}

func TestAnswerIsQuoted(t *testing.T) {
	b, l := newLibrary(t)
	ask := func(q search.Query) *search.Answer {
		t.Helper()
		q.Text, q.Locale = "change battery of sensor", "en"
		res, err := b.Search(t.Context(), nobody, q)
		require.NoError(t, err)
		return res.Answer
	}
	a := ask(search.Query{})
	require.Equal(t, search.BlockSteps, a.Kind)
	require.Equal(t, "Then:", a.Intro)
	require.Equal(t, "Change the battery", a.Heading)
	require.True(t, a.More)
	require.Nil(t, ask(search.Query{Page: 2}))
	require.Nil(t, ask(search.Query{Sort: search.SortUpdated}))

	long := "This sentence goes on and on about change and battery and sensor "
	for range 4 {
		long += long
	}
	l.text["article/battery"] = []search.Passage{{Blocks: text(long)}}
	require.Nil(t, ask(search.Query{}), "half a sentence is no quote")
	l.fails = search.ErrNotFound
	require.Nil(t, ask(search.Query{}), "it is gone, and the index does not know")
	l.fails = errors.New("no")
	require.Nil(t, ask(search.Query{}), "results do without")
}

func TestAnswered(t *testing.T) {
	b, _ := newLibrary(t)
	ctx := analytics.NewContext(t.Context(), analytics.Event{Visitor: "v1", Session: "s1"})
	res, err := b.Search(ctx, ann, search.Query{Text: "change battery of sensor"})
	require.NoError(t, err)
	asked := b.events.take()[0]
	require.Equal(t, "article/battery", asked.Props[search.PropAnswer])
	require.Equal(t, res.Hits[0].Click, res.Answer.Hit.Click, "following it is following the hit")
	for _, right := range []bool{true, true, false} {
		require.NoError(t, b.Answered(ctx, ann, res.Answer.Token, right))
	}
	said := b.events.take()
	require.Equal(t, said[0], said[1], "said twice, the same event")
	require.NotEqual(t, said[0].ID, said[2].ID)
	require.Equal(t, "false", said[2].Props[search.PropRight])
	said[0].ID = ""
	require.Equal(t, analytics.Event{
		Name: search.EventAnswered, At: t0, User: "ann", Account: "acme", Search: res.ID, Subject: "article/battery", Visitor: "v1", Session: "s1",
		Props: map[string]string{search.PropRight: "true"},
	}, said[0])
	for _, token := range []string{"", "x", res.Hits[0].Click, res.Token} {
		require.ErrorIs(t, b.Answered(ctx, ann, token, true), search.ErrInvalid)
	}
	require.Empty(t, b.events.take())
}
