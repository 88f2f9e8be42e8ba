package site

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/report"
)

const tunePath = "/desk/search"

// tuneRoutes are the pages of those who tune searches. Of documents they show
// what whoever looks may see.
func (s *Site) tuneRoutes() []route {
	const set = nothing + "words that the team has set"
	return append(s.reportRoutes(), []route{
		{"GET " + tunePath, "search tuning", s.tunePage},
		{"GET " + tunePath + "/{list}/{entry}", "search tuning", s.tuneEntry},
		{"POST " + tunePath + "/{list}/{entry}", nothing + "answers like the form", s.saveTuneEntry},
		{"GET " + tunePath + "/preview", "search tuning", s.tunePreview},
		{"POST " + tunePath + "/live", nothing + "answers like the preview", s.tuneGoLive},
		{"POST " + tunePath + "/drop", nothing + "leads back", s.dropTuneDraft},
		{"GET " + tunePath + "/versions", set, s.tuneVersions},
		{"GET " + tunePath + "/versions/{number}", "search tuning", s.tuneVersion},
		{"POST " + tunePath + "/versions/{number}", nothing + "leads back", s.restoreTuning},
		{"GET " + tunePath + "/synonyms.csv", set, s.exportSynonyms},
		{"GET " + tunePath + "/import", set, s.importSynonymsPage},
		{"POST " + tunePath + "/import", nothing + "answers like the form", s.importSynonyms},
	}...)
}

// asked returns what readers searched for most, of what enough of them did.
func (s *Site) asked(ctx context.Context, limit int) ([]string, error) {
	list, err := s.reporter.Questions(ctx, system, report.Filter{}, report.MeasureSearches, limit)
	var out []string
	for _, q := range list {
		out = append(out, q.Text)
	}
	return out, err
}

type tuneBody struct {
	Parts    []deskEntry
	Notice   string
	Open     bool // there is a draft
	Revision int
	Live     string // since when what is live is live
	Who      string // who saved the draft
	Lists    []tuneList
}

// A tuneList is the entries of one kind.
type tuneList struct {
	Key, Title, Note, None, Add string
	Rows                        []tuneRow
}

type tuneRow struct {
	Href, Text, Language string
	Facts                []string
}

var tuneDone = map[string]string{
	"saved": "tune.saved", "removed": "tune.removed", "live": "tune.went_live", "dropped": "tune.dropped", "restored": "tune.restored",
	"imported": "tune.imported",
}

// tunePage shows synonyms, pins and stop words as they are being edited.
func (s *Site) tunePage(w http.ResponseWriter, r *http.Request) error {
	return s.showTune(w, r, http.StatusOK, "")
}

func (s *Site) showTune(w http.ResponseWriter, r *http.Request, status int, fault string) error {
	ctx, v := r.Context(), visitOf(r.Context())
	live, err := s.engine.LiveTuning(ctx, v.By)
	if err != nil {
		return err
	}
	d, err := s.engine.TuningDraft(ctx, v.By)
	if err != nil {
		return err
	}
	names := map[string]string{}
	if err := s.nameIn(ctx, v, names, d.By); err != nil {
		return err
	}
	b := tuneBody{Parts: s.searchParts(v), Notice: fault, Open: d.Open, Revision: d.Revision, Live: v.P.T("tune.live_none"), Who: names[d.By]}
	if live.Number > 0 {
		b.Live = v.P.T("tune.live_since", "n", live.Number, "when", v.P.DateTime(live.At, "medium"))
	}
	if key := tuneDone[v.Query.Get("done")]; key != "" && fault == "" {
		b.Notice = v.P.T(key)
	}
	if b.Lists, err = s.tuneLists(ctx, v, d.Tuning); err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("tune.title"))
	p.Body = b
	return s.show(w, r, status, "desk-tune", p)
}

func (s *Site) tuneLists(ctx context.Context, v *visit, t search.Tuning) ([]tuneList, error) {
	titles, err := s.pinTitles(ctx, v, t)
	if err != nil {
		return nil, err
	}
	out := make([]tuneList, len(tuneKinds))
	for i, kind := range tuneKinds {
		base := v.link(tunePath + "/" + kind)
		out[i] = tuneList{
			Key: kind, Title: v.P.T("tune." + kind), Note: v.P.T("tune." + kind + "_note"), None: v.P.T("tune." + kind + "_none"), Add: base + "/new",
		}
		for n := range tuneCount(t, kind) {
			row := s.tuneRow(v, t, kind, n, titles)
			row.Href = base + "/" + strconv.Itoa(n+1)
			out[i].Rows = append(out[i].Rows, row)
		}
	}
	return out, nil
}

// tuneKinds are the lists of a tuning as they stand in addresses.
var tuneKinds = []string{"synonyms", "pins", "stop-words"}

func tuneCount(t search.Tuning, kind string) int {
	switch kind {
	case "synonyms":
		return len(t.Synonyms)
	case "pins":
		return len(t.Pins)
	}
	return len(t.StopWords)
}

func (s *Site) tuneRow(v *visit, t search.Tuning, kind string, n int, titles map[string]string) tuneRow {
	switch kind {
	case "synonyms":
		one := t.Synonyms[n]
		return tuneRow{Text: synonymText(v, one), Language: languageText(v, one.Locale)}
	case "pins":
		one := t.Pins[n]
		return tuneRow{Text: patternsText(v, one), Language: languageText(v, one.Locale), Facts: pinFacts(v, one, titles)}
	}
	return tuneRow{Text: t.StopWords[n].Word, Language: languageText(v, t.StopWords[n].Locale)}
}

func languageText(v *visit, tag string) string {
	if tag == "" {
		return v.P.T("tune.all_languages")
	}
	return i18n.Locale(tag).Name(v.Locale)
}

// synonymText says what a synonym does.
func synonymText(v *visit, s search.Synonym) string {
	from, to := strings.Join(s.From, ", "), strings.Join(s.To, ", ")
	switch {
	case s.TwoWay && to == "":
		return v.P.T("tune.same", "words", from)
	case s.TwoWay:
		return v.P.T("tune.two_way", "from", from, "to", to)
	}
	return v.P.T("tune.one_way", "from", from, "to", to)
}

func patternsText(v *visit, p search.Pin) string {
	var out []string
	for _, q := range p.Queries {
		if q.Match == search.MatchWords {
			out = append(out, v.P.T("tune.among", "words", q.Text))
			continue
		}
		out = append(out, q.Text)
	}
	return strings.Join(out, " · ")
}

// pinFacts says what a pin shows, by title where whoever looks may see it, and
// when.
func pinFacts(v *visit, p search.Pin, titles map[string]string) []string {
	var out []string
	for i, g := range p.Groups {
		title := titles[g]
		if title == "" {
			title = g
		}
		out = append(out, v.P.T("tune.place", "n", i+1, "title", title))
	}
	if !p.From.IsZero() {
		out = append(out, v.P.T("tune.from_on", "when", v.P.DateTime(p.From, "medium")))
	}
	if !p.Until.IsZero() {
		out = append(out, v.P.T("tune.until", "when", v.P.DateTime(p.Until, "medium")))
	}
	return out
}

// pinTitles returns the titles of what is pinned, as far as the visitor may see
// it.
func (s *Site) pinTitles(ctx context.Context, v *visit, t search.Tuning) (map[string]string, error) {
	var groups []string
	for _, p := range t.Pins {
		groups = append(groups, p.Groups...)
	}
	slices.Sort(groups)
	by := v.By
	by.Locale = string(v.Wanted)
	out := map[string]string{}
	for chunk := range slices.Chunk(slices.Compact(groups), 50) {
		titles, err := s.engine.Titles(ctx, by, chunk)
		if err != nil {
			return nil, err
		}
		maps.Copy(out, titles)
	}
	return out, nil
}

// tuneLines says what is in a tuning, one line for each entry, to be compared.
func (s *Site) tuneLines(v *visit, t search.Tuning, titles map[string]string) (out []string) {
	for _, kind := range tuneKinds {
		for n := range tuneCount(t, kind) {
			row := s.tuneRow(v, t, kind, n, titles)
			out = append(out, strings.Join(append([]string{v.P.T("tune.line", "list", v.P.T("tune."+kind), "text", row.Text, "language", row.Language)}, row.Facts...), " · "))
		}
	}
	return out
}

// dropTuneDraft gives up the draft.
func (s *Site) dropTuneDraft(w http.ResponseWriter, r *http.Request) error {
	revision, err := tuneVersionSent(r, "version")
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	err = s.engine.DropTuning(r.Context(), v.By, revision)
	return s.afterForm(w, r, err, tunePath+"?done=dropped", func(status int, _ map[string]string) error {
		return s.showTune(w, r, status, v.P.Error(err))
	})
}

// tuneVersionSent returns a number that a form carries along.
func tuneVersionSent(r *http.Request, name string) (int, error) {
	if err := r.ParseForm(); err != nil {
		return 0, errs.Invalid
	}
	n, err := strconv.Atoi(r.PostFormValue(name))
	if err != nil {
		return 0, errs.Invalid
	}
	return n, nil
}
