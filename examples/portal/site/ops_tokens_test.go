package site

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDarkIsOneTheme: the colours of the dark are written twice, for devices
// that ask for it and for readers who chose it, and both must get the same.
func TestDarkIsOneTheme(t *testing.T) {
	css, err := staticFiles.ReadFile("static/portal.css")
	require.NoError(t, err)
	words := func(selector string) string {
		m := regexp.MustCompile(regexp.QuoteMeta(selector) + `\s*\{([^}]*--paper[^}]*)\}`).FindSubmatch(css)
		require.NotNil(t, m, selector)
		return strings.Join(strings.Fields(string(m[1])), " ")
	}
	dark := words(`:root:not([data-theme="light"])`)
	require.Contains(t, dark, "--shadow:")
	require.Equal(t, dark, words(`:root[data-theme="dark"]`))
}
