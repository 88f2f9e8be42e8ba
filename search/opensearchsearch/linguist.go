package opensearchsearch

import "github.com/stoa-go/stoa/search"

var _ search.Linguist = (*Index)(nil)

// Terms implements [search.Linguist].
func (x *Index) Terms(locale, text string) []string { return x.library.Terms(locale, text) }
