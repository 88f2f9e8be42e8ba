package kb

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

// A FieldKind says what the value of a field is.
type FieldKind string

// The kinds of fields, and how their values are kept.
const (
	FieldText     FieldKind = "text"     // one line
	FieldURL      FieldKind = "url"      // "https://example.com/page"
	FieldDate     FieldKind = "date"     // "2026-11-30"
	FieldTime     FieldKind = "time"     // "2026-11-30T15:00:00Z", always UTC
	FieldDuration FieldKind = "duration" // "1h2m3s"
	FieldNumber   FieldKind = "number"   // "4.5"
	FieldChoice   FieldKind = "choice"   // key of one of Choices
	FieldEmbed    FieldKind = "embed"    // address of something that is shown in the page, or "media:film.webm"
	FieldMedia    FieldKind = "media"    // name of a medium
)

// FieldKinds returns all kinds of fields.
func FieldKinds() []FieldKind {
	return []FieldKind{
		FieldText, FieldURL, FieldDate, FieldTime, FieldDuration, FieldNumber, FieldChoice, FieldEmbed, FieldMedia,
	}
}

// A Field is something to say of an article beside its text. All languages of
// the article share its value.
type Field struct {
	Key      string    `json:"key"`
	Kind     FieldKind `json:"kind"`
	Names    Words     `json:"names"`
	Help     Words     `json:"help"`     // for authors
	Required bool      `json:"required"` // nothing is published without
	Choices  []Choice  `json:"choices"`  // of FieldChoice
}

// A Choice is one of the values that a field can have.
type Choice struct {
	Key   string `json:"key"`
	Names Words  `json:"names"`
}

// maxField is how long the value of a field may be, in characters.
const maxField = 500

func (f Field) check() error {
	if !slices.Contains(FieldKinds(), f.Kind) {
		return fmt.Errorf("%s: the kind %q is none of %s", f.Key, f.Kind, listed(FieldKinds()))
	}
	if (f.Kind == FieldChoice) != (len(f.Choices) > 0) {
		return fmt.Errorf("%s: choices belong to the kind choice, and it to them", f.Key)
	}
	seen := map[string]bool{}
	var faults []error
	for _, c := range f.Choices {
		faults = append(faults, checkWords(c.Key, c.Names), twice(seen, c.Key))
	}
	return errors.Join(faults...)
}

// Parse returns a value as it is kept. The error is about the field "" and says
// what is wrong with the value.
func (f Field) Parse(value string) (string, error) {
	fields := errs.Fields{}
	value = strings.TrimSpace(value)
	if text(fields, "", value, 0, maxField); len(fields) > 0 || value == "" {
		return value, fields.Err()
	}
	kept, key := value, ""
	switch f.Kind {
	case FieldEmbed:
		if kept, key = parseAddress(value); strings.HasPrefix(value, filmScheme) {
			kept, key = parseFilm(value)
		}
	case FieldURL:
		kept, key = parseAddress(value)
	case FieldDate:
		kept, key = parseDay(value)
	case FieldTime:
		kept, key = parseTime(value)
	case FieldDuration:
		kept, key = parseDuration(value)
	case FieldNumber:
		key = unless(decimal.MatchString(value), "error.field.not_a_number")
	case FieldMedia:
		kept = mediumName(value)
		key = unless(mediaName.MatchString(kept) && !strings.Contains(kept, ".."), "error.field.format")
	case FieldChoice:
		if !slices.Contains(f.keys(), value) {
			return value, errs.Field("", "error.field.choice", map[string]any{"choices": listed(f.keys())})
		}
	}
	if key != "" {
		return value, errs.Field("", key, nil)
	}
	return kept, nil
}

func unless(ok bool, key string) string {
	if ok {
		return ""
	}
	return key
}

func (f Field) keys() []string {
	var out []string
	for _, c := range f.Choices {
		out = append(out, c.Key)
	}
	return out
}

func parseAddress(value string) (string, string) {
	address, err := valid.SafeURL(value)
	return address, unless(err == nil && !strings.HasPrefix(address, "/"), "error.field.url")
}

func parseDay(value string) (string, string) {
	day, err := time.Parse(time.DateOnly, value)
	return value, unless(err == nil && day.Year() > 0, "error.field.bad_date")
}

func parseTime(value string) (string, string) {
	at, err := time.Parse(time.RFC3339, value)
	at = at.UTC().Truncate(time.Second)
	return at.Format(time.RFC3339), unless(err == nil && at.Year() > 0 && at.Year() < 10_000, "error.field.bad_time")
}

var decimal = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,9})?$`)

// clockDuration matches "1:02:03" and "12:34", minutes and seconds.
var clockDuration = regexp.MustCompile(`^(?:(\d{1,3}):)?(\d{1,2}):(\d{2})$`)

// parseDuration takes "1:02:03", "12:34", "1h 2m" and "PT1H2M".
func parseDuration(value string) (string, string) {
	var d time.Duration
	var err error
	if m := clockDuration.FindStringSubmatch(value); m != nil {
		h, _ := strconv.Atoi("0" + m[1])
		min, _ := strconv.Atoi(m[2])
		sec, _ := strconv.Atoi(m[3])
		d = time.Duration(h)*time.Hour + time.Duration(min)*time.Minute + time.Duration(sec)*time.Second
	} else {
		plain := strings.TrimPrefix(strings.ToLower(strings.ReplaceAll(value, " ", "")), "pt")
		d, err = time.ParseDuration(plain)
	}
	return d.String(), unless(err == nil && d > 0 && d < 1000*time.Hour, "error.field.bad_duration")
}

// fields checks and tidies the values that t has fields for.
func (t Type) fields(fields errs.Fields, values map[string]string) map[string]string {
	out := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		f, ok := t.Field(key)
		if !ok && strings.TrimSpace(values[key]) != "" {
			fields.Add("fields."+key, "error.field.unknown", nil)
			continue
		}
		value, err := f.Parse(values[key])
		if wrong, ok := errors.AsType[errs.Fields](err); ok {
			fields.Add("fields."+key, wrong[""].Key, wrong[""].Args)
		}
		if value != "" {
			out[key] = value
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// spoken returns those of the values that are words, for the index.
func (t Type) spoken(values map[string]string) []string {
	var out []string
	for _, f := range t.Fields {
		if v := values[f.Key]; v != "" && f.Kind == FieldText {
			out = append(out, v)
		}
	}
	return out
}

// media returns the names of the media that values name.
func (t Type) media(values map[string]string) []string {
	var out []string
	for _, f := range t.Fields {
		v := values[f.Key]
		if name, ok := filmOf(v); ok && f.Kind == FieldEmbed {
			out = append(out, name)
		}
		if v != "" && f.Kind == FieldMedia {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
