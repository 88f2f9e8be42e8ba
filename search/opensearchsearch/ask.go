package opensearchsearch

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/stoa-go/stoa/search"
)

// An answer is what the server says to a search.
type answer struct {
	TimedOut bool    `json:"timed_out"`
	Shards   *shards `json:"_shards"`
	Hits     *struct {
		Total struct {
			Value    int    `json:"value"`
			Relation string `json:"relation"`
		} `json:"total"`
		Hits []hit `json:"hits"`
	} `json:"hits"`
	Aggregations map[string]aggregation `json:"aggregations"`
}

type hit struct {
	ID     string            `json:"_id"`
	Score  float64           `json:"_score"`
	Sort   []json.RawMessage `json:"sort"`
	Source struct {
		Doc *stored `json:"doc"`
	} `json:"_source"`
}

// An aggregation is what was counted under one name. It is a number of documents,
// or buckets of them in a list or by name, with what was counted inside.
type aggregation struct {
	Count   int             `json:"doc_count"`
	Buckets json.RawMessage `json:"buckets"`
	Values  *struct {
		Buckets []bucket `json:"buckets"`
	} `json:"values"`
}

type bucket struct {
	Key   string `json:"key"`
	Count int    `json:"doc_count"`
}

// list returns the buckets of an aggregation of terms.
func (a aggregation) list() (out []bucket, err error) {
	err = decode(a.Buckets, &out)
	return out, err
}

// named returns the counts of an aggregation of filters.
func (a aggregation) named() (map[string]int, error) {
	var got map[string]bucket
	if err := decode(a.Buckets, &got); err != nil {
		return nil, err
	}
	out := map[string]int{}
	for name, b := range got {
		out[name] = b.Count
	}
	return out, nil
}

// ask searches an index. An answer to a part of it is none.
func (x *Index) ask(ctx context.Context, index string, body object) (*answer, error) {
	var got answer
	query := url.Values{"allow_partial_search_results": {"false"}, "request_cache": {"false"}}
	if err := x.client.send(ctx, http.MethodPost, "/"+index+"/_search", query, body, &got); err != nil {
		return nil, err
	}
	switch {
	case got.TimedOut:
		return nil, fmt.Errorf("%w: the server had not enough time", search.ErrUnavailable)
	case got.Hits == nil:
		return nil, fmt.Errorf("%w: an answer without hits", search.ErrUnavailable)
	}
	return &got, got.Shards.check()
}

// aggregation returns what was counted under a name.
func (a *answer) aggregation(name string) (aggregation, error) {
	found, ok := a.Aggregations[name]
	if !ok {
		return found, fmt.Errorf("%w: an answer without %s", search.ErrUnavailable, name)
	}
	return found, nil
}

var (
	errNotCounted = fmt.Errorf("%w: an answer without counts", search.ErrUnavailable)
	errNoDocument = fmt.Errorf("%w: a hit without its document", search.ErrUnavailable)
)
