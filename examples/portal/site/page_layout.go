package site

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// layoutRoutes are the pages of those who arrange the portal for others.
func (s *Site) layoutRoutes() []route {
	writes := func(serve web.Func) web.Func {
		return s.permitted(profile.PermissionSegmentsWrite, s.permitted(profile.PermissionSegmentsRead, serve))
	}
	const rules = nothing + "what the portal consists of, to those who arrange it"
	return []route{
		{"GET /admin/layout", rules, writes(s.layoutPage)},
		{"GET /admin/layout/rules/new", rules, writes(s.newRule)},
		{"POST /admin/layout/rules/new", rules, writes(s.saveRule)},
		{"GET /admin/layout/rules/{id}", rules, writes(s.rulePage)},
		{"POST /admin/layout/rules/{id}", rules, writes(s.saveRule)},
		{"POST /admin/layout/rules/{id}/remove", rules, writes(s.removeRule)},
		{"GET /admin/layout/theme", nothing + "colours", writes(s.themePage)},
		{"POST /admin/layout/theme", nothing + "colours", writes(s.checkTheme)},
	}
}

type layoutBody struct {
	Rules   []ruleRow
	Offers  []layout.Promotion
	As      []input // segments to look as
	Preview *previewBody
	Done    bool
}

type ruleRow struct {
	Href, What, Does string
	For              []string
	Off              bool
}

// A previewBody is what somebody would see of the home page.
type previewBody struct {
	Menu, Blocks []menuLink
	Offers       []string
}

// layoutPage shows the rules, and what somebody in some segments would see.
func (s *Site) layoutPage(w http.ResponseWriter, r *http.Request) error {
	ctx, v := r.Context(), visitOf(r.Context())
	book, err := s.arranger.Rules(ctx, v.By)
	if err != nil {
		return err
	}
	b := layoutBody{Done: v.Query.Get("done") != ""}
	if b.Offers, err = s.arranger.Promotions(ctx, v.By); err != nil {
		return err
	}
	refs, err := s.refs(ctx, v)
	if err != nil {
		return err
	}
	for _, rule := range book.Rules {
		b.Rules = append(b.Rules, ruleRow{
			v.link("/admin/layout/rules/" + escape(rule.ID)), nameIn(refs, rule.Ref), v.P.T("layout.do_" + string(rule.Do)),
			slices.Concat(rule.For.Any, rule.For.All), rule.Off,
		})
	}
	names, err := s.segmentOptions(ctx, v)
	if err != nil {
		return err
	}
	b.As = ticksOf("as", names, v.Query["as"])
	p := s.newPage(r, v.P.T("layout.title"))
	if v.Query.Get("look") != "" {
		if b.Preview, err = s.previewAs(ctx, v, p, v.Query["as"]); err != nil {
			return err
		}
	}
	p.NoIndex, p.Body, p.Crumbs = true, b, s.adminCrumbs(v)
	return s.show(w, r, http.StatusOK, "layout-rules", p)
}

// previewAs returns what somebody in segments would see of the home page now.
func (s *Site) previewAs(ctx context.Context, v *visit, p *page, segments []string) (*previewBody, error) {
	as := profile.Actor{Segments: slices.Clone(segments)}
	if slices.ContainsFunc(segments, func(name string) bool { return name != profile.SegmentPublic }) {
		as.ID = "preview" // whoever is in a segment has signed in
	}
	if slices.Contains(segments, profile.SegmentStaff) {
		as.Roles = []profile.Role{profile.RoleAgent}
	}
	as.Segments = slices.DeleteFunc(as.Segments, func(name string) bool { return slices.Contains(builtIn, name) })
	slices.Sort(as.Segments)
	laid, err := s.arranger.Preview(ctx, v.By, as, "", "home")
	if err != nil {
		return nil, err
	}
	out := &previewBody{Menu: p.menuLinks(laid.Menus["main"])}
	for _, slot := range slices.Sorted(maps.Keys(laid.Slots)) {
		for _, panel := range laid.Slots[slot] {
			out.Blocks = append(out.Blocks, menuLink{ID: panel.ID, Title: s.panelTitle(v, panel.Kind, panel.Title, panel.ID), Why: panel.Reason.In(s.catalog, v.Locale)})
		}
	}
	for _, slot := range slices.Sorted(maps.Keys(laid.Shown)) {
		for _, o := range laid.Shown[slot] {
			out.Offers = append(out.Offers, textIn(o.Title, s.catalog.Chain(v.Locale)))
		}
	}
	return out, nil
}

// panelTitle returns what a block is called.
func (s *Site) panelTitle(v *visit, kind string, label layout.Label, id string) string {
	if title := label.In(s.catalog, v.Locale); !label.IsZero() && title != "" {
		return title
	}
	if key := blockTitles[kind]; key != "" {
		return v.P.T(key)
	}
	return id
}

// builtIn are the segments that there are without a rule.
var builtIn = []string{profile.SegmentSignedIn, profile.SegmentStaff}

func (s *Site) segmentOptions(ctx context.Context, v *visit) ([]option, error) {
	out := []option{{profile.SegmentSignedIn, v.P.T("layout.signed_in")}, {profile.SegmentStaff, v.P.T("layout.staff")}}
	list, err := s.people.Segments(ctx, v.By)
	for _, one := range list {
		out = append(out, option{one.Name, one.Title})
	}
	return out, err
}

// ticksOf returns boxes for options, ticked for the values.
func ticksOf(name string, options []option, values []string) (out []input) {
	for i, o := range withOptions(options, values) {
		out = append(out, input{Name: name + strconv.Itoa(i), Label: o.Label, Complete: o.Value, Value: yes(slices.Contains(values, o.Value))})
	}
	return out
}

// refs returns what rules may arrange: whatever is neither pinned nor in a place
// where nothing moves, and categories.
func (s *Site) refs(ctx context.Context, v *visit) (out []option, err error) {
	for _, m := range s.declared.Menus {
		for _, it := range m.Items {
			if !m.Fixed && !it.Pinned {
				out = append(out, option{it.ID, v.P.T("layout.item", "name", it.Label.In(s.catalog, v.Locale), "place", m.Name)})
			}
		}
	}
	for _, p := range s.declared.Pages {
		for _, slot := range p.Slots {
			for _, one := range slot.Blocks {
				if !slot.Fixed && !one.Pinned {
					out = append(out, option{one.ID, v.P.T("layout.item", "name", s.panelTitle(v, one.Kind, one.Title, one.ID), "place", p.Name)})
				}
			}
		}
	}
	categories, err := s.categoryOptions(ctx, v)
	for _, c := range categories {
		out = append(out, option{"category/" + c.Value, v.P.T("layout.item", "name", c.Label, "place", v.P.T("facet.category"))})
	}
	return out, err
}

func nameIn(options []option, value string) string {
	if i := slices.IndexFunc(options, func(o option) bool { return o.Value == value }); i >= 0 {
		return options[i].Label
	}
	return value
}

// A ruleSheet is what was typed about a rule of the layout.
type ruleSheet struct {
	rule   layout.Rule
	kept   bool
	faults map[string]string
}

type layoutRuleBody struct {
	Action, Remove string
	Version        int
	Basics, Reason []input
	For            []tickList
	Faults         []string
	Wrong          bool
}

type tickList struct {
	Name, Title, Fault string
	Ticks              []input
}

func (s *Site) newRule(w http.ResponseWriter, r *http.Request) error {
	return s.showRule(w, r, http.StatusOK, ruleSheet{rule: layout.Rule{Do: layout.ActionPromote}})
}

func (s *Site) rulePage(w http.ResponseWriter, r *http.Request) error {
	rule, err := s.ruleAsked(r)
	if err != nil {
		return err
	}
	return s.showRule(w, r, http.StatusOK, ruleSheet{rule: *rule, kept: true})
}

// ruleAsked returns the rule that a request is about, nil for a new one.
func (s *Site) ruleAsked(r *http.Request) (*layout.Rule, error) {
	if r.PathValue("id") == "" {
		return nil, nil
	}
	id, err := web.PathValue(r, "id")
	if err != nil {
		return nil, err
	}
	book, err := s.arranger.Rules(r.Context(), visitOf(r.Context()).By)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(book.Rules, func(one layout.Rule) bool { return one.ID == id })
	if i < 0 {
		return nil, profile.ErrNotFound
	}
	return &book.Rules[i], nil
}

func (s *Site) saveRule(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	kept, err := s.ruleAsked(r)
	if err != nil {
		return err
	}
	form := ruleSheet{rule: s.typedRuleOf(kept, r.PostForm), kept: kept != nil}
	if n, failed := strconv.Atoi(cmpText(r.PostFormValue("order"), "0")); failed != nil {
		err = errs.Field("order", "error.field.not_a_number", nil)
	} else {
		form.rule.Order = n
		_, err = s.arranger.SaveRule(r.Context(), visitOf(r.Context()).By, form.rule)
	}
	return s.afterForm(w, r, err, "/admin/layout?done=saved", func(status int, faults map[string]string) error {
		if form.faults = faults; status == http.StatusConflict && kept != nil {
			form.rule.Version = kept.Version
		} else if status == http.StatusConflict {
			form.faults = map[string]string{"id": visitOf(r.Context()).P.T("error.field.taken")}
		}
		return s.showRule(w, r, status, form)
	})
}

// cmpText returns the first text that is not empty.
func cmpText(text, otherwise string) string {
	if text = strings.TrimSpace(text); text == "" {
		return otherwise
	}
	return text
}

// typedRuleOf returns what a form says about a rule of the layout.
func (s *Site) typedRuleOf(kept *layout.Rule, form url.Values) layout.Rule {
	rule := layout.Rule{ID: strings.TrimSpace(form.Get("id"))}
	if kept != nil {
		rule = kept.Clone()
		if rule.Version, _ = strconv.Atoi(form.Get("version")); rule.Version < 1 {
			rule.Version = -1
		}
	}
	rule.Do, rule.Ref, rule.Off = layout.Action(form.Get("do")), form.Get("ref"), form.Get("off") == "yes"
	rule.Reason = typedTexts(rule.Reason, form, "reason.", s.cfg.Locales)
	rule.For = layout.Match{Any: form["for.any"], All: form["for.all"], None: form["for.none"]}
	return rule
}

func (s *Site) showRule(w http.ResponseWriter, r *http.Request, status int, form ruleSheet) error {
	ctx, v := r.Context(), visitOf(r.Context())
	names, err := s.segmentOptions(ctx, v)
	if err != nil {
		return err
	}
	refs, err := s.refs(ctx, v)
	if err != nil {
		return err
	}
	rule, faults := form.rule, form.faults
	b := layoutRuleBody{Action: v.link("/admin/layout/rules/new"), Version: rule.Version, Wrong: len(faults) > 0}
	title := v.P.T("layout.new")
	if form.kept {
		b.Action, title = v.link("/admin/layout/rules/"+escape(rule.ID)), rule.ID
		b.Remove = b.Action + "/remove"
	}
	b.Basics = []input{
		{Name: "id", Label: v.P.T("segments.id"), Hint: v.P.T("layout.id_note"), Kind: "text", Value: rule.ID, Required: true, Max: 64, Fixed: form.kept},
		{Name: "do", Label: v.P.T("layout.do"), Kind: "select", Value: string(rule.Do)},
		{Name: "ref", Label: v.P.T("layout.ref"), Kind: "select", Value: rule.Ref, Choices: withOptions(refs, slices.DeleteFunc([]string{rule.Ref}, func(ref string) bool { return ref == "" }))},
		{Name: "order", Label: v.P.T("layout.order"), Kind: "text", Value: numberText(rule.Order, r.PostFormValue("order"))},
		{Name: "off", Label: v.P.T("layout.off"), Kind: "checkbox", Value: yes(rule.Off)},
	}
	for _, do := range []layout.Action{layout.ActionPromote, layout.ActionDemote, layout.ActionPin, layout.ActionHide} {
		b.Basics[1].Choices = append(b.Basics[1].Choices, option{string(do), v.P.T("layout.do_" + string(do))})
	}
	for _, l := range s.cfg.Locales {
		b.Reason = append(b.Reason, input{Name: "reason." + l, Label: v.P.T("fields.label", "language", i18n.Locale(l).Name(v.Locale)), Kind: "text", Value: rule.Reason[l], Max: 200})
	}
	for _, list := range []tickList{
		{Name: "for.any", Title: v.P.T("layout.for_any"), Ticks: ticksOf("for.any", names, rule.For.Any)},
		{Name: "for.all", Title: v.P.T("layout.for_all"), Ticks: ticksOf("for.all", names, rule.For.All)},
		{Name: "for.none", Title: v.P.T("layout.for_none"), Ticks: ticksOf("for.none", names, rule.For.None)},
	} {
		list.Fault = faultAt(faults, list.Name)
		b.For = append(b.For, list)
	}
	b.Faults = note(faults, b.Basics, b.Reason)
	p := s.newPage(r, title)
	p.NoIndex, p.Body = true, b
	p.Crumbs = s.adminCrumbs(v, crumb{Title: v.P.T("layout.title"), Href: v.link("/admin/layout")})
	return s.show(w, r, status, "layout-rule", p)
}

func (s *Site) removeRule(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	rule, err := s.ruleAsked(r)
	if err != nil {
		return err
	}
	v := visitOf(r.Context())
	version, _ := strconv.Atoi(r.PostFormValue("version"))
	err = s.arranger.RemoveRule(r.Context(), v.By, rule.ID, version)
	return s.afterForm(w, r, err, "/admin/layout?done=removed", func(status int, faults map[string]string) error {
		return s.showRule(w, r, status, ruleSheet{*rule, true, faults})
	})
}

type themeBody struct {
	Text    string
	Faults  []fact // place and what is wrong there
	Checked bool
	Tokens  []tokenRow
}

// A tokenRow is a colour of the theme by day and by night.
type tokenRow struct{ Name, Light, Dark string }

func (s *Site) themePage(w http.ResponseWriter, r *http.Request) error {
	return s.showTheme(w, r, http.StatusOK, themeBody{})
}

// checkTheme says what is wrong with a theme before it goes live. Nothing is
// kept: a theme is part of the file that the portal starts with.
func (s *Site) checkTheme(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v := visitOf(r.Context())
	b := themeBody{Text: r.PostFormValue("theme"), Checked: true}
	site, err := layout.Load(strings.NewReader(`{"theme": ` + cmpText(b.Text, "{}") + `}`))
	if at, ok := badJSON(b.Text); ok {
		b.Faults = []fact{{"theme", v.P.T("entry.json", "line", at)}}
		return s.showTheme(w, r, http.StatusUnprocessableEntity, b)
	}
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		texts := v.P.Fields(wrong)
		for _, at := range slices.Sorted(maps.Keys(texts)) {
			b.Faults = append(b.Faults, fact{at, texts[at]})
		}
		return s.showTheme(w, r, http.StatusUnprocessableEntity, b)
	}
	if err != nil {
		b.Faults = []fact{{"theme", v.P.T("error.field.format")}}
		return s.showTheme(w, r, http.StatusUnprocessableEntity, b)
	}
	full := site.Theme.Over(layout.DefaultTheme())
	dark := maps.Clone(full.Light)
	maps.Copy(dark, full.Dark)
	for _, name := range slices.Sorted(maps.Keys(full.Light)) {
		b.Tokens = append(b.Tokens, tokenRow{name, full.Light[name].String(), dark[name].String()})
	}
	return s.showTheme(w, r, http.StatusOK, b)
}

// badJSON returns the line in which a text stops being JSON, if it does.
func badJSON(text string) (line int, bad bool) {
	wrong, bad := errors.AsType[*json.SyntaxError](json.Unmarshal([]byte(cmpText(text, "{}")), new(any)))
	if !bad {
		return 0, false
	}
	return 1 + strings.Count(text[:min(int(wrong.Offset), len(text))], "\n"), true
}

func (s *Site) showTheme(w http.ResponseWriter, r *http.Request, status int, b themeBody) error {
	v := visitOf(r.Context())
	p := s.newPage(r, v.P.T("theme.title"))
	p.NoIndex, p.Body = true, b
	p.Crumbs = s.adminCrumbs(v, crumb{Title: v.P.T("layout.title"), Href: v.link("/admin/layout")})
	return s.show(w, r, status, "layout-theme", p)
}
