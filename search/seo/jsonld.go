package seo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"strconv"
	"time"
)

// A Thing is something that can be said in the words of schema.org.
type Thing interface {
	json.Marshaler
	// SchemaType returns what it is, such as "FAQPage".
	SchemaType() string
}

// Data returns a thing as a document of JSON-LD. It has no "<", ">" or "&", and
// neither U+2028 nor U+2029: it can stand inside of a script element.
func Data(t Thing) ([]byte, error) {
	b, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.SchemaType(), err)
	}
	return append([]byte(`{"@context":"https://schema.org",`), b[1:]...), nil
}

// Script returns things as elements of a page. A browser runs nothing of them, so
// that a Content-Security-Policy without inline scripts leaves them alone.
func Script(things ...Thing) (template.HTML, error) {
	var b bytes.Buffer
	for _, t := range things {
		data, err := Data(t)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "<script type=\"application/ld+json\">%s</script>\n", data)
	}
	return template.HTML(b.String()), nil
}

// typed writes the members of a struct as an object of a type. Its encoder
// escapes what would end a script element.
func typed(kind string, members any) ([]byte, error) {
	b, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	name, err := json.Marshal(kind)
	if err != nil {
		return nil, err
	}
	head := append([]byte(`{"@type":`), name...)
	if len(b) > 2 {
		head = append(head, ',')
	}
	return append(head, b[1:]...), nil
}

// A Duration is how long something takes, in the words of ISO 8601.
type Duration time.Duration

// MarshalJSON writes "PT1H30M".
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// String returns "PT1H30M".
func (d Duration) String() string {
	s := int64(time.Duration(d) / time.Second)
	out := "PT"
	for _, part := range []struct {
		n    int64
		unit string
	}{{s / 3600, "H"}, {s / 60 % 60, "M"}, {s % 60, "S"}} {
		if part.n > 0 {
			out += strconv.FormatInt(part.n, 10) + part.unit
		}
	}
	if out == "PT" {
		return "PT0S"
	}
	return out
}

// A Moment is a time as structured data has it, to the second.
type Moment struct{ time.Time }

// At returns a time as a Moment.
func At(t time.Time) Moment { return Moment{t.Truncate(time.Second)} }

// MarshalJSON writes it in the words of RFC 3339.
func (m Moment) MarshalJSON() ([]byte, error) { return json.Marshal(m.Format(time.RFC3339)) }
