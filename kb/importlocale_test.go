package kb_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb"
)

// TestImportSettlesRegions: a region of a language that readers are offered is that
// language, unless both are there; other languages, and scripts, stay.
func TestImportSettlesRegions(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name      string
		have, got []string
	}{
		{"a region", []string{"en-us", "de"}, []string{"de", "en"}},
		{"both", []string{"en-US", "en"}, []string{"en", "en-US"}},
		{"two regions", []string{"en-US", "en-GB"}, []string{"en-GB", "en-US"}},
		{"another language", []string{"en", "fr", "zh-CN"}, []string{"en", "fr", "zh-CN"}},
		{"a script", []string{"en-Dsrt"}, []string{"en-Dsrt"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := kb.Bundle{Name: tt.name}
			for _, locale := range tt.have {
				b.Items = append(b.Items, kb.Item{External: "a", Locale: locale, Title: "T " + tt.name, Body: "x"})
			}
			require.Empty(t, w.importing(b).Problems)
			require.ElementsMatch(t, tt.got, w.byTitle("T "+tt.name).Live())
			require.Equal(t, 1, w.importing(b).Unchanged)
		})
	}
}
