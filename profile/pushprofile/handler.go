package pushprofile

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/profile"
)

type wireKey struct {
	Key string `json:"key" doc:"The applicationServerKey to subscribe with."`
}

type wireSubscription struct {
	Endpoint       string   `json:"endpoint" doc:"Address of the browser at its push service."`
	ExpirationTime *float64 `json:"expirationTime,omitempty" doc:"As browsers give it; not used."`
	Keys           wireKeys `json:"keys" doc:"What messages are encrypted with."`
}

type wireKeys struct {
	P256DH string `json:"p256dh" doc:"The browser's public key."`
	Auth   string `json:"auth" doc:"The browser's secret."`
}

type wireEndpoint struct {
	Endpoint string `json:"endpoint" doc:"Address of the browser at its push service."`
}

// Handler serves the JSON API of Web Push under any prefix:
//
//	GET  /me/push               the key to subscribe with
//	POST /me/push               this browser has subscribed
//	POST /me/push/unsubscribe   this browser has unsubscribed
func (c *Channel) Handler() http.Handler { return c.API().Handler() }

// API returns the operations that Handler serves, to be documented together
// with those of other capabilities.
func (c *Channel) API() *web.API {
	api := web.NewAPI("push", nil)
	const self = "everybody signed in, about themselves"
	api.Handle(web.Op{
		Method: http.MethodGet, Path: "/me/push", Name: "profile.push", Summary: "The key that browsers subscribe with",
		Policy: "everybody", Public: true, Out: wireKey{},
	}, func(w http.ResponseWriter, r *http.Request) error {
		return web.JSON(w, r, http.StatusOK, wireKey{c.PublicKey()})
	})
	api.Handle(web.Op{
		Method: http.MethodPost, Path: "/me/push", Name: "profile.push.subscribe", Summary: "This browser shows notices",
		Policy: self, In: wireSubscription{},
	}, func(w http.ResponseWriter, r *http.Request) error {
		by := profile.FromContext(r.Context())
		if by.Anonymous() {
			return profile.ErrForbidden
		}
		in, err := web.Decode[wireSubscription](w, r, 0)
		if err != nil {
			return err
		}
		if err := c.Subscribe(r.Context(), by, Subscription{in.Endpoint, in.Keys.P256DH, in.Keys.Auth, r.UserAgent()}); err != nil {
			return err
		}
		return web.NoContent(w)
	})
	api.Handle(web.Op{
		Method: http.MethodPost, Path: "/me/push/unsubscribe", Name: "profile.push.unsubscribe", Summary: "This browser shows no more notices",
		Policy: self, In: wireEndpoint{},
	}, func(w http.ResponseWriter, r *http.Request) error {
		by := profile.FromContext(r.Context())
		if by.Anonymous() {
			return profile.ErrForbidden
		}
		in, err := web.Decode[wireEndpoint](w, r, 0)
		if err != nil {
			return err
		}
		if err := c.Unsubscribe(r.Context(), by, in.Endpoint); err != nil {
			return err
		}
		return web.NoContent(w)
	})
	return api
}
