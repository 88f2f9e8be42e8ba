//go:build unix

package markdown_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/markdown"
)

// costly makes inputs of about n bytes that some parser or sanitiser has taken
// quadratic time for, goldmark among them.
func costly() map[string]func(n int) string {
	all := map[string]func(int) string{
		"wide short rows": func(n int) string {
			return strings.Repeat("a|", 150) + "\n" + strings.Repeat("-|", 150) + "\n" + strings.Repeat("a\n", n/2)
		},
		"wide pipes":    func(n int) string { return strings.Repeat("|a", 150) + "|\n" + strings.Repeat("|a|b|\n", n/6) },
		"escaped pipes": func(n int) string { return "a|b\n-|-\n" + strings.Repeat("`\\|`|b\n", n/7) },
		"long definition": func(n int) string {
			return "[a]: /" + strings.Repeat("u", n/2) + "\n\n" + strings.Repeat("[a]\n\n", n/10)
		},
		"definitions":          numbered("[%d]: /u\n"),
		"footnotes":            numbered("[^%[1]d]\n\n[^%[1]d]: x\n\n"),
		"formatting in blocks": numbered("<b id=%d>x<p>"),
		"attributes":           func(n int) string { return "<a " + numbered(" x%d=y")(n) + ">" },
		"links":                numbered("[a](/%d) "),
		"nested items": func(n int) string {
			var b strings.Builder
			for i := 0; b.Len() < n; i++ {
				b.WriteString(strings.Repeat(" ", 2*i) + "- a\n")
			}
			return b.String()
		},
		"brackets around": func(n int) string { return strings.Repeat("[", n/2) + strings.Repeat("](b)", n/8) },
		"skipped":         func(n int) string { return strings.Repeat("<svg>", n/5) + "</svg>" },
	}
	for _, unit := range []string{"[", "![", "]", "](", "[a](", "[a](<b", "[a](b \"c", "[a](b 'c\n", "[a][b", "*a_", "*a **a ", "a**b", "**a ", ">", "> - ",
		"1. ", "- ", "<div>", "<i>a", "<table><td>", "<ul><li>", "</p>", "<a", "<a x='\"", "a <!--", "<svg>", "&", "|", "|a|b|\n", "-|-\n", "`", "a`", "# a\n",
		"# a 2\n# a\n", "a\n=\n", "www.", "a@b.", "<http:a", "http://a.b/(", "~~a", "```\n", "a\n: b\n", "{%", "<p>{% a", "{:a} ", "]({{", ":::image ", "> [!note]\n",
		"[!include [", "<p id=a>", "[^1]: ", "日\n", "<div>\n\n    <p>\n\n", "\r\n", "\x00", "    a\n\n"} {
		all[unit] = func(n int) string { return strings.Repeat(unit, n/len(unit)) }
	}
	return all
}

func numbered(format string) func(int) string {
	return func(n int) string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
}

// Eight times the input may cost eight times as much, and some more for a busy
// machine and the collector; quadratic work would cost 64 times as much.
func TestCostIsLinear(t *testing.T) {
	const small, factor = 16 << 10, 8
	r := markdown.New(nil)
	for name, input := range costly() {
		few := cost(t, r, input(small))
		many := cost(t, r, input(factor*small))
		if many > 3*factor*few+200*time.Millisecond {
			// Other programs come between; what is quadratic stays so.
			few, many = max(few, cost(t, r, input(small))), min(many, cost(t, r, input(factor*small)))
		}
		require.Less(t, many, 3*factor*few+200*time.Millisecond, "%q: %v for 16 KiB", name, few)
	}
}

// cost returns the processor time that rendering and cleaning an input take.
func cost(t *testing.T, r *markdown.Renderer, source string) time.Duration {
	t.Helper()
	before := processorTime(t)
	_, err := r.Render(source)
	spent := processorTime(t) - before
	if err != nil {
		require.ErrorIs(t, err, errs.Invalid)
		require.ErrorContains(t, err, "too_complex")
	}
	before = processorTime(t)
	r.Sanitize(source)
	return spent + processorTime(t) - before
}

func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func BenchmarkRender(b *testing.B) {
	source := strings.Repeat("## Reset your password\n\nOpen **Settings**, then [Security](/security#reset), and follow these steps:\n\n1. Choose `Reset`.\n2. Read the mail.\n\n> [!NOTE]\n> It takes a minute.\n\n| Plan | Limit |\n|---|--:|\n| Free | 10 |\n\n", 40)
	r := markdown.New(nil)
	b.SetBytes(int64(len(source)))
	for b.Loop() {
		if _, err := r.Render(source); err != nil {
			b.Fatal(err)
		}
	}
}
