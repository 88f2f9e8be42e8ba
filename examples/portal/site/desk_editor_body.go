package site

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// An editorView is how the form of an article is shown: after what was done, with
// what is wrong.
type editorView struct {
	Wrong     bool
	Undecided bool              // an earlier unsaved text is kept, and would be gone
	Faults    map[string]string // by field
	Others    []string          // of no field in particular
	Clash     *clash            // nil if nobody saved anything in the meantime
}

type editorBody struct {
	editorView
	New       bool
	Heading   string
	HeadingIn string // language of that, "" for the page's
	Action    string
	Done      string // message key of what has just been done
	Writing   writing
	Lang      i18n.Locale
	State     string // message key
	Look      string
	Live      string // address for readers
	Writes    bool   // the visitor may change the text
	Uploads   bool   // and put files there
	Arranges  bool   // and what all languages share
	Publishes bool
	Published bool   // readers are shown the text
	Mirrored  string // file that the text comes from, empty for none
	Minor     bool   // followers are not to be told
	Title     input
	Slug      input
	Summary   input
	SEO       []input // what search engines are told in the place of these
	Note      input
	BodyFault string
	Shared    []input // about all languages
	Audience  []tick
	Terms     input
	Products  []tick
	More      input // products that are none of the known
	Related   []tick
	Add       input
	Fields    []input
	Facts     []fact // what is shared, for those who may not change it
	Preview   kb.Preview
	Findings  []finding
	Outside   *outlook
	Tabs      []deskTab
	Original  *original
	Key       string
	Unsaved   *unsaved     // nil if there is none
	Backlinks string       // address of what links to it
	Linked    backlinkList // of what can be archived: the first of what links to it
	Delete    string       // address to delete it at, "" for who may not
	Writers   []string     // who else has the text before them, in words
	Leads     []leadRow    // searches that showed the article
	Gaps      []gapRow     // of a new one: what it could answer
	Health    string       // address of how the article does
	Signs     []option     // how parts of a text are marked, and what for
	OpenNotes int          // threads of notes that are not settled, as far as they are counted
}

// A tick is a box to tick.
type tick struct {
	ID, Value, Label string
	Locale           string // of the label
	Ticked           bool
}

// A finding is something to mend, in the visitor's words.
type finding struct{ Severity, Text string }

// A deskTab leads to an article in another language.
type deskTab struct {
	Name, Href, State string
	Current           bool
}

// An original is what a translation is made from.
type original struct {
	Locale               string
	Title, Summary, Body string
	Name                 string // of the language
	Stale                bool
}

// articlesCrumb leads to the list.
func (s *Site) articlesCrumb(v *visit) crumb {
	return crumb{Title: v.P.T("desk.articles"), Href: v.link("/desk/articles")}
}

// showEditor shows the form of an article.
func (s *Site) showEditor(w http.ResponseWriter, r *http.Request, status int, a kb.Article, wr writing, view editorView) error {
	ctx, v := r.Context(), visitOf(r.Context())
	if err := s.relate(ctx, v, &wr); err != nil && view.Faults == nil {
		view.Faults = map[string]string{}
	}
	t, _ := a.In(wr.Locale)
	b := editorBody{
		editorView: view, New: wr.Article == "", Writing: wr, Lang: i18n.Locale(wr.Locale), Key: s.memory.formKey, Action: v.link("/desk/articles/new"),
		Writes: s.library.MayWrite(v.By, a, wr.Locale), Arranges: s.library.MayArrange(v.By, a), Publishes: s.policy.May(v.By, profile.PermissionContentPublish),
		Published: t.Visible(), Minor: r.PostFormValue("minor") != "",
	}
	if done := v.Query.Get("done"); slices.Contains([]string{"saved", "published", "archived", "restored", "undeleted", "file"}, done) && status == http.StatusOK {
		b.Done = "write.done_" + done
	}
	b.Heading, b.HeadingIn = headingOf(v, a, wr)
	if !b.New {
		b.Action = v.link(editorPath(wr.Article, wr.Locale))
		b.State, b.Look = stateOf(a, t)
		b.Tabs = s.deskTabs(v, a, wr.Locale)
		b.Backlinks = v.link("/desk/articles/" + escape(a.ID) + "/links")
		if s.library.MayDelete(v.By, a) {
			b.Delete = v.link("/desk/articles/" + escape(a.ID) + "/delete")
		}
	}
	if t.Visible() && b.Publishes {
		var err error
		if b.Linked, err = s.backlinksBeside(ctx, v, a); err != nil {
			return err
		}
	}
	if t.Visible() {
		b.Live = s.path(kb.Ref{Kind: "article", ID: a.ID, Locale: t.Locale, Slug: t.Slug})
	}
	b.Uploads = b.Writes && s.policy.May(v.By, profile.PermissionContentWrite)
	b.texts(v)
	for _, fill := range []func(context.Context, *visit, kb.Article, *editorBody) error{s.fillShared, s.fillTicks, s.fillPreview, s.fillOutside, s.fillOriginal, s.fillUnsaved, s.fillOthers, s.fillNotes, s.fillSearches, s.fillMirrored} {
		if err := fill(ctx, v, a, &b); err != nil {
			return err
		}
	}
	b.noteFaults()
	p := s.deskPage(r, b.Heading, s.articlesCrumb(v))
	p.Body = b
	return s.show(w, r, status, "desk-editor", p)
}

// headingOf returns what an article is called, and in which language: as it was
// typed, as it is called in the language it was written in, or a new one.
func headingOf(v *visit, a kb.Article, wr writing) (title, locale string) {
	src, _ := a.In(a.Source)
	switch {
	case wr.Text.Title != "":
		return wr.Text.Title, wr.Locale
	case src.Title != "":
		return src.Title, a.Source
	}
	return v.P.T("write.new"), ""
}

// texts asks for what readers read.
func (b *editorBody) texts(v *visit) {
	t := b.Writing.Text
	ask := func(name, value string, most int) input {
		in := input{Name: name, Label: v.P.T("write." + name), Kind: "text", Value: value, Max: most, Complete: "off", Fixed: !b.Writes}
		if key := "write." + name + "_note"; v.P.Has(key) {
			in.Hint = v.P.T(key)
		}
		return in
	}
	b.Title, b.Summary, b.Note = ask("title", t.Title, kb.MaxTitle), ask("summary", t.Summary, kb.MaxSummary), ask("note", t.Note, kb.MaxSummary)
	b.SEO = []input{ask("seo_title", t.SEOTitle, kb.MaxTitle), ask("description", t.Description, kb.MaxSummary)}
	for i, name := range []string{"outside.seo_title", "outside.description"} {
		b.SEO[i].Label, b.SEO[i].Hint = v.P.T(name), v.P.T("outside.instead")
	}
	b.Slug = ask("slug", t.Slug, kb.MaxTitle)
	b.Slug.Fixed = b.Slug.Fixed || b.Published && !b.Publishes
	b.Title.Required = true
	b.Signs = textSigns(v)
}

// textSigns are the signs that texts can have besides Markdown: how they are
// typed, and what they are for.
func textSigns(v *visit) []option {
	return []option{
		{":::internal\n…\n:::", v.P.T("signs.internal")}, {":::for partner, account:acme\n…\n:::", v.P.T("signs.for")},
		{":::include name", v.P.T("signs.include")}, {":::embed https://…", v.P.T("signs.embed")}, {"> [!NOTE]\n> …", v.P.T("signs.box")},
	}
}

// noteFaults puts each fault to its question, and those of none above the form.
func (b *editorBody) noteFaults() {
	texts := []*input{&b.Title, &b.Slug, &b.Summary, &b.Note, &b.Terms, &b.More, &b.Add}
	shown := map[string]bool{"body": true}
	for _, in := range texts {
		in.Error, shown[in.Name] = b.Faults[in.Name], true
	}
	b.Terms.Error, shown["audience"] = b.Faults["audience"], true
	b.More.Error, shown["products"] = b.Faults["products"], true
	b.BodyFault = b.Faults["body"]
	for _, list := range [][]input{b.Shared, b.Fields, b.SEO} {
		for i, in := range list {
			list[i].Error, shown[in.Name] = b.Faults[in.Name], true
		}
	}
	for name, text := range b.Faults {
		if !shown[name] {
			b.Others = append(b.Others, name+": "+text)
		}
	}
	slices.Sort(b.Others)
	b.Wrong = b.Wrong || len(b.Faults) > 0
}

// fillShared asks for what all languages share, or says it to those who may not
// change it.
func (s *Site) fillShared(ctx context.Context, v *visit, a kb.Article, b *editorBody) error {
	places, err := s.library.Places(ctx, v.By, string(v.Wanted))
	if err != nil {
		return err
	}
	m := b.Writing.Meta
	kind := input{Name: "kind", Label: v.P.T("desk.kind"), Kind: "select", Value: string(m.Kind)}
	for _, t := range s.library.Types() {
		kind.Choices = append(kind.Choices, option{string(t.Kind), t.Names.In(string(v.Locale))})
	}
	category := input{Name: "category", Label: v.P.T("desk.category"), Kind: "select", Value: m.Category, Required: true, Choices: append([]option{{}}, placeOptions(places)...)}
	b.Shared = []input{kind, category, {Name: "tags", Label: v.P.T("write.tags"), Hint: v.P.T("write.tags_note"), Kind: "text", Value: strings.Join(m.Tags, ", "), Complete: "off"}}
	if b.Publishes {
		owner, err := s.ownerInput(ctx, v, m.Owner)
		if err != nil {
			return err
		}
		b.Shared = append(b.Shared, owner, input{Name: "order", Label: v.P.T("write.order"), Hint: v.P.T("write.order_note"), Kind: "text", Mode: "numeric", Value: strconv.Itoa(m.Order)})
	}
	b.Fields = fieldInputs(v, s.library.Type(m.Kind), m.Fields)
	if !b.Arranges {
		b.Facts = sharedFacts(v, append(b.Shared, b.Fields...))
	}
	return nil
}

// sharedFacts says what inputs would ask.
func sharedFacts(v *visit, inputs []input) (out []fact) {
	for _, in := range inputs {
		value := in.Value
		for _, c := range in.Choices {
			if c.Value == in.Value {
				value = strings.TrimSpace(c.Label)
			}
		}
		if value != "" && in.Name != "order" {
			out = append(out, fact{in.Label, value})
		}
	}
	return out
}

// writers are the roles whose people can own articles.
var writers = []profile.Role{profile.RoleAuthor, profile.RoleReviewer, profile.RoleAdmin, profile.RoleAgent}

// ownerInput asks who answers for an article.
func (s *Site) ownerInput(ctx context.Context, v *visit, owner string) (input, error) {
	in := input{Name: "owner", Label: v.P.T("desk.owner"), Kind: "select", Value: owner}
	seen := map[string]bool{}
	for _, role := range writers {
		people, _, err := s.keeping.People(ctx, profile.PersonQuery{Role: role, Limit: mostAccounts})
		if err != nil {
			return in, err
		}
		for _, p := range people {
			if !seen[p.ID] && !p.Disabled {
				seen[p.ID] = true
				in.Choices = append(in.Choices, option{p.ID, p.Name})
			}
		}
	}
	slices.SortFunc(in.Choices, func(a, b option) int { return cmp.Compare(a.Label, b.Label) })
	if !seen[owner] {
		names := map[string]string{}
		if err := s.nameIn(ctx, v, names, owner); err != nil {
			return in, err
		}
		in.Choices = append(in.Choices, option{owner, cmp.Or(names[owner], owner)})
	}
	return in, nil
}

// htmlKinds are the HTML inputs for the kinds of fields of articles.
var htmlKinds = map[kb.FieldKind]string{kb.FieldURL: "url", kb.FieldEmbed: "url", kb.FieldDate: "date", kb.FieldTime: "datetime-local", kb.FieldChoice: "select"}

// fieldInputs asks for the fields of a type. Times are the visitor's.
func fieldInputs(v *visit, t kb.Type, values map[string]string) []input {
	var out []input
	locale, zone := string(v.Locale), zoneOf(v.By)
	for _, f := range t.Fields {
		in := input{
			Name: "fields." + f.Key, Label: f.Names.In(locale), Hint: f.Help.In(locale), Kind: cmp.Or(htmlKinds[f.Kind], "text"),
			Value: values[f.Key], Complete: "off", Required: f.Required,
		}
		if at, err := time.Parse(time.RFC3339, in.Value); err == nil && f.Kind == kb.FieldTime {
			in.Value = at.In(zone).Format(localTime)
		}
		if f.Kind == kb.FieldTime {
			in.Hint = strings.TrimSpace(in.Hint + " " + v.P.T("write.zone", "zone", zone.String()))
		}
		if f.Kind == kb.FieldChoice {
			in.Choices = []option{{}}
			for _, c := range f.Choices {
				in.Choices = append(in.Choices, option{c.Key, c.Names.In(locale)})
			}
		}
		out = append(out, in)
	}
	return out
}

// fillTicks asks for readers, products and related articles.
func (s *Site) fillTicks(ctx context.Context, v *visit, _ kb.Article, b *editorBody) error {
	m := b.Writing.Meta
	segments := []option{
		{profile.SegmentPublic, v.P.T("write.public")}, {profile.SegmentSignedIn, v.P.T("write.signed_in")}, {profile.SegmentStaff, v.P.T("write.staff")},
	}
	if s.policy.May(v.By, profile.PermissionSegmentsRead) {
		list, err := s.people.Segments(ctx, v.By)
		if err != nil {
			return err
		}
		for _, one := range list {
			segments = append(segments, option{one.Name, cmp.Or(one.Title, one.Name)})
		}
	}
	var rest []string
	b.Audience, rest = ticks("audience", segments, m.Audience)
	b.Terms = input{Name: "terms", Label: v.P.T("write.terms"), Hint: v.P.T("write.terms_note"), Kind: "text", Value: strings.Join(rest, ", "), Complete: "off"}
	var products []option
	for _, p := range s.world.Products {
		products = append(products, option{p.ID, p.Name})
	}
	b.Products, rest = ticks("products", products, m.Products)
	b.More = input{Name: "more_products", Label: v.P.T("write.more_products"), Kind: "text", Value: strings.Join(rest, ", "), Complete: "off"}
	b.Add = input{Name: "add", Label: v.P.T("write.add"), Hint: v.P.T("write.add_note"), Kind: "text", Value: b.Writing.Add, Complete: "off"}
	for i, id := range m.Related {
		one := tick{ID: "related-" + strconv.Itoa(i), Value: id, Label: id, Ticked: true}
		if a, err := s.library.Manuscript(ctx, v.By, id); err == nil {
			row := s.deskRow(v, a, kb.Place{}, "")
			one.Label, one.Locale = row.Title, row.Locale
		}
		b.Related = append(b.Related, one)
	}
	return nil
}

// ticks returns the choices, those among values ticked, and the values that are
// none of them.
func ticks(name string, choices []option, values []string) (out []tick, rest []string) {
	known := map[string]bool{}
	for i, c := range choices {
		known[c.Value] = true
		out = append(out, tick{ID: name + "-" + strconv.Itoa(i), Value: c.Value, Label: c.Label, Ticked: slices.Contains(values, c.Value)})
	}
	return out, slices.DeleteFunc(slices.Clone(values), func(v string) bool { return known[v] })
}

// fillPreview shows what readers would see, and what is to be mended.
func (s *Site) fillPreview(ctx context.Context, v *visit, _ kb.Article, b *editorBody) error {
	preview, findings, fault, err := s.previewOf(ctx, v, b.Writing)
	b.Preview, b.Findings = preview, findings
	if fault != "" && b.Faults["body"] == "" {
		b.Faults = mapWith(b.Faults, "body", fault)
	}
	return err
}

func mapWith(m map[string]string, key, value string) map[string]string {
	if m == nil {
		m = map[string]string{}
	}
	m[key] = value
	return m
}

// fillOriginal shows the text that a translation is made from.
func (s *Site) fillOriginal(ctx context.Context, v *visit, a kb.Article, b *editorBody) error {
	if b.New || b.Writing.Locale == a.Source {
		return nil
	}
	src, ok := a.In(a.Source)
	if !ok {
		return nil
	}
	rev, err := s.library.Revision(ctx, v.By, a.ID, a.Source, cmp.Or(src.Live, src.Head))
	if err != nil {
		return err
	}
	t, _ := a.In(b.Writing.Locale)
	b.Original = &original{
		Locale: a.Source, Title: rev.Title, Summary: rev.Summary, Body: rev.Body, Name: i18n.Locale(a.Source).Name(v.Locale), Stale: t.Head > 0 && a.Stale(t),
	}
	return nil
}

// deskTabs lead to the article in other languages: those it is in, and those it
// could be translated into.
func (s *Site) deskTabs(v *visit, a kb.Article, current string) []deskTab {
	var out []deskTab
	add := func(locale, state string) {
		out = append(out, deskTab{i18n.Locale(locale).Name(v.Locale), v.link(editorPath(a.ID, locale)), state, locale == current})
	}
	for _, t := range a.Translations {
		key, _ := stateOf(a, t)
		add(t.Locale, v.P.T(key))
	}
	for _, l := range s.offered(v) {
		if _, ok := a.In(string(l)); !ok && (s.policy.May(v.By, profile.PermissionContentTranslate) || string(l) == current) {
			add(string(l), v.P.T("write.untranslated"))
		}
	}
	return out
}

// articleNamed returns the ID of the article that a text names: an ID, a name in
// addresses, or an address.
func (s *Site) articleNamed(ctx context.Context, v *visit, text string) (string, error) {
	if u, err := url.Parse(text); err == nil && strings.Contains(text, "/") {
		text = path.Base(u.Path)
	}
	if a, err := s.library.Manuscript(ctx, v.By, text); err == nil {
		return a.ID, nil
	}
	found, err := s.library.Find(ctx, v.By, string(v.Wanted), text)
	return found.ID, err
}
