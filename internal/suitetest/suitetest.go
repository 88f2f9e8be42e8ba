// Package suitetest runs the contracts of stores and other ports, and proves that
// they find what is broken.
package suitetest

import (
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A Promise is one sentence of a contract, with the check that holds whoever
// gives it to it.
type Promise[S any] = struct {
	Name, Says string
	Check      func(*testing.T, S)
}

// kept begins the line that says which promise was broken.
const kept = "contract: "

// Run checks each promise on a store, or whatever it is, of its own.
func Run[S any](t *testing.T, promises []Promise[S], open func(*testing.T) S) {
	for _, p := range promises {
		t.Run(p.Name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() {
				if t.Failed() {
					t.Log(kept + p.Says)
				}
			})
			p.Check(t, s)
		})
	}
}

// twin names the broken twin that a process is for.
const twin = "STOA_TEST_BROKEN"

// Catches wants a suite to fail for each of some broken stores, and to say which
// promise is broken. run runs the suite on one of them. As a test that fails
// fails the tests around it, each runs in a process of its own.
func Catches[B any](t *testing.T, broken map[string]B, run func(*testing.T, B)) {
	t.Helper()
	if test, name, ok := strings.Cut(os.Getenv(twin), "|"); ok {
		if b, has := broken[name]; has && test == t.Name() {
			run(t, b)
		}
		return
	}
	self, err := os.Executable()
	require.NoError(t, err)
	test := t.Name()
	for _, name := range slices.Sorted(maps.Keys(broken)) {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+test+"$", "-test.count=1")
			cmd.Env = append(os.Environ(), twin+"="+test+"|"+name)
			out, err := cmd.CombinedOutput()
			require.Error(t, err, "the suite lets it pass")
			require.Contains(t, string(out), kept, "it fails for another reason:\n%s", out)
			require.NotContains(t, string(out), "panic:", "it does not only fail:\n%s", out)
		})
	}
}
