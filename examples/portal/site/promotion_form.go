package site

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/layout"
)

// A promotionForm is what was typed about a promotion, and what came of it.
type promotionForm struct {
	promotion layout.Promotion
	kept      bool
	looked    bool // it was asked how it will look
	faults    map[string]string
}

type promotionBody struct {
	Action, Copy, Stages, Remove string
	Version                      int
	Stage                        layout.Stage // empty for a new one
	When                         string
	Basics, Times, Limits        []input
	Texts                        []textGroup
	For                          []tickList
	Faults                       []string
	Wrong                        bool
	Looks                        []offerLook
	Looked                       bool
	Figures                      []figure
	Rate                         string
	Days                         int
	Why                          *whyBody
}

// A textGroup is the questions about one language.
type textGroup struct {
	Title  string
	Inputs []input
}

// An offerLook is a promotion as readers of one language will see it.
type offerLook struct {
	Language    string
	Locale      i18n.Locale
	Title, Text string
	Action      string
}

func (s *Site) newPromotion(w http.ResponseWriter, r *http.Request) error {
	form := promotionForm{promotion: layout.Promotion{Audience: profile.Public(), Zone: visitOf(r.Context()).P.Zone().String()}}
	if from := r.URL.Query().Get("from"); from != "" {
		like, err := s.arranger.Promotion(r.Context(), visitOf(r.Context()).By, from)
		if err != nil {
			return err
		}
		form.promotion = like.Clone()
		form.promotion.ID, form.promotion.Version, form.promotion.Off = copyID(like.ID), 0, true
	}
	return s.showPromotion(w, r, http.StatusOK, form)
}

// copyID returns a name for the copy of something.
func copyID(id string) string { return id[:min(len(id), 59)] + "-copy" }

func (s *Site) promotionPage(w http.ResponseWriter, r *http.Request) error {
	kept, err := s.promotionAsked(r)
	if err != nil {
		return err
	}
	return s.showPromotion(w, r, http.StatusOK, promotionForm{promotion: *kept, kept: true})
}

// savePromotion keeps what was typed about a promotion, or shows how it will look.
func (s *Site) savePromotion(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	kept, err := s.promotionAsked(r)
	if err != nil {
		return err
	}
	p, wrong := s.typedPromotion(kept, r.PostForm)
	form := promotionForm{promotion: p, kept: kept != nil, looked: r.PostFormValue("do") == "look"}
	if form.looked {
		return s.showPromotion(w, r, http.StatusOK, form)
	}
	if len(wrong) > 0 {
		err = s.alsoWrong(p, wrong)
	} else {
		_, err = s.arranger.SavePromotion(r.Context(), visitOf(r.Context()).By, p)
	}
	return s.afterForm(w, r, err, "/admin/promotions?done=saved", func(status int, faults map[string]string) error {
		if form.faults = faults; status == http.StatusConflict && kept != nil {
			form.promotion.Version = kept.Version
		} else if status == http.StatusConflict {
			form.faults = map[string]string{"id": visitOf(r.Context()).P.T("error.field.taken")}
		}
		return s.showPromotion(w, r, status, form)
	})
}

// alsoWrong returns what of a form cannot be read together with what else is wrong
// in it.
func (s *Site) alsoWrong(p layout.Promotion, wrong errs.Fields) error {
	if more, ok := errors.AsType[errs.Fields](s.arranger.CheckPromotion(p)); ok {
		maps.Copy(more, wrong)
		return more
	}
	return wrong
}

func (s *Site) showPromotion(w http.ResponseWriter, r *http.Request, status int, form promotionForm) error {
	ctx, v := r.Context(), visitOf(r.Context())
	b := promotionBody{
		Action: v.link("/admin/promotions/new"), Version: form.promotion.Version, Wrong: len(form.faults) > 0,
		Looks: s.looksOf(v, form.promotion), Looked: form.looked, Days: figureDays,
	}
	title := v.P.T("promotions.new")
	if form.kept {
		title = cmpText(textIn(form.promotion.Title, s.catalog.Chain(v.Locale)), form.promotion.ID)
		if err := s.addKeptPromotion(r, v, form.promotion, &b); err != nil {
			return err
		}
	}
	if err := s.askPromotion(ctx, v, r, form, &b); err != nil {
		return err
	}
	p := s.newPage(r, title)
	p.NoIndex, p.Body = true, b
	p.Crumbs = s.adminCrumbs(v, crumb{Title: v.P.T("promotions.title"), Href: v.link("/admin/promotions")})
	return s.show(w, r, status, "promotion", p)
}

// addKeptPromotion adds what there is to say of a promotion that is kept.
func (s *Site) addKeptPromotion(r *http.Request, v *visit, p layout.Promotion, b *promotionBody) (err error) {
	b.Action = v.link("/admin/promotions/" + escape(p.ID))
	b.Stages, b.Copy = b.Action+"/stage", v.link("/admin/promotions/new")+"?from="+escape(p.ID)
	kept, err := s.arranger.Promotion(r.Context(), v.By, p.ID)
	if err != nil {
		return err
	}
	b.Stage, b.When = kept.Stage(s.cfg.Now()), whenOf(v, kept)
	if b.Stage == layout.StageEnded || b.Stage == layout.StagePaused {
		b.Remove = b.Action + "/remove"
	}
	counts, err := s.promotionCounts(r.Context())
	if err != nil {
		return err
	}
	b.Figures, b.Rate = drawn(counts, p.ID), followRate(v, counts, p.ID)
	b.Why, err = s.whyOf(r, v, kept)
	return err
}

// looksOf returns how a promotion looks in the languages that it is in.
func (s *Site) looksOf(v *visit, p layout.Promotion) (out []offerLook) {
	for _, l := range s.cfg.Locales {
		if p.Title[l] == "" {
			continue
		}
		locale := i18n.Locale(l)
		out = append(out, offerLook{locale.Name(v.Locale), locale, p.Title[l], p.Text[l], p.Action[l]})
	}
	return out
}

// askPromotion adds the questions, with what is wrong at each.
func (s *Site) askPromotion(ctx context.Context, v *visit, r *http.Request, form promotionForm, b *promotionBody) error {
	p := form.promotion
	names, err := s.segmentOptions(ctx, v)
	if err != nil {
		return err
	}
	sees, err := s.audienceOptions(ctx, v)
	if err != nil {
		return err
	}
	b.Basics = []input{
		{Name: "id", Label: v.P.T("segments.id"), Hint: v.P.T("layout.id_note"), Kind: "text", Value: p.ID, Required: true, Max: 64, Fixed: form.kept},
		{Name: "slot", Label: v.P.T("promotions.slot"), Kind: "select", Value: p.Slot, Choices: s.slotOptions(v, p.Slot)},
		{Name: "address", Label: v.P.T("promotions.address"), Hint: v.P.T("promotions.address_note"), Kind: "url", Value: p.Address, Max: 2000},
	}
	b.Times = []input{
		{Name: "from", Label: v.P.T("promotions.from"), Kind: "datetime-local", Value: p.From},
		{Name: "to", Label: v.P.T("promotions.to"), Kind: "datetime-local", Value: p.To},
		{Name: "zone", Label: v.P.T("account.zone"), Hint: v.P.T("promotions.zone_note"), Kind: "zone", Value: p.Zone, Max: 64},
		{Name: "off", Label: v.P.T("promotions.off"), Kind: "checkbox", Value: yes(p.Off)},
	}
	b.Limits = limitInputs(v, r, p)
	b.For = []tickList{
		{Name: "audience", Title: v.P.T("promotions.audience"), Ticks: ticksOf("audience", sees, p.Audience)},
		{Name: "for.any", Title: v.P.T("layout.for_any"), Ticks: ticksOf("for.any", names, p.For.Any)},
		{Name: "for.all", Title: v.P.T("layout.for_all"), Ticks: ticksOf("for.all", names, p.For.All)},
		{Name: "for.none", Title: v.P.T("layout.for_none"), Ticks: ticksOf("for.none", names, p.For.None)},
	}
	for i := range b.For {
		b.For[i].Fault = faultAt(form.faults, b.For[i].Name)
	}
	b.Texts = s.textGroups(v, p)
	lists := [][]input{b.Basics, b.Times, b.Limits}
	for _, g := range b.Texts {
		lists = append(lists, g.Inputs)
	}
	faults := elsewhere(form.faults, b.For)
	if text := faults["action"]; text != "" && faults["address"] == "" {
		// One without the other is asked for where both begin.
		faults["address"] = text
		delete(faults, "action")
	}
	b.Faults = note(faults, lists...)
	return nil
}

// elsewhere returns the faults without those that stand at lists of ticks.
func elsewhere(faults map[string]string, lists []tickList) map[string]string {
	out := map[string]string{}
	for at, text := range faults {
		if !slices.ContainsFunc(lists, func(l tickList) bool { return at == l.Name || strings.HasPrefix(at, l.Name+"[") }) {
			out[at] = text
		}
	}
	return out
}

func limitInputs(v *visit, r *http.Request, p layout.Promotion) (out []input) {
	numbers := promotionNumbers(&p)
	for _, name := range []string{"per_person", "per_day", "holdout", "priority"} {
		out = append(out, input{
			Name: name, Label: v.P.T("promotions." + name), Hint: v.P.T("promotions." + name + "_note"), Kind: "text", Mode: "numeric",
			Value: numberText(*numbers[name], r.PostFormValue(name)), Max: 6,
		})
	}
	return out
}

func (s *Site) textGroups(v *visit, p layout.Promotion) (out []textGroup) {
	for _, l := range s.cfg.Locales {
		out = append(out, textGroup{i18n.Locale(l).Name(v.Locale), []input{
			{Name: "title." + l, Label: v.P.T("promotions.name"), Kind: "text", Value: p.Title[l], Max: 200},
			{Name: "text." + l, Label: v.P.T("promotions.text"), Kind: "lines", Value: p.Text[l], Max: 500},
			{Name: "action." + l, Label: v.P.T("promotions.action"), Kind: "text", Value: p.Action[l], Max: 200},
		}})
	}
	return out
}

// slotOptions are the places that pages have for promotions.
func (s *Site) slotOptions(v *visit, now string) (out []option) {
	for _, p := range s.declared.Pages {
		for _, slot := range p.Slots {
			if name := p.Name + "/" + slot.Name; slot.Offers > 0 {
				out = append(out, option{name, s.slotName(v, name)})
			}
		}
	}
	return withOptions(out, slices.DeleteFunc([]string{now}, func(name string) bool { return name == "" }))
}

// audienceOptions are who may be let see something: everybody, and segments that
// nobody can talk themselves into.
func (s *Site) audienceOptions(ctx context.Context, v *visit) ([]option, error) {
	out := []option{
		{profile.SegmentPublic, v.P.T("promotions.everybody")}, {profile.SegmentSignedIn, v.P.T("layout.signed_in")}, {profile.SegmentStaff, v.P.T("layout.staff")},
	}
	if len(s.declared.Brands) > 1 {
		for _, b := range s.declared.Brands {
			out = append(out, option{"brand-" + b.ID, b.Name})
		}
	}
	list, err := s.people.Segments(ctx, v.By)
	facts, failed := s.knownFacts(ctx, v)
	for _, one := range list {
		if opens(facts, one.Rule) {
			out = append(out, option{one.Name, one.Title})
		}
	}
	return out, errors.Join(err, failed)
}
