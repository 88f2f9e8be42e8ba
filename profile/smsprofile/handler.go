package smsprofile

import (
	"net/http"
	"time"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

type wirePhone struct {
	Number  string     `json:"number" doc:"Where texts go, in the form of E.164, or empty."`
	Since   *time.Time `json:"since,omitempty" doc:"When it was shown to be theirs."`
	Pending string     `json:"pending" doc:"Number that a code went to which is still good, or empty."`
	Until   *time.Time `json:"until,omitempty" doc:"How long that code is good."`
}

type wireNumber struct {
	Number string `json:"number" doc:"A telephone number with its country, as people write it."`
}

type wireCode struct {
	Code string `json:"code" doc:"What the text says."`
}

// Handler serves the JSON API of telephones under any prefix:
//
//	GET    /me/phone                one's telephone
//	PUT    /me/phone                sends a code to another
//	POST   /me/phone/confirmation   the code, which makes it one's own
//	DELETE /me/phone                forgets it
func (p *Phones) Handler() http.Handler { return p.API().Handler() }

// API returns the operations that Handler serves, to be documented together with
// those of other capabilities.
func (p *Phones) API() *web.API {
	api := web.NewAPI("sms", nil)
	const self = "everybody signed in, about themselves"
	answer := func(w http.ResponseWriter, r *http.Request, phone Phone, err error) error {
		if err != nil {
			return err
		}
		web.NoStore(w)
		return web.JSON(w, r, http.StatusOK, phoneAsWire(phone))
	}
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/me/phone", Name: "profile.phone", Summary: "One's telephone, and whether a code waits.", Policy: self, Out: wirePhone{},
	}, func(w http.ResponseWriter, r *http.Request) error {
		phone, err := p.Mine(r.Context(), profile.FromContext(r.Context()))
		return answer(w, r, phone, err)
	})
	api.Handle(web.Op{
		Method: http.MethodPut, Path: "/me/phone", Name: "profile.ask_phone", Summary: "Sends a code to a telephone.",
		Policy: self, In: wireNumber{}, Out: wirePhone{}, Errors: []int{http.StatusTooManyRequests, http.StatusServiceUnavailable},
	}, func(w http.ResponseWriter, r *http.Request) error {
		in, err := web.Decode[wireNumber](w, r, 0)
		if err != nil {
			return err
		}
		phone, err := p.Ask(r.Context(), profile.FromContext(r.Context()), in.Number)
		return answer(w, r, phone, err)
	})
	api.Handle(web.Op{
		Method: http.MethodPost, Path: "/me/phone/confirmation", Name: "profile.confirm_phone", Summary: "Takes the code that a telephone was sent.",
		Policy: self, In: wireCode{}, Out: wirePhone{},
	}, func(w http.ResponseWriter, r *http.Request) error {
		in, err := web.Decode[wireCode](w, r, 0)
		if err != nil {
			return err
		}
		phone, err := p.Confirm(r.Context(), profile.FromContext(r.Context()), in.Code)
		return answer(w, r, phone, err)
	})
	api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/me/phone", Name: "profile.remove_phone", Summary: "Forgets one's telephone.", Policy: self,
	}, func(w http.ResponseWriter, r *http.Request) error {
		if err := p.Remove(r.Context(), profile.FromContext(r.Context())); err != nil {
			return err
		}
		return web.NoContent(w)
	})
	return api
}

func phoneAsWire(p Phone) wirePhone {
	w := wirePhone{Number: p.Number, Pending: p.Pending}
	if p.Number != "" {
		w.Since = &p.Since
	}
	if p.Pending != "" {
		w.Until = &p.Until
	}
	return w
}
