package addressprofile

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/outbound"
	"github.com/stoa-go/stoa/profile"
)

// A Service looks addresses up at an HTTP service of the team's own, which may
// stand before that of a provider. It answers two requests with JSON:
//
//	GET BASE/suggestions?text=…&country=DE&locale=de&limit=10
//	{"suggestions": [{"id": "x1", "label": "Invalidenstraße 1, 10115 Berlin"}]}
//
//	GET BASE/addresses/x1
//	{"street": ["Invalidenstraße 1"], "postal_code": "10115", "city": "Berlin", "region": "", "country": "DE"}
//
// An id that it does not know is 404.
type Service struct {
	base   string
	token  string
	client *http.Client
}

var _ profile.AddressLookup = (*Service)(nil)

// ServiceOptions adjust a Service. The zero value is ready to use.
type ServiceOptions struct {
	Token   string                // is sent as a bearer token; "" means none
	Timeout time.Duration         // for one request; 0 means 3 s
	Allow   func(netip.Addr) bool // which addresses of the network it may be at; nil means those of the public internet
	Plain   bool                  // whether http:// will do, as within a cluster
}

// NewService returns a Service at an address, "https://addresses.example.com/v1".
// One that cannot be is profile.ErrInvalid. Nil opts mean the defaults.
func NewService(base string, opts *ServiceOptions) (*Service, error) {
	var o ServiceOptions
	if opts != nil {
		o = *opts
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && (u.Scheme != "http" || !o.Plain) {
		return nil, fmt.Errorf("address service: want an address such as https://addresses.example.com/v1: %w", profile.ErrInvalid)
	}
	if o.Timeout == 0 {
		o.Timeout = 3 * time.Second
	}
	return &Service{strings.TrimSuffix(base, "/"), o.Token, outbound.NewClient(&outbound.Options{Timeout: o.Timeout, Allow: o.Allow})}, nil
}

// mostAnswer is how much of an answer is read.
const mostAnswer = 64 << 10

// ask gets JSON from the service. Errors say nothing of what it answered.
func (s *Service) ask(ctx context.Context, path string, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+path, nil)
	if err != nil {
		return fmt.Errorf("address service: %w", profile.ErrInvalid)
	}
	r.Header.Set("Accept", "application/json")
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	res, err := s.client.Do(r)
	if err != nil {
		return fmt.Errorf("address service: cannot be reached: %w", profile.ErrUnavailable)
	}
	defer func() { _ = res.Body.Close() }()
	switch {
	case res.StatusCode == http.StatusNotFound:
		return fmt.Errorf("address service: %w", profile.ErrNotFound)
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("address service: answered %d: %w", res.StatusCode, profile.ErrUnavailable)
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, mostAnswer)).Decode(out); err != nil {
		return fmt.Errorf("address service: its answer cannot be read: %w", profile.ErrUnavailable)
	}
	return nil
}

// Suggest implements [profile.AddressLookup].
func (s *Service) Suggest(ctx context.Context, q profile.AddressQuery) ([]profile.AddressSuggestion, error) {
	form := url.Values{"text": {q.Text}, "limit": {strconv.Itoa(limit(q.Limit))}}
	if q.Country != "" {
		form.Set("country", q.Country)
	}
	if q.Locale != "" {
		form.Set("locale", q.Locale)
	}
	var answer struct {
		Suggestions []struct{ ID, Label string }
	}
	if err := s.ask(ctx, "/suggestions?"+form.Encode(), &answer); err != nil {
		return nil, err
	}
	var out []profile.AddressSuggestion
	for _, one := range answer.Suggestions {
		out = append(out, profile.AddressSuggestion{ID: one.ID, Label: one.Label})
	}
	return out, nil
}

// Address implements [profile.AddressLookup].
func (s *Service) Address(ctx context.Context, id string) (profile.Address, error) {
	var answer struct {
		Street     []string `json:"street"`
		PostalCode string   `json:"postal_code"`
		City       string   `json:"city"`
		Region     string   `json:"region"`
		Country    string   `json:"country"`
	}
	if id == "" || id == "." || id == ".." {
		return profile.Address{}, fmt.Errorf("address: %w", profile.ErrNotFound)
	}
	if err := s.ask(ctx, "/addresses/"+url.PathEscape(id), &answer); err != nil {
		return profile.Address{}, err
	}
	return profile.Address(answer), nil
}
