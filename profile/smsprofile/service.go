package smsprofile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"time"

	"github.com/stoa-go/stoa/internal/outbound"
	"github.com/stoa-go/stoa/profile"
)

// ServiceOptions adjust a [Service]. The zero value is ready to use.
type ServiceOptions struct {
	Token   string                // is sent as a bearer token; "" means none
	Timeout time.Duration         // for one request; 0 means 10 s
	Allow   func(netip.Addr) bool // which addresses of the network it may be at; nil means those of the public internet
	Plain   bool                  // whether http:// will do, as within a cluster
}

// Service returns an SMSFunc that hands texts to an HTTP service of the team's
// own, which may stand before that of a provider:
//
//	POST ADDRESS
//	Idempotency-Key: KEY
//	{"to": "+4366012345", "text": "…", "key": "KEY"}
//
// Any 2xx means that it was taken, 404, 410 and 422 that the number cannot be
// reached, and all else that it is tried again, after Retry-After if it says so.
// An address that cannot be one is profile.ErrInvalid. Nil opts mean the
// defaults.
func Service(address string, opts *ServiceOptions) (SMSFunc, error) {
	var o ServiceOptions
	if opts != nil {
		o = *opts
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !o.Plain) {
		return nil, fmt.Errorf("sms service: want an address such as https://texts.example.com/v1: %w", profile.ErrInvalid)
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	client := outbound.NewClient(&outbound.Options{Timeout: o.Timeout, Allow: o.Allow})
	return func(ctx context.Context, s SMS) error {
		body, err := json.Marshal(map[string]string{"to": s.To, "text": s.Text, "key": s.Key})
		if err != nil {
			return profile.Permanent(errors.New("sms service: the text cannot be written"))
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
		if err != nil {
			return profile.Permanent(errors.New("sms service: no such address"))
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", s.Key)
		if o.Token != "" {
			r.Header.Set("Authorization", "Bearer "+o.Token)
		}
		res, err := client.Do(r)
		if err != nil {
			return errors.New("sms service: cannot be reached")
		}
		_ = res.Body.Close()
		return answered(res)
	}, nil
}

// answered says what an answer means.
func answered(res *http.Response) error {
	err := fmt.Errorf("sms service: answered %d", res.StatusCode)
	switch {
	case res.StatusCode/100 == 2:
		return nil
	case res.StatusCode == http.StatusNotFound, res.StatusCode == http.StatusGone, res.StatusCode == http.StatusUnprocessableEntity:
		return profile.Permanent(err)
	}
	if n, bad := strconv.Atoi(res.Header.Get("Retry-After")); bad == nil && n > 0 {
		return profile.RetryAfter(err, time.Duration(n)*time.Second)
	}
	return err
}
