package markdown_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/markdown"
)

// told writes segments on one line.
func told(segments []markdown.Segment) string {
	var out []string
	for _, s := range segments {
		switch {
		case s.Staff:
			out = append(out, "staff("+told(s.Inner)+")")
		case s.Part():
			out = append(out, strings.Join(s.Terms, "+or+")+"("+told(s.Inner)+")")
		case s.Include != "":
			out = append(out, "<"+s.Include+">")
		default:
			out = append(out, strings.ReplaceAll(strings.TrimSpace(s.Text), "\n", "|"))
		}
	}
	return strings.Join(out, " ")
}

func TestSegments(t *testing.T) {
	for name, c := range map[string]struct{ source, want, fault string }{
		"none":                          {"a\n\nb", "a||b", ""},
		"two":                           {"a\n:::for partner, account:acme\nb\n:::\nc\n::: internal\nd\n:::\n", "a partner+or+account:acme(b) c staff(d)", ""},
		"within":                        {":::for partner\na\n:::internal\nb\n:::\nc\n:::\nd", "partner(a staff(b) c) d", ""},
		"more colons":                   {":::::internal\na\n:::\nb", "staff(a) b", ""},
		"big letters":                   {":::INTERNAL\na\n:::\nb", "staff(a) b", ""},
		"inclusions":                    {"a\n:::include safety\nb\n::: include c-2 :::\n", "a <safety> b <c-2>", ""},
		"in code":                       {"```\n:::internal\n```\n~~~~\n:::for a\n~~~\n~~~~\nb", "```|:::internal|```|~~~~|:::for a|~~~|~~~~|b", ""},
		"after code with ticks":         {"``` `a`\n:::internal\nb\n:::", "``` `a` staff(b)", ""},
		"code in a list ends before":    {"- a\n  ```\n:::internal\nb\n:::\n", "- a|  ``` staff(b)", ""},
		"in pre it counts":              {"<pre>\n:::internal\nb\n:::\n</pre>", "<pre> staff(b) </pre>", ""},
		"notes of others":               {":::note\na\n:::\nb\n:::internal\nc\n:::", ":::note|a|:::|b staff(c)", ""},
		"notes of others within":        {":::internal\n:::tip\na\n:::\nb\n:::\nc", "staff(:::tip|a|:::|b) c", ""},
		"a part within others' notes":   {":::note\n:::internal\na\n:::\nb\n:::\nc", ":::note staff(a) b|:::|c", ""},
		"others that end by name":       {":::zone pivot=\"x\"\na\n:::zone-end\n:::internal\nb\n:::\n", ":::zone pivot=\"x\"|a|:::zone-end staff(b)", ""},
		"others on one line":            {":::image source=\"a\":::\n:::internal\nb\n:::", ":::image source=\"a\"::: staff(b)", ""},
		"a lone end":                    {"a\n:::\nb", "a|:::|b", ""},
		"words that begin alike":        {":::format\na\n:::\n:::internals\nb\n:::", ":::format|a|:::|:::internals|b|:::", ""},
		"open":                          {"a\n:::internal\nb\n", "", "markdown.part_open"},
		"open within":                   {":::for a\n:::internal\nb\n:::\n", "", "markdown.part_open"},
		"open, as code is":              {":::internal\n```\n:::\n", "", "markdown.part_open"},
		"nobody":                        {":::for\na\n:::", "", "markdown.part_terms"},
		"nobody but commas":             {":::for , ,\na\n:::", "", "markdown.part_terms"},
		"on one line":                   {":::internal secret:::", "", "markdown.part_line"},
		"too deep":                      {strings.Repeat(":::internal\n", 9) + strings.Repeat(":::\n", 9), "", "markdown.parts_many"},
		"too many":                      {strings.Repeat(":::internal\n:::\n", 401), "", "markdown.parts_many"},
		"too many inclusions":           {strings.Repeat(":::include a\n", 401), "", "markdown.parts_many"},
		"an odd name":                   {":::include ../x", "", "markdown.include_name"},
		"old line ends":                 {"a\r:::internal\rb\r:::\rc\r\n", "a staff(b) c", ""},
		"no name":                       {":::include", "", "markdown.include_name"},
		"open because another's is not": {":::internal\n:::note\nb\n:::\n", "", "markdown.part_open"},
	} {
		segments, err := markdown.Segments(c.source)
		if c.fault == "" {
			require.NoError(t, err, name)
			require.Equal(t, c.want, told(segments), name)
			continue
		}
		require.ErrorIs(t, err, errs.Invalid, name)
		require.ErrorContains(t, err, c.fault, name)
	}
}

// TestStrayParts: a sign that means nothing where it stands is noticed.
func TestStrayParts(t *testing.T) {
	r := markdown.New(nil)
	for source, stray := range map[string]bool{
		"- a\n  :::internal\n  b\n  :::":              true,
		"> :::for partner\n> b\n> :::":                true,
		"a\n  ::: include x":                          true,
		"<div>:::internal</div>":                      true,
		"| a |\n|---|\n| :::for x |":                  true,
		"\u200b:::internal\nb":                        true,
		"<!--\n```\n-->\n:::internal\nb\n:::":         true,
		"**:::internal**":                             true,
		"a `:::internal` b":                           false,
		"`:::internal`":                               false,
		"```\n:::internal\n```":                       false,
		"    :::internal":                             false,
		"write :::internal at the start":              false,
		":::note\na\n:::":                             false,
		"- ```\n  :::for partner\n  ```":              false,
		":::image source=\"a.png\" alt-text=\"x\":::": false,
	} {
		d, err := r.Render(source)
		require.NoError(t, err)
		require.Equal(t, stray, markdown.StrayPart(d), source)
	}
}

func TestBoxes(t *testing.T) {
	b, r := markdown.NewBoxer("n0nce"), markdown.New(nil)
	for name, c := range map[string]struct{ source, want string }{
		"one":               {"a" + b.Marked("b", true) + "c", `<p>a</p> <div class="part-box"><p class="part-label">Only for staff</p> <p>b</p> </div> <p>c</p>`},
		"within":            {b.Marked("b"+b.Marked("- c", true), false), `<div class="part-box"><p class="part-label">Not for everybody</p> <p>b</p> <div class="part-box"><p class="part-label">Only for staff</p> <ul> <li>c</li> </ul> </div> </div>`},
		"with a heading":    {b.Marked("## H", true) + "c", `<h2 id="h-h">H</h2> <p>c</p>`},
		"a smaller one":     {b.Marked("## A\n\n### H\n\nx", true), `<h2 id="h-a">A</h2> <h3 id="h-h">H</h3> <p>x</p>`},
		"code left open":    {b.Marked("```\nx", true) + "c", `<pre tabindex="0"><code>x c </code></pre>`},
		"HTML left open":    {"<pre>" + b.Marked("x", true) + "c", `<pre tabindex="0"> x c</pre>`},
		"a quotation":       {b.Marked("> q", true), `<div class="part-box"><p class="part-label">Only for staff</p> <blockquote> <p>q</p> </blockquote> </div>`},
		"a mark as heading": {b.Marked("x", true) + "===\n\ny", ""},
	} {
		d, err := r.Render(c.source)
		require.NoError(t, err)
		got := string(b.Draw(r, d.HTML))
		require.NotContains(t, got, "n0nce", name)
		require.NotContains(t, b.Erase(d.Text), "n0nce", name)
		require.Equal(t, strings.Count(got, "<div"), strings.Count(got, "</div"), name)
		if c.want != "" {
			require.Equal(t, c.want, strings.Join(strings.Fields(got), " "), name)
		}
	}
}

// FuzzSegments: nothing panics, and no text is lost or moved out of its part.
func FuzzSegments(f *testing.F) {
	for i, seed := range []string{":::for a\nb\n:::", ":::internal\n```\n:::\n```\n:::", ":::note\n:::internal\nx\n:::\n:::", ":::include a"} {
		f.Add(seed + fmt.Sprint(i))
	}
	f.Fuzz(func(t *testing.T, source string) {
		segments, err := markdown.Segments(source)
		if err != nil {
			return
		}
		total := 0
		var walk func([]markdown.Segment)
		walk = func(list []markdown.Segment) {
			for _, s := range list {
				total += len(s.Text)
				require.True(t, s.Text == "" || strings.Contains(source, s.Text))
				walk(s.Inner)
			}
		}
		walk(segments)
		require.LessOrEqual(t, total, len(source))
	})
}

// TestUnknownSigns: what looks like the sign of a part and means nothing is
// named with its line; what other systems write, and what is code, is not.
func TestUnknownSigns(t *testing.T) {
	source := ":::internal\nx\n:::\n\n:::intern\nx\n:::\n\n```\n:::code\n```\n:::image source=\"a.png\":::\n:::row:::\n:::include safety\n::: note text :::\n:::embed nowhere\n"
	require.Equal(t, []markdown.Sign{{Word: "intern", Line: 5}, {Word: "note", Line: 15}, {Word: "embed", Line: 16}}, markdown.UnknownSigns(source))
	require.Empty(t, markdown.UnknownSigns("no signs"))
	require.Equal(t, []markdown.Sign{{Word: "x", Line: 1}}, markdown.UnknownSigns(":::x\n:::for\n:::y\n"), "up to what is refused")
}
