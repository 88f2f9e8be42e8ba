package profiletest

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile"
)

// TestKeeper runs the contract of [profile.Keeper] as subtests. open must return,
// each time it is called, a Keeper of two people, "zqann" and "zqann2", of whom
// it keeps everything that it can, and the words that stand in what is kept of
// zqann and must not come up after they are erased: the canaries. All of them
// and the ID must be in the export of zqann.
func TestKeeper(t *testing.T, open func(t *testing.T) (k profile.Keeper, canaries []string)) {
	suitetest.Run(t, []suitetest.Promise[keeping]{
		{"Name", "a Keeper has a name of one word", checkKeeperName},
		{"Export", "Export ranges over all that is kept of a person, and nothing of others", checkKeeperExport},
		{"Stop", "Export ends when nobody wants more", checkKeeperStop},
		{"Delete", "after an Erase that deletes nothing is exported, and other people lose nothing", checkKeeperDelete},
		{"Pseudonym", "after an Erase that pseudonymises nothing is exported, and other people lose nothing", checkKeeperPseudonym},
		{"Again", "a second Erase has nothing to do and is no error", checkKeeperAgain},
		{"Nobody", "somebody of whom nothing is kept is no error", checkKeeperNobody},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkKeeperCancelled},
	}, func(t *testing.T) keeping {
		k, canaries := open(t)
		return keeping{k, canaries}
	})
}

// keeping is a Keeper with something in it.
type keeping struct {
	profile.Keeper
	canaries []string
}

const (
	keptPerson  = "zqann"
	otherPerson = "zqann2"
)

func (k keeping) text(t *testing.T, person string) string {
	t.Helper()
	var b strings.Builder
	for v, err := range k.Export(t.Context(), person) {
		require.NoError(t, err)
		text, err := json.Marshal(v)
		require.NoError(t, err)
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.String()
}

func checkKeeperName(t *testing.T, k keeping) {
	require.Regexp(t, `^[a-z][a-z0-9_.-]*$`, k.Name())
}

func checkKeeperExport(t *testing.T, k keeping) {
	require.NotEmpty(t, k.canaries)
	text, other := k.text(t, keptPerson), k.text(t, otherPerson)
	require.NotEmpty(t, other, "the Keeper should have something of two people")
	for _, canary := range k.canaries {
		require.Contains(t, text, canary)
		require.NotContains(t, other, canary)
	}
}

func checkKeeperStop(t *testing.T, k keeping) {
	for range k.Export(t.Context(), keptPerson) {
		break // one that goes on panics
	}
}

func (k keeping) erase(t *testing.T, how profile.Erasure) {
	t.Helper()
	other := k.text(t, otherPerson)
	done, err := k.Erase(t.Context(), keptPerson, how)
	require.NoError(t, err)
	require.Positive(t, done.Removed+done.Renamed, "an Erase tells how much it did")
	require.Empty(t, k.text(t, keptPerson))
	require.Equal(t, other, k.text(t, otherPerson))
}

func checkKeeperDelete(t *testing.T, k keeping) {
	k.erase(t, profile.Erasure{Mode: profile.EraseModeDelete})
}

func checkKeeperPseudonym(t *testing.T, k keeping) {
	k.erase(t, profile.Erasure{Mode: profile.EraseModePseudonym, Pseudonym: "gone-1"})
	for _, canary := range append(k.canaries, keptPerson) {
		require.NotContains(t, k.text(t, "gone-1"), canary)
	}
}

func checkKeeperAgain(t *testing.T, k keeping) {
	for _, how := range []profile.Erasure{{Mode: profile.EraseModeDelete}, {Mode: profile.EraseModePseudonym, Pseudonym: "gone-1"}} {
		_, err := k.Erase(t.Context(), keptPerson, how)
		require.NoError(t, err)
		done, err := k.Erase(t.Context(), keptPerson, how)
		require.NoError(t, err)
		require.Zero(t, done.Removed+done.Renamed)
	}
	require.NotEmpty(t, k.text(t, otherPerson))
}

func checkKeeperNobody(t *testing.T, k keeping) {
	for _, nobody := range []string{"zq", "ZQANN", "somebody"} {
		require.Empty(t, k.text(t, nobody))
		done, err := k.Erase(t.Context(), nobody, profile.Erasure{Mode: profile.EraseModeDelete})
		require.NoError(t, err)
		require.Zero(t, done.Removed+done.Renamed)
	}
	require.NotEmpty(t, k.text(t, keptPerson))
}

func checkKeeperCancelled(t *testing.T, k keeping) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	failed := false
	for _, err := range k.Export(ctx, keptPerson) {
		failed = failed || err != nil
	}
	require.True(t, failed)
	_, err := k.Erase(ctx, keptPerson, profile.Erasure{Mode: profile.EraseModeDelete})
	require.ErrorIs(t, err, context.Canceled)
	require.NotEmpty(t, k.text(t, keptPerson))
}
