package i18n_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/i18n"
)

func TestWords(t *testing.T) {
	w := i18n.Words{"de": "Frage", "de-AT": "Anfrage", "en": "Question"}
	for locale, want := range map[string]string{
		"de": "Frage", "de-AT": "Anfrage", "de-CH": "Frage", "de-AT-x-wien": "Anfrage", "fr": "Question", "": "Question",
	} {
		require.Equal(t, want, w.In(locale), locale)
	}
	require.Equal(t, "Domanda", i18n.Words{"it": "Domanda", "pt": "Pergunta"}.In("fr"), "whatever there is")
	require.Empty(t, i18n.Words(nil).In("fr"))
}
