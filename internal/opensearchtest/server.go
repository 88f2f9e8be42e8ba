// Package opensearchtest is as much of an OpenSearch server as package
// opensearchsearch uses, in memory, for tests.
package opensearchtest

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// A Server refuses everything that nobody has looked at, so that what is tested
// with it cannot begin to use that. What it does is what the manuals of OpenSearch
// 2 and the source of Lucene say; it is no proof that a server does the same.
type Server struct {
	*httptest.Server

	hook sync.Mutex // held while bad answers
	bad  func(w http.ResponseWriter, r *http.Request, f *Server) bool

	mu      sync.Mutex
	indexes map[string]*index
}

// An index keeps documents as they were written and as they were last shown.
type index struct {
	name       string
	aliases    map[string]bool
	kinds      map[string]string // of fields
	similarity map[string]similarity
	live       map[string]*doc
	shown      []*doc
	seq        int64
}

type doc struct {
	id           string
	seq, version int64
	gone         bool
	source       map[string]any
	texts        map[string]text
}

// New returns a server without indexes, which ends with the test.
func New(t testing.TB) *Server {
	f := Start()
	t.Cleanup(f.Close)
	return f
}

// Start returns a server that whoever asked for it closes.
func Start() *Server {
	f := &Server{indexes: map[string]*index{}}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.misbehaves(w, r) {
			f.ServeHTTP(w, r)
		}
	}))
	return f
}

// A refusal is what the server says in place of an answer.
type refusal struct {
	status       int
	kind, reason string
}

func refuse(status int, kind, format string, args ...any) {
	panic(refusal{status, kind, fmt.Sprintf(format, args...)})
}

// Misbehave has bad answer in place of the server, one request at a time, where it
// reports that it has. nil ends that.
func (f *Server) Misbehave(bad func(w http.ResponseWriter, r *http.Request, f *Server) bool) {
	f.hook.Lock()
	defer f.hook.Unlock()
	f.bad = bad
}

func (f *Server) misbehaves(w http.ResponseWriter, r *http.Request) bool {
	f.hook.Lock()
	defer f.hook.Unlock()
	return f.bad != nil && f.bad(w, r, f)
}

// ServeHTTP implements [http.Handler] for a server that does not misbehave.
func (f *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	defer func() {
		switch p := recover().(type) {
		case nil:
		case refusal:
			Answer(w, p.status, map[string]any{"status": p.status, "error": map[string]any{"type": p.kind, "reason": p.reason}})
		default:
			panic(p)
		}
	}()
	status, answer := f.route(r, body)
	Answer(w, status, answer)
}

// Answer answers a request as a server does.
func Answer(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

func (f *Server) route(r *http.Request, body []byte) (int, any) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	name, rest := parts[0], strings.Join(parts[1:], "/")
	switch r.Method + " " + rest {
	case "POST ":
		return f.changeAliases(name, parse(body))
	case "PUT ":
		return f.createIndex(name, parse(body))
	case "DELETE ":
		f.index(name)
		delete(f.indexes, name)
		return 200, map[string]any{"acknowledged": true}
	case "GET _alias":
		return f.listAliases(name)
	case "POST _refresh":
		f.index(name).refresh()
		return 200, map[string]any{"_shards": okShards}
	case "POST _bulk":
		return f.index(name).bulk(body)
	case "POST _count":
		n := len(f.index(name).matching(parse(body)["query"]))
		return 200, map[string]any{"count": n, "_shards": okShards}
	case "POST _search":
		return 200, f.index(name).search(parse(body))
	}
	if len(parts) == 3 && (parts[1] == "_doc" || parts[1] == "_create") {
		return f.index(name).document(r, parts[1], parts[2], body)
	}
	refuse(400, "illegal_argument_exception", "%s %s", r.Method, r.URL.Path)
	return 0, nil
}

var okShards = map[string]any{"total": 2, "successful": 1, "skipped": 0, "failed": 0}

func parse(body []byte) map[string]any {
	var out map[string]any
	if err := json.Unmarshal(body, &out); err != nil {
		refuse(400, "parsing_exception", "%v", err)
	}
	return out
}

// index returns the index of a name or alias, which must be of one.
func (f *Server) index(name string) *index {
	if x, ok := f.indexes[name]; ok {
		return x
	}
	var found []*index
	for _, x := range f.indexes {
		if x.aliases[name] {
			found = append(found, x)
		}
	}
	if len(found) == 0 {
		refuse(404, "index_not_found_exception", "no such index [%s]", name)
	}
	if len(found) > 1 {
		refuse(400, "illegal_argument_exception", "alias [%s] has more than one index", name)
	}
	return found[0]
}

func (f *Server) createIndex(name string, body map[string]any) (int, any) {
	if _, ok := f.indexes[name]; ok {
		refuse(400, "resource_already_exists_exception", "index [%s] already exists", name)
	}
	x := &index{name: name, aliases: map[string]bool{}, kinds: map[string]string{}, similarity: map[string]similarity{}, live: map[string]*doc{}}
	for key, part := range body {
		switch key {
		case "aliases":
			for alias := range object(part) {
				x.aliases[alias] = true
			}
		case "settings":
			x.settings(object(part))
		case "mappings":
			x.fields(object(part))
		default:
			refuse(400, "parse_exception", "unknown key [%s] for create index", key)
		}
	}
	for field, kind := range x.kinds {
		if similarity := strings.TrimPrefix(kind, "text:"); similarity != kind {
			if _, ok := x.similarity[similarity]; !ok {
				refuse(400, "mapper_parsing_exception", "unknown similarity [%s] of [%s]", similarity, field)
			}
		}
	}
	f.indexes[name] = x
	return 200, map[string]any{"acknowledged": true, "shards_acknowledged": true, "index": name}
}

func object(v any) map[string]any {
	o, ok := v.(map[string]any)
	if !ok {
		refuse(400, "parsing_exception", "want an object, not %v", v)
	}
	return o
}

func (x *index) settings(settings map[string]any) {
	for key, value := range settings {
		switch key {
		case "similarity":
			for name, s := range object(value) {
				x.similarity[name] = newSimilarity(object(s))
			}
		case "number_of_shards", "auto_expand_replicas", "refresh_interval", "gc_deletes", "analysis":
		default:
			refuse(400, "illegal_argument_exception", "unknown setting [index.%s]", key)
		}
	}
	if settings["refresh_interval"] != "-1" {
		refuse(400, "illegal_argument_exception", "this server only refreshes when it is asked to")
	}
}

func (x *index) fields(mappings map[string]any) {
	for name, field := range object(mappings["properties"]) {
		kind := object(field)["type"].(string)
		switch kind {
		case "text":
			kind += ":" + object(field)["similarity"].(string)
		case "keyword", "long", "double", "object":
		default:
			refuse(400, "mapper_parsing_exception", "no handler for type [%s]", kind)
		}
		x.kinds[name] = kind
	}
}

func (f *Server) listAliases(name string) (int, any) {
	out := map[string]any{}
	for _, x := range f.indexes {
		prefix, wild := strings.CutSuffix(name, "*")
		if x.name == name || x.aliases[name] || wild && strings.HasPrefix(x.name, prefix) {
			aliases := map[string]any{}
			for alias := range x.aliases {
				aliases[alias] = map[string]any{}
			}
			out[x.name] = map[string]any{"aliases": aliases}
		}
	}
	if len(out) == 0 && !strings.HasSuffix(name, "*") {
		refuse(404, "index_not_found_exception", "no such index [%s]", name)
	}
	return 200, out
}

func (f *Server) changeAliases(name string, body map[string]any) (int, any) {
	if name != "_aliases" {
		refuse(405, "", "POST /%s", name)
	}
	actions := body["actions"].([]any)
	for _, checked := range []bool{false, true} { // all or none
		for _, a := range actions {
			for kind, what := range object(a) {
				index, alias := object(what)["index"].(string), object(what)["alias"].(string)
				x, ok := f.indexes[index]
				switch {
				case !ok:
					refuse(404, "index_not_found_exception", "no such index [%s]", index)
				case kind == "remove" && !checked && !x.aliases[alias]:
					refuse(404, "aliases_not_found_exception", "aliases [%s] missing", alias)
				case checked && kind == "add":
					x.aliases[alias] = true
				case checked && kind == "remove":
					delete(x.aliases, alias)
				}
			}
		}
	}
	return 200, map[string]any{"acknowledged": true}
}

func (x *index) refresh() {
	x.shown = nil
	for _, id := range slices.Sorted(maps.Keys(x.live)) {
		if d := x.live[id]; !d.gone {
			x.shown = append(x.shown, d)
		}
	}
}

func (x *index) document(r *http.Request, kind, id string, body []byte) (int, any) {
	d := x.live[id]
	if d != nil && d.gone {
		d = nil
	}
	if r.Method == http.MethodGet {
		if d == nil {
			return 404, map[string]any{"_index": x.name, "_id": id, "found": false}
		}
		return 200, map[string]any{
			"_index": x.name, "_id": id, "found": true, "_version": d.version, "_seq_no": d.seq, "_primary_term": 1, "_source": d.source,
		}
	}
	if want := r.URL.Query().Get("if_seq_no"); want != "" && (d == nil || want != strconv.FormatInt(d.seq, 10)) || kind == "_create" && d != nil {
		refuse(409, "version_conflict_engine_exception", "[%s]: version conflict", id)
	}
	version := int64(1)
	if d != nil {
		version = d.version + 1
	}
	d = x.put(id, version, parse(body))
	return 201, map[string]any{"_index": x.name, "_id": id, "_version": version, "_seq_no": d.seq, "_primary_term": 1, "result": "created", "_shards": okShards}
}

func (x *index) put(id string, version int64, source map[string]any) *doc {
	if len(id) > 512 {
		refuse(400, "illegal_argument_exception", "id is too long, must be no longer than 512 bytes")
	}
	x.seq++
	d := &doc{id: id, seq: x.seq, version: version, source: source, texts: map[string]text{}}
	for field, value := range source {
		kind, ok := x.kinds[field]
		switch {
		case !ok:
			refuse(400, "strict_dynamic_mapping_exception", "introduction of [%s] is not allowed", field)
		case strings.HasPrefix(kind, "text:"):
			d.texts[field] = newText(stringsOf(value))
		case kind == "keyword":
			for _, s := range stringsOf(value) {
				if len(s) > 32766 {
					refuse(400, "illegal_argument_exception", "immense term in field [%s]", field)
				}
			}
		}
	}
	x.live[id] = d
	return d
}

// stringsOf returns the values of a field, of which there may be one or many.
func stringsOf(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, s := range v {
			out = append(out, s.(string))
		}
		return out
	}
	refuse(400, "mapper_parsing_exception", "want text, not %v", v)
	return nil
}

func (x *index) bulk(body []byte) (int, any) {
	lines := strings.Split(string(body), "\n")
	if lines[len(lines)-1] != "" {
		refuse(400, "illegal_argument_exception", "the bulk request must be terminated by a newline")
	}
	items, failed := []any{}, false
	for i := 0; i < len(lines)-1; i++ {
		for action, meta := range parse([]byte(lines[i])) {
			var source map[string]any
			if action == "index" {
				i++
				source = parse([]byte(lines[i]))
			}
			item := x.write(action, object(meta), source)
			failed = failed || item["error"] != nil
			items = append(items, map[string]any{action: item})
		}
	}
	return 200, map[string]any{"took": 1, "errors": failed, "items": items}
}

func (x *index) write(action string, meta, source map[string]any) (item map[string]any) {
	id, version := meta["_id"].(string), int64(meta["version"].(float64))
	item = map[string]any{"_index": x.name, "_id": id, "_version": version}
	defer func() {
		if p, ok := recover().(refusal); ok {
			item["status"], item["error"] = p.status, map[string]any{"type": p.kind, "reason": p.reason}
		}
	}()
	if meta["version_type"] != "external_gte" {
		refuse(400, "action_request_validation_exception", "this server wants versions")
	}
	d := x.live[id]
	if d != nil && version < d.version {
		refuse(409, "version_conflict_engine_exception", "[%s]: current version [%d] is higher than [%d]", id, d.version, version)
	}
	item["status"], item["result"] = 200, "updated"
	switch action {
	case "index":
		x.put(id, version, source)
	case "delete":
		if d == nil || d.gone {
			item["status"], item["result"] = 404, "not_found"
		}
		x.seq++
		x.live[id] = &doc{id: id, seq: x.seq, version: version, gone: true}
	default:
		refuse(400, "illegal_argument_exception", "action [%s]", action)
	}
	return item
}

// Indexes returns the names of all indexes, in order.
func (f *Server) Indexes() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.indexes))
}

// DropAliases takes the aliases of all indexes away.
func (f *Server) DropAliases() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.indexes {
		clear(x.aliases)
	}
}
