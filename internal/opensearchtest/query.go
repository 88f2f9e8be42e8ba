package opensearchtest

import (
	"cmp"
	"fmt"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A text is a text in terms, with their positions.
type text struct {
	at     map[string][]int
	length int
}

// newText cuts texts at white space, as the tokenizer of that name does.
func newText(texts []string) text {
	t := text{at: map[string][]int{}}
	position := 0
	for _, text := range texts {
		for _, term := range strings.FieldsFunc(text, unicode.IsSpace) {
			if len(term) > 1024 {
				refuse(400, "illegal_argument_exception", "this server would cut a term in two: %s", term)
			}
			t.at[term] = append(t.at[term], position)
			t.length++
			position++
		}
		position += 100
	}
	return t
}

// A similarity is the script that scores an occurrence.
type similarity struct{ a, b, c, d, e float64 }

func newSimilarity(s map[string]any) (out similarity) {
	source := object(s["script"])["source"].(string)
	const form = "return query.boost * doc.freq * %g / (doc.freq + %g * (%g + %g * doc.length / %g));"
	if n, err := fmt.Sscanf(source, form, &out.a, &out.b, &out.c, &out.d, &out.e); s["type"] != "scripted" || n != 5 || err != nil {
		refuse(400, "script_exception", "this server does not know %q: %v", source, err)
	}
	return out
}

func (s similarity) score(boost float64, freq, length int) float32 {
	f := float64(freq)
	return float32(float64(float32(boost)) * f * s.a / (f + s.b*(s.c+s.d*float64(lossy(length))/s.e)))
}

// lossy returns a length as Lucene keeps it in a byte: SmallFloat.intToByte4.
func lossy(n int) int {
	const free = 24
	if n < free {
		return n
	}
	n -= free
	if width := bits.Len(uint(n)); width > 4 {
		n = n >> (width - 4) << (width - 4)
	}
	return n + free
}

// A query says whether it finds a document and with what score.
type query func(d *doc) (float32, bool)

// query compiles a query, or refuses it.
func (x *index) query(v any, clauses *int) query {
	if *clauses++; *clauses > 1024 {
		refuse(400, "too_many_nested_clauses", "maxClauseCount is set to 1024")
	}
	if len(object(v)) != 1 {
		refuse(400, "parsing_exception", "a query has one kind: %v", v)
	}
	for kind, body := range object(v) {
		switch o := object(body); kind {
		case "match_all":
			return func(*doc) (float32, bool) { return 1, true }
		case "match_none":
			return func(*doc) (float32, bool) { return 0, false }
		case "exists":
			return func(d *doc) (float32, bool) { return 1, d.source[o["field"].(string)] != nil }
		case "terms", "term", "prefix", "match_phrase":
			return x.leaf(kind, o)
		case "bool":
			return x.boolean(o, clauses)
		case "dis_max":
			return best(x.queries(o["queries"], clauses))
		case "constant_score":
			inner, boost := x.query(o["filter"], clauses), float32(o["boost"].(float64))
			return func(d *doc) (float32, bool) { _, ok := inner(d); return boost, ok }
		case "function_score":
			return x.functions(o, clauses)
		}
	}
	refuse(400, "parsing_exception", "unknown query %v", v)
	return nil
}

func (x *index) queries(v any, clauses *int) (out []query) {
	if v == nil {
		return nil
	}
	for _, q := range v.([]any) {
		out = append(out, x.query(q, clauses))
	}
	return out
}

func best(queries []query) query {
	return func(d *doc) (best float32, found bool) {
		for _, q := range queries {
			if score, ok := q(d); ok {
				best, found = max(best, score), true
			}
		}
		return best, found
	}
}

func (x *index) leaf(kind string, o map[string]any) query {
	if len(o) != 1 {
		refuse(400, "parsing_exception", "[%s] query doesn't support multiple fields", kind)
	}
	for field, body := range o {
		of, ok := x.kinds[field]
		if !ok {
			return func(*doc) (float32, bool) { return 0, false }
		}
		var values []string
		boost := 1.0
		if kind == "terms" {
			values = stringsOf(body)
			if len(values) > 65536 {
				refuse(400, "illegal_argument_exception", "too many terms")
			}
		} else {
			name := map[string]string{"term": "value", "prefix": "value", "match_phrase": "query"}[kind]
			values, boost = []string{object(body)[name].(string)}, object(body)["boost"].(float64)
		}
		if similarity, text := strings.CutPrefix(of, "text:"); text {
			if kind == "terms" || kind == "prefix" {
				refuse(400, "parsing_exception", "this server does not do that with texts")
			}
			if kind == "match_phrase" {
				values = strings.Fields(values[0])
			}
			return phrase(field, values, boost, x.similarity[similarity])
		}
		matches := func(s string) bool { return slices.Contains(values, s) }
		if kind == "prefix" {
			matches = func(s string) bool { return strings.HasPrefix(s, values[0]) }
		}
		return func(d *doc) (float32, bool) {
			return float32(boost), slices.ContainsFunc(stringsOf(d.source[field]), matches)
		}
	}
	return nil
}

// phrase finds words next to each other. Its score is the sum of those of its
// words, each as frequent as the phrase: ScriptedSimilarity.scorer.
func phrase(field string, words []string, boost float64, s similarity) query {
	return func(d *doc) (float32, bool) {
		t, freq := d.texts[field], 0
		for _, start := range t.at[words[0]] {
			same := true
			for i, w := range words {
				_, found := slices.BinarySearch(t.at[w], start+i)
				same = same && found
			}
			if same {
				freq++
			}
		}
		if freq == 0 {
			return 0, false
		}
		return float32(len(words)) * s.score(boost, freq, t.length), true
	}
}

func (x *index) boolean(o map[string]any, clauses *int) query {
	for key := range o {
		if !slices.Contains([]string{"must", "filter", "should", "must_not", "minimum_should_match"}, key) {
			refuse(400, "parsing_exception", "[bool] query does not support [%s]", key)
		}
	}
	must, filter := x.queries(o["must"], clauses), x.queries(o["filter"], clauses)
	should, not := x.queries(o["should"], clauses), x.queries(o["must_not"], clauses)
	least := 0
	if len(must)+len(filter) == 0 && len(should) > 0 {
		least = 1
	}
	if n, ok := o["minimum_should_match"].(float64); ok {
		least = int(n)
	}
	return func(d *doc) (float32, bool) {
		sum, some := 0.0, 0
		for _, q := range not {
			if _, ok := q(d); ok {
				return 0, false
			}
		}
		for _, q := range filter {
			if _, ok := q(d); !ok {
				return 0, false
			}
		}
		for _, q := range must {
			score, ok := q(d)
			if !ok {
				return 0, false
			}
			sum += float64(score)
		}
		for _, q := range should {
			if score, ok := q(d); ok {
				sum += float64(score)
				some++
			}
		}
		return float32(sum), some >= least
	}
}

func (x *index) functions(o map[string]any, clauses *int) query {
	inner := x.query(o["query"], clauses)
	if o["score_mode"] != "multiply" || o["boost_mode"] != "multiply" {
		refuse(400, "parsing_exception", "this server only multiplies")
	}
	var factors []query
	for _, v := range o["functions"].([]any) {
		f := object(v)
		if by, ok := f["field_value_factor"]; ok {
			field, missing := object(by)["field"].(string), object(by)["missing"].(float64)
			factors = append(factors, func(d *doc) (float32, bool) {
				if n, ok := d.source[field].(float64); ok {
					return float32(n), true
				}
				return float32(missing), true
			})
			continue
		}
		filter, weight := x.query(f["filter"], clauses), float32(f["weight"].(float64))
		factors = append(factors, func(d *doc) (float32, bool) { _, ok := filter(d); return weight, ok })
	}
	return func(d *doc) (float32, bool) {
		score, ok := inner(d)
		for _, f := range factors {
			if factor, applies := f(d); applies {
				score *= factor
			}
		}
		return score, ok
	}
}

func (x *index) matching(query any) (out []hit) {
	if query == nil {
		query = map[string]any{"match_all": map[string]any{}}
	}
	clauses := 0
	q := x.query(query, &clauses)
	for _, d := range x.shown {
		if score, ok := q(d); ok {
			out = append(out, hit{d, score})
		}
	}
	return out
}

type hit struct {
	*doc

	score float32
}

func (x *index) search(body map[string]any) any {
	for key := range body {
		if !slices.Contains([]string{"from", "size", "track_total_hits", "track_scores", "query", "sort", "_source", "post_filter", "aggs", "search_after"}, key) {
			refuse(400, "parsing_exception", "unknown key for a search [%s]", key)
		}
	}
	found := x.matching(body["query"])
	aggs := x.aggregations(body["aggs"], found)
	if body["post_filter"] != nil {
		clauses := 0
		passes := x.query(body["post_filter"], &clauses)
		found = slices.DeleteFunc(found, func(h hit) bool { _, ok := passes(h.doc); return !ok })
	}
	out := map[string]any{
		"took": 1, "timed_out": false, "_shards": okShards, "aggregations": aggs,
		"hits": map[string]any{"total": map[string]any{"value": len(found), "relation": "eq"}, "hits": x.page(body, found)},
	}
	return out
}

func (x *index) page(body map[string]any, found []hit) any {
	number := func(name string, fallback int) int {
		if n, ok := body[name].(float64); ok {
			return int(n)
		}
		return fallback
	}
	from, size := number("from", 0), number("size", 10)
	if from+size > 10_000 {
		refuse(400, "illegal_argument_exception", "result window is too large")
	}
	sorts := newSorting(x, body["sort"])
	slices.SortStableFunc(found, func(a, b hit) int { return sorts.compare(sorts.values(a), sorts.values(b)) })
	if after, ok := body["search_after"].([]any); ok {
		found = slices.DeleteFunc(found, func(h hit) bool { return sorts.compare(sorts.values(h), after) <= 0 })
	}
	hits := []any{}
	for _, h := range found[min(from, len(found)):min(from+size, len(found))] {
		hits = append(hits, map[string]any{
			"_index": x.name, "_id": h.id, "_score": h.score, "sort": sorts.values(h), "_source": sourceOf(h.source, body["_source"]),
		})
	}
	return hits
}

// sourceOf returns what of a document is to be sent.
func sourceOf(source map[string]any, v any) map[string]any {
	if v == false {
		return nil
	}
	out := map[string]any{}
	for _, name := range stringsOf(object(v)["includes"]) {
		out[name] = source[name]
	}
	for _, path := range stringsOf(object(v)["excludes"]) {
		first, second, _ := strings.Cut(path, ".")
		less := map[string]any{}
		for name, value := range object(out[first]) {
			if name != second {
				less[name] = value
			}
		}
		out[first] = less
	}
	return out
}

type sorting struct {
	fields []string
	down   []bool
}

func newSorting(x *index, v any) (s sorting) {
	if v == nil {
		v = []any{map[string]any{"_score": "desc"}}
	}
	for _, o := range v.([]any) {
		for field, direction := range object(o) {
			if kind := x.kinds[field]; field != "_score" && !slices.Contains([]string{"keyword", "long", "double"}, kind) {
				refuse(400, "illegal_argument_exception", "no sorting by [%s]", field)
			}
			s.fields, s.down = append(s.fields, field), append(s.down, direction == "desc")
		}
	}
	return s
}

func (s sorting) values(h hit) (out []any) {
	for _, field := range s.fields {
		if field == "_score" {
			out = append(out, float64(h.score))
			continue
		}
		out = append(out, h.source[field])
	}
	return out
}

func (s sorting) compare(a, b []any) int {
	for i := range s.fields {
		c := 0
		if x, ok := a[i].(string); ok {
			c = strings.Compare(x, b[i].(string))
		} else {
			c = cmp.Compare(a[i].(float64), b[i].(float64))
		}
		if s.down[i] {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

func (x *index) aggregations(v any, found []hit) map[string]any {
	if v == nil {
		return nil
	}
	out := map[string]any{}
	for name, a := range object(v) {
		out[name] = x.aggregation(object(a), found)
	}
	return out
}

func (x *index) aggregation(a map[string]any, found []hit) any {
	for kind, body := range a {
		switch kind {
		case "terms":
			return x.termsOf(object(body), found)
		case "filter":
			some := x.passing(body, found)
			out := map[string]any{"doc_count": len(some)}
			for name, inner := range x.aggregations(a["aggs"], some) {
				out[name] = inner
			}
			return out
		case "filters":
			buckets := map[string]any{}
			for name, q := range object(object(body)["filters"]) {
				buckets[name] = map[string]any{"doc_count": len(x.passing(q, found))}
			}
			return map[string]any{"buckets": buckets}
		case "aggs":
		default:
			refuse(400, "parsing_exception", "unknown aggregation type [%s]", kind)
		}
	}
	refuse(400, "parsing_exception", "missing definition for aggregation")
	return nil
}

func (x *index) passing(query any, found []hit) (out []hit) {
	clauses := 0
	q := x.query(query, &clauses)
	for _, h := range found {
		if _, ok := q(h.doc); ok {
			out = append(out, h)
		}
	}
	return out
}

func (x *index) termsOf(o map[string]any, found []hit) any {
	field := o["field"].(string)
	if x.kinds[field] != "keyword" {
		refuse(400, "illegal_argument_exception", "no counting by [%s]", field)
	}
	include := regexp.MustCompile(``)
	if s, ok := o["include"].(string); ok {
		include = regexp.MustCompile(`(?s)^(?:` + s + `)$`)
	}
	counts := map[string]int{}
	for _, h := range found {
		for _, v := range slices.Compact(slices.Sorted(slices.Values(stringsOf(h.source[field])))) {
			if include.MatchString(v) {
				counts[v]++
			}
		}
	}
	buckets := []any{}
	keys := []string{}
	for key := range counts {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	for _, key := range keys[:min(len(keys), int(o["size"].(float64)))] {
		buckets = append(buckets, map[string]any{"key": key, "doc_count": counts[key]})
	}
	return map[string]any{"doc_count_error_upper_bound": 0, "sum_other_doc_count": 0, "buckets": buckets}
}
