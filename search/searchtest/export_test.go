package searchtest

import (
	"testing"

	"github.com/stoa-go/stoa/search"
)

// IndexChecks and SourceChecks give the contracts to the tests of this package.
func IndexChecks() map[string]func(testing.TB, func() search.Index) {
	out := map[string]func(testing.TB, func() search.Index){}
	for _, c := range indexContract {
		out[c.name] = c.check
	}
	return out
}

func SourceChecks() map[string]func(testing.TB, search.Source, Fixture) {
	out := map[string]func(testing.TB, search.Source, Fixture){}
	for _, c := range sourceContract {
		out[c.name] = c.check
	}
	return out
}
