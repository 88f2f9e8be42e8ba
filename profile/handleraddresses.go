package profile

import (
	"net/http"

	"github.com/stoa-go/stoa/internal/web"
)

func (h *Handler) serveAddresses() {
	const policy = "signed in, so often"
	errors := []int{http.StatusTooManyRequests, http.StatusServiceUnavailable}
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/address-suggestions", Name: "profile.address_suggestions", Summary: "Postal addresses that may be meant by what was typed.",
		Policy: policy, Params: addressParams{}, Out: suggestionsWire{}, Errors: errors,
	}, h.serveSuggestions)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/address-suggestions/{id}", Name: "profile.suggested_address", Summary: "Returns a suggested address, in the form of its country.",
		Policy: policy, Out: postalWire{}, Errors: errors,
	}, h.serveSuggested)
}

type addressParams struct {
	Text    string `query:"text" max:"200" doc:"What was typed, three characters at least."`
	Country string `query:"country" max:"2" doc:"Where to look, as ISO 3166-1 code."`
	Locale  string `query:"locale" max:"35" doc:"Language of the suggestions."`
	Limit   int    `query:"limit" default:"10" clamp:"1,10"`
}

type suggestionsWire struct {
	Suggestions []suggestionWire `json:"suggestions"`
}

type suggestionWire struct {
	ID    string `json:"id"`
	Label string `json:"label" doc:"The address on one line."`
}

type postalWire struct {
	Street     []string `json:"street"`
	PostalCode string   `json:"postal_code"`
	City       string   `json:"city"`
	Region     string   `json:"region"`
	Country    string   `json:"country"`
}

func (h *Handler) serveSuggestions(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query[addressParams](r)
	if err != nil {
		return err
	}
	list, err := h.opts.Addresses.Suggest(r.Context(), FromContext(r.Context()), AddressQuery(q))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, suggestionsWire{mapped(list, func(s AddressSuggestion) suggestionWire { return suggestionWire(s) })})
}

func (h *Handler) serveSuggested(w http.ResponseWriter, r *http.Request) error {
	by, id, err := about(r, "id")
	if err != nil {
		return err
	}
	a, err := h.opts.Addresses.Address(r.Context(), by, id)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, postalWire{filled(a.Street), a.PostalCode, a.City, a.Region, a.Country})
}
