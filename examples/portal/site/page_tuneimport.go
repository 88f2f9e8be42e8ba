package site

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/search"
)

// tuneVersionAsked returns the version that a request is about.
func (s *Site) tuneVersionAsked(r *http.Request) (search.TuningVersion, error) {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return search.TuningVersion{}, errs.NotFound
	}
	return s.engine.TuningVersion(r.Context(), visitOf(r.Context()).By, number)
}

// restoreTuning makes an earlier version live again.
func (s *Site) restoreTuning(w http.ResponseWriter, r *http.Request) error {
	live, err := tuneVersionSent(r, "version")
	if err != nil {
		return err
	}
	one, err := s.tuneVersionAsked(r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	note := v.P.T("tune.restored_note", "n", one.Number)
	_, err = s.engine.RestoreTuning(ctx, v.By, one.Number, live, note)
	if errors.Is(err, search.ErrConflict) && s.wentLive(ctx, v, live+1, note, one.Number) {
		err = nil
	}
	return s.afterForm(w, r, err, tunePath+"?done=restored", func(status int, _ map[string]string) error {
		return s.showTuneVersion(w, r, status, v.P.Error(err))
	})
}

// exportSynonyms sends the synonyms that are being edited as CSV.
func (s *Site) exportSynonyms(w http.ResponseWriter, r *http.Request) error {
	d, err := s.engine.TuningDraft(r.Context(), visitOf(r.Context()).By)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="synonyms.csv"`)
	_, err = w.Write([]byte(search.SynonymsText(d.Synonyms)))
	return err
}

type tuneImportBody struct {
	Form   *sheet
	Export string
}

func (s *Site) importSynonymsPage(w http.ResponseWriter, r *http.Request) error {
	d, err := s.engine.TuningDraft(r.Context(), visitOf(r.Context()).By)
	if err != nil {
		return err
	}
	return s.showTuneImport(w, r, http.StatusOK, d.Revision, "", nil, nil)
}

func (s *Site) showTuneImport(w http.ResponseWriter, r *http.Request, status, revision int, text string, lines []string, faults map[string]string) error {
	v := visitOf(r.Context())
	form := &sheet{Action: v.link(tunePath + "/import"), Version: revision, Submit: v.P.T("tune.take_in"), Wrong: len(lines)+len(faults) > 0, Basics: []input{
		{Name: "text", Label: v.P.T("tune.csv"), Hint: v.P.T("tune.csv_note"), Kind: "lines", Value: text, Required: true},
		{Name: "replace", Label: v.P.T("tune.replace"), Kind: "checkbox", Value: yes(r.PostFormValue("replace") == "yes")},
	}}
	form.Faults = append(lines, note(faults, form.Basics)...)
	p := s.deskPage(r, v.P.T("tune.import"), crumb{Title: v.P.T("tune.title"), Href: v.link(tunePath)})
	p.Body = tuneImportBody{Form: form, Export: v.link(tunePath + "/synonyms.csv")}
	return s.show(w, r, status, "desk-tune-import", p)
}

// importSynonyms takes synonyms from a text into the draft, all of them or none.
func (s *Site) importSynonyms(w http.ResponseWriter, r *http.Request) error {
	revision, err := tuneVersionSent(r, "version")
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	text := r.PostFormValue("text")
	list, faults := search.ParseSynonyms(text)
	if len(faults) > 0 || len(list) == 0 {
		var lines []string
		for _, f := range faults[:min(len(faults), 50)] {
			lines = append(lines, v.P.T("tune.line_wrong", "line", f.Line, "text", lineFault(v, f)))
		}
		if len(faults) == 0 {
			lines = []string{v.P.T("tune.csv_none")}
		}
		return s.showTuneImport(w, r, http.StatusUnprocessableEntity, revision, text, lines, nil)
	}
	d, err := s.engine.TuningDraft(ctx, v.By)
	if err != nil {
		return err
	}
	t := d.Clone()
	if r.PostFormValue("replace") == "yes" {
		t.Synonyms = nil
	}
	t.Synonyms = append(t.Synonyms, withoutKnown(list, t.Synonyms)...)
	_, err = s.engine.SaveTuning(ctx, v.By, t, revision)
	if errors.Is(err, search.ErrConflict) && len(withoutKnown(list, d.Synonyms)) == 0 {
		err = nil // the button was pressed twice
	}
	return s.afterForm(w, r, err, tunePath+"?done=imported", func(status int, faults map[string]string) error {
		return s.showTuneImport(w, r, status, d.Revision, text, nil, faults)
	})
}

// withoutKnown returns the synonyms of a list that are not in another.
func withoutKnown(list, known []search.Synonym) (out []search.Synonym) {
	lines := map[string]bool{}
	for _, one := range known {
		lines[search.SynonymsText([]search.Synonym{one})] = true
	}
	for _, one := range list {
		if line := search.SynonymsText([]search.Synonym{one}); !lines[line] {
			lines[line] = true
			out = append(out, one)
		}
	}
	return out
}

// lineFault says what is wrong with a line.
func lineFault(v *visit, f search.LineError) string {
	fields, ok := errors.AsType[errs.Fields](f.Err)
	if !ok {
		return v.P.Error(f.Err)
	}
	var out []string
	for _, text := range v.P.Fields(fields) {
		out = append(out, text)
	}
	return strings.Join(out, " ")
}
