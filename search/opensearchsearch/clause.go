package opensearchsearch

// The few kinds of queries that are used, all of which every version of either
// server has.

// terms finds what has any of some values, which nothing has if there are none.
func terms(field string, values ...string) object {
	return object{"terms": object{field: append([]string{}, values...)}}
}

func termIs(field, value string, boost float64) object {
	return object{"term": object{field: object{"value": value, "boost": boost}}}
}

func phraseIs(field, query string, boost float64) object {
	return object{"match_phrase": object{field: object{"query": query, "boost": boost}}}
}

func prefixIs(field, value string, boost float64) object {
	return object{"prefix": object{field: object{"value": value, "boost": boost}}}
}

func nothing() object { return object{"match_none": object{}} }

func constant(filter object, boost float64) object {
	return object{"constant_score": object{"filter": filter, "boost": boost}}
}

// filtered finds what passes all filters.
func filtered(filters ...object) object { return object{"bool": object{"filter": filters}} }

// anyOf finds what any of some queries finds, scored by the sum of those that do.
func anyOf(queries []object) object {
	if len(queries) == 0 {
		return nothing()
	}
	return object{"bool": object{"should": queries, "minimum_should_match": 1}}
}

// bestOf finds what any of some queries finds, scored by the best.
func bestOf(queries []object) object { return object{"dis_max": object{"queries": queries}} }
