package valid_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/valid"
)

// Regressions for mistakes that other portals published, by the numbers of the
// project's list of advisories.

// The page after signing in belonged to somebody else.
func TestAdv_74_ReturnPathsStayHere(t *testing.T) {
	for _, evil := range []string{"//evil.com", `/\evil.com`, "/%5cevil.com", "https://evil.com", "https:evil.com", "//user@evil.com", "/\u2215evil.com", "/\uff0fevil.com", "/%2f/evil.com", "\t//evil.com"} {
		require.Equal(t, "/", valid.ReturnPath(evil))
	}
}

// Markup in a quoted local part ended up in an administrator's list.
func TestAdv_78_MarkupIsNoAddress(t *testing.T) {
	_, err := valid.Email(`"<script>alert(1)</script>"@evil.com`)
	require.Error(t, err)
	require.Error(t, valid.Struct(struct {
		Email string `validate:"email"`
	}{`"<script>alert(1)</script>"@evil.com`}))
}

// A profile's home page ran a script in its readers' browsers.
func TestAdv_79_ScriptAddressesAreNoLinks(t *testing.T) {
	for _, tag := range []any{
		struct {
			U string `validate:"url"`
		}{"javascript:alert(1)"},
		struct {
			U string `validate:"uri"`
		}{"data:text/html,x"},
		struct {
			U string `validate:"http_url"`
		}{"javascript://x"},
		struct {
			U string `validate:"safe_url"`
		}{"JAVASCRIPT:alert(1)"},
	} {
		require.Error(t, valid.Struct(tag))
	}
}

// Every field has a limit in bytes and in characters.
func TestAdv_100_NoTextIsUnlimited(t *testing.T) {
	for _, kind := range valid.TextKinds() {
		require.Error(t, valid.Text(string(make([]byte, 1<<20)), kind))
	}
}
