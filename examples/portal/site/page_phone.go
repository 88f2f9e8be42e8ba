package site

import (
	"context"
	"errors"
	"net/http"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/smsprofile"
)

// People have text messages sent to a telephone once they have typed in a code
// that went there.

// phoneRoutes are about the visitor's telephone, where there are text messages.
func (s *Site) phoneRoutes() []route {
	if s.phones == nil {
		return nil
	}
	return []route{{"POST /account/preferences/phone", nothing + "one's own", s.signedIn(s.changePhone)}}
}

type phoneBody struct {
	smsprofile.Phone
	Input, Code input
	Folder      string // where newcomers find the code, or empty
	Done        string // what has just been done
}

// phoneNotices are the texts about what has just happened.
var phoneNotices = map[string]string{"confirm": "phone.confirmed", "remove": "phone.removed"}

// phoneOf returns the visitor's telephone, nil where no text messages go out.
func (s *Site) phoneOf(ctx context.Context, v *visit) (*phoneBody, error) {
	if s.phones == nil {
		return nil, nil
	}
	phone, err := s.phones.Mine(ctx, v.By)
	if err != nil {
		return nil, err
	}
	b := &phoneBody{
		Phone: phone,
		Input: input{Name: "number", Label: v.P.T("phone.number"), Hint: v.P.T("phone.number_note"), Kind: "tel", Max: 40, Complete: "tel"},
		Code:  input{Name: "code", Label: v.P.T("phone.code"), Hint: v.P.T("phone.code_note"), Kind: "text", Max: 20, Complete: "one-time-code", Mode: "numeric"},
	}
	if s.cfg.Demo {
		b.Folder = s.cfg.SMS.Folder
	}
	if key := phoneNotices[v.Query.Get("phone")]; key != "" {
		b.Done = v.P.T(key)
	}
	return b, nil
}

// changePhone sends a code, takes one, or forgets the telephone.
func (s *Site) changePhone(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	ctx, v, do := r.Context(), visitOf(r.Context()), r.PostFormValue("do")
	var err error
	switch do {
	case "ask":
		_, err = s.phones.Ask(ctx, v.By, r.PostFormValue("number"))
	case "confirm":
		_, err = s.phones.Confirm(ctx, v.By, r.PostFormValue("code"))
	case "remove":
		err = s.phones.Remove(ctx, v.By)
	default:
		err = errs.Field("do", "error.field.invalid", nil)
	}
	if err == nil {
		http.Redirect(w, r, v.link("/account/preferences")+"?phone="+do+"#reach-phone", http.StatusSeeOther)
		return nil
	}
	status, wrong := phoneFaults(err)
	if wrong == nil {
		return err
	}
	return s.showPhone(w, r, status, v.P.Fields(wrong))
}

// phoneFaults returns what is said on the page of an error, nil for others.
func phoneFaults(err error) (status int, wrong errs.Fields) {
	if wrong, ok := errors.AsType[errs.Fields](err); ok {
		return http.StatusUnprocessableEntity, wrong
	}
	says, ok := errors.AsType[*errs.Says](err)
	switch {
	case ok && errors.Is(err, profile.ErrTooMany):
		return http.StatusTooManyRequests, errs.Fields{"number": says.Message}
	case ok && errors.Is(err, profile.ErrUnavailable):
		return http.StatusServiceUnavailable, errs.Fields{"number": says.Message}
	}
	return 0, nil
}

// showPhone shows the preferences with what was wrong about the telephone.
func (s *Site) showPhone(w http.ResponseWriter, r *http.Request, status int, faults map[string]string) error {
	ctx, v := r.Context(), visitOf(r.Context())
	prefs, err := s.people.Preferences(ctx, v.By, v.By.ID)
	if err != nil {
		return err
	}
	reach, err := s.reachOf(ctx, v)
	if err != nil {
		return err
	}
	b := reach.Phone
	b.Input.Value, b.Input.Error = r.PostFormValue("number"), faults["number"]
	b.Code.Value, b.Code.Error = r.PostFormValue("code"), faults["code"]
	if b.Pending == "" && b.Input.Error == "" {
		b.Input.Error = b.Code.Error // the code is over, and its form is gone
	}
	return s.showPreferencesWith(w, r, status, prefs, nil, reach)
}
