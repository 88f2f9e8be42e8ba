package site

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

const replacePath = "/desk/replace"

// replaceRoutes are the pages on which something is found and replaced.
func (s *Site) replaceRoutes() []route {
	return []route{
		{"GET " + replacePath, "desk", s.findText},
		{"POST " + replacePath, nothing + "says what came of what GET shows", s.replaceText},
	}
}

type replaceBody struct {
	Inputs    []input
	Options   []tick
	Faults    bool
	Searched  bool
	Texts     []textHits
	Hidden    map[string]string // what was asked for, for the second form
	Next      string
	Publishes bool
	Note      input
	Done      []replaceDone
	Action    string
}

// A textHits is a text with places that match, on the page.
type textHits struct {
	kb.TextHits
	Name  string // of the language
	Href  string
	Key   string // names the text in the form
	Rows  []kb.Hit
	Block bool // it is a text that articles include
}

// A replaceDone is what came of a text.
type replaceDone struct {
	Title, Locale, Href, Fault string
	Live                       bool // readers see it
}

type replaceParams struct {
	Find     string `query:"find" max:"500"`
	With     string `query:"with" max:"500"`
	Regexp   string `query:"regexp" max:"5"`
	Case     string `query:"case" max:"5"`
	Word     string `query:"word" max:"5"`
	Code     string `query:"code" max:"5"`
	Titles   string `query:"titles" max:"5"`
	Language string `query:"language" max:"35"`
	Category string `query:"category" max:"100"`
	After    string `query:"after"`
}

func (q replaceParams) replacement() kb.Replacement {
	return kb.Replacement{
		Find: q.Find, With: q.With, Regexp: q.Regexp != "", Case: q.Case != "", Word: q.Word != "", Code: q.Code != "", Titles: q.Titles != "",
	}
}

// choices returns the options that are switched on or off.
func (q replaceParams) choices() map[string]string {
	return map[string]string{"regexp": q.Regexp, "case": q.Case, "word": q.Word, "code": q.Code, "titles": q.Titles}
}

// findText shows where something stands in texts, and what would take its place.
func (s *Site) findText(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[replaceParams](r)
	if err != nil {
		return err
	}
	ctx, v := r.Context(), visitOf(r.Context())
	p := s.deskPage(r, v.P.T("replace.title"))
	b, faults, status := replaceBody{Searched: q.Find != ""}, map[string]string{}, http.StatusOK
	if b.Searched {
		found, next, err := s.library.FindText(ctx, v.By, kb.FindQuery{Replacement: q.replacement(), Locale: q.Language, Category: q.Category, After: q.After})
		if wrong, ok := errors.AsType[errs.Fields](err); ok {
			status, b.Faults, b.Searched, faults, err = http.StatusUnprocessableEntity, true, false, v.P.Fields(wrong), nil
		}
		if err != nil {
			return err
		}
		if q.After == "" && q.Category == "" && s.policy.May(v.By, profile.PermissionContentPublish) && err == nil && !b.Faults {
			blocks, err := s.library.FindInBlocks(ctx, v.By, q.replacement(), q.Language)
			if err != nil {
				return err
			}
			b.foundInBlocks(v, blocks)
		}
		b.found(v, found)
		b.Next = nextOf(p, "after", next)
	}
	return s.showReplace(w, r, status, p, b, q, faults)
}

func (b *replaceBody) found(v *visit, found []kb.TextHits) {
	for _, t := range found {
		b.Texts = append(b.Texts, textHits{
			TextHits: t, Name: i18n.Locale(t.Locale).Name(v.Locale), Href: v.link(editorPath(t.Article, t.Locale)), Rows: t.Hits,
			Key: strings.Join([]string{t.Article, t.Locale, strconv.Itoa(t.Version), strconv.Itoa(t.Head)}, ":"),
		})
	}
}

func (s *Site) showReplace(w http.ResponseWriter, r *http.Request, status int, p *page, b replaceBody, q replaceParams, faults map[string]string) error {
	ctx, v := r.Context(), visitOf(r.Context())
	var err error
	if b.Inputs, err = s.replaceInputs(ctx, v, q, faults); err != nil {
		return err
	}
	b.Action, b.Hidden = v.link(replacePath), map[string]string{"find": q.Find, "with": q.With}
	for _, name := range []string{"case", "word", "titles", "code", "regexp"} {
		on := q.choices()[name] != ""
		b.Options = append(b.Options, tick{ID: "f-" + name, Value: name, Label: v.P.T("replace." + name), Ticked: on})
		if on {
			b.Hidden[name] = "yes"
		}
	}
	b.Publishes = s.policy.May(v.By, profile.PermissionContentPublish)
	b.Note = input{Name: "note", Label: v.P.T("write.note"), Kind: "text", Max: kb.MaxSummary, Complete: "off", Value: v.P.T("replace.note_text", "find", q.Find, "with", q.With)}
	p.Body = b
	return s.show(w, r, status, "desk-replace", p)
}

func (s *Site) replaceInputs(ctx context.Context, v *visit, q replaceParams, faults map[string]string) ([]input, error) {
	places, err := s.library.Places(ctx, v.By, string(v.Wanted))
	if err != nil {
		return nil, err
	}
	anything := []option{{"", v.P.T("people.any")}}
	languages := slices.Clone(anything)
	for _, l := range s.offered(v) {
		languages = append(languages, option{string(l), l.Name(v.Locale)})
	}
	return []input{
		{Name: "find", Label: v.P.T("replace.find"), Kind: "text", Value: q.Find, Max: kb.MaxFind, Required: true, Complete: "off", Error: faults["find"]},
		{Name: "with", Label: v.P.T("replace.with"), Kind: "text", Value: q.With, Max: kb.MaxFind, Complete: "off", Error: faults["with"]},
		{Name: "language", Label: v.P.T("desk.language"), Kind: "select", Value: q.Language, Choices: languages},
		{Name: "category", Label: v.P.T("desk.category"), Kind: "select", Value: q.Category, Choices: append(slices.Clone(anything), placeOptions(places)...)},
	}, nil
}

// replaceText replaces the chosen hits, text by text, and says what came of each.
func (s *Site) replaceText(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v := visitOf(r.Context())
	q := replaceParams{
		Find: r.PostFormValue("find"), With: r.PostFormValue("with"), Regexp: r.PostFormValue("regexp"), Case: r.PostFormValue("case"),
		Word: r.PostFormValue("word"), Code: r.PostFormValue("code"), Titles: r.PostFormValue("titles"),
	}
	chosen, keys := chosenHits(r.PostForm["hit"])
	var b replaceBody
	inBlocks := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !strings.HasPrefix(key, blockHitPrefix) })
	var err error
	if b.Done, err = s.replaceInBlocks(r.Context(), v, q.replacement(), strings.TrimSpace(r.PostFormValue("note")), chosen, inBlocks); err != nil {
		return err
	}
	for _, key := range keys {
		if strings.HasPrefix(key, blockHitPrefix) {
			continue
		}
		ask, ok := replacingOf(key)
		if !ok {
			return errs.Invalid
		}
		ask.Replacement, ask.Only, ask.Note, ask.Publish = q.replacement(), chosen[key], strings.TrimSpace(r.PostFormValue("note")), r.PostFormValue("publish") != ""
		done, err := s.replaceOne(r.Context(), v, ask)
		if err != nil {
			return err
		}
		b.Done = append(b.Done, done)
	}
	return s.showReplace(w, r, http.StatusOK, s.deskPage(r, v.P.T("replace.title")), b, q, nil)
}

// chosenHits returns the numbers of the hits by text, and the texts in order.
func chosenHits(list []string) (chosen map[string][]int, keys []string) {
	chosen = map[string][]int{}
	for _, one := range list {
		i := strings.LastIndexByte(one, ':')
		if i < 0 {
			continue
		}
		if _, seen := chosen[one[:i]]; !seen {
			keys = append(keys, one[:i])
		}
		chosen[one[:i]] = append(chosen[one[:i]], number(one[i+1:]))
	}
	return chosen, keys
}

func replacingOf(key string) (kb.Replacing, bool) {
	parts := strings.Split(key, ":")
	if len(parts) != 4 {
		return kb.Replacing{}, false
	}
	return kb.Replacing{Article: parts[0], Locale: parts[1], Version: number(parts[2]), Head: number(parts[3])}, true
}

// replaceOne replaces the hits of one text. What is refused is in what it says.
func (s *Site) replaceOne(ctx context.Context, v *visit, ask kb.Replacing) (replaceDone, error) {
	before, err := s.library.Manuscript(ctx, v.By, ask.Article)
	if err != nil {
		return replaceDone{Title: v.P.T("bulk.unknown"), Fault: v.P.Error(err)}, nil
	}
	ask.Version = max(ask.Version, latest(before, ask)) // two languages of one article, one after the other
	a, err := s.library.Replace(ctx, v.By, ask)
	t, _ := before.In(ask.Locale)
	done := replaceDone{Title: t.Title, Locale: t.Locale, Href: v.link(editorPath(before.ID, t.Locale)) + "/history"}
	for _, class := range []error{kb.ErrNotFound, kb.ErrForbidden, kb.ErrInvalid, kb.ErrConflict} {
		if errors.Is(err, class) {
			done.Fault, err = refusalIn(v, err), nil
		}
	}
	if now, ok := a.In(ask.Locale); ok {
		done.Live = now.Visible() && now.Live == now.Head && now.Head > ask.Head
	}
	return done, err
}

// latest returns the version of an article whose text in the language is still
// the one that was looked at.
func latest(a kb.Article, ask kb.Replacing) int {
	if t, ok := a.In(ask.Locale); ok && t.Head == ask.Head {
		return a.Version
	}
	return ask.Version
}
