package blevesearch

import (
	"runtime/debug"
	"sync"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// bleve merges segments in a goroutine of its own, which reads whole files. It
// survives a panic there: merging ends, and sooner or later a write fails, which
// is followed up. But a fault in a mapped file, such as a bad sector or one cut
// short, is no panic unless that goroutine has asked for it, and ends the whole
// program. So it is made to ask, in the one function of ours that it calls.

const background = "stoa.blevesearch" // our name among bleve's callbacks

// heedFaults tells bleve of our callback, once: it keeps them in a variable.
var heedFaults = sync.OnceFunc(func() {
	scorch.RegistryEventCallbacks[background] = func(e scorch.Event) bool {
		if e.Kind == scorch.EventKindPreMergeCheck {
			debug.SetPanicOnFault(true)
		}
		return true // go on
	}
})
