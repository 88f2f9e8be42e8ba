package markdown_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/markdown"
)

func TestSplitFrontMatter(t *testing.T) {
	for _, c := range []struct {
		source, front, body string
		line                int
		none                bool
	}{
		{source: "---\na: b\n---\nc\nd", front: "a: b\n", body: "c\nd", line: 4},
		{source: "---\r\na: b\r\n---\r\nc", front: "a: b\r\n", body: "c", line: 4},
		{source: "\uFEFF---\na: b\n...\nc", front: "a: b\n", body: "c", line: 4},
		{source: "--- \n---\nc", body: "c", line: 3},
		{source: "---\na: b\n---", front: "a: b\n", line: 4},
		{source: "a\n---\nb", body: "a\n---\nb", line: 1, none: true},
		{source: "---\n\nA rule, then text", body: "---\n\nA rule, then text", line: 1, none: true},
		{source: "----\na: b\n---\n", body: "----\na: b\n---\n", line: 1, none: true},
		{source: "", line: 1, none: true},
	} {
		front, body, line, err := markdown.SplitFrontMatter(c.source)
		require.NoError(t, err, "%q", c.source)
		require.Equal(t, c.none, front == nil, "%q", c.source)
		require.Equal(t, c.front, string(front), "%q", c.source)
		require.Equal(t, c.body, body, "%q", c.source)
		require.Equal(t, c.line, line, "%q", c.source)
	}
}

func TestFrontMatter(t *testing.T) {
	var front struct {
		Title string
		Order int
		Tags  []string
	}
	body, line, err := markdown.FrontMatter("---\ntitle: \"A: b\"\norder: 3\ntags: [c, d]\nelse: 1\n---\n\ntext", &front)
	require.NoError(t, err)
	require.Equal(t, "\ntext", body)
	require.Equal(t, 7, line)
	require.Equal(t, "A: b", front.Title)
	require.Equal(t, 3, front.Order)
	require.Equal(t, []string{"c", "d"}, front.Tags)
}

func TestFrontMatterFaults(t *testing.T) {
	bomb := "---\na: &a [x,x,x,x,x,x,x,x,x]\n"
	for _, c := range "bcdefghij" {
		prev := string(c - 1)
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+prev+",", 8) + "*" + prev + "]\n"
	}
	for name, c := range map[string]struct {
		source string
		line   int
		reason string
	}{
		"never closed": {"---\ntitle: a\n\ntext", 1, "not closed"},
		"not YAML":     {"---\ntitle: a\nb: [c\nd: e\n---\n", 3, "did not find"},
		"a tab":        {"---\na:\n\tb: c\n---\n", 3, "cannot start any token"},
		"wrong type":   {"---\na: 1\norder: many\n---\n", 3, "cannot unmarshal"},
		"twice":        {"---\na: 1\na: 2\n---\n", 3, "already"},
		"alias bomb":   {bomb + "---\n", 2, "aliasing"},
	} {
		var front struct {
			Order int
			Rest  map[string]any `yaml:",inline"`
		}
		_, _, err := markdown.FrontMatter(c.source, &front)
		var syntax *markdown.SyntaxError
		require.ErrorAs(t, err, &syntax, name)
		require.ErrorIs(t, err, errs.Invalid, name)
		require.Contains(t, syntax.Reason, c.reason, name)
		require.Equal(t, c.line, syntax.Line, "%s: %v", name, err)
	}
}
