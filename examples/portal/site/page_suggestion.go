package site

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
)

type suggestionBody struct {
	Title, Locale, Back string
	Form                *sheet
}

// suggestion shows the form for what should be mended in an article.
func (s *Site) suggestion(w http.ResponseWriter, r *http.Request) error {
	return s.showSuggestion(w, r, http.StatusOK, nil, nil)
}

func (s *Site) showSuggestion(w http.ResponseWriter, r *http.Request, status int, typed url.Values, fault error) error {
	found, moved, err := s.findArticle(w, r)
	if err != nil || moved {
		return err
	}
	v := visitOf(r.Context())
	entries, err := s.library.Entries(r.Context(), v.By, []string{found.ID}, string(v.Wanted))
	if err == nil && len(entries) == 0 {
		err = kb.ErrNotFound
	}
	if err != nil {
		return err
	}
	e, back := entries[0], v.link("/articles/"+escape(found.Slug))
	p := s.newPage(r, v.P.T("suggest.title"))
	p.NoIndex = true
	p.Crumbs = append(s.crumbs(v), crumb{Title: e.Title, Href: back, Locale: e.Locale})
	p.Body = suggestionBody{Title: e.Title, Locale: e.Locale, Back: back, Form: s.suggestionForm(v, back, typed, fault)}
	return s.show(w, r, status, "suggestion", p)
}

func (s *Site) suggestionForm(v *visit, back string, typed url.Values, fault error) *sheet {
	form := &sheet{Action: back + "/suggestion", Submit: v.P.T("suggest.send"), Hidden: []option{{"key", s.memory.formKey}}}
	wrong := form.blame(v, fault)
	reason := input{Name: "reason", Label: v.P.T("suggest.reason"), Kind: "select", Value: typed.Get("reason"), Error: wrong["reason"], Choices: []option{{"", v.P.T("form.none")}}}
	for _, one := range kb.Reasons() {
		reason.Choices = append(reason.Choices, option{string(one), v.P.T("rating.reason_" + string(one))})
	}
	form.Basics = []input{
		{Name: "quote", Label: v.P.T("suggest.quote"), Hint: v.P.T("suggest.quote_hint"), Kind: "lines", Value: typed.Get("quote"), Required: true, Max: kb.MaxQuote, Error: wrong["quote"]},
		{Name: "proposal", Label: v.P.T("suggest.proposal"), Hint: v.P.T("suggest.proposal_hint"), Kind: "lines", Value: typed.Get("proposal"), Max: kb.MaxQuote, Error: wrong["proposal"]},
		reason,
		{Name: "comment", Label: v.P.T("suggest.comment"), Hint: v.P.T("rating.comment_note"), Kind: "lines", Value: typed.Get("comment"), Max: kb.MaxComment, Error: wrong["comment"]},
	}
	if !v.By.Anonymous() {
		form.Basics = append(form.Basics, input{Name: "tell", Label: v.P.T("suggest.tell"), Kind: "checkbox", Value: typed.Get("tell")})
	}
	return form
}

// suggest takes what should be mended in an article.
func (s *Site) suggest(w http.ResponseWriter, r *http.Request) error {
	if err := readable(r.ParseForm()); err != nil {
		return err
	}
	found, _, err := s.findArticle(w, r)
	if err != nil {
		return s.orTyped(w, r, err)
	}
	v, f := visitOf(r.Context()), r.PostForm
	_, err = s.library.Suggest(r.Context(), v.By, kb.Suggestion{
		Article: found.ID, Locale: found.Locale, Quote: f.Get("quote"), Proposal: f.Get("proposal"), Reason: kb.Reason(f.Get("reason")),
		Comment: f.Get("comment"), Tell: f.Get("tell") != "", Key: f.Get("key"),
	})
	if errors.Is(err, errs.Invalid) {
		return s.showSuggestion(w, r, http.StatusUnprocessableEntity, f, err)
	}
	if err != nil && !errors.Is(err, kb.ErrConflict) { // sent already
		return err
	}
	http.Redirect(w, r, v.link("/articles/"+escape(found.Slug))+"?thanks=1#feedback", http.StatusSeeOther)
	return nil
}
