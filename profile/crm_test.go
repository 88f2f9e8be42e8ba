package profile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/memprofile"
	"github.com/stoa-go/stoa/profile/profiletest"
)

// A crmField is a rule as the fake CRM spells it.
type crmField struct {
	Name      string `json:"name"`
	Mandatory bool   `json:"mandatory,omitempty"`
	Locked    bool   `json:"locked,omitempty"`
	Length    int    `json:"length,omitempty"`
	Regex     string `json:"regex,omitempty"`
	Picklist  []string
	Sample    string              `json:"sample,omitempty"`
	Local     map[string]crmField `json:"local,omitempty"`
}

// crmFields are its rules: names as the CRM has them, a pattern for tax numbers
// that differs by country if it is told to.
func crmFields(countries bool) []crmField {
	list := []crmField{
		{Name: "FullName", Mandatory: true, Length: 40, Sample: "Ann Example"},
		{Name: "Phone", Mandatory: true, Regex: `\+[0-9]{8,15}`, Sample: "+4930123456"},
		{Name: "Segment", Picklist: []string{"retail", "trade"}},
		{Name: "TaxID", Regex: `[0-9]{6,12}`, Sample: "1234567", Local: map[string]crmField{"AT": {Regex: `ATU[0-9]{8}`, Sample: "ATU12345678"}}},
		{Name: "CustomerNo", Locked: true},
	}
	if !countries {
		list[3].Local = nil
	}
	return list
}

// properties are what the portal calls them.
var properties = map[string]string{"FullName": "name", "Phone": "attributes.phone", "Segment": "attributes.segment", "TaxID": "attributes.tax", "CustomerNo": "attributes.number"}

// A fakeCRM speaks HTTP and refuses by its rules, in its own words.
type fakeCRM struct {
	down   atomic.Bool
	picky  atomic.Bool // refuses what no rule says
	asked  atomic.Int32
	fields []crmField
	people map[string]map[string]string
}

func (c *fakeCRM) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case c.down.Load():
		w.WriteHeader(http.StatusServiceUnavailable)
	case r.URL.Path == "/fields":
		c.asked.Add(1)
		_ = json.NewEncoder(w).Encode(c.fields)
	default:
		c.put(w, r)
	}
}

type crmFault struct{ Field, Code, Message string }

func (c *fakeCRM) put(w http.ResponseWriter, r *http.Request) {
	var in map[string]string
	_ = json.NewDecoder(r.Body).Decode(&in)
	var faults []crmFault
	for _, f := range c.fields {
		v := in[f.Name]
		if local, ok := f.Local["AT"]; ok {
			f.Regex = local.Regex
		}
		switch {
		case v == "" && f.Mandatory:
			faults = append(faults, crmFault{f.Name, "MISSING", ""})
		case v == "":
		case f.Length > 0 && utf8.RuneCountInString(v) > f.Length:
			faults = append(faults, crmFault{f.Name, "LENGTH", ""})
		case f.Regex != "" && !regexp.MustCompile(`\A(?:`+f.Regex+`)\z`).MatchString(v):
			faults = append(faults, crmFault{f.Name, "FORMAT", ""})
		case f.Picklist != nil && !slices.Contains(f.Picklist, v):
			faults = append(faults, crmFault{f.Name, "PICKLIST", ""})
		}
	}
	if c.picky.Load() {
		faults = append(faults, crmFault{"Phone", "X-1", "number is on the\nblock list"})
	}
	if len(faults) > 0 {
		w.WriteHeader(http.StatusUnprocessableEntity)
		_ = json.NewEncoder(w).Encode(faults)
		return
	}
	c.people[r.URL.Path] = in
}

// A crmStore is an adapter: people are written to the CRM first, and kept here
// once it has taken them.
type crmStore struct {
	*memprofile.Store
	base string
}

// DataRules implements [profile.DataRules].
func (s crmStore) DataRules(ctx context.Context, of profile.FieldOf) ([]profile.DataRule, error) {
	if of != profile.FieldOfPerson {
		return nil, ctx.Err()
	}
	var list []crmField
	if err := s.call(ctx, http.MethodGet, "/fields", nil, &list); err != nil {
		return nil, err
	}
	var out []profile.DataRule
	for _, f := range list {
		r := f.rule()
		r.Property, r.ByCountry = properties[f.Name], map[string]profile.DataRule{}
		for country, local := range f.Local {
			r.ByCountry[country] = local.rule()
		}
		out = append(out, r)
	}
	return out, nil
}

func (f crmField) rule() profile.DataRule {
	return profile.DataRule{Required: f.Mandatory, ReadOnly: f.Locked, Max: f.Length, Pattern: f.Regex, Values: f.Picklist, Example: f.Sample}
}

// SavePerson implements [profile.PersonStore].
func (s crmStore) SavePerson(ctx context.Context, p profile.Person) error {
	out := map[string]string{}
	for name, property := range properties {
		out[name] = p.Name
		if attribute, ok := strings.CutPrefix(property, "attributes."); ok {
			out[name] = strings.Join(p.Attributes[attribute], " ")
		}
	}
	var faults []crmFault
	err := s.call(ctx, http.MethodPut, "/people/"+p.ID, out, &faults)
	if errors.Is(err, profile.ErrInvalid) {
		return refused(faults)
	}
	if err != nil {
		return err
	}
	return s.Store.SavePerson(ctx, p)
}

// refused says in the portal's words what the CRM said.
func refused(faults []crmFault) error {
	why := map[string]profile.Refusal{
		"MISSING": profile.RefusalRequired, "LENGTH": profile.RefusalLong, "FORMAT": profile.RefusalFormat, "PICKLIST": profile.RefusalChoice,
	}
	var out []profile.Refused
	for _, f := range faults {
		out = append(out, profile.Refused{Property: properties[f.Field], Why: why[f.Code], Text: f.Message})
	}
	return profile.Refuse(out...)
}

func (s crmStore) call(ctx context.Context, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("%w: %w", profile.ErrUnavailable, err)
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK, http.StatusUnprocessableEntity:
		if err := json.NewDecoder(res.Body).Decode(out); err != nil && method == http.MethodGet {
			return err
		}
		if res.StatusCode != http.StatusOK {
			return profile.ErrInvalid
		}
		return nil
	}
	return profile.ErrUnavailable
}

func newCRM(t *testing.T, countries bool) (*fakeCRM, crmStore) {
	t.Helper()
	crm := &fakeCRM{fields: crmFields(countries), people: map[string]map[string]string{}}
	server := httptest.NewServer(crm)
	t.Cleanup(server.Close)
	return crm, crmStore{memprofile.New(), server.URL}
}

// TestCRM: the adapter refuses what its rules forbid, each at its property.
func TestCRM(t *testing.T) {
	profiletest.TestDataRules(t, func(t *testing.T) (profiletest.Bound, profile.Person) {
		_, store := newCRM(t, false) // the suite knows no country
		return store, profile.Person{ID: "ann", Name: "Ann", Attributes: map[string][]string{"phone": {"+4930123456"}, "segment": {"retail"}, "tax": {"1234567"}}}
	})
}

// A bound portal is a directory over a CRM, by a clock.
type boundPortal struct {
	*profile.Directory
	crm *fakeCRM
	now time.Time
}

func newBound(t *testing.T) *boundPortal {
	t.Helper()
	crm, store := newCRM(t, true)
	b := &boundPortal{crm: crm, now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	b.Directory = profile.NewDirectory(store, &profile.Options{Now: func() time.Time { return b.now }})
	require.NoError(t, store.SaveAccount(t.Context(), profile.Account{ID: "acme", Name: "Acme", Country: "AT", Version: 1}))
	require.NoError(t, store.Store.SavePerson(t.Context(), profile.Person{
		ID: "ann", Name: "Ann", Account: "acme", Version: 1, Attributes: map[string][]string{"phone": {"+4930123456"}, "number": {"C-7"}},
	}))
	for _, name := range []string{"phone", "segment", "tax", "number"} {
		_, err := b.SaveField(t.Context(), root, profile.Field{Name: name, Label: map[string]string{"en": name}, Edit: profile.FieldBySelf})
		require.NoError(t, err)
	}
	return b
}

// save has ann change herself, and returns what is wrong.
func (b *boundPortal) save(t *testing.T, change func(*profile.Person)) map[string]string {
	t.Helper()
	ann := profile.Actor{ID: "ann", Account: "acme", Roles: []profile.Role{profile.RoleCustomer}}
	p, err := b.Person(t.Context(), ann, "ann")
	require.NoError(t, err)
	change(&p)
	_, err = b.SavePerson(t.Context(), ann, p)
	fields, ok := errors.AsType[errs.Fields](err)
	require.True(t, err == nil || ok, "%v", err)
	out := map[string]string{}
	for name, m := range fields {
		out[name] = m.Key
	}
	return out
}

// TestRulesOfACRMBindEdits: what the CRM would refuse never gets there, and is
// said at the field.
func TestRulesOfACRMBindEdits(t *testing.T) {
	b := newBound(t)
	set := func(name, value string) func(*profile.Person) {
		return func(p *profile.Person) { p.Attributes[name] = []string{value} }
	}
	for _, c := range []struct {
		name   string
		change func(*profile.Person)
		want   map[string]string
	}{
		{"nothing", func(*profile.Person) {}, map[string]string{}},
		{"too long a name", func(p *profile.Person) { p.Name = "Maximiliane-Friederike von und zu Hohenlohe-X" }, map[string]string{"name": "error.field.too_long"}},
		{"no telephone", func(p *profile.Person) { delete(p.Attributes, "phone") }, map[string]string{"attributes.phone": "error.field.required"}},
		{"a wrong one", set("phone", "12"), map[string]string{"attributes.phone": "error.profile.form"}},
		{"not on the list", set("segment", "whale"), map[string]string{"attributes.segment": "error.field.choice"}},
		{"another country's tax number", set("tax", "1234567"), map[string]string{"attributes.tax": "error.profile.form"}},
		{"locked", set("number", "C-8"), map[string]string{"attributes.number": "error.profile.read_only"}},
		{"two at once", func(p *profile.Person) { p.Attributes["phone"], p.Attributes["segment"] = nil, []string{"x"} }, map[string]string{"attributes.phone": "error.field.required", "attributes.segment": "error.field.choice"}},
		{"all of it good", set("tax", "ATU12345678"), map[string]string{}},
	} {
		before := len(b.crm.people)
		require.Equal(t, c.want, b.save(t, c.change), c.name)
		if len(c.want) > 0 {
			require.Len(t, b.crm.people, before, "the CRM was asked nevertheless")
		}
	}
	b.crm.picky.Store(true)
	require.Equal(t, map[string]string{"attributes.phone": "error.profile.refused_why"}, b.save(t, set("phone", "+4930999999")), "what only the CRM knows comes back to its field")
	ann, err := b.Person(t.Context(), root, "ann")
	require.NoError(t, err)
	require.Equal(t, []string{"+4930123456"}, ann.Attributes["phone"])
}

// TestRulesGrowOld: while the CRM does not answer, rules are used as they were,
// and not for ever.
func TestRulesGrowOld(t *testing.T) {
	b := newBound(t)
	asked := func() int32 { return b.crm.asked.Load() }
	rules := func() error { _, err := b.FormRules(t.Context(), profile.FieldOfPerson, ""); return err }
	require.NoError(t, rules())
	require.NoError(t, rules())
	require.EqualValues(t, 1, asked(), "from the cache")
	b.now = b.now.Add(time.Minute)
	require.NoError(t, rules())
	require.EqualValues(t, 2, asked())
	b.crm.down.Store(true)
	b.now = b.now.Add(59 * time.Minute)
	require.NoError(t, rules(), "they are an hour old at most")
	b.now = b.now.Add(2 * time.Minute)
	require.ErrorIs(t, rules(), profile.ErrUnavailable)
	p, err := b.Person(t.Context(), root, "ann")
	require.NoError(t, err, "reading goes on")
	_, err = b.SavePerson(t.Context(), root, p)
	require.ErrorIs(t, err, profile.ErrUnavailable)
	b.crm.down.Store(false)
	require.NoError(t, rules())
}

// TestHints: what a form says is what is refused.
func TestHints(t *testing.T) {
	b := newBound(t)
	rules, err := b.FormRules(t.Context(), profile.FieldOfPerson, "AT")
	require.NoError(t, err)
	require.Equal(t, profile.Hints{Required: true, Max: 40, Example: "Ann Example", Autocomplete: "name"}, rules.Hints("name", profile.Field{Max: 120}))
	require.Equal(t, profile.Hints{Required: true, Pattern: `\+[0-9]{8,15}`, Example: "+4930123456", Autocomplete: "tel", InputMode: "tel"},
		rules.Hints("attributes.phone", profile.Field{Type: profile.FieldPhone, Pattern: "x"}))
	require.Equal(t, `ATU[0-9]{8}`, rules.Hints("attributes.tax", profile.Field{}).Pattern)
	require.True(t, rules.Hints("attributes.number", profile.Field{}).Fixed)
	require.Equal(t, []string{"retail", "trade"}, rules.Hints("attributes.segment", profile.Field{}).Values)
	require.Equal(t, profile.Hints{Required: true, Min: 2, Max: 9, Pattern: "p"}, rules.Hints("attributes.other", profile.Field{Required: true, Min: 2, Max: 9, Pattern: "p"}))
}
