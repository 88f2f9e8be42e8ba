package profile

import (
	"context"
	"iter"
	"time"
)

// A connectionRecord is a connection in an export.
type connectionRecord struct {
	Kind   ConnectionKind `json:"kind"`
	Name   string         `json:"name"`
	MadeBy string         `json:"made_by"`
	MadeAt time.Time      `json:"made_at"`
}

// ConnectionKeeper returns the Keeper of connections, named "connections": of
// who made them. Erasing somebody ends none, for those who use one are others.
// An export has the newest 200.
func ConnectionKeeper(store ConnectionStore) Keeper {
	return NewKeeper("connections",
		func(ctx context.Context, person string) iter.Seq2[any, error] {
			list, err := store.Connections(ctx, ConnectionQuery{MadeBy: person})
			return listed(func(c Connection) any { return connectionRecord{c.Kind, c.Name, c.MadeBy, c.MadeAt} }, list, err)
		},
		func(ctx context.Context, person string, _ Erasure) (Erased, error) {
			n, err := store.ForgetMaker(ctx, person)
			return Erased{Renamed: n}, err
		})
}
