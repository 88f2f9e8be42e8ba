package importkb_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/importkb"
)

// TestWhatWasMeantToBeClosedStaysClosed: what a file says of readers and state
// and is not understood is reported, and never published.
func TestWhatWasMeantToBeClosedStaysClosed(t *testing.T) {
	for _, matter := range []string{
		"audience: []", "audience: {staff: true}", "audience: [[staff]]", "audience:", "audience: ''",
		"status: unpublished", "status: hidden", "updated: 9999-12-31T23:59:59-14:00", "created: 0000-01-01T00:00:00+14:00",
		"x: &a staff\naudience: [*a]", "x: &a {audience: staff}\n<<: *a", "<<: {audience: staff}",
		"audience: staff\nAudience: public", "Draft: perhaps", "ARCHIVED: [true]", "Status: secret",
	} {
		b, err := importkb.Folder(fstest.MapFS{"a.md": {Data: []byte("---\ntitle: A\n" + matter + "\n---\nText\n")}}, "x")
		require.NoError(t, err)
		require.Empty(t, b.Items, matter)
		require.Len(t, b.Problems, 1, matter)
		require.Equal(t, "a.md", b.Problems[0].File)
		require.NotEmpty(t, b.Problems[0].Reason)
	}
	type said struct {
		audience string
		status   kb.Status
	}
	for matter, want := range map[string]said{
		"":                              {},
		"audience: staff":               {audience: "staff"},
		"Audience: staff":               {audience: "staff"},
		"AUDIENCE : [staff]":            {audience: "staff"},
		"\"audience\u200b\": staff":     {audience: "staff"},
		"status: Draft":                 {status: kb.StatusDraft},
		"Status: draft":                 {status: kb.StatusDraft},
		"DRAFT: true":                   {status: kb.StatusDraft},
		"draft: false":                  {status: kb.StatusPublished},
		"published: false":              {status: kb.StatusDraft},
		"Published: no":                 {status: kb.StatusDraft},
		"archived: true":                {status: kb.StatusArchived},
		"Archived: true\ndraft: true":   {status: kb.StatusArchived},
		"status: live\nDraft: true":     {status: kb.StatusDraft},
		"status: live":                  {status: kb.StatusPublished},
		"Unknown: 1\nunknown: 2\nx: {}": {},
	} {
		b, err := importkb.Folder(fstest.MapFS{"a.md": {Data: []byte("---\ntitle: A\n" + matter + "\n---\nText\n")}}, "x")
		require.NoError(t, err)
		require.Len(t, b.Items, 1, "%s: %v", matter, b.Problems)
		require.Equal(t, want, said{b.Items[0].Audience.String(), b.Items[0].Status}, matter)
		require.Equal(t, want.audience == "", b.Items[0].Audience == nil, matter)
	}
}

// TestLinesOfJSONAreReadLikewise: fields count in whatever letters, and once.
func TestLinesOfJSONAreReadLikewise(t *testing.T) {
	read := func(more string) kb.Bundle {
		b, err := importkb.JSONLines(strings.NewReader(`{"id":"a","lang":"en","title":"T",`+more+`}`), "f", "n")
		require.NoError(t, err)
		return b
	}
	for _, more := range []string{`"audience":["staff"],"Audience":["public"]`, `"draft":true,"draft":false`, `"draft":"maybe"`, `"Status":"hidden"`} {
		b := read(more)
		require.Empty(t, b.Items, more)
		require.Len(t, b.Problems, 1, more)
	}
	require.Equal(t, "staff", read(`"AUDIENCE":["staff"]`).Items[0].Audience.String())
	require.Equal(t, kb.StatusDraft, read(`"Draft":true`).Items[0].Status)
	require.Equal(t, kb.StatusArchived, read(`"archived":true`).Items[0].Status)
	require.Empty(t, read(`"x":1`).Items[0].Status)
}

// TestCategoriesAreReadLikewise: what is said of readers counts in whatever
// letters, and what is not said is not made up.
func TestCategoriesAreReadLikewise(t *testing.T) {
	read := func(yaml string) kb.Bundle {
		b, err := importkb.Folder(fstest.MapFS{"categories.yaml": {Data: []byte(yaml)}}, "n")
		require.NoError(t, err)
		return b
	}
	b := read("- id: a\n  Audience: staff\n  en: {title: A}\n- id: b\n  en: {title: B}\n")
	require.Empty(t, b.Problems)
	require.Equal(t, "staff", b.Categories[0].Audience.String())
	require.Nil(t, b.Categories[1].Audience)
	for _, row := range []string{"- {id: a, audience: staff, AUDIENCE: public}", "- {id: a, audience: }", "- {id: &x a}", "- just a text", "id: a"} {
		b = read(row)
		require.Empty(t, b.Categories, row)
		require.Len(t, b.Problems, 1, row)
	}
}

// TestHostileYAML: what stands for more than it is, or is long, is refused
// before it costs anything.
func TestHostileYAML(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'l'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	var many strings.Builder
	for i := range 1_500 {
		fmt.Fprintf(&many, "k%d: 1\n", i)
	}
	reasons := map[string]string{
		bomb + "tags: *k":                        "anchors and aliases",
		"title: " + strings.Repeat("x", 16<<10):  "longer than 16384 bytes",
		"tags: " + strings.Repeat("[", 16_000):   "",
		strings.Repeat("? ", 8_000):              "",
		strings.Repeat("- ", 8_000):              "",
		"tags: " + strings.Repeat("{a,", 5_000):  "",
		"tags: " + strings.Repeat("&a ", 5_000):  "",
		strings.Repeat("#\n", 8_000) + "tags: [": "",
	}
	begin := time.Now()
	for matter, want := range reasons {
		b, err := importkb.Folder(fstest.MapFS{"a.md": {Data: []byte("---\n" + matter + "\n---\nText\n")}}, "x")
		require.NoError(t, err)
		if want == "" { // whatever it is, it is quick
			require.Equal(t, 1, len(b.Items)+len(b.Problems), "%.20s", matter)
			continue
		}
		require.Empty(t, b.Items, "%.20s", matter)
		require.Contains(t, b.Problems[0].Reason, want)
	}
	b, err := importkb.Folder(fstest.MapFS{"a.md": {Data: []byte("---\n" + many.String() + "---\nText\n")}}, "x")
	require.NoError(t, err)
	require.Len(t, b.Items, 1)
	require.Less(t, time.Since(begin), 5*time.Second)
}

// TestHostileCategories: names of a label are not compared with each other
// without end.
func TestHostileCategories(t *testing.T) {
	var text strings.Builder
	text.WriteString("- id: a\n  en:\n    title: A\n")
	for i := range 60_000 {
		fmt.Fprintf(&text, "    k%d: 1\n", i)
	}
	begin := time.Now()
	b, err := importkb.Folder(fstest.MapFS{"categories.yaml": {Data: []byte(text.String())}}, "x")
	require.NoError(t, err)
	require.Empty(t, b.Categories)
	require.Len(t, b.Problems, 1)
	require.Less(t, time.Since(begin), 5*time.Second)
}
