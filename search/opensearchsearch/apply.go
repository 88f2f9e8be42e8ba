package opensearchsearch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/stoa-go/stoa/search"
)

// Apply implements [search.Index]. Documents come first and are shown all at
// once, cursors follow: what ends in between is repeated and never left out.
func (x *Index) Apply(ctx context.Context, b search.Batch) error {
	groups, err := x.groups(b.Changes)
	if err != nil {
		return err
	}
	if err := x.enter(ctx); err != nil {
		return err
	}
	defer x.leave()
	if len(b.Changes)+len(b.Cursors) == 0 {
		return nil
	}
	x.gone(ctx)
	return x.say(x.apply(ctx, b, groups))
}

func (x *Index) apply(ctx context.Context, b search.Batch, groups map[string][]record) error {
	t, err := x.begin(ctx)
	if err != nil {
		return err
	}
	defer x.forget()
	done, err := x.known.check(t, b)
	if err != nil || done {
		x.giveUp(ctx, t, false)
		return err
	}
	if err := x.write(ctx, t, groups); err != nil {
		x.giveUp(ctx, t, true)
		return err
	}
	if err := x.end(ctx, t, b.Cursors); err != nil {
		return err
	}
	x.known.moved(t.at.Index, b.Cursors)
	return nil
}

// groups returns what becomes of each group, by its name: of two changes to one
// the last is right.
func (x *Index) groups(changes []search.Change) (map[string][]record, error) {
	out := make(map[string][]record, len(changes))
	for _, c := range changes {
		records := []record{}
		for _, d := range c.Documents {
			if d.ID == "" || d.Group != c.Group {
				return nil, fmt.Errorf("document %q of group %q: %w", d.ID, c.Group, search.ErrInvalid)
			}
			records = append(records, x.record(d))
		}
		out[c.Group] = records
	}
	return out, nil
}

// write replaces groups and shows the result.
func (x *Index) write(ctx context.Context, t turn, groups map[string][]record) error {
	if len(groups) == 0 {
		return nil
	}
	if t.torn { // what was written in the turn before may be part of these groups
		if err := x.refresh(ctx, t.at.Index); err != nil {
			return err
		}
	}
	there, err := x.there(ctx, t.at.Index, groups)
	if err != nil {
		return err
	}
	bulk := &bulk{index: x, turn: t}
	for _, records := range groups {
		for _, r := range records {
			id := recordID(r.Doc.Document.ID)
			delete(there, id)
			if err := bulk.put(ctx, id, r); err != nil {
				return err
			}
		}
	}
	for id := range there {
		if err := bulk.remove(ctx, id); err != nil {
			return err
		}
	}
	if err := bulk.send(ctx); err != nil {
		return err
	}
	return x.refresh(ctx, t.at.Index)
}

func (x *Index) refresh(ctx context.Context, index string) error {
	var got struct {
		Shards *shards `json:"_shards"`
	}
	if err := x.client.call(ctx, http.MethodPost, "/"+index+"/_refresh", nil, nil, &got); err != nil {
		return err
	}
	return got.Shards.check()
}

const (
	pageSize   = 5000    // documents of groups that are asked for at once
	groupsSize = 500     // groups of which they are
	bulkBytes  = 8 << 20 // of one request that writes
)

// there returns the names of the documents that an index has of some groups.
func (x *Index) there(ctx context.Context, index string, groups map[string][]record) (map[string]bool, error) {
	found := map[string]bool{}
	var some []string
	for group := range groups {
		if some = append(some, key(group)); len(some) == groupsSize {
			if err := x.addThere(ctx, index, some, found); err != nil {
				return nil, err
			}
			some = some[:0]
		}
	}
	return found, x.addThere(ctx, index, some, found)
}

func (x *Index) addThere(ctx context.Context, index string, groups []string, found map[string]bool) error {
	if len(groups) == 0 {
		return nil
	}
	body := object{
		"size": pageSize, "_source": false, "query": filtered(terms(fieldGroup, groups...)), "sort": []object{{fieldID: "asc"}},
	}
	for {
		got, err := x.ask(ctx, index, body)
		if err != nil {
			return err
		}
		for _, h := range got.Hits.Hits {
			found[h.ID] = true
		}
		if len(got.Hits.Hits) < pageSize {
			return nil
		}
		body["search_after"] = got.Hits.Hits[pageSize-1].Sort
	}
}

// A bulk collects writes and sends them when they are enough.
type bulk struct {
	index *Index
	turn  turn
	body  bytes.Buffer
	ops   int
}

func (b *bulk) put(ctx context.Context, id string, r record) error { return b.add(ctx, "index", id, r) }
func (b *bulk) remove(ctx context.Context, id string) error        { return b.add(ctx, "delete", id, nil) }

func (b *bulk) add(ctx context.Context, action, id string, source any) error {
	lines := []any{object{action: object{"_id": id, "version": b.turn.Turn, "version_type": "external_gte"}}}
	if source != nil {
		lines = append(lines, source)
	}
	for _, line := range lines {
		data, err := json.Marshal(line)
		if err != nil {
			return fmt.Errorf("document %q: %w: %w", id, search.ErrInvalid, err)
		}
		b.body.Write(append(data, '\n'))
	}
	if b.ops++; b.body.Len() < bulkBytes {
		return nil
	}
	return b.send(ctx)
}

// send writes what was collected. It has been written only if the server says so
// of each.
func (b *bulk) send(ctx context.Context) error {
	if b.ops == 0 {
		return nil
	}
	var got struct {
		Items []map[string]*item `json:"items"`
	}
	err := b.index.client.call(ctx, http.MethodPost, "/"+b.turn.at.Index+"/_bulk", nil, b.body.Bytes(), &got)
	if err != nil {
		return err
	}
	if len(got.Items) != b.ops {
		return fmt.Errorf("%w: the server tells of %d writes of %d", search.ErrUnavailable, len(got.Items), b.ops)
	}
	for _, actions := range got.Items {
		if len(actions) != 1 {
			return fmt.Errorf("%w: a write that is not understood", search.ErrUnavailable)
		}
		for action, i := range actions {
			if err := i.check(action); err != nil {
				return err
			}
		}
	}
	b.body.Reset()
	b.ops = 0
	return nil
}

// An item is what became of one write.
type item struct {
	ID     string `json:"_id"`
	Status int    `json:"status"`
	Error  struct {
		Type   string `json:"type"`
		Reason string `json:"reason"`
	} `json:"error"`
}

func (i *item) check(action string) error {
	switch {
	case i == nil, i.Status == 0:
		return fmt.Errorf("%w: a write that is not understood", search.ErrUnavailable)
	case i.Status < http.StatusMultipleChoices, action == "delete" && i.Status == http.StatusNotFound && i.Error.Type == "":
		return nil
	}
	return fmt.Errorf("document %q: %w", i.ID, &refusal{status: i.Status, kind: i.Error.Type, reason: i.Error.Reason})
}
