package site

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

const deskCategoriesPath = "/desk/categories"

// deskCategoryRoutes are the pages of those who arrange the library.
func (s *Site) deskCategoryRoutes() []route {
	return []route{
		{"GET " + deskCategoriesPath, "desk categories", s.deskCategories},
		{"GET " + deskCategoriesPath + "/new", nothing + "an empty form", s.newCategory},
		{"POST " + deskCategoriesPath + "/new", nothing + "answers like the form", s.createCategory},
		{"GET " + deskCategoriesPath + "/{id}", nothing + "a category, to those who arrange the library", s.deskCategory},
		{"POST " + deskCategoriesPath + "/{id}", nothing + "answers like the form", s.saveDeskCategory},
		{"POST " + deskCategoriesPath + "/{id}/place", nothing + "leads back", s.placeCategory},
		{"POST " + deskCategoriesPath + "/{id}/closing", nothing + "answers like the form", s.closeCategory},
		{"POST " + deskCategoriesPath + "/{id}/removal", nothing + "leads back", s.removeCategory},
	}
}

type deskCategoriesBody struct {
	New, Notice string
	Rows        []categoryRow
}

// A categoryRow is a category in the tree.
type categoryRow struct {
	ID, Href, Title, Locale string
	Depth                   int
	Closed                  bool // nobody sees it
	Public                  bool
	Articles                int
	Inside                  string // address of what is in it
	Place                   string // address that it is moved at
	Up, Down                string // places that it can be moved to, "" if it is the first or last
}

var categoryNotices = map[string]string{"saved": "account.saved", "placed": "cats.placed", "closed": "cats.closed", "removed": "cats.removed"}

// deskCategories shows the tree.
func (s *Site) deskCategories(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r.Context())
	places, err := s.library.Places(ctx, v.By, string(v.Wanted))
	if err != nil {
		return err
	}
	b := deskCategoriesBody{New: v.link(deskCategoriesPath + "/new")}
	if key := categoryNotices[v.Query.Get("done")]; key != "" {
		b.Notice = v.P.T(key)
	}
	if b.Rows, err = s.categoryRows(ctx, v, places, 0); err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("cats.title"))
	p.Body = b
	return s.show(w, r, http.StatusOK, "desk-categories", p)
}

func (s *Site) categoryRows(ctx context.Context, v *visit, places []kb.Place, depth int) (out []categoryRow, err error) {
	for i, place := range places {
		c, err := s.library.CategoryDraft(ctx, v.By, place.ID)
		if err != nil {
			return nil, err
		}
		href := v.link(deskCategoriesPath + "/" + escape(place.ID))
		row := categoryRow{
			ID: place.ID, Href: href, Title: place.Title, Locale: place.Locale, Depth: depth, Closed: c.Audience.Nobody(), Public: place.Public,
			Place: href + "/place", Inside: v.link("/desk/articles") + "?category=" + url.QueryEscape(place.ID),
		}
		if row.Articles, err = s.library.CountManuscripts(ctx, v.By, kb.ManuscriptQuery{Categories: []string{place.ID}}); err != nil {
			return nil, err
		}
		if i > 0 {
			row.Up = strconv.Itoa(i - 1)
		}
		if i < len(places)-1 {
			row.Down = strconv.Itoa(i + 1)
		}
		below, err := s.categoryRows(ctx, v, place.Children, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(append(out, row), below...)
	}
	return out, nil
}

// placeCategory puts a category at a place among those beside it. The place is
// told as a number, so that sending it twice moves it once.
func (s *Site) placeCategory(w http.ResponseWriter, r *http.Request) error {
	ctx, v, id := r.Context(), visitOf(r.Context()), r.PathValue("id")
	at, err := strconv.Atoi(r.PostFormValue("at"))
	if err != nil || at < 0 {
		return errs.Invalid
	}
	places, err := s.library.Places(ctx, v.By, string(v.Wanted))
	if err != nil {
		return err
	}
	beside := siblingsOf(places, id)
	if beside == nil {
		return kb.ErrNotFound
	}
	beside = slices.DeleteFunc(beside, func(other string) bool { return other == id })
	beside = slices.Insert(beside, min(at, len(beside)), id)
	for i, one := range beside {
		c, err := s.library.CategoryDraft(ctx, v.By, one)
		if err != nil {
			return err
		}
		if c.Order = (i + 1) * 10; err == nil {
			_, err = s.library.SaveCategory(ctx, v.By, c)
		}
		if err != nil {
			return err
		}
	}
	http.Redirect(w, r, v.link(deskCategoriesPath)+"?done=placed#c-"+url.PathEscape(id), http.StatusSeeOther)
	return nil
}

// siblingsOf returns the IDs of the categories that stand beside one, with it.
func siblingsOf(places []kb.Place, id string) (out []string) {
	for _, p := range places {
		out = append(out, p.ID)
	}
	if slices.Contains(out, id) {
		return out
	}
	for _, p := range places {
		if found := siblingsOf(p.Children, id); found != nil {
			return found
		}
	}
	return nil
}

type deskCategoryBody struct {
	Notice, Public string
	Wrong          bool
	Others         []string
	Action, Key    string
	Version        int
	Basics         []input
	Languages      []categoryLanguage
	Needs          string // what it takes to publish in it
	Articles       int
	Inside         string
	Below          []kb.Place
	Closing        *sheet // nil if it is closed, or has others below it
	Closed, New    bool
	Empty          bool // nothing stands in it, so that it can be removed
}

// A categoryLanguage asks for the texts of a category in one language.
type categoryLanguage struct {
	Name   string
	Open   bool
	Inputs []input
}

// newCategory is an empty form.
func (s *Site) newCategory(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	return s.showCategoryForm(w, r, http.StatusOK, kb.Category{Parent: v.Query.Get("under"), Audience: profile.Public(), Source: string(v.Locale)}, nil)
}

func (s *Site) deskCategory(w http.ResponseWriter, r *http.Request) error {
	c, err := s.categoryAsked(r)
	if err != nil {
		return err
	}
	return s.showCategoryForm(w, r, http.StatusOK, c, nil)
}

func (s *Site) categoryAsked(r *http.Request) (kb.Category, error) {
	id, err := web.PathValue(r, "id")
	if err != nil {
		return kb.Category{}, err
	}
	return s.library.CategoryDraft(r.Context(), visitOf(r.Context()).By, id)
}

func (s *Site) showCategoryForm(w http.ResponseWriter, r *http.Request, status int, c kb.Category, faults map[string]string) error {
	ctx, v := r.Context(), visitOf(r.Context())
	places, err := s.library.Places(ctx, v.By, string(v.Wanted))
	if err != nil {
		return err
	}
	b := deskCategoryBody{New: c.Version == 0, Version: c.Version, Closed: c.Audience.Nobody(), Wrong: faults != nil, Action: v.link(deskCategoriesPath + "/new"), Key: s.memory.formKey}
	title, own := v.P.T("cats.new"), placeIn(places, c.ID)
	if !b.New {
		b.Action = v.link(deskCategoriesPath + "/" + escape(c.ID))
		title = c.ID
		if own != nil {
			title, b.Below = own.Title, own.Children
		}
		if err := s.fillCategory(ctx, v, c, places, &b, faults); err != nil {
			return err
		}
	}
	if key := categoryNotices[v.Query.Get("done")]; key != "" && faults == nil {
		b.Notice = v.P.T(key)
	}
	b.Basics = categoryBasics(v, c, places)
	b.Languages = s.categoryLanguages(v, c)
	lists := [][]input{b.Basics}
	for i := range b.Languages {
		lists = append(lists, b.Languages[i].Inputs)
	}
	if b.Closing != nil {
		lists = append(lists, b.Closing.Basics)
	}
	b.Others = note(faults, lists...)
	for i, l := range b.Languages {
		b.Languages[i].Open = l.Open || slices.ContainsFunc(l.Inputs, func(in input) bool { return in.Error != "" })
	}
	p := s.deskPage(r, title, crumb{Title: v.P.T("cats.title"), Href: v.link(deskCategoriesPath)})
	p.Body = b
	return s.show(w, r, status, "desk-category", p)
}

// fillCategory says what is in a category, and asks where that goes if it is
// closed.
func (s *Site) fillCategory(ctx context.Context, v *visit, c kb.Category, places []kb.Place, b *deskCategoryBody, faults map[string]string) (err error) {
	if b.Articles, err = s.library.CountManuscripts(ctx, v.By, kb.ManuscriptQuery{Categories: []string{c.ID}}); err != nil {
		return err
	}
	b.Inside = v.link("/desk/articles") + "?category=" + url.QueryEscape(c.ID)
	b.Needs = v.P.T("process.needs_nothing")
	if process := s.processOf("", c.ID); process.Rule != "" {
		b.Needs = v.P.T("process.rule_"+string(process.Rule), "n", max(process.Needed, 1))
	}
	if own := placeIn(places, c.ID); own != nil && own.Slug != "" && !b.Closed {
		b.Public = v.link("/categories/" + escape(own.Slug))
	}
	b.Empty = b.Articles == 0 && len(b.Below) == 0
	if b.Closed || len(b.Below) > 0 {
		return nil
	}
	b.Closing = &sheet{Action: b.Action + "/closing", Version: c.Version, Submit: v.P.T("cats.close_now"), Basics: []input{{
		Name: "into", Label: v.P.T("cats.into"), Hint: v.P.T("cats.into_note"), Kind: "select", Required: b.Articles > 0,
		Choices: append([]option{{}}, placeOptions(without(places, c.ID))...),
	}, {Name: "lead", Label: v.P.T("cats.lead_on"), Hint: v.P.T("cats.lead_on_note"), Kind: "checkbox"}}}
	return nil
}

func categoryBasics(v *visit, c kb.Category, places []kb.Place) []input {
	return []input{
		{Name: "parent", Label: v.P.T("cats.parent"), Kind: "select", Value: c.Parent, Choices: append([]option{{"", v.P.T("cats.top")}}, placeOptions(without(places, c.ID))...)},
		{Name: "audience", Label: v.P.T("write.audience"), Hint: v.P.T("cats.audience_note"), Kind: "text", Value: strings.Join(c.Audience, ", "), Complete: "off"},
	}
}

func (s *Site) categoryLanguages(v *visit, c kb.Category) (out []categoryLanguage) {
	for _, l := range s.cfg.Locales {
		label, at := c.Labels[l], "labels."+l+"."
		out = append(out, categoryLanguage{Name: i18n.Locale(l).Name(v.Locale), Open: l == c.Source || label != kb.Label{}, Inputs: []input{
			{Name: at + "title", Label: v.P.T("cats.name"), Kind: "text", Value: label.Title, Max: kb.MaxTitle, Complete: "off", Required: l == c.Source},
			{Name: at + "slug", Label: v.P.T("cats.slug"), Hint: v.P.T("cats.slug_note"), Kind: "text", Value: label.Slug, Complete: "off"},
			{Name: at + "description", Label: v.P.T("cats.description"), Kind: "lines", Value: label.Description, Max: kb.MaxSummary},
		}})
	}
	slices.SortStableFunc(out, func(a, b categoryLanguage) int {
		return strings.Compare(yes(!a.Open), yes(!b.Open))
	})
	return out
}

// placeIn returns a place in a tree, or nil.
func placeIn(places []kb.Place, id string) *kb.Place {
	for i := range places {
		if places[i].ID == id {
			return &places[i]
		}
		if found := placeIn(places[i].Children, id); found != nil {
			return found
		}
	}
	return nil
}

// without returns a tree without one place and what is below it.
func without(places []kb.Place, id string) (out []kb.Place) {
	for _, p := range places {
		if p.ID != id {
			p.Children = without(p.Children, id)
			out = append(out, p)
		}
	}
	return out
}

// typedCategory puts into c what somebody typed.
func (s *Site) typedCategory(r *http.Request, c kb.Category) kb.Category {
	form := r.PostForm
	c.Parent, c.Audience = form.Get("parent"), profile.Audience(listOfWords(form.Get("audience")))
	labels := maps.Clone(c.Labels)
	if labels == nil {
		labels = map[string]kb.Label{}
	}
	for _, l := range s.cfg.Locales {
		at := "labels." + l + "."
		label := kb.Label{Title: strings.TrimSpace(form.Get(at + "title")), Slug: strings.TrimSpace(form.Get(at + "slug")), Description: strings.TrimSpace(strings.ReplaceAll(form.Get(at+"description"), "\r\n", "\n"))}
		if labels[l] = label; label == (kb.Label{}) {
			delete(labels, l)
		}
	}
	c.Labels = labels
	return c
}

func (s *Site) createCategory(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v := visitOf(r.Context())
	typed := s.typedCategory(r, kb.Category{Source: string(v.Locale)})
	if _, ok := typed.Labels[typed.Source]; !ok && len(typed.Labels) > 0 {
		typed.Source = slices.Sorted(maps.Keys(typed.Labels))[0]
	}
	c := typed
	if key := r.PostForm.Get("key"); key != "" { // sent twice, it is made once
		c.ID = idem.ID("kb.category", v.By.ID, key)
	}
	_, err := s.library.SaveCategory(r.Context(), v.By, c)
	return s.afterForm(w, r, err, deskCategoriesPath+"?done=saved", func(status int, faults map[string]string) error {
		typed.Source = string(v.Locale)
		return s.showCategoryForm(w, r, status, typed, s.categoryFaults(faults, typed))
	})
}

func (s *Site) saveDeskCategory(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	c, err := s.categoryAsked(r)
	if err != nil {
		return err
	}
	now := c.Version
	c = s.typedCategory(r, c)
	if c.Version, err = strconv.Atoi(r.PostForm.Get("version")); err != nil {
		return errs.Invalid
	}
	_, err = s.library.SaveCategory(r.Context(), visitOf(r.Context()).By, c)
	return s.afterForm(w, r, err, deskCategoriesPath+"/"+escape(c.ID)+"?done=saved", func(status int, faults map[string]string) error {
		if status == http.StatusConflict { // sending it again goes on from what is there now
			c.Version = now
		}
		return s.showCategoryForm(w, r, status, c, s.categoryFaults(faults, c))
	})
}

// categoryFaults puts what is wrong with all labels at the one that must be
// there.
func (s *Site) categoryFaults(faults map[string]string, c kb.Category) map[string]string {
	if text := faults["labels"]; text != "" {
		delete(faults, "labels")
		faults["labels."+c.Source+".title"] = text
	}
	return faults
}

// closeCategory moves what is in a category elsewhere and shows the category to
// nobody.
func (s *Site) closeCategory(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	c, err := s.categoryAsked(r)
	if err != nil {
		return err
	}
	switch {
	case c.Audience.Nobody(): // it was sent twice
	case r.PostFormValue("version") != strconv.Itoa(c.Version):
		err = kb.ErrConflict
	default:
		err = s.emptyCategory(r.Context(), v, c.ID, r.PostFormValue("into"), r.PostFormValue("lead") == "yes")
	}
	if err == nil && !c.Audience.Nobody() {
		closed := c
		closed.Audience = nil
		_, err = s.library.SaveCategory(r.Context(), v.By, closed)
	}
	return s.afterForm(w, r, err, deskCategoriesPath+"?done=closed", func(status int, faults map[string]string) error {
		return s.showCategoryForm(w, r, status, c, faults)
	})
}

// emptyCategory moves the articles of a category into another one, if there are
// any, and has its address lead there if that is wanted.
func (s *Site) emptyCategory(ctx context.Context, v *visit, id, into string, lead bool) error {
	places, err := s.library.Places(ctx, v.By, string(v.Wanted))
	if err != nil {
		return err
	}
	if own := placeIn(places, id); own == nil || len(own.Children) > 0 {
		return errs.Field("into", "cats.has_below", nil)
	}
	inside, err := s.library.CountManuscripts(ctx, v.By, kb.ManuscriptQuery{Categories: []string{id}})
	if err != nil {
		return err
	}
	if into == "" && inside == 0 {
		return nil
	}
	if into == "" || placeIn(places, into) == nil {
		return errs.Field("into", "error.field.required", nil)
	}
	_, err = s.library.EmptyCategory(ctx, v.By, id, into, lead)
	return err
}

// removeCategory removes a category that nothing stands in. One that is gone
// already was sent twice.
func (s *Site) removeCategory(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	id, err := web.PathValue(r, "id")
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(r.PostFormValue("version"))
	err = s.library.RemoveCategory(r.Context(), v.By, id, version)
	if says, ok := errors.AsType[*errs.Says](err); ok && errors.Is(err, kb.ErrConflict) {
		c, gone := s.library.CategoryDraft(r.Context(), v.By, id)
		if gone != nil {
			return gone
		}
		return s.showCategoryForm(w, r, http.StatusConflict, c, map[string]string{"": v.P.Message(says.Message)})
	}
	if err != nil && !errors.Is(err, kb.ErrNotFound) {
		return err
	}
	http.Redirect(w, r, v.link(deskCategoriesPath)+"?done=removed", http.StatusSeeOther)
	return nil
}
