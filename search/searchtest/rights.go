package searchtest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search"
)

// people are those who ask, by name.
var people = map[string]profile.Actor{
	"nobody":  {},
	"ann":     {ID: "ann", Account: "acme", Roles: []profile.Role{profile.RoleCustomer}, Segments: []string{"beta"}},
	"bob":     {ID: "bob", Account: "bolt", Roles: []profile.Role{profile.RolePartner}, Segments: []string{"partner", "region-eu"}},
	"cem":     {ID: "cem", Account: "bolt", Roles: []profile.Role{profile.RolePartner}, Segments: []string{"partner", "region-us"}},
	"agent":   {ID: "eve", Roles: []profile.Role{profile.RoleAgent}},
	"pretend": {ID: "mal", Segments: []string{"staff", "role:admin", "person:ann"}},
}

func as(name string) func(*search.Request) {
	return func(r *search.Request) { r.Sight = people[name].Sight() }
}

// sees says who finds a document of each audience.
var sees = []struct {
	terms []string
	who   []string
}{
	{[]string{"public"}, []string{"nobody", "ann", "bob", "cem", "agent", "pretend"}},
	{[]string{"signed-in"}, []string{"ann", "bob", "cem", "agent", "pretend"}},
	{[]string{"staff"}, []string{"agent"}},
	{[]string{"person:ann"}, []string{"ann"}},
	{[]string{"account:bolt"}, []string{"bob", "cem"}},
	{[]string{"role:agent"}, []string{"agent"}},
	{[]string{"partner"}, []string{"bob", "cem"}},
	{[]string{"beta", "staff"}, []string{"ann", "agent"}},
	{[]string{"account:acme", "region-eu"}, []string{"ann", "bob"}},
	{nil, nil},
	{[]string{"part"}, nil},
	{[]string{"role:admin"}, nil},
}

func checkSees(t testing.TB, open func() search.Index) {
	x := open()
	var docs []search.Document
	for i, s := range sees {
		docs = append(docs, document(fmt.Sprintf("a/%02d", i), "lighthouse", "text", audience(s.terms...), facet("n", fmt.Sprint(i))))
	}
	apply(t, x, docs...)
	for name := range people {
		var want, facets []string
		for i, s := range sees {
			if slices.Contains(s.who, name) {
				want, facets = append(want, docs[i].Group), append(facets, fmt.Sprint(i))
			}
		}
		for _, text := range []string{"lighthouse", "", `"lighthouse"`, "-zyzzyva"} {
			resp := ask(t, x, text, as(name), func(r *search.Request) { r.Facets = []string{"n"} })
			require.ElementsMatch(t, want, groups(resp), "%s looking for %q", name, text)
			require.Equal(t, len(want), resp.Total, "%s looking for %q", name, text)
			var counted []string
			for _, f := range resp.Facets["n"] {
				require.Equal(t, 1, f.Count)
				counted = append(counted, f.Value)
			}
			require.ElementsMatch(t, facets, counted, "%s looking for %q", name, text)
		}
		got, err := x.Suggest(t.Context(), search.SuggestRequest{Sight: people[name].Sight(), Text: "ligh", Limit: 50})
		require.NoError(t, err)
		require.ElementsMatch(t, want, suggested(got), "%s typing", name)
	}
}

func checkCompound(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x,
		document("a/both", "lighthouse", "", audience("partner+region-eu")),
		document("a/either", "lighthouse", "", audience("account:bolt+region-us", "staff")),
		document("a/three", "lighthouse", "", audience("account:bolt+partner+region-eu")),
		document("a/never", "lighthouse", "", audience("partner+staff", "beta+region-eu")))
	for name, want := range map[string][]string{
		"nobody": {}, "ann": {}, "pretend": {}, "bob": {"a/both", "a/three"}, "cem": {"a/either"}, "agent": {"a/either"},
	} {
		require.ElementsMatch(t, want, groups(ask(t, x, "lighthouse", as(name))), name)
	}
	// A term that the index has not met before.
	apply(t, x, document("a/later", "lighthouse", "", audience("partner+signed-in")))
	require.ElementsMatch(t, []string{"a/later", "a/either"}, groups(ask(t, x, "lighthouse", as("cem"))))
	require.Empty(t, groups(ask(t, x, "lighthouse", as("ann"))))
}

func checkNarrowed(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/1", "lighthouse", "", audience("public")))
	finds(t, x, "lighthouse", "a/1")
	apply(t, x, document("a/1", "lighthouse", "", audience("staff")))
	finds(t, x, "lighthouse")
	require.Empty(t, suggest(t, x, "light", "en", 5))
	require.Equal(t, []string{"a/1"}, groups(ask(t, x, "lighthouse", as("agent"))))
	apply(t, x, document("a/1", "lighthouse", "", audience("public")))
	finds(t, x, "lighthouse", "a/1")
}

func checkVersions(t testing.TB, open func() search.Index) {
	x := open()
	apply(t, x, document("a/1", "lighthouse", ""), document("a/1", "lighthouse geheim", "", locale("de"), audience("staff")))
	resp := ask(t, x, "lighthouse")
	require.Len(t, resp.Hits, 1)
	require.Equal(t, "a/1@en", resp.Hits[0].ID)
	require.Len(t, ask(t, x, "lighthouse", as("agent")).Hits, 2)
	finds(t, x, "geheim")
}

// open documents and the many that must leave no trace: they share words with
// the open ones, have words and facet values of their own, and are the best for
// most questions.
func openDocuments() []search.Document {
	return []search.Document{
		document("a/1", "Reset the hub", "Hold the button until the lamp blinks.", facet("product", "hub"), facet("kind", "how-to")),
		document("a/2", "Change your password", "Open settings and choose a new password.", facet("product", "app"), facet("kind", "how-to")),
		document("a/3", "Lamp does not blink", "Check the power. Reset the hub if the lamp stays dark.", facet("product", "hub"), facet("kind", "faq")),
		document("a/4", "Hub error E-17", "The error says that the hub found no network.", facet("product", "hub"), facet("kind", "faq")),
		document("a/5", "For partners: prices", "Prices of the hub and the lamp.", audience("partner"), facet("product", "hub", "lamp")),
		document("a/6", "For partners in Europe", "Rebates on the lamp.", audience("partner+region-eu"), facet("product", "lamp")),
	}
}

func hiddenDocuments() []search.Document {
	var out []search.Document
	for i := range 40 {
		out = append(out, document(fmt.Sprintf("h/%02d", i), "Reset hub lamp canarytitle password",
			strings.Repeat("canarybody error canaryword lighthouse reset buttom ", 1+i%3), audience("staff", "account:other", "partner+region-mars"),
			facet("product", "canaryproduct", "hub"), facet("kind", "canarykind"), facet("secret", "canaryvalue"),
			func(d *search.Document) { d.Keywords, d.Weight = []string{"canarykeyword", "E-17"}, 3 }))
	}
	return append(out, document("h/nobody", "Reset canarytitle", "canaryword", func(d *search.Document) { d.Audience = nil }),
		document("a/1", "Hub canarytitle zurücksetzen", "canarybody", locale("de", "en"), audience("staff")))
}

var questions = []string{
	"", "reset", "reset hub", "lamp", "password", "error", "E-17", `"reset the hub"`, `"canaryword lighthouse"`, "-lamp", "+hub reset", "-canaryword",
	"canarytitle", "canarybody hub", "lighthouse", "canarykeyword", "pasword", "resett", "canarytitel", "cannaryword", "lighthuose", "hubb erorr", "buttom",
}

// request returns the nth way to ask a question.
func requests(text string, who profile.Actor) []search.Request {
	base := search.Request{
		Sight: who.Sight(), Words: search.Parse(text), Limit: 50, Snippet: 120, Facets: []string{"kind", "product", "secret"}, Correct: true,
	}
	with := func(change func(*search.Request)) search.Request {
		r := base
		change(&r)
		return r
	}
	return []search.Request{
		base,
		with(func(r *search.Request) { r.Locale = "en" }),
		with(func(r *search.Request) { r.Locale = "de" }),
		with(func(r *search.Request) { r.Sort = search.SortUpdated }),
		with(func(r *search.Request) { r.Offset, r.Limit = 1, 2 }),
		with(func(r *search.Request) { r.Filters = map[string][]string{"kind": {"faq", "canarykind"}} }),
		with(func(r *search.Request) { r.Filters = map[string][]string{"secret": {"canaryvalue"}} }),
		with(func(r *search.Request) { r.Explain = true }),
		with(func(r *search.Request) {
			r.Groups, r.Locale = []string{"h/01", "a/1", "h/nobody", "a/3"}, "en"
		}),
		with(func(r *search.Request) {
			r.Pinned, r.Locale, r.Explain = []string{"h/01", "a/3", "h/nobody", "a/6", "a/2"}, "en", true
			r.Words = slices.Clone(r.Words)
			for i := range r.Words {
				r.Words[i].Also = or("canaryword", "lighthouse", "blinks", "canarybody error", "stays dark")
			}
		}),
	}
}

// rounded cuts scores where the order of an addition would show.
func rounded(r search.Response) search.Response {
	round := func(v float64) float64 { return math.Round(v*1e6) / 1e6 }
	for i := range r.Hits {
		r.Hits[i].Score = round(r.Hits[i].Score)
		for j := range r.Hits[i].Explain {
			r.Hits[i].Explain[j].Value = round(r.Hits[i].Explain[j].Value)
		}
	}
	return r
}

// same requires that two indexes answer outsiders alike.
func same(t testing.TB, without, with search.Index) {
	t.Helper()
	for _, name := range []string{"nobody", "ann", "bob", "cem", "pretend"} {
		for _, text := range questions {
			for i, r := range requests(text, people[name]) {
				want, err := without.Search(t.Context(), r)
				require.NoError(t, err)
				got, err := with.Search(t.Context(), r)
				require.NoError(t, err)
				require.NotContains(t, fmt.Sprint(got), "canary", "%s looking for %q in way %d", name, text, i)
				require.Equal(t, rounded(want), rounded(got), "%s looking for %q in way %d", name, text, i)
			}
			for _, tag := range []string{"", "en"} {
				ask := search.SuggestRequest{Sight: people[name].Sight(), Text: text, Locale: tag, Limit: 3}
				want, err := without.Suggest(t.Context(), ask)
				require.NoError(t, err)
				got, err := with.Suggest(t.Context(), ask)
				require.NoError(t, err)
				require.Equal(t, want, got, "%s typing %q", name, text)
			}
		}
	}
}

func checkUnseen(t testing.TB, open func() search.Index) {
	without, with := open(), open()
	apply(t, without, openDocuments()...)
	apply(t, with, append(hiddenDocuments(), openDocuments()[1:]...)...)
	// The group that has an open and a hidden version, in one change.
	apply(t, with, append(hiddenDocuments()[len(hiddenDocuments())-1:], openDocuments()[0])...)
	require.NotEmpty(t, groups(ask(t, with, "canaryword", as("agent"))), "the hidden documents are there")
	same(t, without, with)
}

func checkUnseenRemoved(t testing.TB, open func() search.Index) {
	without, with := open(), open()
	apply(t, without, openDocuments()...)
	apply(t, with, append(openDocuments()[1:], hiddenDocuments()...)...)
	var gone []search.Change
	for _, d := range hiddenDocuments() {
		gone = append(gone, search.Change{Group: d.Group})
	}
	require.NoError(t, with.Apply(t.Context(), search.Batch{Changes: gone}))
	apply(t, with, openDocuments()[0])
	same(t, without, with)
}
