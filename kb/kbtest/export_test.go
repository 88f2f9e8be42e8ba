package kbtest

import (
	"testing"

	"github.com/stoa-go/stoa/kb"
)

// Checks gives the contract to the tests of this package.
func Checks() map[string]func(testing.TB, kb.Store) {
	out := map[string]func(testing.TB, kb.Store){}
	for _, c := range promises() {
		out[c.name] = c.check
	}
	return out
}
