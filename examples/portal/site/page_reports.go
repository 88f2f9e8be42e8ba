package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/search/report"
)

const (
	reportsPath = tunePath + "/reports"
	workPath    = tunePath + "/worklist"
	comparePath = tunePath + "/compare"
)

// reportRoutes are the pages of how searches do. They show what enough people
// asked, and no document.
func (s *Site) reportRoutes() []route {
	const figures = nothing + "figures, and what enough people searched for, without who did"
	return append(s.compareRoutes(), []route{
		{"GET " + reportsPath, figures, s.reportsPage},
		{"GET " + workPath, figures, s.workPage},
		{"POST " + workPath, nothing + "answers like the worklist", s.decideWork},
	}...)
}

type reportParams struct {
	Days     int            `query:"days" default:"28" clamp:"1,366"`
	Language string         `query:"language" max:"35"`
	Role     string         `query:"role" max:"100"`
	Brand    string         `query:"brand" max:"100"`
	Channel  string         `query:"channel" max:"40"`
	Measure  report.Measure `query:"measure" max:"20"`
	Question string         `query:"question" max:"500"`
}

func (q reportParams) filter() report.Filter {
	return report.Filter{Days: q.Days, Language: q.Language, Role: q.Role, Brand: q.Brand, Channel: q.Channel}
}

type reportsBody struct {
	Parts   []deskEntry
	Filters []input
	Few     bool
	Until   string
	Figures []reportFigure
	Trend   trend
	One     *oneQuestion
	Rows    []askedRow
	Sorted  string // what rows are ordered by
	Table   string // address
	Splits  []split
}

// A reportFigure is a number with what it was before.
type reportFigure struct {
	Title, Value, Before string
}

// oneQuestion is a question day by day.
type oneQuestion struct {
	Text, Locale string
	Trend        trend
	Missing      bool // too few people asked it
}

type askedRow struct {
	Text, Locale, Language, Href string
	People                       int
	Cells                        []string
}

// A split is figures by one dimension.
type split struct {
	Title string
	Rows  []splitRow
}

type splitRow struct {
	Name, Href string
	Searches   int
	Width      int // of 100
	Failed     string
}

// searchParts are the pages about searches, beside each other.
func (s *Site) searchParts(v *visit) []deskEntry {
	var out []deskEntry
	for _, one := range []struct{ key, path string }{{"tune.title", tunePath}, {"reports.title", reportsPath}, {"work.title", workPath}, {"compare.title", comparePath}} {
		out = append(out, deskEntry{v.P.T(one.key), v.link(one.path), v.Path == one.path})
	}
	return out
}

// reportsPage shows what people search for and what comes of it.
func (s *Site) reportsPage(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[reportParams](r)
	if err != nil {
		return err
	}
	if !slices.Contains(report.Measures(), q.Measure) {
		q.Measure = report.MeasureSearches
	}
	ctx, v := r.Context(), visitOf(r.Context())
	sum, err := s.reporter.Summary(ctx, v.By, q.filter())
	if err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("reports.title"), crumb{Title: v.P.T("tune.title"), Href: v.link(tunePath)})
	b := reportsBody{Parts: s.searchParts(v), Few: sum.Few, Figures: figuresOf(v, sum), Sorted: v.P.T("reports.by_" + string(q.Measure))}
	if !sum.Until.IsZero() {
		b.Until = v.P.DateTime(sum.Until, "medium")
	}
	for _, d := range sum.Days {
		b.Trend.add(v, d.Key, d.Searches, d.Searches-d.Followed, -1)
	}
	b.Trend.draw()
	for _, fill := range []func(context.Context, *page, reportParams, *reportsBody) error{s.fillReportFilters, s.fillQuestions, s.fillSplits, s.fillOne} {
		if err := fill(ctx, p, q, &b); err != nil {
			return err
		}
	}
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-reports", p)
}

// figuresOf returns the numbers of all searches together.
func figuresOf(v *visit, sum report.Summary) []reportFigure {
	now, before := sum.Counts, sum.Before
	share := func(key string, of func(report.Counts) int) reportFigure {
		f := reportFigure{Title: v.P.T(key), Value: v.P.Percent(part(of(now), now.Searches), 0)}
		if before.Searches > 0 {
			f.Before = v.P.T("reports.before", "value", v.P.Percent(part(of(before), before.Searches), 0))
		}
		return f
	}
	out := []reportFigure{{Title: v.P.T("reports.searches"), Value: v.P.Number(now.Searches)}, {Title: v.P.T("reports.people"), Value: v.P.Number(sum.People)}}
	if before.Searches > 0 {
		out[0].Before = v.P.T("reports.before", "value", v.P.Number(before.Searches))
	}
	for _, one := range []struct {
		key string
		of  func(report.Counts) int
	}{
		{"reports.followed", func(c report.Counts) int { return c.Followed }},
		{"reports.by_empty", func(c report.Counts) int { return c.Empty }},
		{"reports.by_unclicked", func(c report.Counts) int { return c.Unclicked }},
		{"reports.by_refined", func(c report.Counts) int { return c.Refined }},
		{"reports.by_exits", func(c report.Counts) int { return c.Exits }},
		{"reports.by_cases", func(c report.Counts) int { return c.Cases }},
	} {
		out = append(out, share(one.key, one.of))
	}
	rank := reportFigure{Title: v.P.T("reports.by_rank"), Value: v.P.Decimal(now.Rank(), 1)}
	if before.Followed > 0 {
		rank.Before = v.P.T("reports.before", "value", v.P.Decimal(before.Rank(), 1))
	}
	top := reportFigure{Title: v.P.T("reports.top"), Value: v.P.Percent(part(now.Top, now.Followed), 0)}
	return append(out, rank, top)
}

func part(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// reportDays are the stretches of time that are offered.
var reportDays = []int{7, 28, 90, 365}

// filterInputs returns the questions by which figures are narrowed. There is
// nothing to choose from where all people are of one kind.
func (s *Site) filterInputs(ctx context.Context, v *visit, f report.Filter) ([]input, error) {
	days := input{Name: "days", Label: v.P.T("reports.days"), Kind: "select", Value: strconv.Itoa(f.Days)}
	if !slices.Contains(reportDays, f.Days) {
		days.Choices = append(days.Choices, option{days.Value, v.P.T("reports.last", "n", f.Days)})
	}
	for _, n := range reportDays {
		days.Choices = append(days.Choices, option{strconv.Itoa(n), v.P.T("reports.last", "n", n)})
	}
	out := []input{days}
	for _, d := range report.Dimensions() {
		in := input{Name: string(d), Label: v.P.T("reports.of_" + string(d)), Kind: "select", Value: narrowedTo(f, d), Choices: []option{{"", v.P.T("people.any")}}}
		rows, err := s.reporter.Breakdown(ctx, v.By, report.Filter{Days: f.Days}, d)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if row.Key != "" {
				in.Choices = append(in.Choices, option{row.Key, s.dimensionName(ctx, v, d, row.Key)})
			}
		}
		if in.Value != "" && !slices.ContainsFunc(in.Choices, func(o option) bool { return o.Value == in.Value }) {
			in.Choices = append(in.Choices, option{in.Value, s.dimensionName(ctx, v, d, in.Value)})
		}
		if len(in.Choices) > 2 || in.Value != "" {
			out = append(out, in)
		}
	}
	return out, nil
}

// narrowedTo returns the value of a dimension that a filter selects.
func narrowedTo(f report.Filter, d report.Dimension) string {
	return map[report.Dimension]string{
		report.DimensionLanguage: f.Language, report.DimensionRole: f.Role, report.DimensionBrand: f.Brand, report.DimensionChannel: f.Channel,
	}[d]
}

func (s *Site) fillReportFilters(ctx context.Context, p *page, q reportParams, b *reportsBody) (err error) {
	if b.Filters, err = s.filterInputs(ctx, p.visit, q.filter()); err != nil {
		return err
	}
	measure := input{Name: "measure", Label: p.P.T("reports.sorted"), Kind: "select", Value: string(q.Measure)}
	for _, m := range report.Measures() {
		measure.Choices = append(measure.Choices, option{string(m), p.P.T("reports.by_" + string(m))})
	}
	b.Filters = append(b.Filters, measure)
	return nil
}

// dimensionName returns what a value is called.
func (s *Site) dimensionName(ctx context.Context, v *visit, d report.Dimension, key string) string {
	switch d {
	case report.DimensionLanguage:
		return i18n.Locale(key).Name(v.Locale)
	case report.DimensionRole:
		if key == "visitor" || key == "person" {
			return v.P.T("reports.role_" + key)
		}
		return s.roleName(ctx, v, profile.Role(key))
	case report.DimensionBrand:
		for _, brand := range s.declared.Brands {
			if brand.ID == key && brand.Name != "" {
				return brand.Name
			}
		}
	case report.DimensionChannel:
		if name := "reports.channel_" + key; v.P.Has(name) {
			return v.P.T(name)
		}
	}
	return key
}

// questionsShown is how many questions a page of reports lists.
const questionsShown = 25

func (s *Site) fillQuestions(ctx context.Context, p *page, q reportParams, b *reportsBody) error {
	list, err := s.reporter.Questions(ctx, p.By, q.filter(), q.Measure, questionsShown)
	if err != nil {
		return err
	}
	for _, one := range list {
		b.Rows = append(b.Rows, askedRow{
			Text: one.Text, Locale: one.Locale, Language: i18n.Locale(one.Locale).Name(p.Locale), People: one.People,
			Href: p.With("question", one.Key()) + "#question", Cells: cellsOf(p.visit, one.Counts),
		})
	}
	b.Table = apiPrefix + "/search-reports/questions.csv?" + url.Values{
		"days": {strconv.Itoa(q.Days)}, "language": {q.Language}, "role": {q.Role}, "brand": {q.Brand}, "channel": {q.Channel}, "measure": {string(q.Measure)}, "limit": {"200"},
	}.Encode()
	return nil
}

// cellsOf returns the figures of a row in a table.
func cellsOf(v *visit, c report.Counts) []string {
	out := []string{v.P.Number(c.Searches)}
	for _, n := range []int{c.Empty, c.Unclicked, c.Refined, c.Exits, c.Cases} {
		out = append(out, v.P.Percent(part(n, c.Searches), 0))
	}
	rank := "–"
	if c.Followed > 0 {
		rank = v.P.Decimal(c.Rank(), 1)
	}
	return append(out, rank)
}

func (s *Site) fillSplits(ctx context.Context, p *page, q reportParams, b *reportsBody) error {
	for _, d := range report.Dimensions() {
		rows, err := s.reporter.Breakdown(ctx, p.By, q.filter(), d)
		if err != nil {
			return err
		}
		if len(rows) < 2 {
			continue
		}
		one := split{Title: p.P.T("reports.of_" + string(d))}
		for _, row := range rows {
			name, href := p.P.T("reports.unknown"), ""
			if row.Key != "" {
				name, href = s.dimensionName(ctx, p.visit, d, row.Key), p.With(string(d), row.Key)
			}
			one.Rows = append(one.Rows, splitRow{
				Name: name, Href: href, Searches: row.Searches, Width: (100*row.Searches + rows[0].Searches - 1) / rows[0].Searches,
				Failed: p.P.Percent(row.Failed(), 0),
			})
		}
		b.Splits = append(b.Splits, one)
	}
	return nil
}

// fillOne shows the question that was asked for day by day.
func (s *Site) fillOne(ctx context.Context, p *page, q reportParams, b *reportsBody) error {
	if q.Question == "" {
		return nil
	}
	asked := report.QueryOf(q.Question)
	asked = report.NewQuery(asked.Locale, asked.Text)
	b.One = &oneQuestion{Text: asked.Text, Locale: asked.Locale}
	days, err := s.reporter.Trend(ctx, p.By, asked, q.filter())
	if errors.Is(err, report.ErrNotFound) {
		b.One.Missing = true
		return nil
	}
	if err != nil {
		return err
	}
	b.One.Trend = questionTrend(p.visit, days)
	return nil
}

// questionTrend draws a question day by day: how often it was asked, and how often
// nothing was followed.
func questionTrend(v *visit, days []report.Row) (t trend) {
	for _, d := range days {
		t.add(v, d.Key, d.Searches, d.Searches-d.Followed, -1)
	}
	t.draw()
	return t
}
