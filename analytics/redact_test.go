package analytics_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
)

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"how do I reset my hub?":            "how do I reset my hub?",
		"mail ann.ash+x@example.com please": "mail [email] please",
		"ann@example.com":                   "[email]",
		"(ann@example.com), bob@x.org":      "([email]), [email]",
		"jörg@müller.de":                    "[email]",
		"5 @ 20 V":                          "5 @ 20 V",
		"@home":                             "@home",
		"error 4111":                        "error 4111",
		"my card 4111111111111111 fails":    "my card [card] fails",
		"4111 1111 1111 1111":               "[card]",
		"4111-1111-1111-1111.":              "[card].",
		"4111 1111 1111 1112":               "4111 1111 1111 1112", // the check digit says that it is none
		"5500005555555559 378282246310005":  "[card] [card]",
		"serial 1234567890123":              "serial 1234567890123",
		"order 12 34 56":                    "order 12 34 56",
		"4111  1111 1111 1111":              "4111  1111 1111 1111", // two spaces are two numbers
		"call 0660 4111 1111 1111 1111":     "call 0660 [card]",
		"+43 660 1234567":                   "+43 660 1234567",
	} {
		require.Equal(t, want, analytics.Redact(text), "%q", text)
	}
}

func FuzzRedact(f *testing.F) {
	for _, s := range []string{"ann@example.com", "@@@", "4111 1111 1111 1111", "a@b@c", "1-2-3@4", "\xff@\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := analytics.Redact(text)
		require.Equal(t, got, analytics.Redact(got), "once is enough")
		if utf8.ValidString(text) {
			require.True(t, utf8.ValidString(got))
		}
		if !strings.ContainsAny(text, "@0123456789") {
			require.Equal(t, text, got)
		}
	})
}
