package layout_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile/layout"
)

// TestNoRuleForWhatIsPinned: a rule that could do nothing is refused.
func TestNoRuleForWhatIsPinned(t *testing.T) {
	pinned := item("help")
	pinned.Pinned = true
	w := newWorld(t, siteOf(append(numbered(2), pinned)...))
	_, err := w.SaveRule(t.Context(), root, layout.Rule{ID: "r", Do: layout.ActionHide, Ref: "help"})
	require.ErrorContains(t, err, "ref: error.layout.pinned")
	_, err = w.SaveRule(t.Context(), root, layout.Rule{ID: "r", Do: layout.ActionHide, Ref: "i1"})
	require.NoError(t, err)
}
