package valid_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/valid"
)

type line struct {
	Price int    `json:"price" validate:"min=1,max=100"`
	Note  string `json:"note" validate:"text=reason"`
}

type base struct {
	Title string `json:"title" validate:"required,text=title"`
}

type box[T any] struct {
	Value T `json:"value" validate:"required"`
}

type draft struct {
	base
	Email    string            `json:"email,omitempty" validate:"omitempty,email"`
	HTMLBody string            `validate:"text=body"`
	Kind     string            `json:"kind" validate:"omitempty,oneof=how-to faq"`
	Lines    []line            `json:"lines" validate:"max=2,dive"`
	Tags     []string          `json:"tags" validate:"unique,dive,required,text=tag"`
	Labels   map[string]string `json:"labels" validate:"dive,text=tag"`
	Link     string            `json:"link" validate:"omitempty,safe_url"`
	Home     string            `json:"home" validate:"omitempty,url"`
	Slug     string            `json:"slug" validate:"omitempty,slug"`
	Locale   string            `json:"locale" validate:"omitempty,locale"`
	Again    string            `json:"again" validate:"eqfield=Kind"`
	Owner    *line             `json:"owner"`
	Ratio    float64           `json:"ratio" validate:"lt=1"`
	Count    int               `json:"count" validate:"lt=10"`
	PIN      string            `json:"pin" validate:"omitempty,len=4"`
	Code     string            `json:"code" validate:"omitempty,alphanum"`
}

func TestStructNamesTheFieldsAndSaysWhy(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*draft)
		field string
		key   string
		args  map[string]any
	}{
		{"missing in an embedded struct", func(d *draft) { d.Title = "" }, "title", "required", nil},
		{"too long", func(d *draft) { d.Title = strings.Repeat("é", 201) }, "title", "too_long", map[string]any{"max": 200}},
		{"a control character", func(d *draft) { d.Title = "a\nb" }, "title", "characters", nil},
		{"invalid UTF-8", func(d *draft) { d.Title = "\xff" }, "title", "encoding", nil},
		{"an untagged name", func(d *draft) { d.HTMLBody = "\x00" }, "html_body", "characters", nil},
		{"markup in an address", func(d *draft) { d.Email = `"<script>alert(1)</script>"@evil.com` }, "email", "email", nil},
		{"not on the list", func(d *draft) { d.Kind, d.Again = "x", "x" }, "kind", "choice", map[string]any{"choices": "how-to, faq"}},
		{"inside a list", func(d *draft) { d.Lines = []line{{Price: 1}, {Price: 101}} }, "lines[1].price", "too_big", map[string]any{"max": 100}},
		{"a small number", func(d *draft) { d.Lines = []line{{}} }, "lines[0].price", "too_small", map[string]any{"min": 1}},
		{"too many", func(d *draft) { d.Lines = make([]line, 3) }, "lines", "too_many", map[string]any{"max": 2}},
		{"an entry", func(d *draft) { d.Tags = []string{"a", ""} }, "tags[1]", "required", nil},
		{"doubled", func(d *draft) { d.Tags = []string{"a", "a"} }, "tags", "duplicate", nil},
		{"a map's value", func(d *draft) { d.Labels = map[string]string{"k": strings.Repeat("x", 51)} }, "labels[k]", "too_long", map[string]any{"max": 50}},
		{"a script address", func(d *draft) { d.Link = "javascript:alert(1)" }, "link", "url", nil},
		{"a path where a site is wanted", func(d *draft) { d.Home = "/here" }, "home", "url", nil},
		{"a slug", func(d *draft) { d.Slug = "A b" }, "slug", "slug", nil},
		{"a locale", func(d *draft) { d.Locale = "english" }, "locale", "locale", nil},
		{"not the same", func(d *draft) { d.Again = "x" }, "again", "mismatch", nil},
		{"behind a pointer", func(d *draft) { d.Owner = &line{} }, "owner.price", "too_small", map[string]any{"min": 1}},
		{"below a real number", func(d *draft) { d.Ratio = 1 }, "ratio", "too_big", map[string]any{"max": 1}},
		{"below a whole number", func(d *draft) { d.Count = 10 }, "count", "too_big", map[string]any{"max": 9}},
		{"a length", func(d *draft) { d.PIN = "123" }, "pin", "length", map[string]any{"length": 4}},
		{"any other rule", func(d *draft) { d.Code = "a b" }, "code", "invalid", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := draft{base: base{Title: "Printer on fire"}}
			require.NoError(t, valid.Struct(&d))
			tt.spoil(&d)
			err := valid.Struct(d)
			require.ErrorIs(t, err, errs.Invalid)
			require.Equal(t, errs.Fields{tt.field: {Key: "error.field." + tt.key, Args: tt.args}}, err)
			require.Contains(t, valid.Keys(), "error.field."+tt.key)
		})
	}
}

func TestStructOfParameters(t *testing.T) {
	require.Equal(t, errs.Fields{"value": {Key: "error.field.required"}}, valid.Struct(box[string]{}))
	require.Equal(t, errs.Fields{"value.price": {Key: "error.field.too_small", Args: map[string]any{"min": 1}}}, valid.Struct(box[line]{line{Note: "n"}}))
	require.Equal(t, errs.Fields{"value.value.title": {Key: "error.field.too_long", Args: map[string]any{"max": 200}}},
		valid.Struct(box[*box[base]]{&box[base]{base{strings.Repeat("x", 201)}}}))
	require.Equal(t, errs.Fields{"value": {Key: "error.field.required"}}, valid.Struct(box[*box[base]]{}))
	require.Equal(t, errs.Fields{"a": {Key: "error.field.required"}}, valid.Struct(struct {
		A string `json:"a" validate:"required"`
	}{}))
	require.Equal(t, errs.Fields{"a.b": {Key: "error.field.required"}}, valid.Struct(struct {
		A struct {
			B string `json:"b" validate:"required"`
		} `json:"a"`
	}{}))
}

func TestStructCapsTheNamesItRepeats(t *testing.T) {
	err := valid.Struct(draft{base: base{Title: "t"}, Labels: map[string]string{strings.Repeat("é", 1000): "\x00"}})
	var f errs.Fields
	require.ErrorAs(t, err, &f)
	for name := range f {
		require.LessOrEqual(t, len(name), 201)
	}
}

func TestStructOfSomethingElseIsTheProgramsFault(t *testing.T) {
	for _, v := range []any{nil, 1, "x", (*draft)(nil)} {
		err := valid.Struct(v)
		require.Error(t, err)
		require.NotErrorIs(t, err, errs.Invalid)
	}
}

func TestMustCompile(t *testing.T) {
	type loop struct {
		Next *loop
		A    []line `validate:"dive"`
	}
	require.NotPanics(t, func() { valid.MustCompile(draft{}, &draft{}, box[string]{}, box[*base]{}, loop{}) })

	type unknown struct {
		A string `validate:"nosuchrule"`
	}
	type badParam struct {
		A string `validate:"max=many"`
	}
	type behind struct {
		A string `validate:"len=40,max=many"`
	}
	type wrongKind struct {
		A struct{ B int } `validate:"max=3"`
	}
	type notText struct {
		A int `validate:"text=title"`
	}
	type noKind struct {
		A string `validate:"omitempty,text=novel"`
	}
	type notMail struct {
		A []int `validate:"omitempty,email"`
	}
	type inEntry struct {
		A []string `validate:"dive,omitempty,text=novel"`
	}
	type inLoop struct {
		Next *inLoop
		A    []unknown `validate:"dive"`
	}
	for _, v := range []any{
		unknown{}, badParam{}, behind{}, wrongKind{}, notText{}, noKind{}, notMail{},
		inEntry{}, struct {
			A []unknown `validate:"dive"`
		}{}, struct{ A *unknown }{}, struct {
			A map[string]*unknown `validate:"dive"`
		}{}, struct{ A struct{ B *inEntry } }{}, inLoop{}, 7,
		struct{ A []line }{}, struct{ A map[string]*line }{},
	} {
		require.Panics(t, func() { valid.MustCompile(v) }, "%T", v)
	}
}
