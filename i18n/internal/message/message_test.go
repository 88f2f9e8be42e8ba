package message_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n/internal/message"
)

// shape writes a pattern in a form of its own, so that tests see the tree.
func shape(p message.Pattern) string {
	var b strings.Builder
	for _, part := range p {
		switch part.Kind {
		case message.KindText:
			fmt.Fprintf(&b, "%q", part.Text)
		case message.KindHash:
			b.WriteString("#")
		case message.KindOpen:
			b.WriteString("<" + part.Text + ">")
		case message.KindClose:
			b.WriteString("</" + part.Text + ">")
		default:
			fmt.Fprintf(&b, "(%d %s", part.Kind, part.Name)
			if part.Style != "" {
				b.WriteString(" " + part.Style)
			}
			for _, c := range part.Cases {
				fmt.Fprintf(&b, " %s[%s]", c.Name, shape(c.Body))
			}
			b.WriteString(")")
		}
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ name, src, want string }{
		{"nothing", "", ``},
		{"text", "Hello", `"Hello"`},
		{"argument", "Hello {name}!", `"Hello "(1 name)"!"`},
		{"space is free", "{ n , number }", `(2 n)`},
		{"percent", "{n, number, percent}", `(3 n percent)`},
		{"date", "{t, date}{t, date, long}", `(4 t medium)(4 t long)`},
		{"time", "{t, time}{t, datetime}", `(5 t short)(6 t medium)`},
		{"others", "{t, relative}{a, money, EUR}{a, money}{l, list}{l, list, or}{b, size}{d, duration}",
			`(7 t)(8 a EUR)(8 a)(9 l and)(9 l or)(10 b)(11 d)`},
		{"plural", "{n, plural, =0 {none} one {# file} other {# files}}",
			`(12 n =0["none"] one[#" file"] other[#" files"])`},
		{"other goes last", "{n, plural, other {b} one {a}}", `(12 n one["a"] other["b"])`},
		{"ordinal", "{n, selectordinal, one {#st} other {#th}}", `(13 n one[#"st"] other[#"th"])`},
		{"select", "{who, select, agent {you} other {}}", `(14 who agent["you"] other[])`},
		{"nested", "{who, select, a {{n, plural, other {# x}}} other {{who}}}",
			`(14 who a[(12 n other[#" x"])] other[(1 who)])`},
		{"a number reaches through a selection", "{n, plural, other {{w, select, other {#}}}}",
			`(12 n other[(14 w other[#])])`},
		{"a hash outside a plural is a hash", "#1 {w, select, other {#2}}", `"#1 "(14 w other["#2"])`},
		{"apostrophe", "It's, don''t", `"It's, don't"`},
		{"quotation", "'{n}' is n, '<b>' is bold, '{'", `"{n} is n, <b> is bold, {"`},
		{"apostrophe in a quotation", "'{it''s}'", `"{it's}"`},
		{"quoted hash", "{n, plural, other {'#' is #}}", `(12 n other["# is "#])`},
		{"apostrophe at the end", "n'", `"n'"`},
		{"tags", "<b>a</b> <code>{x}</code>", `<b>"a"</b>" "<code>(1 x)</code>`},
		{"link", `<a href={u}>a</a><a href="{u}">b</a>`, `(18 u)"a"</a>(18 u)"b"</a>`},
		{"other tags are text", "<script>1 < 2 </i>", `"<script>1 < 2 </i>"`},
		{"a tag around a choice", "<b>{w, select, other {<em>x</em>}}</b>", `<b>(14 w other[<em>"x"</em>])</b>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := message.Parse(tt.src)
			require.NoError(t, err)
			require.Equal(t, tt.want, shape(got))
		})
	}
}

func TestParseFaults(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		column    int
		problem   string
	}{
		{"open brace", "ab {n", 4, "{ is not closed; write '{' for the sign"},
		{"columns count characters", "äöü {n", 5, "{ is not closed; write '{' for the sign"},
		{"closing brace", "ab } c", 4, "} closes nothing; write '}' for the sign"},
		{"no name", "{}", 2, "an argument's name starts with a letter"},
		{"position", "{0}", 2, "an argument's name starts with a letter"},
		{"two words", "{a b}", 4, "expected } to close the argument"},
		{"unknown type", "{n, numbr}", 5, `unknown argument type "numbr"`},
		{"unknown style", "{n, date, huge}", 11, `date does not take the style "huge"`},
		{"bad currency", "{n, money, euro}", 12, `money does not take the style "euro"`},
		{"no cases", "{n, plural}", 11, "expected a comma and cases after plural"},
		{"no other", "{n, plural, one {a}}", 20, "plural needs an other {...} case"},
		{"no other in a selection", "{n, select, one {a}}", 20, "select needs an other {...} case"},
		{"twice", "{n, plural, one {a} one {b} other {c}}", 21, "the case one is there twice"},
		{"category", "{n, plural, singular {a} other {c}}", 13, `"singular" is no plural category; use =N, zero, one, two, few, many or other`},
		{"offset", "{n, plural, offset:1 other {c}}", 13, "offset is not supported"},
		{"exact", "{n, plural, =x {a} other {c}}", 13, "= takes a whole number"},
		{"exact with a zero", "{n, plural, =01 {a} other {c}}", 13, "= takes a whole number"},
		{"case without text", "{n, plural, one other {c}}", 17, "expected { after the case one"},
		{"case not closed", "{n, plural, other {c", 19, "{ is not closed"},
		{"no case name", "{n, select, {a} other {b}}", 13, "expected the name of a case"},
		{"quotation", "a '{n} b", 3, "the quotation is not closed by an apostrophe"},
		{"tag not closed", "a <b>c", 7, "<b> is not closed"},
		{"tag not opened", "a</b>", 2, "</b> closes nothing that is open here; write '</b>' for the text"},
		{"tags crossed", "<b><em>a</b></em>", 9, "</b> closes nothing that is open here; write '</b>' for the text"},
		{"tag closed in a case", "<b>{w, select, other {</b>}}", 23, "</b> closes nothing that is open here; write '</b>' for the text"},
		{"fixed link", "<a href=x>a</a>", 9, "href takes an argument: <a href={url}>"},
		{"link with more", "<a href={x} id=y>a</a>", 11, "href takes one argument: <a href={url}>"},
		{"link in a link", "<a href={x}>{w, select, other {<a href={y}>a</a>}}</a>", 32, "a link inside a link"},
		{"not UTF-8", "a\xff", 1, "text is not UTF-8"},
		{"too long", strings.Repeat("a", message.MaxLength+1), 1, "text is longer than 10000 bytes"},
		{"too deep", strings.Repeat("{a, select, other {", 9) + strings.Repeat("}}", 9), 172, "choices are nested deeper than 8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := message.Parse(tt.src)
			var fault *message.Error
			require.ErrorAs(t, err, &fault)
			require.Equal(t, message.Error{Column: tt.column, Problem: tt.problem}, *fault)
		})
	}
}

func TestParseRefusesManyCases(t *testing.T) {
	var b strings.Builder
	for i := range message.MaxCases {
		fmt.Fprintf(&b, "=%d {x} ", i)
	}
	_, err := message.Parse("{n, plural, " + b.String() + "other {x}}")
	require.ErrorContains(t, err, "more than 64 cases")
}

// TestParseGrowth doubles hostile texts and counts the bytes looked at: time
// must not grow faster than the text.
func TestParseGrowth(t *testing.T) {
	for name, unit := range map[string]string{
		"text": "a", "open braces": "{", "arguments": "{a}", "apostrophes": "'", "quotations": "'{a'",
		"open tags": "<b>", "no tags": "<", "links": "<a href={", "spaces": "{a ", "cases": "{n, select, other {",
		"selection": "{n, select, a {x} other {y}}", "equals": "{n, plural, =1 {x} other {#}}",
	} {
		t.Run(name, func(t *testing.T) {
			n := message.MaxLength / 2 / len(unit)
			once, twice := message.Work(strings.Repeat(unit, n)), message.Work(strings.Repeat(unit, 2*n))
			require.Positive(t, once)
			require.LessOrEqual(t, float64(twice)/float64(once), 2.5)
		})
	}
}

func TestWalk(t *testing.T) {
	p, err := message.Parse("{a} {n, plural, one {{b}} other {{w, select, other {{c}}}}}")
	require.NoError(t, err)
	var names []string
	p.Walk(func(part *message.Part) {
		if part.Name != "" {
			names = append(names, part.Name)
		}
	})
	require.Equal(t, []string{"a", "n", "b", "w", "c"}, names)
}

func FuzzParse(f *testing.F) {
	for _, src := range []string{
		"", "{n, plural, =0 {no 'x'} one {# a} other {{b, date, long}}}", "'{''}'", `<a href="{x}">y</a>`, "{a, select, other{}}", "}", "<b></b>",
	} {
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src string) {
		p, err := message.Parse(src)
		if err != nil {
			var fault *message.Error
			require.ErrorAs(t, err, &fault)
			require.Positive(t, fault.Column)
			require.LessOrEqual(t, fault.Column, len(src)+1)
			return
		}
		open := 0
		p.Walk(func(part *message.Part) {
			switch part.Kind {
			case message.KindOpen, message.KindLink:
				open++
			case message.KindClose:
				open--
			case message.KindPlural, message.KindOrdinal, message.KindSelect:
				require.Equal(t, "other", part.Cases[len(part.Cases)-1].Name)
			}
			require.GreaterOrEqual(t, open, 0)
		})
		require.Zero(t, open)
	})
}
