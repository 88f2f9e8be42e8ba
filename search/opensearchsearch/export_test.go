package opensearchsearch

import (
	"context"
	"maps"
	"net/http"
	"slices"
)

// Drop removes all indexes of the prefix from the server.
func (x *Index) Drop() error {
	ctx := context.Background()
	var got map[string]struct{}
	if err := x.client.call(ctx, http.MethodGet, "/"+x.opts.Prefix+"-*/_alias", nil, nil, &got); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if !x.ours(name) {
			continue
		}
		if err := x.remove(ctx, name); err != nil {
			return err
		}
	}
	return nil
}
