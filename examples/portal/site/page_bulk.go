package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// Many articles are changed in three steps: they are chosen in the list of the
// desk, what a change would do is shown, and then it is made.

const bulkPath = "/desk/articles/bulk"

// The steps of changing many articles.
const (
	bulkTry   = "try"
	bulkApply = "apply"
)

type bulkBody struct {
	Step    string
	Inputs  []input
	Faults  bool
	Chosen  []bulkRow
	Rows    []bulkRow // what came of each
	Left    int       // how many more match than are changed at once
	Changes int
	Refused int
	Action  string
	Back    string
}

// A bulkRow is one of many articles.
type bulkRow struct {
	Article, Title, Locale, Href string
	Version                      int
	Changes                      bool
	Fault                        string
	Leads                        int    // other texts lead to it that are not changed alike
	Links                        string // address of what leads to it
}

// bulkTyped is what somebody asks for.
type bulkTyped struct {
	kb.BulkChange
	Terms string // of the audience, as typed
	Step  string
	IDs   []string
	Items []kb.BulkItem
	Left  int
}

// bulk asks what to do with the chosen articles, shows what that would change,
// and does it.
func (s *Site) bulk(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	ctx, v := r.Context(), visitOf(r.Context())
	in, err := s.bulkTyped(ctx, v, r)
	if err != nil {
		return err
	}
	b := bulkBody{Step: in.Step, Action: v.link(bulkPath), Back: v.link("/desk/articles"), Left: in.Left}
	var results []kb.BulkResult
	status, faults := http.StatusOK, map[string]string{}
	switch in.Step {
	case bulkTry:
		results, err = s.library.TryBulk(ctx, v.By, in.BulkChange, in.IDs)
	case bulkApply:
		results, err = s.library.Bulk(ctx, v.By, in.BulkChange, in.Items)
	}
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		status, b.Faults, b.Step, faults, err = http.StatusUnprocessableEntity, true, "", v.P.Fields(wrong), nil
	}
	if err != nil {
		return err
	}
	b.results(v, results)
	if in.Step == bulkTry && (in.Do == kb.BulkArchive || in.Do == kb.BulkDelete) {
		if err := s.ledTo(ctx, v, b.Rows); err != nil {
			return err
		}
	}
	if b.Chosen, err = s.bulkChosen(ctx, v, in.IDs); err != nil {
		return err
	}
	if b.Inputs, err = s.bulkInputs(ctx, v, in, faults); err != nil {
		return err
	}
	p := s.deskPage(r, v.P.T("bulk.title"), s.articlesCrumb(v))
	p.Body = b
	return s.show(w, r, status, "desk-bulk", p)
}

// bulkTyped reads the form, in whichever step it is.
func (s *Site) bulkTyped(ctx context.Context, v *visit, r *http.Request) (bulkTyped, error) {
	line := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	in := bulkTyped{Terms: line("to_audience"), Step: line("step")}
	in.BulkChange = kb.BulkChange{
		Do: kb.BulkDeed(line("do")), Category: line("to_category"), Owner: line("to_owner"), Product: line("to_product"),
		Audience: profile.Audience(listOfWords(in.Terms)),
	}
	for _, one := range r.PostForm["article"] {
		id, version, _ := strings.Cut(one, ":")
		in.IDs = append(in.IDs, id)
		in.Items = append(in.Items, kb.BulkItem{Article: id, Version: number(version)})
	}
	if line("all") == "" {
		return in, nil
	}
	all, left, err := s.allThatMatch(ctx, v, line("query"))
	in.IDs, in.Items, in.Left = all, nil, left
	return in, err
}

// allThatMatch returns the articles that a list shows on all its pages, as many
// as are changed at once, and how many more there are.
func (s *Site) allThatMatch(ctx context.Context, v *visit, query string) (ids []string, left int, err error) {
	asked, err := url.ParseQuery(query)
	if err != nil {
		return nil, 0, errs.Invalid
	}
	q := deskListParams{
		Title: asked.Get("title"), Status: asked.Get("status"), Kind: asked.Get("kind"), Category: asked.Get("category"),
		Language: asked.Get("language"), Owner: asked.Get("owner"), Order: asked.Get("order"),
	}.query(v.By)
	q.Limit = kb.MostBulk
	page, _, err := s.library.Manuscripts(ctx, v.By, q)
	if err != nil {
		return nil, 0, err
	}
	n, err := s.library.CountManuscripts(ctx, v.By, q)
	for _, a := range page {
		ids = append(ids, a.ID)
	}
	return ids, max(n-len(ids), 0), err
}

// bulkChosen returns what was chosen of what the visitor sees.
func (s *Site) bulkChosen(ctx context.Context, v *visit, ids []string) (out []bulkRow, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	page, _, err := s.library.Manuscripts(ctx, v.By, kb.ManuscriptQuery{IDs: ids[:min(len(ids), kb.MostBulk)], Order: kb.ManuscriptsTitle, Limit: kb.MostBulk})
	for _, a := range page {
		t := titleFor(v, a)
		out = append(out, bulkRow{Article: a.ID, Title: t.Title, Locale: t.Locale, Href: v.link(editorPath(a.ID, t.Locale)), Version: a.Version})
	}
	return out, err
}

// results takes over what came of each article, what was refused first.
func (b *bulkBody) results(v *visit, results []kb.BulkResult) {
	for _, r := range results {
		row := bulkRow{Article: r.Article, Title: r.Title, Locale: r.Locale, Version: r.Version, Changes: r.Changes}
		if r.Title != "" {
			row.Href = v.link(editorPath(r.Article, r.Locale))
		}
		switch {
		case r.Err != nil:
			row.Fault = refusalIn(v, r.Err)
			b.Refused++
		case r.Changes:
			b.Changes++
		}
		b.Rows = append(b.Rows, row)
	}
	slices.SortStableFunc(b.Rows, func(x, y bulkRow) int { return strings.Compare(refusedFirst(x), refusedFirst(y)) })
}

// ledTo counts, for articles that readers will not be able to open any more, what
// leads to them and stays.
func (s *Site) ledTo(ctx context.Context, v *visit, rows []bulkRow) error {
	goes := map[string]bool{}
	for _, r := range rows {
		goes[r.Article] = r.Changes && r.Fault == ""
	}
	for i, r := range rows {
		if !goes[r.Article] {
			continue
		}
		links, err := s.library.Backlinks(ctx, v.By, r.Article, "", 0)
		if err != nil {
			return err
		}
		stays := slices.DeleteFunc(links.Texts, func(t kb.Backlink) bool { return goes[t.Article] })
		rows[i].Leads, rows[i].Links = len(stays)+len(links.Blocks)+len(links.Lessons), v.link("/desk/articles/"+escape(r.Article)+"/links")
	}
	return nil
}

func refusedFirst(r bulkRow) string {
	switch {
	case r.Fault != "":
		return "a"
	case r.Changes:
		return "b"
	}
	return "c"
}

// refusalIn says why something was refused, in the visitor's language.
func refusalIn(v *visit, err error) string {
	if fields, ok := errors.AsType[errs.Fields](err); ok {
		var out []string
		for _, text := range v.P.Fields(fields) {
			out = append(out, text)
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	return v.P.Error(err)
}

func (s *Site) bulkInputs(ctx context.Context, v *visit, in bulkTyped, faults map[string]string) ([]input, error) {
	places, err := s.library.Places(ctx, v.By, string(v.Wanted))
	if err != nil {
		return nil, err
	}
	owner, err := s.ownerInput(ctx, v, in.Owner)
	if err != nil {
		return nil, err
	}
	var deeds []option
	for _, d := range kb.BulkDeeds() {
		deeds = append(deeds, option{string(d), v.P.T("bulk.do_" + string(d))})
	}
	none := []option{{"", v.P.T("form.none")}}
	owner.Name, owner.Hint = "to_owner", v.P.T("bulk.for", "what", v.P.T("bulk.do_owner"))
	owner.Choices = append(none, slices.DeleteFunc(owner.Choices, func(o option) bool { return o.Value == "" })...)
	out := []input{
		{Name: "do", Label: v.P.T("bulk.do"), Kind: "select", Value: string(in.Do), Choices: deeds, Error: faults["do"]},
		{Name: "to_category", Label: v.P.T("desk.category"), Kind: "select", Value: in.Category, Choices: append(none, placeOptions(places)...), Hint: v.P.T("bulk.for", "what", v.P.T("bulk.do_move")), Error: faults["category"]},
		{Name: "to_audience", Label: v.P.T("write.audience"), Kind: "text", Value: in.Terms, Hint: v.P.T("bulk.audience_note"), Complete: "off", Error: faults["audience"]},
		owner,
		{Name: "to_product", Label: v.P.T("bulk.product"), Kind: "text", Value: in.Product, Max: kb.MaxName, Hint: v.P.T("bulk.product_note"), Complete: "off", Error: faults["product"]},
	}
	out[3].Error = faults["owner"]
	if faults["articles"] != "" {
		out[0].Error = faults["articles"]
	}
	return out, nil
}

// Item returns what names a row in a form.
func (r bulkRow) Item() string { return r.Article + ":" + strconv.Itoa(r.Version) }
