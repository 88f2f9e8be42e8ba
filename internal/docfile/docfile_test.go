package docfile_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/stoa-go/stoa/internal/docfile"
)

type matter struct {
	Title    docfile.Text   `yaml:"title"`
	Tags     docfile.List   `yaml:"tags"`
	Audience yaml.Node      `yaml:"audience"`
	Position docfile.Number `yaml:"position"`
	Labels   docfile.Pairs  `yaml:"labels"`
	Draft    *bool          `yaml:"draft"`
}

func TestDecode(t *testing.T) {
	yes := true
	for says, c := range map[string]struct {
		yaml string
		want matter
	}{
		"nothing":                       {"", matter{}},
		"names in other letters":        {"TITLE: A\nTags: b", matter{Title: "A", Tags: docfile.List{"b"}}},
		"names with unseen letters":     {"\"ti\u200btle\": A", matter{Title: "A"}},
		"what is not known is passed":   {"layout: {a: [1]}\ntitle: A", matter{Title: "A"}},
		"scalars as they were written":  {"title: 007\nposition: 12", matter{Title: "007", Position: 12}},
		"null is nothing":               {"title: ~\ntags: null\nposition: ~", matter{}},
		"one tag, and several":          {"tags: a, b", matter{Tags: docfile.List{"a", "b"}}},
		"a list of tags, without empty": {"tags: [a, '', {b: c}]", matter{Tags: docfile.List{"a"}}},
		"pairs, without what is none":   {"labels: {De: ' Hilfe ', en: [x]}", matter{Labels: docfile.Pairs{"de": "Hilfe"}}},
		"no number":                     {"position: first", matter{}},
		"flags":                         {"Draft: true", matter{Draft: &yes}},
	} {
		t.Run(says, func(t *testing.T) {
			var got matter
			require.NoError(t, docfile.Decode([]byte(c.yaml), &got))
			require.Equal(t, c.want, got)
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	for says, c := range map[string]struct{ yaml, want string }{
		"too long":                               {"title: " + strings.Repeat("a", docfile.MaxFront), "longer than"},
		"no YAML":                                {"title: [", "did not find"},
		"references":                             {"title: &a x\ntags: [*a, *a]", "write the value out"},
		"merges":                                 {"<<: {title: a}", "write the value out"},
		"no mapping":                             {"- a\n- b", "cannot unmarshal"},
		"a name written twice in two letterings": {"title: a\nTitle: b", "already"},
	} {
		t.Run(says, func(t *testing.T) {
			require.ErrorContains(t, docfile.Decode([]byte(c.yaml), new(matter)), c.want)
		})
	}
}

func TestReadTerms(t *testing.T) {
	for yaml, want := range map[string]docfile.Terms{
		"title: A": nil, "audience: nobody": {"nobody"}, "Audience: [staff, partner]": {"staff", "partner"}, "audience: staff, ~": {"staff", "~"},
	} {
		got, err := readTerms(t, yaml)
		require.NoError(t, err, yaml)
		require.Equal(t, want, got, yaml)
	}
	for yaml, want := range map[string]string{
		"audience: []": "names nobody", "AUDIENCE: ~": "names nobody", "audience: ''": "names nobody", "audience: [{segment: staff}]": "write [public]",
		"audience: {partner: true}": "write [public]",
	} {
		_, err := readTerms(t, yaml)
		require.ErrorContains(t, err, want, yaml)
	}
}

func readTerms(t *testing.T, yaml string) (docfile.Terms, error) {
	var m matter
	require.NoError(t, docfile.Decode([]byte(yaml), &m))
	return docfile.ReadTerms(&m.Audience)
}

func TestTerms(t *testing.T) {
	require.True(t, docfile.Terms{"nobody"}.Nobody())
	require.False(t, docfile.Terms{"nobody", "staff"}.Nobody(), "segments beside it are for ParseAudience to judge")
	require.False(t, docfile.Terms(nil).Nobody())
	require.Equal(t, "a", docfile.List{"a", "b"}.First())
	require.Empty(t, docfile.List(nil).First())
}

func TestPlaceOf(t *testing.T) {
	language := func(part string) string {
		if slices.Contains([]string{"de", "en", "pt-BR"}, part) {
			return part
		}
		return ""
	}
	for file, want := range map[string]docfile.Place{
		"guide.md":                     {ID: "guide", Name: "guide"},
		"guide.de.md":                  {ID: "guide", Lang: "de", Name: "guide"},
		"guide._pt-BR.md":              {ID: "guide", Lang: "pt-BR", Name: "guide"},
		"guide.ios.md":                 {ID: "guide.ios", Name: "guide.ios"},
		"de/accounts/guide.md":         {ID: "accounts/guide", Lang: "de", Folder: "accounts", Name: "guide"},
		"docs/accounts/guide.html":     {ID: "accounts/guide", Folder: "accounts", Name: "guide"},
		"qa/guide.md":                  {ID: "qa/guide", Folder: "qa", Name: "guide"},
		"de/en/guide.md":               {ID: "en/guide", Lang: "de", Folder: "en", Name: "guide"},
		"de/guide.en.md":               {ID: "guide", Lang: "en", Name: "guide"},
		"Help/_posts/set-up_a.thing.x": {ID: "set-up_a.thing", Name: "set-up_a.thing"},
	} {
		t.Run(file, func(t *testing.T) {
			require.Equal(t, want, docfile.PlaceOf(file, language))
		})
	}
	require.Equal(t, "set up a.thing", docfile.PlaceOf("set-up_a.thing.x", language).Title())
	require.True(t, docfile.Sorts("Articles") && docfile.Sorts("pt-BR"))
	require.False(t, docfile.Sorts("accounts"))
}

func TestParseDate(t *testing.T) {
	for _, s := range []string{"2026-11-21", " 2026-11-21 00:00:00", "2026-11-21T00:00:00Z", "2026-11-21 01:00:00 +0100", "11/21/2026"} {
		got, err := docfile.ParseDate(s)
		require.NoError(t, err, s)
		require.Equal(t, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), got, s)
	}
	none, err := docfile.ParseDate(" ")
	require.NoError(t, err)
	require.Zero(t, none)
	_, err = docfile.ParseDate("soon")
	require.ErrorContains(t, err, "write 2026-11-21")
	_, err = docfile.ParseDate("0001-01-01")
	require.ErrorContains(t, err, "between 1970 and 2200")
}

func TestReadState(t *testing.T) {
	yes, no := true, false
	for says, c := range map[string]struct {
		status                     string
		draft, archived, published *bool
		want                       docfile.State
	}{
		"nothing said":               {want: ""},
		"in other letters":           {status: " DRAFT ", want: docfile.StateDraft},
		"live":                       {status: "Live", want: docfile.StatePublished},
		"not a draft":                {draft: &no, want: docfile.StatePublished},
		"not published":              {published: &no, want: docfile.StateDraft},
		"published, but archived":    {status: "published", archived: &yes, want: docfile.StateArchived},
		"published, but a draft":     {status: "published", draft: &yes, want: docfile.StateDraft},
		"archived wins over a draft": {status: "draft", archived: &yes, want: docfile.StateArchived},
	} {
		t.Run(says, func(t *testing.T) {
			got, err := docfile.ReadState(c.status, c.draft, c.archived, c.published)
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
	_, err := docfile.ReadState("hidden", nil, nil, nil)
	require.ErrorContains(t, err, "write draft, published or archived")
}
