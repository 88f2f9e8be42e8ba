package main_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/examples/portal/demo"
	"github.com/stoa-go/stoa/examples/portal/site"
	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/i18n/i18ntest"
	"github.com/stoa-go/stoa/internal/markdown"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/websource"
)

// languages are those of the interface.
var languages = []i18n.Locale{"ar", "de", "en", "es", "ja"}

// texts returns the portal's texts over the library's, as the portal loads them.
func texts(t *testing.T) *i18n.Catalog {
	t.Helper()
	c, err := i18n.New(&i18n.Options{Layers: site.Texts()})
	require.NoError(t, err)
	require.Equal(t, languages, c.Locales())
	return c
}

func TestTextsAreComplete(t *testing.T) {
	i18ntest.Complete(t, texts(t), &i18ntest.Options{Same: []string{
		"de:footer.api", "es:footer.api", "ja:footer.api", "de:home.title", "de:nav.support", "es:rating.no",
		"de:account.name", "de:write.body", "de:account.organisation", "de:fact.account", "de:segments.id", "de:device.desktop", "de:device.tablet",
		"es:roles.title", "es:audit.kind.role", "es:roles.part_roles", "de:notices.channel_push", "de:notices.channel_webhook", "de:reach.webhooks", "es:notices.channel_webhook", "es:reach.webhooks", "ja:notices.channel_webhook",
		"de:phone.code", "de:following.feed", "es:audit.no", "de:cats.name",
	}}, languages...)
}

// TestTextsHaveOneTopic: a key in two topics would have two texts, of which one
// is never seen.
func TestTextsHaveOneTopic(t *testing.T) {
	seen := map[string]bool{}
	for _, topic := range site.Texts() {
		file, err := fs.ReadFile(topic, "en.json")
		require.NoError(t, err)
		var words map[string]string
		require.NoError(t, json.Unmarshal(file, &words))
		for key := range words {
			require.False(t, seen[key], key)
			seen[key] = true
		}
	}
}

// TestTextsAreTheOnesUsed reads the templates, the Go files and what the portal
// consists of. It knows of keys
// made up as the portal runs by how they begin; what they end in is for
// TestTextsForEveryName.
func TestTextsAreTheOnesUsed(t *testing.T) {
	declared, err := os.ReadFile("site/site.json")
	require.NoError(t, err)
	var inMenus []string
	for _, key := range regexp.MustCompile(`"key": "([^"]+)"`).FindAllSubmatch(declared, -1) {
		inMenus = append(inMenus, string(key[1]))
	}
	i18ntest.Used(t, texts(t), &i18ntest.Usage{Dirs: []string{"."}, Dynamic: inMenus})
}

// TestTextsForEveryName: what pages name by a value (a kind of article, a role)
// has a text for each value, and no text is left of values that are gone.
func TestTextsForEveryName(t *testing.T) {
	for prefix, want := range map[string][]string{
		"rating.reason_":  names(kb.Reasons()),
		"role.":           roles(t),
		"facet.":          {"category", "kind", "language", "product", "site"},
		"sources.reason_": names(websource.Reasons()),
		"sources.end_":    names(websource.Ends()),
		"markdown.label.": names([]markdown.Label{
			markdown.LabelNote, markdown.LabelTip, markdown.LabelImportant, markdown.LabelWarning, markdown.LabelCaution,
			markdown.LabelDone, markdown.LabelOpen, markdown.LabelTable, markdown.LabelBack, markdown.LabelImage,
			markdown.LabelInternal, markdown.LabelPart, markdown.LabelBlock, markdown.LabelTranscript,
		}),
	} {
		var got []string
		for key := range texts(t).Texts("en") {
			if name, ok := strings.CutPrefix(key, prefix); ok {
				got = append(got, name)
			}
		}
		require.ElementsMatch(t, want, got, prefix)
	}
}

// names returns values as they stand in keys.
func names[T ~string](values []T) []string {
	var out []string
	for _, v := range values {
		out = append(out, strings.ReplaceAll(string(v), "-", "_"))
	}
	return out
}

// roles returns the roles that mean something in the portal: those that may do
// something, and those of the demo's people.
func roles(t *testing.T) []string {
	all := map[string]bool{}
	for role := range profile.DefaultPolicy() {
		all[string(role)] = true
	}
	world, err := demo.Read()
	require.NoError(t, err)
	for _, p := range world.People {
		for _, role := range p.Roles {
			all[role] = true
		}
	}
	return slices.Collect(maps.Keys(all))
}

// TestTextForTheScript: the script of the search box puts a number where the
// text has {n}, so that has to reach it as it is.
func TestTextForTheScript(t *testing.T) {
	c := texts(t)
	for _, l := range languages {
		require.Equal(t, 1, strings.Count(c.In(l).T("search.suggestions_many"), "{n}"), l)
		require.NotContains(t, c.In(l).T("search.suggestions", "n", 1), "{", l)
	}
}

// TestTextsInArabic looks at the language with the most forms.
func TestTextsInArabic(t *testing.T) {
	p := texts(t).In("ar")
	for n, want := range map[int]string{
		0: "لا توجد نتائج", 1: "نتيجة واحدة", 2: "نتيجتان", 3: "3 نتائج", 11: "11 نتيجة", 100: "100 نتيجة",
	} {
		require.Equal(t, want, p.T("search.count", "n", n))
	}
}
