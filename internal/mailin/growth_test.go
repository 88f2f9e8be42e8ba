package mailin_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/mailin"
)

// hostile are mails that cost much to read where somebody was not careful, of n
// pieces each.
var hostile = map[string]func(n int) string{
	"parts in parts": func(n int) string { return nested(n, "x") },
	"boundaries of one letter": func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--c\n", n)
	},
	"parts of nothing": func(n int) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\n", n)
	},
	"one long line":         func(n int) string { return "\n" + strings.Repeat("a", 16*n) },
	"one long field":        func(n int) string { return "Subject: " + strings.Repeat("=?utf-8?q?a?= ", n) + "\n\n" },
	"a folded field":        func(n int) string { return "To: a@x.example" + strings.Repeat(",\n a@x.example", n) + "\n\n" },
	"brackets in addresses": func(n int) string { return "From: " + strings.Repeat("<", n) + "\n\n" },
	"quotes in addresses":   func(n int) string { return "From: " + strings.Repeat(`"\`, n) + "\n\n" },
	"marks":                 func(n int) string { return "\n" + strings.Repeat("> a\nb\n", n) },
	"lines over nothing":    func(n int) string { return "\n" + strings.Repeat("On 1 2 3\n", n) + "wrote:\n" },
	"headers of nobody":     func(n int) string { return "\n" + strings.Repeat("From: a\nTo: b\n", n) },
	"rules":                 func(n int) string { return "\n" + strings.Repeat("__________\n\n", n) },
	"names":                 func(n int) string { return "From: a <a@x.example>\n\n" + strings.Repeat("x\na\n\n", n) },
	"blockquotes":           func(n int) string { return "Content-Type: text/html\n\n" + strings.Repeat("<blockquote>a", n) },
	"paragraphs in tables":  func(n int) string { return "Content-Type: text/html\n\n" + strings.Repeat("<table><tr><td><p>a", n) },
	"links in links": func(n int) string {
		return "Content-Type: text/html\n\n" + strings.Repeat("<a href=http://x.example><b><i>", n)
	},
	"equals signs": func(n int) string {
		return "Content-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("=", 8*n)
	},
	"groups of recipients": func(n int) string {
		return "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n" + strings.Repeat("Final-Recipient: rfc822;a@x.example\n\n", n)
	},
}

// TestCostGrowsWithSize reads twice as much in about twice the time.
func TestCostGrowsWithSize(t *testing.T) {
	if testing.Short() {
		t.Skip("takes time")
	}
	for name, make := range hostile {
		took := func(n int) time.Duration {
			raw, best := make(n), time.Hour
			for range 2 {
				begun := time.Now()
				_, err := mailin.Read(strings.NewReader(raw), nil)
				require.NoError(t, err)
				best = min(best, time.Since(begun))
			}
			return best
		}
		once, twice := took(12000), took(24000)
		t.Logf("%-26s %8v %8v  x%.1f", name, once.Round(time.Microsecond), twice.Round(time.Microsecond), float64(twice)/float64(once))
		// What takes no time says nothing; the machine may be busy with other things.
		require.Less(t, twice, 4*once+150*time.Millisecond, name)
		require.Less(t, twice, 5*time.Second, name)
	}
}
