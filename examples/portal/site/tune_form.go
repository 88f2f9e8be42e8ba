package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/search"
)

// A tuneForm is the form of one entry.
type tuneForm struct {
	kind   string
	n      int // of the entry, -1 for a new one
	draft  search.TuningDraft
	inputs []input
	faults map[string]string
}

type tuneEntryBody struct {
	Form   *sheet
	Remove string // address, empty for a new entry
	Note   string
}

// tuneAsked returns what entry of the draft a request is about.
func (s *Site) tuneAsked(r *http.Request) (tuneForm, error) {
	f := tuneForm{kind: r.PathValue("list"), n: -1}
	d, err := s.engine.TuningDraft(r.Context(), visitOf(r.Context()).By)
	if err != nil {
		return f, err
	}
	f.draft = d
	if !slices.Contains(tuneKinds, f.kind) {
		return f, errs.NotFound
	}
	if text := r.PathValue("entry"); text != "new" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return f, errs.NotFound
		}
		f.n = n - 1
	}
	return f, nil
}

func (s *Site) tuneEntry(w http.ResponseWriter, r *http.Request) error {
	f, err := s.tuneAsked(r)
	if err != nil {
		return err
	}
	if f.n >= tuneCount(f.draft.Tuning, f.kind) {
		return errs.NotFound
	}
	f.inputs = s.tuneInputs(visitOf(r.Context()), f)
	if f.n < 0 { // what a link to the form says already
		for i, in := range f.inputs {
			if text := r.URL.Query().Get(in.Name); text != "" && len(text) <= mostAsked {
				f.inputs[i].Value = text
			}
		}
	}
	return s.showTuneEntry(w, r, http.StatusOK, f, f.draft.Revision)
}

func (s *Site) showTuneEntry(w http.ResponseWriter, r *http.Request, status int, f tuneForm, revision int) error {
	v := visitOf(r.Context())
	at, title := "/new", v.P.T("tune."+f.kind+"_new")
	if f.n >= 0 {
		at, title = "/"+strconv.Itoa(f.n+1), v.P.T("tune."+f.kind+"_edit")
	}
	form := &sheet{Action: v.link(tunePath + "/" + f.kind + at), Version: revision, Submit: v.P.T("tune.save"), Basics: f.inputs, Wrong: len(f.faults) > 0}
	form.Faults = note(f.faults, form.Basics)
	b := tuneEntryBody{Form: form, Note: v.P.T("tune." + f.kind + "_note")}
	if f.n >= 0 {
		b.Remove = form.Action
	}
	p := s.deskPage(r, title, crumb{Title: v.P.T("tune.title"), Href: v.link(tunePath)})
	p.Body = b
	return s.show(w, r, status, "desk-tune-entry", p)
}

// tuneInputs returns the questions about an entry.
func (s *Site) tuneInputs(v *visit, f tuneForm) []input {
	locale := input{Name: "locale", Label: v.P.T("tune.locale"), Kind: "select", Choices: []option{{"", v.P.T("tune.all_languages")}}}
	for _, l := range s.offered(v) {
		locale.Choices = append(locale.Choices, option{string(l), l.Name(v.Locale)})
	}
	var out []input
	switch f.kind {
	case "synonyms":
		one := at(f.draft.Synonyms, f.n)
		locale.Value = one.Locale
		out = []input{
			{Name: "from", Label: v.P.T("tune.from"), Hint: v.P.T("tune.from_note"), Kind: "lines", Value: strings.Join(one.From, "\n"), Required: true},
			{Name: "to", Label: v.P.T("tune.to"), Hint: v.P.T("tune.to_note"), Kind: "lines", Value: strings.Join(one.To, "\n")},
			{Name: "two_way", Label: v.P.T("tune.both"), Hint: v.P.T("tune.both_note"), Kind: "checkbox", Value: yes(one.TwoWay)},
		}
	case "pins":
		out, locale.Value = pinInputs(v, at(f.draft.Pins, f.n)), at(f.draft.Pins, f.n).Locale
	default:
		one := at(f.draft.StopWords, f.n)
		locale.Value = one.Locale
		out = []input{{Name: "word", Label: v.P.T("tune.word"), Kind: "text", Value: one.Word, Required: true, Complete: "off"}}
	}
	if locale.Value != "" && !slices.ContainsFunc(locale.Choices, func(o option) bool { return o.Value == locale.Value }) {
		locale.Choices = append(locale.Choices, option{locale.Value, languageText(v, locale.Value)})
	}
	return append(out, locale)
}

func pinInputs(v *visit, p search.Pin) []input {
	var exact, among []string
	for _, q := range p.Queries {
		if q.Match == search.MatchWords {
			among = append(among, q.Text)
			continue
		}
		exact = append(exact, q.Text)
	}
	local := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(v.P.Zone()).Format(localMinute)
	}
	return []input{
		{Name: "queries", Label: v.P.T("tune.exact"), Hint: v.P.T("tune.exact_note"), Kind: "lines", Value: strings.Join(exact, "\n")},
		{Name: "among", Label: v.P.T("tune.words"), Hint: v.P.T("tune.words_note"), Kind: "lines", Value: strings.Join(among, "\n")},
		{Name: "groups", Label: v.P.T("tune.groups"), Hint: v.P.T("tune.groups_note"), Kind: "lines", Value: strings.Join(p.Groups, "\n"), Required: true},
		{Name: "from", Label: v.P.T("tune.begins"), Kind: "datetime-local", Value: local(p.From)},
		{Name: "until", Label: v.P.T("tune.ends"), Kind: "datetime-local", Value: local(p.Until)},
	}
}

// at returns the entry of a list, the zero value if it has none.
func at[T any](list []T, n int) (one T) {
	if n >= 0 && n < len(list) {
		one = list[n]
	}
	return one
}

// put returns a list with an entry in the place of one, or at the end.
func put[T any](list []T, n int, one T) []T {
	if n < 0 {
		return append(slices.Clip(list), one)
	}
	list = slices.Clone(list)
	list[n] = one
	return list
}

// typedTune returns the draft with what a form says, and what of it cannot be read.
func (s *Site) typedTune(ctx context.Context, v *visit, f tuneForm, form url.Values) (search.Tuning, int, errs.Fields) {
	t, wrong := f.draft.Clone(), errs.Fields{}
	locale := form.Get("locale")
	n := f.n
	if n < 0 {
		n = tuneCount(t, f.kind)
	}
	switch f.kind {
	case "synonyms":
		t.Synonyms = put(t.Synonyms, f.n, search.Synonym{
			Locale: locale, From: phrasesOf(form.Get("from")), To: phrasesOf(form.Get("to")), TwoWay: form.Get("two_way") == "yes",
		})
	case "pins":
		p := search.Pin{Locale: locale, From: typedMinute(v, form, "from", wrong), Until: typedMinute(v, form, "until", wrong)}
		for name, match := range map[string]search.Match{"queries": search.MatchExact, "among": search.MatchWords} {
			for line := range strings.Lines(form.Get(name)) {
				p.Queries = append(p.Queries, search.Pattern{Text: strings.TrimSpace(line), Match: match})
			}
		}
		slices.SortStableFunc(p.Queries, func(a, b search.Pattern) int { return strings.Compare(string(a.Match), string(b.Match)) })
		for _, line := range strings.Split(form.Get("groups"), "\n") {
			p.Groups = append(p.Groups, s.groupOf(ctx, v, strings.TrimSpace(line)))
		}
		t.Pins = put(t.Pins, f.n, p)
	default:
		t.StopWords = put(t.StopWords, f.n, search.StopWord{Locale: locale, Word: form.Get("word")})
	}
	return t.Tidy(), n, wrong
}

// phrasesOf returns the words and phrases of a text area.
func phrasesOf(text string) []string { return listOfWords(strings.ReplaceAll(text, "\r", "\n")) }

func typedMinute(v *visit, form url.Values, name string, wrong errs.Fields) time.Time {
	text := strings.TrimSpace(form.Get(name))
	if text == "" {
		return time.Time{}
	}
	t, err := time.ParseInLocation(localMinute, text, v.P.Zone())
	if err != nil {
		wrong.Add(name, "error.field.invalid", nil)
	}
	return t
}

// groupOf returns what the index calls a page that a link leads to, or the text
// as it is.
func (s *Site) groupOf(ctx context.Context, v *visit, text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	_, slug, ok := strings.Cut(u.Path, "/articles/")
	if !ok {
		return text
	}
	slug, _, _ = strings.Cut(slug, "/")
	locale, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	found, err := s.library.Find(ctx, v.By, locale, slug)
	if err != nil {
		return text // it is said at the field that this is no page
	}
	return "article/" + found.ID
}

// saveTuneEntry saves an entry, or removes it.
func (s *Site) saveTuneEntry(w http.ResponseWriter, r *http.Request) error {
	f, err := s.tuneAsked(r)
	if err != nil {
		return err
	}
	revision, err := tuneVersionSent(r, "version")
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	if r.PostFormValue("do") == "remove" {
		return s.removeTuneEntry(w, r, f, revision)
	}
	if f.n >= tuneCount(f.draft.Tuning, f.kind) {
		f.n = -1 // somebody has removed it since
	}
	t, n, wrong := s.typedTune(r.Context(), v, f, r.PostForm)
	if err = wrong.Err(); err == nil {
		_, err = s.engine.SaveTuning(r.Context(), v.By, t, revision)
	}
	if errors.Is(err, search.ErrConflict) && s.savedBefore(f, t, n) {
		err = nil // the button was pressed twice
	}
	return s.afterForm(w, r, entryFaults(err, f.kind, n), tunePath+"?done=saved", func(status int, faults map[string]string) error {
		f.draft.Tuning, f.n, f.faults = t, n, faults
		f.inputs = s.tuneInputs(v, f)
		for i, in := range f.inputs {
			if in.Kind != "checkbox" {
				f.inputs[i].Value = r.PostFormValue(in.Name)
			}
		}
		if r.PathValue("entry") == "new" {
			f.n = -1
		}
		return s.showTuneEntry(w, r, status, f, f.draft.Revision)
	})
}

// savedBefore reports whether the draft has an entry already as it was to be
// saved.
func (s *Site) savedBefore(f tuneForm, t search.Tuning, n int) bool {
	last := n
	if f.n < 0 {
		last = tuneCount(f.draft.Tuning, f.kind) - 1
	}
	switch f.kind {
	case "synonyms":
		return last >= 0 && reflect.DeepEqual(at(f.draft.Synonyms, last), t.Synonyms[n])
	case "pins":
		return last >= 0 && reflect.DeepEqual(at(f.draft.Pins, last), t.Pins[n])
	}
	return last >= 0 && at(f.draft.StopWords, last) == t.StopWords[n]
}

// entryFaults names the fields of an entry as its form does.
func entryFaults(err error, kind string, n int) error {
	fields, ok := errors.AsType[errs.Fields](err)
	if !ok {
		return err
	}
	out, prefix := errs.Fields{}, strings.ReplaceAll(kind, "-", "_")+"."+strconv.Itoa(n)+"."
	for name, message := range fields {
		out[strings.TrimPrefix(name, prefix)] = message
	}
	return out
}

func (s *Site) removeTuneEntry(w http.ResponseWriter, r *http.Request, f tuneForm, revision int) error {
	v, t := visitOf(r.Context()), f.draft.Clone()
	if f.n < 0 || f.n >= tuneCount(t, f.kind) {
		return errs.NotFound
	}
	switch f.kind {
	case "synonyms":
		t.Synonyms = slices.Delete(t.Synonyms, f.n, f.n+1)
	case "pins":
		t.Pins = slices.Delete(t.Pins, f.n, f.n+1)
	default:
		t.StopWords = slices.Delete(t.StopWords, f.n, f.n+1)
	}
	_, err := s.engine.SaveTuning(r.Context(), v.By, t, revision)
	return s.afterForm(w, r, err, tunePath+"?done=removed", func(status int, _ map[string]string) error {
		return s.showTune(w, r, status, v.P.Error(err))
	})
}
