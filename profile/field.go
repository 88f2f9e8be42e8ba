package profile

import (
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// A Field is something that a portal wants to know of people or organisations,
// and the rule that its values obey. It is one rule for everything that takes
// values: forms show it as hints, the API and stores behind it refuse what
// breaks it, and a CRM's own rules have the same shape. The values are the
// attribute of the same name.
type Field struct {
	Name     string            // of the attribute: "phone", "delivery_city"
	Of       FieldOf           // whom it describes; "" means people
	Label    map[string]string // by language: {"en": "Telephone"}; must have one
	Hint     map[string]string // what to enter, by language
	Type     FieldType         // "" means FieldText
	Required bool              // a form cannot be sent without it
	Choices  []Choice          // for FieldChoice
	Pattern  string            // RE2 expression that a whole value matches; "" means any
	Min, Max int               // characters of a text, or the least and greatest number; 0 means no limit of its own
	Many     int               // how many values there may be; 0 means one
	Edit     FieldEdit         // who may change it; "" means FieldByStaff
	Order    int               // place in a form; equal ones go by name
	Version  int               // 0 in a new one; each change adds 1
}

// A FieldOf says what a field describes.
type FieldOf string

// What fields describe.
const (
	FieldOfPerson  FieldOf = "person"
	FieldOfAccount FieldOf = "account"
)

// A FieldType is the kind of a field's values.
type FieldType string

// The types of fields.
const (
	FieldText    FieldType = "text"    // one line
	FieldNumber  FieldType = "number"  // decimal digits with a point: -12.5
	FieldDate    FieldType = "date"    // 2026-11-30
	FieldChoice  FieldType = "choice"  // one of Choices
	FieldYes     FieldType = "yes"     // "yes" or no value
	FieldEmail   FieldType = "email"   // one plain address
	FieldPhone   FieldType = "phone"   // + and digits; spaces, hyphens and brackets are taken away
	FieldLink    FieldType = "link"    // an http or https address
	FieldCountry FieldType = "country" // ISO 3166-1 code in capitals
)

// A FieldEdit says who may change a field. All others who may read it see it.
type FieldEdit string

// Who changes fields. Each includes those after it. What people enter about
// themselves proves nothing: rules that ask for such an attribute open no
// content (see [Rule.Declared]).
const (
	FieldBySelf    FieldEdit = "self"    // the person, or for an account its managers
	FieldByManager FieldEdit = "manager" // managers of the organisation
	FieldByStaff   FieldEdit = "staff"   // who may write the directory; others see it
	FieldHidden    FieldEdit = "hidden"  // who may write the directory; customers do not see it
)

// A Choice is one value of a field and what it is called.
type Choice struct {
	Value string            `json:"value"`
	Label map[string]string `json:"label"` // by language
}

// Clone returns a copy that shares no maps or slices with f.
func (f Field) Clone() Field {
	f.Label, f.Hint, f.Choices = maps.Clone(f.Label), maps.Clone(f.Hint), slices.Clone(f.Choices)
	for i, c := range f.Choices {
		f.Choices[i].Label = maps.Clone(c.Label)
	}
	return f
}

// Limits of a field.
const (
	maxFields     = 64 // of people, and of accounts
	maxChoices    = 300
	maxPattern    = 200
	maxFieldOrder = 10_000
)

// Validate returns nil, or what is wrong with the field itself. Its error matches
// ErrInvalid.
func (f Field) Validate() error {
	_, err := f.check()
	return err
}

// check returns f as it is kept, or what is wrong with it.
func (f Field) check() (Field, error) {
	w := errs.Fields{}
	f.Of, f.Type, f.Edit = orField(f.Of, FieldOfPerson), orField(f.Type, FieldText), orField(f.Edit, FieldByStaff)
	if f.Name == "" {
		w.Add("name", "error.field.required", nil)
	} else if !validKey(f.Name) {
		w.Add("name", "error.profile.attribute", map[string]any{"key": clip(f.Name)})
	}
	oneOf(w, "of", f.Of, FieldOfPerson, FieldOfAccount)
	oneOf(w, "type", f.Type, FieldText, FieldNumber, FieldDate, FieldChoice, FieldYes, FieldEmail, FieldPhone, FieldLink, FieldCountry)
	oneOf(w, "edit", f.Edit, FieldBySelf, FieldByManager, FieldByStaff, FieldHidden)
	if len(f.Label) == 0 {
		w.Add("label", "error.field.required", nil)
	}
	checkTexts(w, "label", f.Label, valid.TextTitle)
	checkTexts(w, "hint", f.Hint, valid.TextSummary)
	f.checkLimits(w)
	f.checkChoices(w)
	return f, w.Err()
}

func (f Field) checkLimits(w errs.Fields) {
	if _, err := f.matcher(); err != nil || len(f.Pattern) > maxPattern {
		w.Add("pattern", "error.profile.pattern", map[string]any{"max": maxPattern})
	}
	if f.Max != 0 && f.Min > f.Max {
		w.Add("max", "error.field.mismatch", nil)
	}
	if f.Many < 0 || f.Many > maxValues {
		w.Add("many", "error.field.out_of_range", map[string]any{"min": 0, "max": maxValues})
	}
	if f.Order < -maxFieldOrder || f.Order > maxFieldOrder {
		w.Add("order", "error.field.out_of_range", map[string]any{"min": -maxFieldOrder, "max": maxFieldOrder})
	}
}

func (f Field) checkChoices(w errs.Fields) {
	switch {
	case (f.Type == FieldChoice) != (len(f.Choices) > 0):
		w.Add("choices", "error.field.mismatch", nil)
	case len(f.Choices) > maxChoices:
		w.Add("choices", "error.field.too_many", map[string]any{"max": maxChoices})
	}
	seen := map[string]bool{}
	for i, c := range f.Choices {
		at := "choices[" + strconv.Itoa(i) + "]"
		checkValue(w, at+".value", c.Value)
		checkTexts(w, at+".label", c.Label, valid.TextTitle)
		if seen[c.Value] {
			w.Add(at+".value", "error.field.duplicate", nil)
		}
		seen[c.Value] = true
	}
}

func orField[S ~string](given, otherwise S) S {
	if given == "" {
		return otherwise
	}
	return given
}

func oneOf[S ~string](w errs.Fields, field string, given S, among ...S) {
	if !slices.Contains(among, given) {
		w.Add(field, "error.field.choice", map[string]any{"choices": "empty"})
	}
}

func checkTexts(w errs.Fields, field string, texts map[string]string, kind valid.TextKind) {
	for locale, text := range texts {
		if err := valid.Locale(locale); err != nil {
			valid.Note(w, field, err)
			return
		}
		if text == "" {
			w.Add(field+"."+locale, "error.field.required", nil)
			continue
		}
		valid.Note(w, field+"."+locale, valid.Text(text, kind))
	}
}

func (f Field) matcher() (*regexp.Regexp, error) { return regexp.Compile(`\A(?:` + f.Pattern + `)\z`) }

// Check returns values as they are kept, or files under at what is wrong with
// them. No values are good unless the field is required.
func (f Field) Check(w errs.Fields, at string, values []string) []string {
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return strings.TrimSpace(v) == "" })
	if len(values) == 0 {
		if f.Required {
			w.Add(at, "error.field.required", nil)
		}
		return nil
	}
	if most := max(1, f.Many); len(values) > most {
		w.Add(at, "error.field.too_many", map[string]any{"max": most})
		return values
	}
	for i, v := range values {
		kept, key, args := f.value(strings.TrimSpace(v))
		if key != "" {
			w.Add(at, key, args)
			return values
		}
		values[i] = kept
	}
	if len(slices.Compact(slices.Sorted(slices.Values(values)))) < len(values) {
		w.Add(at, "error.field.duplicate", nil)
	}
	return values
}

// value returns a value as it is kept, or the message of what is wrong with it.
func (f Field) value(v string) (kept, key string, args map[string]any) {
	if len(v) > maxValue {
		return v, "error.field.too_long", map[string]any{"max": maxValue}
	}
	if err := valid.Text(v, valid.TextSummary); err != nil {
		return v, "error.field.characters", nil
	}
	kept, key, args = f.typed(v)
	if key != "" {
		return v, key, args
	}
	if re, err := f.matcher(); err != nil || f.Pattern != "" && !re.MatchString(kept) {
		return v, "error.field.format", nil
	}
	return kept, "", nil
}

// typed is value for the rules of the type alone.
func (f Field) typed(v string) (kept, key string, args map[string]any) {
	switch f.Type {
	case FieldNumber:
		return f.number(v)
	case FieldDate:
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return v, "error.field.bad_date", nil
		}
	case FieldChoice:
		if !slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Value == v }) {
			return v, "error.field.choice", map[string]any{"choices": "empty"}
		}
	case FieldYes:
		if v != "yes" {
			return v, "error.field.invalid", nil
		}
	case FieldEmail:
		address, err := valid.Email(v)
		if err != nil {
			return v, "error.field.email", nil
		}
		return address, "", nil
	case FieldPhone:
		return phone(v)
	case FieldLink:
		if u, err := url.Parse(v); err != nil || u.Host == "" {
			return v, "error.field.url", nil
		}
		address, err := valid.SafeURL(v)
		if err != nil {
			return v, "error.field.url", nil
		}
		return address, "", nil
	case FieldCountry:
		if !isCountry(v) {
			return v, "error.profile.country", nil
		}
	default:
		return f.text(v)
	}
	return v, "", nil
}

func (f Field) text(v string) (kept, key string, args map[string]any) {
	n := utf8.RuneCountInString(v)
	switch {
	case strings.ContainsAny(v, "\n\r"):
		return v, "error.field.characters", nil
	case n < f.Min:
		return v, "error.field.too_short", map[string]any{"min": f.Min}
	case f.Max > 0 && n > f.Max:
		return v, "error.field.too_long", map[string]any{"max": f.Max}
	}
	return v, "", nil
}

// number takes no exponents, signs of infinity or separators: what people read
// as one number is one.
func (f Field) number(v string) (kept, key string, args map[string]any) {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || strings.Trim(v, "-.0123456789") != "" || math.IsInf(n, 0) {
		return v, "error.field.not_a_number", nil
	}
	switch {
	case f.Min != 0 && n < float64(f.Min):
		return v, "error.field.too_small", map[string]any{"min": f.Min}
	case f.Max != 0 && n > float64(f.Max):
		return v, "error.field.too_big", map[string]any{"max": f.Max}
	}
	return v, "", nil
}

// phone keeps + and 6 to 15 digits, as E.164 has them.
func phone(v string) (kept, key string, args map[string]any) {
	kept = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()./\u00a0", r) {
			return -1
		}
		return r
	}, v)
	digits, ok := strings.CutPrefix(kept, "+")
	if !ok || len(digits) < 6 || len(digits) > 15 || digits[0] == '0' || strings.Trim(digits, "0123456789") != "" {
		return v, "error.profile.phone", nil
	}
	return kept, "", nil
}

func isCountry(v string) bool {
	return len(v) == 2 && v[0] >= 'A' && v[0] <= 'Z' && v[1] >= 'A' && v[1] <= 'Z'
}
