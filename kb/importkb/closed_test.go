package importkb_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/kb/importkb"
)

// TestWhatWasMeantToBeClosedStaysClosed: what a file says of readers and state
// and is not understood is reported, and never published.
func TestWhatWasMeantToBeClosedStaysClosed(t *testing.T) {
	for _, matter := range []string{
		"audience: []", "audience: {staff: true}", "audience: [[staff]]", "audience:", "audience: ''",
		"status: unpublished", "status: hidden", "updated: 9999-12-31T23:59:59-14:00", "created: 0000-01-01T00:00:00+14:00",
	} {
		b, err := importkb.Folder(fstest.MapFS{"a.md": {Data: []byte("---\ntitle: A\n" + matter + "\n---\nText\n")}}, "x")
		require.NoError(t, err)
		require.Empty(t, b.Items, matter)
		require.Len(t, b.Problems, 1, matter)
	}
	for matter, audience := range map[string]string{"audience: staff": "staff", "x: &a staff\naudience: [*a]": "staff", "status: Draft": "", "published: false": ""} {
		b, err := importkb.Folder(fstest.MapFS{"a.md": {Data: []byte("---\ntitle: A\n" + matter + "\n---\nText\n")}}, "x")
		require.NoError(t, err)
		require.Len(t, b.Items, 1, "%s: %v", matter, b.Problems)
		require.Equal(t, audience, b.Items[0].Audience.String(), matter)
		require.Equal(t, audience == "", b.Items[0].Draft, matter)
	}
}
