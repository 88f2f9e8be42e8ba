package site

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/oidcprofile"
)

// What cannot be undone is for people who have just proved who they are. Others
// are asked to, and come back to the form with what they had typed.

const (
	typedCookie = "stoa_typed"
	typedFor    = 15 * time.Minute
	mostTyped   = 3000 // bytes, of what a cookie holds
)

// sure reports whether whoever sends a request has just proved who they are.
func sure(r *http.Request) bool {
	return profile.FromContext(r.Context()).Assurance >= profile.AssuranceStrong
}

// surely serves those who have just proved who they are. Others do so first, and
// come back to the page at a path.
func (s *Site) surely(page string, serve web.Func) web.Func {
	step := web.Handler(s.cfg.Log, func(w http.ResponseWriter, r *http.Request) error { return s.stepUp(w, r, page) })
	handler := profile.RequireAssurance(profile.AssuranceStrong, step)(web.Handler(s.cfg.Log, serve))
	return func(w http.ResponseWriter, r *http.Request) error {
		handler.ServeHTTP(w, r)
		return nil
	}
}

// A typed is what somebody had typed into a form before they were asked who they
// are. Their browser keeps it, sealed.
type typed struct {
	Person string     `json:"p"`
	Path   string     `json:"a"` // without language
	Form   url.Values `json:"f"`
	Until  time.Time  `json:"u"`
}

// stepUp leads somebody to where they prove who they are, and then to the page
// at a path.
func (s *Site) stepUp(w http.ResponseWriter, r *http.Request, page string) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	v := visitOf(r.Context())
	if err := s.sealTyped(w, v, typedCookie, page, r.PostForm, typedFor); err != nil {
		return err
	}
	http.Redirect(w, r, v.link("/account/confirm")+"?return_to="+url.QueryEscape(v.link(page)), http.StatusSeeOther)
	return nil
}

// sealTyped has the visitor's browser keep, sealed, what is for them to find at
// the page at a path.
func (s *Site) sealTyped(w http.ResponseWriter, v *visit, cookie, page string, form url.Values, lasts time.Duration) error {
	text, err := json.Marshal(typed{v.By.ID, page, form, s.cfg.Now().Add(lasts)})
	if err != nil {
		return err
	}
	sealed := base64.RawURLEncoding.EncodeToString(s.typedSeal().Seal(nil, nil, text, nil))
	// What is longer has to be typed again, rather than not be sent at all.
	if len(sealed) <= mostTyped {
		c := s.cookie(cookie, sealed)
		c.MaxAge = int(lasts.Seconds())
		http.SetCookie(w, c)
	}
	return nil
}

// typedBefore returns what the visitor had typed into the form of a page before
// they were asked who they are, once, or nil.
func (s *Site) typedBefore(w http.ResponseWriter, r *http.Request) url.Values {
	form := s.takeTyped(w, r, typedCookie)
	if v := visitOf(r.Context()); form != nil && sure(r) {
		v.Alert = v.P.T("confirm.thanks")
	}
	return form
}

// takeTyped returns what sealTyped has kept for the page that is asked for, once,
// or nil.
func (s *Site) takeTyped(w http.ResponseWriter, r *http.Request, cookie string) url.Values {
	c, err := r.Cookie(cookie)
	if err != nil {
		return nil
	}
	v := visitOf(r.Context())
	t, err := s.unsealTyped(c.Value)
	if err != nil || t.Person != v.By.ID || t.Path != v.Path || !s.cfg.Now().Before(t.Until) {
		return nil
	}
	http.SetCookie(w, s.ended(cookie))
	return t.Form
}

func (s *Site) unsealTyped(value string) (t typed, err error) {
	sealed, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return t, err
	}
	text, err := s.typedSeal().Open(nil, nil, sealed, nil)
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal(text, &t)
}

// typedSeal is what seals cookies, on all instances alike. Its key is derived,
// for the secret has other uses.
func (s *Site) typedSeal() cipher.AEAD {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte("portal typed 1"))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		panic(err) // the key has the right length
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // the cipher has the right block size
	}
	return aead
}

type confirmBody struct {
	Form  *sheet // of the demo
	There string // address at the provider, for those whom it vouches for
	Back  string
}

// confirm asks somebody to prove who they are.
func (s *Site) confirm(w http.ResponseWriter, r *http.Request) error {
	v := visitOf(r.Context())
	back := valid.ReturnPath(v.Query.Get("return_to"))
	b := confirmBody{Back: back}
	if way, ok := s.vouched(r); ok {
		b.There = way.prefix + "/login?strong=1&return=" + url.QueryEscape(back)
	} else {
		b.Form = &sheet{Action: v.link(v.Path), Submit: v.P.T("confirm.do"), Hidden: []option{{"return_to", back}}}
	}
	p := s.newPage(r, v.P.T("confirm.title"))
	p.NoIndex, p.Body, p.Crumbs = true, b, s.accountCrumbs(v)
	return s.show(w, r, http.StatusOK, "confirm", p)
}

// vouched returns the provider that vouches for whoever sends a request, if one
// does.
func (s *Site) vouched(r *http.Request) (wayIn, bool) {
	current, err := s.sessions.Current(r)
	for _, way := range s.waysIn {
		if err == nil && current.Via == way.via {
			return way, true
		}
	}
	return wayIn{}, false
}

// confirmDemo stands for the second factor in the demo, where nobody has one.
func (s *Site) confirmDemo(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Invalid
	}
	current, err := s.sessions.Current(r)
	if err == nil && (!s.cfg.Demo || current.Via != "demo") {
		err = profile.ErrNotFound
	}
	if err != nil {
		return err
	}
	in := profile.SignIn{Person: current.Person, Via: "demo", Assurance: profile.AssuranceStrong}
	if _, err := s.sessions.Start(w, r, in); err != nil {
		return err
	}
	http.Redirect(w, r, valid.ReturnPath(r.PostFormValue("return_to")), http.StatusSeeOther)
	return nil
}

// strong reports whether the provider says that somebody signed in as surely as
// the portal asks for. If it asks for nothing in particular, a fresh sign-in will
// do.
func (o OIDC) strong(c oidcprofile.Claims) bool {
	return len(o.ACR) == 0 || slices.Contains(o.ACR, c.ACR)
}

// makesStaff reports whether roles has one of staff that was not there before.
func makesStaff(before, roles []profile.Role) bool {
	return slices.ContainsFunc(roles, func(r profile.Role) bool { return r.Staff() && !slices.Contains(before, r) })
}
