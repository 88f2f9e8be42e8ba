package profile

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
)

// A DataRule is what a CRM asks of one property of the people or accounts that
// it keeps. It binds beside the portal's own [Field]: forms show it as hints, the
// Directory refuses what breaks it, and the CRM would too.
type DataRule struct {
	Property string   // as errors name it: "name", "email", "locale", "zone", "country", "attributes.phone", "attributes.address.postal_code"
	Required bool     // it may not be empty
	ReadOnly bool     // it is not changed here
	Min, Max int      // characters; 0 means no limit
	Pattern  string   // RE2 expression that a whole value matches; "" means any
	Values   []string // the only ones; nil means any
	Example  string   // of a good value, for messages and hints

	// ByCountry are the rules that hold instead in some countries, by ISO 3166-1
	// code: of an address its own country, otherwise that of the organisation.
	ByCountry map[string]DataRule
}

// DataRules know what a CRM asks of the data it keeps. An adapter that is a
// [Store] is often DataRules too; it must refuse with [Refuse] what they forbid,
// and proves it with profiletest.TestDataRules.
type DataRules interface {
	// DataRules returns the rules for people or for accounts, one for a property.
	DataRules(ctx context.Context, of FieldOf) ([]DataRule, error)
}

// in returns the rule in a country.
func (r DataRule) in(country string) DataRule {
	own, ok := r.ByCountry[country]
	if !ok {
		return r
	}
	own.Property, own.ReadOnly = r.Property, r.ReadOnly
	return own
}

// refuses returns the message of what is wrong with a value, "" for nothing.
func (r DataRule) refuses(v string) (key string, args map[string]any) {
	n := utf8.RuneCountInString(v)
	switch {
	case v == "" && r.Required:
		return "error.field.required", nil
	case v == "":
	case r.Values != nil && !slices.Contains(r.Values, v):
		return "error.field.choice", map[string]any{"choices": "empty"}
	case n < r.Min:
		return "error.field.too_short", map[string]any{"min": r.Min}
	case r.Max > 0 && n > r.Max:
		return "error.field.too_long", map[string]any{"max": r.Max}
	case r.Pattern != "" && !r.matches(v):
		if r.Example != "" {
			return "error.profile.form", map[string]any{"example": r.Example}
		}
		return "error.field.format", nil
	}
	return "", nil
}

func (r DataRule) matches(v string) bool {
	re, err := regexp.Compile(`\A(?:` + r.Pattern + `)\z`)
	return err != nil || re.MatchString(v)
}

// Validate returns nil, or an error that says what is wrong with the rule
// itself: a pattern that cannot be used, limits that contradict each other, an
// example that is none.
func (r DataRule) Validate() error {
	for country, own := range r.ByCountry {
		if !isCountry(country) || own.ByCountry != nil {
			return fmt.Errorf("rule of %s: country %q: %w", r.Property, country, ErrInvalid)
		}
		own.Property = r.Property
		if err := own.Validate(); err != nil {
			return err
		}
	}
	_, err := regexp.Compile(r.Pattern)
	key, _ := DataRule{Min: r.Min, Max: r.Max, Pattern: r.Pattern, Values: r.Values}.refuses(r.Example)
	switch {
	case r.Property == "":
		err = fmt.Errorf("no property: %w", ErrInvalid)
	case err == nil && (r.Min < 0 || r.Max < 0 || r.Max > 0 && r.Min > r.Max || key != ""):
		err = ErrInvalid
	}
	if err != nil {
		return fmt.Errorf("rule of %s: %w", r.Property, err)
	}
	return nil
}

// A dataRuleSet is all rules as they were at a time.
type dataRuleSet struct {
	rules map[FieldOf]map[string]DataRule
	read  time.Time
	until time.Time
}

// dataRetry is how long a CRM that did not answer is left alone.
const dataRetry = 5 * time.Second

// dataRuleSet returns the rules as they were at most Options.DataRulesFor ago; if
// the CRM does not answer, at most Options.DataRulesStale. After that nothing can
// be said, and nothing is written past the rules.
func (d *Directory) dataRuleSet(ctx context.Context) (*dataRuleSet, error) {
	if d.crm.rules == nil {
		return &dataRuleSet{}, nil
	}
	now := d.now()
	old := d.crm.set.Load()
	if old != nil && now.Before(old.until) {
		return old, nil
	}
	set := &dataRuleSet{rules: map[FieldOf]map[string]DataRule{}, read: now, until: now.Add(d.crm.fresh)}
	for _, of := range []FieldOf{FieldOfPerson, FieldOfAccount} {
		list, err := d.crm.rules.DataRules(ctx, of)
		if err != nil {
			return d.staleRules(ctx, old, now, err)
		}
		set.rules[of] = usable(ctx, list, d.log)
	}
	d.crm.set.Store(set)
	return set, nil
}

// staleRules returns the rules of before, if they are not too old.
func (d *Directory) staleRules(ctx context.Context, old *dataRuleSet, now time.Time, err error) (*dataRuleSet, error) {
	if old == nil || now.Sub(old.read) > d.crm.stale {
		return nil, fmt.Errorf("rules of the data: %w: %w", ErrUnavailable, err)
	}
	d.log.WarnContext(ctx, "rules of the data are old", "since", old.read, "error", err)
	kept := *old
	kept.until = now.Add(dataRetry)
	d.crm.set.Store(&kept)
	return &kept, nil
}

// usable leaves out what cannot be understood here: the CRM itself still refuses
// what it forbids.
func usable(ctx context.Context, list []DataRule, log *slog.Logger) map[string]DataRule {
	out := map[string]DataRule{}
	for _, r := range list {
		if err := r.Validate(); err != nil {
			log.ErrorContext(ctx, "a rule of the data cannot be used", "property", r.Property, "error", err)
			continue
		}
		r.ByCountry, r.Values = maps.Clone(r.ByCountry), slices.Clone(r.Values)
		out[r.Property] = r
	}
	return out
}

// A subject is a person or an account as rules see them.
type subject struct {
	of      FieldOf
	country string
	values  map[string][]string // by property
}

func personSubject(p Person, country string) subject {
	s := subject{FieldOfPerson, country, map[string][]string{"name": {p.Name}, "email": {p.Email}, "locale": {p.Locale}, "zone": {p.Zone}}}
	s.addAttributes(p.Attributes)
	return s
}

func accountSubject(a Account) subject {
	s := subject{FieldOfAccount, a.Country, map[string][]string{"name": {a.Name}, "country": {a.Country}, "plan": {a.Plan}}}
	s.addAttributes(a.Attributes)
	return s
}

func (s subject) addAttributes(m map[string][]string) {
	for name, values := range m {
		s.values["attributes."+name] = values
	}
}

// countryOf returns the country that a property goes by.
func (s subject) countryOf(property string) string {
	own := s.values["attributes."+attributeAddress+string(AddressCountry)]
	if strings.HasPrefix(property, "attributes."+attributeAddress) && len(own) > 0 {
		return own[0]
	}
	return s.country
}

// checkData applies the CRM's rules to a record that was old and is to become
// given. What nobody touched may stay as it is. Whoever has a form before them
// must not leave out what is required and theirs to give; edits says what is.
func (d *Directory) checkData(ctx context.Context, old, given subject, edits func(property string) bool) error {
	set, err := d.dataRuleSet(ctx)
	if err != nil {
		return err
	}
	w := errs.Fields{}
	for property, r := range set.rules[given.of] {
		was, is := old.values[property], given.values[property]
		changed := !slices.Equal(full(was), full(is))
		switch {
		case !changed && !(len(full(is)) == 0 && edits(property)):
			continue
		case changed && r.ReadOnly && old.values != nil:
			w.Add(property, "error.profile.read_only", nil)
			continue
		}
		if is = full(is); len(is) == 0 && edits(property) {
			is = []string{""}
		}
		for _, v := range is {
			if key, args := r.in(given.countryOf(property)).refuses(v); key != "" {
				w.Add(property, key, args)
			}
		}
	}
	return w.Err()
}

// full returns the values that are not empty.
func full(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return strings.TrimSpace(v) == "" })
}
