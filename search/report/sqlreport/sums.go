package sqlreport

import (
	"context"
	"fmt"
	"strings"

	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/search/report"
)

type sumRow struct {
	Key, Text                                                               string
	People                                                                  int
	Searches, Empty, Unclicked, Refined, Exits, Cases, Followed, Ranks, Top int
}

func (r sumRow) row() report.Row {
	return report.Row{Key: r.Key, Text: r.Text, People: r.People, Counts: report.Counts{
		Searches: r.Searches, Empty: r.Empty, Unclicked: r.Unclicked, Refined: r.Refined, Exits: r.Exits, Cases: r.Cases,
		Followed: r.Followed, Ranks: r.Ranks, Top: r.Top,
	}}
}

// keyOf is what rows of a dimension are told apart by.
func keyOf(d report.Dimension) string {
	switch d {
	case report.DimensionQuestion:
		return "locale || '|' || query"
	case report.DimensionDay:
		return "day"
	case report.DimensionBrand:
		return "brand"
	case report.DimensionRole:
		return "role"
	case report.DimensionLanguage:
		return "locale"
	case report.DimensionChannel:
		return "channel"
	}
	return "''"
}

// factsOf returns the conditions of a query, or that nothing can match.
func factsOf(q report.SumQuery) (w *sqldb.Where, none bool) {
	w = &sqldb.Where{}
	switch {
	case q.Questions != nil:
		questions(w, q.Questions)
	case q.By == report.DimensionQuestion:
		w.And("query <> ''")
	default:
		w.And("query = ''")
	}
	for _, c := range []struct{ cond, value string }{
		{"day >= ?", q.From}, {"day <= ?", q.Until}, {"brand = ?", q.Brand}, {"role = ?", q.Role}, {"locale = ?", q.Language}, {"channel = ?", q.Channel},
	} {
		if c.value != "" {
			w.And(c.cond, c.value)
			none = none || sqldb.CheckText(c.value) != nil
		}
	}
	return w, none
}

// questions lets only some questions through; those that no column can hold are
// none.
func questions(w *sqldb.Where, list []report.Query) {
	var args []any
	for _, q := range list {
		if sqldb.CheckText(q.Locale, q.Text) == nil {
			args = append(args, q.Locale, q.Text)
		}
	}
	if len(args) == 0 {
		w.And("1 = 0")
		return
	}
	w.And("(locale, query) in (values (?, ?)"+strings.Repeat(", (?, ?)", len(args)/2-1)+") and query <> ''", args...)
}

// measureOf is what rows are ordered by.
func measureOf(m report.Measure) string {
	if m == report.MeasureRank {
		return "(case when followed > 0 then 1.0 * ranks / followed else 0 end)"
	}
	return string(m) // one of the columns: see Sums
}

// Sums implements [report.Store].
func (s *Store) Sums(ctx context.Context, q report.SumQuery) ([]report.Row, error) {
	w, none := factsOf(q)
	if none {
		return nil, ctx.Err()
	}
	var sums, names []string
	for _, name := range counted {
		sums, names = append(sums, "cast(sum("+name+") as bigint) as "+name), append(names, "n."+name)
	}
	key, cond := keyOf(q.By), w.String()
	text := fmt.Sprintf(`select n.key, n.text, coalesce(p.people, 0) as people, %s from (
			select %[2]s as key, %s as text, %s from stoa_search_count %s group by 1
		) as n left join (
			select key, cast(sum(n) as bigint) as people from (
				select %[2]s as key, count(distinct person) as n from stoa_search_asker %[5]s and person <> '' group by 1
				union all
				select key, max(n) as n from (select %[2]s as key, day, count(distinct visitor) as n from stoa_search_asker %[5]s and person = '' and visitor <> '' group by 1, 2) as d group by key
			) as a group by key
		) as p on p.key = n.key where coalesce(p.people, 0) >= %s`, strings.Join(names, ", "), key, textOf(q.By), strings.Join(sums, ", "), cond, w.Arg(q.People))
	order := "n.key"
	if q.Order != "" {
		measure := measureOf(q.Order)
		text, order = text+" and "+measure+" > 0", measure+" desc, n.key"
	}
	text += " order by " + order
	if q.Limit > 0 {
		text += " limit " + w.Arg(q.Limit)
	}
	var rows []sumRow
	if err := s.db.Select(ctx, &rows, text, w.Args()...); err != nil {
		return nil, err
	}
	var out []report.Row
	for _, r := range rows {
		if q.By == report.DimensionNone && r.Searches == 0 {
			continue // a sum of nothing is a row
		}
		out = append(out, r.row())
	}
	return out, nil
}

func textOf(d report.Dimension) string {
	if d == report.DimensionQuestion {
		return "max(text)"
	}
	return "''"
}
