package site

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
)

// particulars are what a reason says of one file: names in quotes, numbers, and
// what is after a colon.
var particulars = regexp.MustCompile(`"[^"]*"|“[^”]*”|\d+|: .*$`)

// An importDocument is what came of an import, for programs.
type importDocument struct {
	File       string            `json:"file"`
	Source     string            `json:"source,omitempty"`
	State      importState       `json:"state"`
	Try        bool              `json:"try"`
	Articles   int               `json:"articles"`
	Texts      int               `json:"texts"`
	Created    int               `json:"created"`
	Updated    int               `json:"updated"`
	Unchanged  int               `json:"unchanged"`
	Categories int               `json:"categories"`
	Media      int               `json:"media"`
	Redirects  int               `json:"redirects"`
	Faults     int               `json:"faults"`
	Changes    []documentChange  `json:"changes"`
	Problems   []documentProblem `json:"problems"`
}

type documentChange struct {
	Article string `json:"article"`
	Title   string `json:"title"`
	New     bool   `json:"new"`
}

type documentProblem struct {
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"`
	Reason string `json:"reason"`
}

// endedImport returns an import that has ended, for its report.
func (s *Site) endedImport(r *http.Request) (importJob, error) {
	j, err := s.db.importOf(r.Context(), r.PathValue("job"))
	if err == nil && !j.ended() {
		err = errs.NotFound
	}
	return j, err
}

func documentOf(v *visit, j importJob) importDocument {
	r := j.Facts.Report
	d := importDocument{
		File: j.Facts.Known, Source: j.Facts.Source, State: j.State, Try: j.Facts.Try, Articles: r.Articles, Texts: r.Texts,
		Created: r.Created, Updated: r.Updated, Unchanged: r.Unchanged, Categories: r.Categories, Media: r.Media, Redirects: r.Redirects,
		Faults: j.Facts.Faults, Changes: []documentChange{}, Problems: []documentProblem{},
	}
	for _, c := range r.Changes {
		d.Changes = append(d.Changes, documentChange(c))
	}
	for _, p := range r.Problems {
		d.Problems = append(d.Problems, documentProblem{p.File, p.Line, reasonIn(v.P, p)})
	}
	return d
}

// importReport sends what came of an import as JSON.
func (s *Site) importReport(w http.ResponseWriter, r *http.Request) error {
	j, err := s.endedImport(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="import.json"`)
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(documentOf(visitOf(r.Context()), j))
}

// importTable sends what came of an import as a table.
func (s *Site) importTable(w http.ResponseWriter, r *http.Request) error {
	j, err := s.endedImport(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="import.csv"`)
	d := documentOf(visitOf(r.Context()), j)
	out := csv.NewWriter(w)
	rows := [][]string{{"what", "article", "title", "file", "line", "reason"}}
	for _, c := range d.Changes {
		rows = append(rows, []string{changeWord(kb.ImportChange(c)), c.Article, web.Cell(c.Title), "", "", ""})
	}
	for _, p := range d.Problems {
		rows = append(rows, []string{"not taken in", "", "", web.Cell(p.File), strconv.Itoa(p.Line), web.Cell(p.Reason)})
	}
	return out.WriteAll(rows)
}

func changeWord(c kb.ImportChange) string {
	if c.New {
		return "new"
	}
	return "changed"
}
