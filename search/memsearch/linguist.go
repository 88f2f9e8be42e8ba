package memsearch

import "github.com/stoa-go/stoa/search"

var _ search.Linguist = (*Index)(nil)

// Terms implements [search.Linguist]. No word is too common for it.
func (x *Index) Terms(_, text string) (out []string) {
	for _, t := range tokenize(text) {
		out = append(out, t.text)
	}
	return out
}
