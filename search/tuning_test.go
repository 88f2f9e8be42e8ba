package search_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/memsearch"
)

// tunedBench returns a bench that is tuned.
func tunedBench(t *testing.T, docs []search.Document, tuning search.Tuning, change ...func(*search.Options)) *bench {
	t.Helper()
	store := &memsearch.Tunings{}
	b := newBench(t, docs, append([]func(*search.Options){func(o *search.Options) { o.Tuning = store }}, change...)...)
	b.goLive(t, tuning)
	return b
}

// goLive makes a tuning live by way of a draft.
func (b *bench) goLive(t *testing.T, tuning search.Tuning) {
	t.Helper()
	live, err := b.LiveTuning(t.Context(), eve)
	require.NoError(t, err)
	d, err := b.TuningDraft(t.Context(), eve)
	require.NoError(t, err)
	d, err = b.SaveTuning(t.Context(), eve, tuning, d.Revision)
	require.NoError(t, err)
	_, err = b.PublishTuning(t.Context(), eve, d.Revision, live.Number, "")
	require.NoError(t, err)
}

func synonym(locale string, twoWay bool, from, to string) search.Synonym {
	return search.Synonym{Locale: locale, From: strings.Split(from, "|"), To: strings.Split(to, "|"), TwoWay: twoWay}
}

func TestSynonyms(t *testing.T) {
	docs := []search.Document{
		article("lamp", "Lamp", "the lamp of the hub"), article("wlan", "WLAN einrichten", "WLAN"), article("wifi", "Set up wi-fi", "wifi"),
		article("sso", "SSO", "for teams"), article("sign", "Single sign on", "for teams"), article("ja", "無線の設定", "無線"),
	}
	b := tunedBench(t, docs, search.Tuning{Synonyms: []search.Synonym{
		synonym("", false, "bulb", "lamp"), synonym("de", true, "WLAN", "wifi|wi-fi"), synonym("", true, "SSO|single sign on|one login", ""),
		synonym("", false, "Glühbirne", "lamp"), synonym("", false, "ワイヤレス", "無線"),
		synonym("", false, "a1", "b1"), synonym("", false, "b1", "a1"), synonym("", false, "lamp", "zyzzyva"), synonym("", true, "x1|x1", "x1|x2"),
	}})
	for _, c := range []struct {
		locale, text string
		want         []string
	}{
		{"en", "bulb", []string{"lamp"}},
		{"en", "BULB", []string{"lamp"}},
		{"en", "gluhbirne", []string{"lamp"}},
		{"en", "bulbs", []string{}},
		{"en", `"bulb"`, []string{}},
		{"en", "+bulb", []string{}},
		{"en", "zyzzyva", []string{}}, // one way
		{"en", "wlan", []string{"wlan"}},
		{"", "wlan", []string{"wlan", "wifi"}},
		{"en", "single sign on", []string{"sign", "sso"}},
		{"en", "our single sign on please", []string{"sign", "sso"}},
		{"en", "sso", []string{"sso", "sign"}},
		{"en", "one login", []string{"sso", "sign"}},
		{"en", "sign on single", []string{"sign"}},
		{"en", "ワイヤレス", []string{"ja"}},
		{"en", "このワイヤレスが遅い", []string{"ja"}},
	} {
		res, err := b.Search(t.Context(), nobody, search.Query{Text: c.text, Locale: c.locale})
		require.NoError(t, err)
		if c.locale == "" {
			require.ElementsMatch(t, c.want, slugs(res.Hits), "%s: %q", c.locale, c.text)
			continue
		}
		require.Equal(t, c.want, slugs(res.Hits), "%s: %q", c.locale, c.text)
	}
	res, err := b.Search(t.Context(), nobody, search.Query{Text: "bulb", Locale: "en"})
	require.NoError(t, err)
	require.Equal(t, []search.Span{{Text: "Lamp", Match: true}}, res.Hits[0].Titles)
	require.Empty(t, res.DidYouMean)
}

func TestStopWords(t *testing.T) {
	b := tunedBench(t, []search.Document{article("a", "Hello please", "please"), article("b", "Reset", "hub"), article("c", "Swift please", "Swift")}, search.Tuning{
		StopWords: []search.StopWord{{Word: "Please"}, {Locale: "de", Word: "reset"}, {Word: "hello"}, {Word: "swift"}},
		Synonyms:  []search.Synonym{synonym("", false, "swift please", "hub")},
	})
	for text, want := range map[string][]string{
		"please reset": {"b"}, "please": {"a", "c"}, "hello please": {"a", "c"}, "+please reset": {"a", "c"}, `"hello please" reset`: {"a"},
		"reset -please": {"b"}, "swift please": {"c", "a", "b"}, "please -reset": {"a", "c"},
	} {
		res, err := b.Search(t.Context(), nobody, search.Query{Text: text, Locale: "en"})
		require.NoError(t, err)
		require.ElementsMatch(t, want, slugs(res.Hits), text)
	}
	res, err := b.Search(t.Context(), nobody, search.Query{Text: "please restt", Locale: "en"})
	require.NoError(t, err)
	require.Equal(t, "please reset", res.DidYouMean, "what is ignored stays in the text")
}

func pin(match search.Match, text string, slugs ...string) search.Pin {
	p := search.Pin{Queries: []search.Pattern{{Text: text, Match: match}}}
	for _, s := range slugs {
		p.Groups = append(p.Groups, "article/"+s)
	}
	return p
}

func TestPins(t *testing.T) {
	now := t0
	later := pin(search.MatchExact, "later", "password")
	later.From, later.Until = t0.Add(time.Hour), t0.Add(2*time.Hour)
	b := tunedBench(t, helpCentre(), search.Tuning{Pins: []search.Pin{
		pin(search.MatchExact, "Reset the Hub!", "secret", "password", "gone"), pin(search.MatchWords, "hub reset", "e17", "password"), later,
		pin(search.MatchWords, "設定", "password"),
	}}, func(o *search.Options) { o.Now = func() time.Time { return now } })
	require.Equal(t, []string{"password", "e17", "reset"}, b.find(t, nobody, "reset the hub"), "what nobody may see is not there")
	require.Equal(t, []string{"secret", "password", "e17", "reset"}, b.find(t, eve, "RESET, the hub?"))
	require.Equal(t, []string{"e17", "password", "reset"}, b.find(t, nobody, "how to reset my hub"))
	require.Equal(t, []string{"reset", "e17"}, b.find(t, nobody, "hub"))
	require.Equal(t, []string{"password"}, b.find(t, nobody, "端末の設定方法"))
	require.Empty(t, b.find(t, nobody, "later"))
	now = t0.Add(time.Hour)
	require.Equal(t, []string{"password"}, b.find(t, nobody, "later"))
	now = t0.Add(2 * time.Hour)
	require.Empty(t, b.find(t, nobody, "later"))

	res, err := b.Search(t.Context(), eve, search.Query{Text: "reset the hub", Explain: true})
	require.NoError(t, err)
	require.Contains(t, res.Hits[0].Explain[0].What, "pinned")
	require.NotContains(t, fmt.Sprint(res.Hits[3].Explain), "pinned")
	dated, err := b.Search(t.Context(), nobody, search.Query{Text: "reset the hub", Sort: search.SortUpdated})
	require.NoError(t, err)
	require.Len(t, dated.Hits, 2)
}

// TestPinsAreRecorded: what was pinned is told from what was found.
func TestPinsAreRecorded(t *testing.T) {
	b := tunedBench(t, helpCentre(), search.Tuning{Pins: []search.Pin{pin(search.MatchExact, "reset", "password")}})
	b.events.take()
	res, err := b.Search(t.Context(), nobody, search.Query{Text: "reset"})
	require.NoError(t, err)
	require.Equal(t, []bool{true, false, false}, []bool{res.Hits[0].Pinned, res.Hits[1].Pinned, res.Hits[2].Pinned})
	performed := b.events.take()[0]
	require.Equal(t, "article/password", performed.Props[search.PropPinned])
	require.Equal(t, "article/password "+res.Hits[1].Group+" "+res.Hits[2].Group, performed.Props[search.PropShown])
	for i, want := range []map[string]string{{search.PropPinned: "1"}, nil} {
		require.NoError(t, b.Clicked(t.Context(), nobody, res.Hits[i].Click))
		click := b.events.take()[0]
		require.Equal(t, want, click.Props)
		require.Equal(t, i+1, click.Rank)
	}
}

// TestPinsRevealNothing compares a portal with one in which what is pinned does
// not exist.
func TestPinsRevealNothing(t *testing.T) {
	tuning := search.Tuning{Pins: []search.Pin{pin(search.MatchWords, "hub", "secret", "password")}}
	with, without := tunedBench(t, helpCentre(), tuning), tunedBench(t, helpCentre()[:3], tuning)
	for _, q := range []search.Query{
		{Text: "hub"}, {Text: "hub", Limit: 1}, {Text: "hub", Limit: 1, Page: 2}, {Text: "hub", Limit: 2, Page: 2}, {Text: "hub", Facets: []string{"kind"}},
		{Text: "hub", Filters: map[string][]string{"kind": {"how-to"}}, Facets: []string{"kind"}}, {Text: "hub", Sort: search.SortUpdated},
		{Text: "hub -lamp"}, {Text: "+hub"}, {Text: "hub canary"}, {Text: "hubb"},
	} {
		want, err := without.Search(t.Context(), nobody, q)
		require.NoError(t, err)
		got, err := with.Search(t.Context(), nobody, q)
		require.NoError(t, err)
		for _, r := range []*search.Results{&want, &got} {
			r.ID, r.Token, r.Next = "", "", ""
			for i := range r.Hits {
				r.Hits[i].Click = ""
			}
		}
		require.Equal(t, want, got, "%v", q)
	}
	titles, err := with.Titles(t.Context(), nobody, []string{"article/secret", "article/password"})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"article/password": "Change your password"}, titles)
}

func TestTuningIsChecked(t *testing.T) {
	b := tunedBench(t, helpCentre(), search.Tuning{})
	long := strings.Repeat("x", 101)
	for field, tuning := range map[string]search.Tuning{
		"synonyms.0.from":    {Synonyms: []search.Synonym{synonym("", false, "", "lamp")}},
		"synonyms.1.to":      {Synonyms: []search.Synonym{synonym("", false, "a", "b"), synonym("", false, "a", "")}},
		"synonyms.0.to":      {Synonyms: []search.Synonym{synonym("", false, "lamp", "Lamp|LAMP")}},
		"synonyms.0.locale":  {Synonyms: []search.Synonym{synonym("<b>", true, "lamp", "bulb")}},
		"stop_words.0.word":  {StopWords: []search.StopWord{{Word: "two words"}}},
		"stop_words.1.word":  {StopWords: []search.StopWord{{Word: "one"}, {}}},
		"stop_words":         {StopWords: make([]search.StopWord, 501)},
		"pins.0.queries":     {Pins: []search.Pin{{Groups: []string{"article/1"}}}},
		"pins.0.groups":      {Pins: []search.Pin{pin(search.MatchExact, "lamp")}},
		"pins.0.match":       {Pins: []search.Pin{pin("any", "lamp", "1")}},
		"pins.0.until":       {Pins: []search.Pin{{Queries: []search.Pattern{{Text: "x"}}, Groups: []string{"a/1"}, From: t0, Until: t0}}},
		"pins.1.groups":      {Pins: []search.Pin{pin(search.MatchExact, "lamp", "1"), {Queries: []search.Pattern{{Text: "x"}}, Groups: []string{"article"}}}},
		"synonyms.0.from ":   {Synonyms: []search.Synonym{synonym("", false, "one two three four five six seven", "lamp")}},
		"synonyms.0.to ":     {Synonyms: []search.Synonym{synonym("", false, "lamp", long)}},
		"synonyms.0.from  ":  {Synonyms: []search.Synonym{synonym("", false, "!!!", "lamp")}},
		"synonyms.0.from   ": {Synonyms: []search.Synonym{{From: strings.Fields(strings.Repeat("a1 b1 ", 1) + words(21)), To: []string{"x"}}}},
	} {
		_, err := b.SaveTuning(t.Context(), eve, tuning, 1)
		require.ErrorIs(t, err, search.ErrInvalid, field)
		fields, ok := errors.AsType[errs.Fields](err)
		require.True(t, ok, field)
		require.Len(t, fields, 1, field)
		require.Contains(t, fields, strings.TrimSpace(field))
		_, err = b.Preview(t.Context(), eve, search.Rehearsal{Tuning: tuning})
		require.ErrorIs(t, err, search.ErrInvalid)
	}
}

func words(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "w%d ", i)
	}
	return b.String()
}

func TestTuningVersions(t *testing.T) {
	b := tunedBench(t, helpCentre(), search.Tuning{Synonyms: []search.Synonym{synonym("", false, "bulb", "lamp")}})
	require.Equal(t, []string{"reset"}, b.find(t, nobody, "bulb"))
	d, err := b.TuningDraft(t.Context(), eve)
	require.NoError(t, err)
	require.False(t, d.Open)
	require.Len(t, d.Synonyms, 1, "a draft begins with what is live")
	d, err = b.SaveTuning(t.Context(), eve, search.Tuning{}, d.Revision)
	require.NoError(t, err)
	require.Equal(t, []string{"reset"}, b.find(t, nobody, "bulb"), "a draft changes nothing")
	_, err = b.SaveTuning(t.Context(), eve, search.Tuning{}, d.Revision-1)
	require.ErrorIs(t, err, search.ErrConflict)
	_, err = b.PublishTuning(t.Context(), eve, d.Revision-1, 1, "")
	require.ErrorIs(t, err, search.ErrConflict)
	_, err = b.PublishTuning(t.Context(), eve, d.Revision, 0, "")
	require.ErrorIs(t, err, search.ErrConflict, "somebody has made something live in the meantime")
	v, err := b.PublishTuning(t.Context(), eve, d.Revision, 1, "clean slate")
	require.NoError(t, err)
	require.Equal(t, 2, v.Number)
	require.Empty(t, b.find(t, nobody, "bulb"))
	d, err = b.SaveTuning(t.Context(), eve, search.Tuning{StopWords: []search.StopWord{{Word: "x"}}}, d.Revision)
	require.NoError(t, err)
	v, err = b.RestoreTuning(t.Context(), eve, 1, 2, "back")
	require.NoError(t, err)
	require.Equal(t, search.TuningVersion{Tuning: v.Tuning, Number: 3, By: "eve", At: t0, Note: "back", Restored: 1}, v)
	require.Equal(t, []string{"reset"}, b.find(t, nobody, "bulb"))
	still, err := b.TuningDraft(t.Context(), eve)
	require.NoError(t, err)
	require.Equal(t, d, still)
	require.NoError(t, b.DropTuning(t.Context(), eve, d.Revision))
	_, err = b.RestoreTuning(t.Context(), eve, 9, 3, "")
	require.ErrorIs(t, err, search.ErrNotFound)
	list, err := b.TuningVersions(t.Context(), eve, 0, 2)
	require.NoError(t, err)
	require.Equal(t, []int{3, 2}, []int{list[0].Number, list[1].Number})
}

func TestTuningNeedsPermission(t *testing.T) {
	b := tunedBench(t, helpCentre(), search.Tuning{})
	for _, who := range []profile.Actor{nobody, ann} {
		for _, f := range []func() error{
			func() error { _, err := b.LiveTuning(t.Context(), who); return err },
			func() error { _, err := b.TuningDraft(t.Context(), who); return err },
			func() error { _, err := b.SaveTuning(t.Context(), who, search.Tuning{}, 1); return err },
			func() error { return b.DropTuning(t.Context(), who, 1) },
			func() error { _, err := b.PublishTuning(t.Context(), who, 1, 1, ""); return err },
			func() error { _, err := b.RestoreTuning(t.Context(), who, 1, 1, ""); return err },
			func() error { _, err := b.TuningVersion(t.Context(), who, 1); return err },
			func() error { _, err := b.TuningVersions(t.Context(), who, 0, 1); return err },
			func() error { _, err := b.Preview(t.Context(), who, search.Rehearsal{}); return err },
		} {
			require.ErrorIs(t, f(), search.ErrForbidden)
		}
	}
	plain := newBench(t, nil)
	_, err := plain.LiveTuning(t.Context(), eve)
	require.ErrorIs(t, err, search.ErrUnavailable)
}

func TestPreview(t *testing.T) {
	asked := func(context.Context, int) ([]string, error) { return []string{"Hub", "network", "bulb"}, nil }
	b := tunedBench(t, helpCentre(), search.Tuning{Synonyms: []search.Synonym{synonym("", false, "bulb", "lamp")}}, func(o *search.Options) { o.Asked = asked })
	b.events.take()
	r := search.Rehearsal{Queries: []string{"bulb", " ", "settings"}, Locale: "en", Tuning: search.Tuning{
		Pins: []search.Pin{pin(search.MatchWords, "hub", "secret", "password")}, Synonyms: []search.Synonym{synonym("", false, "settings", "network")},
	}}
	got, err := b.Preview(t.Context(), eve, r)
	require.NoError(t, err)
	require.Equal(t, []string{"bulb", "settings", "Hub", "network"}, []string{got[0].Query, got[1].Query, got[2].Query, got[3].Query})
	require.Equal(t, []bool{false, false, true, true}, []bool{got[0].Asked, got[1].Asked, got[2].Asked, got[3].Asked})
	require.Equal(t, []bool{true, true, true, false}, []bool{got[0].Changed(), got[1].Changed(), got[2].Changed(), got[3].Changed()})
	bulb, hub := got[0], got[2]
	require.Equal(t, []int{1, 0, 1, 0}, []int{bulb.TotalBefore, bulb.TotalAfter, bulb.Lost, bulb.Found})
	require.Equal(t, 1, got[1].Found)
	require.Equal(t, []string{"article/password", "article/reset", "article/e17"}, []string{hub.After[0].Group, hub.After[1].Group, hub.After[2].Group})
	require.Equal(t, []int{0, 1, 2}, []int{hub.After[0].Was, hub.After[1].Was, hub.After[2].Was})
	require.True(t, hub.After[0].Pinned)
	require.NotContains(t, fmt.Sprint(got), "Master", "as anybody sees it")
	same, err := tunedBench(t, helpCentre(), r.Tuning).Preview(t.Context(), eve, search.Rehearsal{Tuning: r.Tuning, Queries: []string{"hub"}})
	require.NoError(t, err)
	require.True(t, same[0].Before[0].WasPinned)
	require.False(t, same[0].Changed(), "what is live changes nothing")
	require.Empty(t, b.events.take(), "nothing of it was asked")
	require.Equal(t, []string{"reset"}, b.find(t, nobody, "bulb"), "nothing is live")
	r.Own = true
	got, err = b.Preview(t.Context(), eve, r)
	require.NoError(t, err)
	require.Equal(t, "article/secret", got[2].After[0].Group)
}

// TestTuningArrives: other instances take what one makes live, and searches do
// not care when the store does not answer.
func TestTuningArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &moody{Tunings: &memsearch.Tunings{}}
		tuned := func(o *search.Options) { o.Tuning, o.Now = store, nil }
		one, two := newBench(t, helpCentre(), tuned), newBench(t, helpCentre(), tuned)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = two.Run(ctx) }()
		synctest.Wait()
		one.goLive(t, search.Tuning{Synonyms: []search.Synonym{synonym("", false, "bulb", "lamp")}})
		require.Empty(t, two.find(t, nobody, "bulb"))
		time.Sleep(4 * time.Second)
		require.Equal(t, []string{"reset"}, two.find(t, nobody, "bulb"))
		store.down.Store(true)
		time.Sleep(time.Minute)
		require.Equal(t, []string{"reset"}, two.find(t, nobody, "bulb"), "what was live stays")
		cancel()
		synctest.Wait()
	})
	down := &moody{Tunings: &memsearch.Tunings{}}
	down.down.Store(true)
	b := &bench{Engine: search.NewEngine(memsearch.New(), &search.Options{Tuning: down})}
	require.Empty(t, b.find(t, nobody, "bulb"), "nor is it needed")
}

// A moody store may be down.
type moody struct {
	*memsearch.Tunings

	down atomic.Bool
}

func (m *moody) LiveVersion(ctx context.Context) (int, error) {
	if m.down.Load() {
		return 0, search.ErrUnavailable
	}
	return m.Tunings.LiveVersion(ctx)
}

func TestSynonymsText(t *testing.T) {
	list := []search.Synonym{
		{Locale: "de", From: []string{"WLAN", "W-LAN"}, To: []string{"wifi", "wi, fi"}, TwoWay: true}, {From: []string{"sso"}, To: []string{"single sign on"}},
		{From: []string{"a", "b"}, To: []string{}, TwoWay: true},
	}
	text := search.SynonymsText(list)
	require.Equal(t, "de,WLAN|W-LAN,<=>,\"wifi|wi, fi\"\n,sso,=>,single sign on\n,a|b,<=>,\n", text)
	got, faults := search.ParseSynonyms(text)
	require.Empty(t, faults)
	require.Equal(t, list, got)
	for _, text := range []string{
		"\ufeff# from a sheet\r\n\r\nde;WLAN;=>;wifi|wi-fi;;\r\n", "de\tWLAN\t=>\twifi|wi-fi\n", " de , WLAN , => , wifi | wi-fi \n", `"de","WLAN","=>","wifi|wi-fi"`,
	} {
		got, faults := search.ParseSynonyms(text)
		require.Empty(t, faults, "%q", text)
		require.Equal(t, []search.Synonym{{Locale: "de", From: []string{"WLAN"}, To: []string{"wifi", "wi-fi"}}}, got, "%q", text)
	}
	got, faults = search.ParseSynonyms("de,WLAN,=>,wifi\n\nde,WLAN\n,lamp,->,bulb\n,,=>,x\n,lamp,=>,Lamp\n,ok,=>,fine\n,\"open,=>,x\n,y,=>,z\n")
	require.Len(t, got, 2)
	var lines []int
	for _, f := range faults {
		lines = append(lines, f.Line)
		require.ErrorIs(t, f, search.ErrInvalid)
	}
	require.Equal(t, []int{3, 4, 5, 6, 8}, lines)
	got, faults = search.ParseSynonyms("")
	require.Empty(t, got)
	require.Empty(t, faults)
}

func TestTunersAreForgotten(t *testing.T) {
	b := tunedBench(t, helpCentre(), search.Tuning{})
	_, err := b.SaveTuning(t.Context(), eve, search.Tuning{}, 1)
	require.NoError(t, err)
	k := b.Keeper()
	export := func(person string) (n int) {
		for _, err := range k.Export(t.Context(), person) {
			require.NoError(t, err)
			n++
		}
		return n
	}
	require.Equal(t, 2, export("eve"))
	require.Zero(t, export("ann"))
	done, err := k.Erase(t.Context(), "eve", profile.Erasure{Pseudonym: "former-1"})
	require.NoError(t, err)
	require.Equal(t, 2, done.Renamed)
	require.Zero(t, export("eve"))
	require.Equal(t, 2, export("former-1"))
}

// TestTuningIsBounded: the index takes any query, whatever a team has set.
func TestTuningIsBounded(t *testing.T) {
	var asked search.Request
	index := &wrapped{Index: memsearch.New()}
	index.search = func(_ context.Context, r search.Request) (search.Response, error) {
		asked = r
		return search.Response{}, nil
	}
	store := &memsearch.Tunings{}
	b := &bench{Engine: search.NewEngine(index, &search.Options{Tuning: store})}
	var tuning search.Tuning
	for _, char := range "設定無線接続方法" {
		tuning.Synonyms = append(tuning.Synonyms, search.Synonym{From: []string{string(char)}, To: strings.Fields(words(20))})
	}
	tuning.Synonyms = append(tuning.Synonyms, search.Synonym{From: []string{"a"}, To: strings.Fields(words(20))}, search.Synonym{From: []string{"a"}, To: []string{"z"}})
	b.goLive(t, tuning)
	for _, text := range []string{strings.Repeat("設定無線接続方法", 20), strings.Repeat("a ", 100), strings.Repeat("設a定 ", 100)} {
		b.find(t, nobody, text)
		others := 0
		for _, w := range asked.Words {
			require.LessOrEqual(t, len(w.Also), 12)
			others += len(w.Also)
		}
		require.LessOrEqual(t, len(asked.Words), 48, text)
		require.Positive(t, others)
		require.LessOrEqual(t, others, 48)
	}
}
