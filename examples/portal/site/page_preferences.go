package site

import (
	"errors"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

type preferencesBody struct {
	Version int
	Look    []input
	Ways    channelTable
	Often   []input
	Quiet   []input
	Zone    string // of the quiet hours
	Reach   reachBody
	Held    *profile.Suppression // what keeps mails from the visitor; nil means nothing
	Privacy []input
	Faults  bool
	Fault   string // of the whole form
	Saved   bool

	Still    bool   // nothing is arranged for them
	Arranged string // what has become of the arrangement
}

// preferencesOf returns how somebody wants pages. A page that does not know is the
// portal's own way.
func (s *Site) preferencesOf(r *http.Request, by profile.Actor) profile.Preferences {
	if by.Anonymous() {
		return profile.Preferences{}
	}
	p, err := s.people.Preferences(r.Context(), by, by.ID)
	if err != nil {
		s.cfg.Log.WarnContext(r.Context(), "preferences not read", "err", err)
		return profile.Preferences{}
	}
	return p
}

// lookOf returns how somebody wants pages to look. A page that does not know
// looks as the device says.
func lookOf(p profile.Preferences) template.HTMLAttr {
	var b strings.Builder
	data := p.Data() // of fixed words and numbers
	for _, name := range slices.Sorted(maps.Keys(data)) {
		b.WriteString(" data-" + name + `="` + data[name] + `"`)
	}
	return template.HTMLAttr(b.String())
}

func (s *Site) preferences(w http.ResponseWriter, r *http.Request) error {
	by := visitOf(r.Context()).By
	p, err := s.people.Preferences(r.Context(), by, by.ID)
	if err != nil {
		return err
	}
	return s.showPreferences(w, r, http.StatusOK, p, nil)
}

func (s *Site) showPreferences(w http.ResponseWriter, r *http.Request, status int, p profile.Preferences, faults map[string]string) error {
	reach, err := s.reachOf(r.Context(), visitOf(r.Context()))
	if err != nil {
		return err
	}
	return s.showPreferencesWith(w, r, status, p, faults, reach)
}

func (s *Site) showPreferencesWith(w http.ResponseWriter, r *http.Request, status int, p profile.Preferences, faults map[string]string, reach reachBody) error {
	v := visitOf(r.Context())
	b := preferencesBody{
		Reach:   reach,
		Version: p.Version, Look: lookInputs(v, p), Ways: s.channelTable(v, p, faults), Often: s.digestInputs(v, p),
		Quiet: quietInputs(v, p), Zone: zoneOf(v.By).String(), Privacy: privacyInputs(v, p),
		Faults: len(faults) > 0, Fault: faults["version"], Saved: v.Query.Get("saved") != "",
	}
	choice, err := s.arranger.Choice(r.Context(), v.By)
	if err != nil {
		return err
	}
	b.Still = choice.Off
	if did := v.Query.Get("arranged"); slices.Contains(arrangements, did) {
		b.Arranged = v.P.T("arranged.done_" + did)
	}
	for _, list := range [][]input{b.Look, b.Often, b.Quiet, b.Privacy} {
		for i := range list {
			list[i].Error = faults[list[i].Name]
		}
	}
	if held, err := s.bounces.Mine(r.Context(), v.By); err != nil {
		return err
	} else if held.Held && s.cfg.Mail.on() {
		b.Held = &held
	}
	page := s.newPage(r, v.P.T("preferences.title"))
	page.NoIndex, page.Body, page.Crumbs = true, b, s.accountCrumbs(v)
	return s.show(w, r, status, "preferences", page)
}

func (s *Site) accountCrumbs(v *visit) []crumb {
	return append(s.crumbs(v), crumb{Title: v.P.T("account.title"), Href: v.link("/account")})
}

// choose returns a question with the choices of a preference. The first is the
// portal's own way.
func choose(v *visit, name, value string, values ...string) input {
	in := input{Name: name, Label: v.P.T("preferences." + name), Kind: "select", Value: value, Choices: []option{{"", v.P.T("preferences." + name + "_own")}}}
	for _, one := range values {
		in.Choices = append(in.Choices, option{one, v.P.T("preferences." + name + "_" + one)})
	}
	return in
}

func lookInputs(v *visit, p profile.Preferences) []input {
	size := input{Name: "text_size", Label: v.P.T("preferences.text_size"), Kind: "select", Value: "100"}
	if p.TextSize != 0 {
		size.Value = strconv.Itoa(p.TextSize)
	}
	sizes := []int{90, 100, 112, 125, 150, 175, 200}
	if p.TextSize != 0 && !slices.Contains(sizes, p.TextSize) {
		sizes = append(sizes, p.TextSize)
	}
	for _, n := range sizes {
		size.Choices = append(size.Choices, option{strconv.Itoa(n), v.P.Percent(float64(n)/100, 0)})
	}
	return []input{
		choose(v, "theme", string(p.Theme), string(profile.ThemeLight), string(profile.ThemeDark)),
		choose(v, "contrast", string(p.Contrast), string(profile.ContrastMore)),
		choose(v, "motion", string(p.Motion), string(profile.MotionLess)),
		size,
		choose(v, "clock", string(p.Clock), string(profile.Clock12), string(profile.Clock24)),
		choose(v, "dates", string(p.Dates), string(profile.DatesDayFirst), string(profile.DatesMonthFirst), string(profile.DatesYearFirst)),
		choose(v, "numbers", string(p.Numbers), string(profile.NumbersPoint), string(profile.NumbersComma), string(profile.NumbersSpace)),
	}
}

func quietInputs(v *visit, p profile.Preferences) []input {
	return []input{
		{Name: "quiet.from", Label: v.P.T("preferences.quiet_from"), Kind: "time", Value: p.Quiet.From},
		{Name: "quiet.to", Label: v.P.T("preferences.quiet_to"), Hint: v.P.T("preferences.quiet_note"), Kind: "time", Value: p.Quiet.To},
	}
}

func privacyInputs(v *visit, p profile.Preferences) []input {
	in := input{Name: "unnoted", Label: v.P.T("preferences.unnoted"), Hint: v.P.T("preferences.unnoted_note"), Kind: "checkbox"}
	if p.Unnoted {
		in.Value = "yes"
	}
	return []input{in}
}

// savePreferences keeps how somebody wants the portal to look and to behave.
func (s *Site) savePreferences(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	old, err := s.people.Preferences(r.Context(), v.By, v.By.ID)
	if err != nil {
		return err
	}
	typed := old.Clone() // what the form does not ask for stays
	typed.Theme, typed.Contrast = profile.Theme(r.PostFormValue("theme")), profile.Contrast(r.PostFormValue("contrast"))
	typed.Motion = profile.Motion(r.PostFormValue("motion"))
	typed.Clock, typed.Dates = profile.Clock(r.PostFormValue("clock")), profile.DateOrder(r.PostFormValue("dates"))
	typed.Numbers = profile.NumberStyle(r.PostFormValue("numbers"))
	typed.TextSize, _ = strconv.Atoi(r.PostFormValue("text_size"))
	if typed.TextSize == 100 {
		typed.TextSize = 0
	}
	s.typedChannels(v, r.PostForm, &typed)
	typed.Quiet = profile.Quiet{From: r.PostFormValue("quiet.from"), To: r.PostFormValue("quiet.to")}
	typed.Unnoted = r.PostFormValue("unnoted") == "yes"
	typed.Version, _ = strconv.Atoi(r.PostFormValue("version"))
	_, err = s.people.SavePreferences(r.Context(), v.By, v.By.ID, typed)
	switch wrong, isFields := errors.AsType[errs.Fields](err); {
	case isFields:
		return s.showPreferences(w, r, http.StatusUnprocessableEntity, typed, v.P.Fields(wrong))
	case errors.Is(err, profile.ErrConflict):
		typed.Version = old.Version
		return s.showPreferences(w, r, http.StatusConflict, typed, map[string]string{"version": v.P.T("account.conflict")})
	case err != nil:
		return err
	}
	http.Redirect(w, r, v.link("/account/preferences")+"?saved=1", http.StatusSeeOther)
	return nil
}

// arrangements are what people can have done with how pages are arranged for
// them.
var arrangements = []string{"reset", "on", "off"}

// arrange puts everything back in its place for somebody, or switches the
// arrangement on or off.
func (s *Site) arrange(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	did := r.PostFormValue("do")
	var err error
	switch did {
	case "reset":
		err = s.arranger.Reset(r.Context(), v.By)
	case "on", "off":
		_, err = s.arranger.Personal(r.Context(), v.By, did == "on")
	default:
		err = errs.Field("do", "error.field.choice", map[string]any{"choices": "reset, on, off"})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/account/preferences")+"?arranged="+did+"#arranged", http.StatusSeeOther)
	return nil
}
