package cases_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
)

func TestDefaultConfig(t *testing.T) {
	c := cases.DefaultConfig()
	require.NoError(t, c.Check())
	for _, k := range c.Kinds {
		for _, locale := range []string{"en", "de", "es", "ja", "ar"} {
			require.NotEmpty(t, k.Names[locale], "%s in %s", k.Key, locale)
		}
	}
}

func TestParseReference(t *testing.T) {
	_, ok := cases.ParseReference("K7Q2-9FXZ")
	require.False(t, ok)
}
