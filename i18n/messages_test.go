package i18n_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/i18n/i18ntest"
)

// TestMessagesAreComplete is what a host's own test looks like.
func TestMessagesAreComplete(t *testing.T) {
	catalog := newCatalog(t, nil)
	require.Equal(t, []i18n.Locale{"ar", "de", "en", "es", "ja"}, catalog.Locales())
	i18ntest.Complete(t, catalog, nil)
}

// TestMessagesHaveEveryKeyOfTheLibrary: an error that a package of the library
// carries has a text in every language.
func TestMessagesHaveEveryKeyOfTheLibrary(t *testing.T) {
	i18ntest.Used(t, newCatalog(t, nil), &i18ntest.Usage{
		Dirs:    []string{".."},
		Skip:    []string{"examples"},
		Dynamic: []string{"error.field."},
		Library: true,
	})
}
