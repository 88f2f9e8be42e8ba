package kb_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/profile"
)

// TestDefaultTypes: every type speaks all five languages, and what one begins
// with is no article yet.
func TestDefaultTypes(t *testing.T) {
	w := newWorld(t)
	var kinds []kb.Kind
	for _, typ := range kb.DefaultTypes() {
		kinds = append(kinds, typ.Kind)
		words := []kb.Words{typ.Names}
		for _, s := range typ.Sections {
			words = append(words, s.Names)
		}
		for _, f := range typ.Fields {
			words = append(words, f.Names)
		}
		for _, locale := range []string{"en", "de", "es", "ja", "ar"} {
			for _, said := range words {
				require.NotEmpty(t, said[locale], "%s: %v", typ.Kind, said)
			}
			p, err := w.Preview(w.ctx(), author, locale, kb.Meta{Kind: typ.Kind}, typ.Template(locale))
			require.NoError(t, err)
			require.NotContains(t, p.Text.HTML, "--", "what is for authors is not shown")
			require.Empty(t, p.Summary[:0])
			for _, s := range typ.Sections {
				found, ok := typ.Section(s.Names[locale])
				require.True(t, ok)
				require.Equal(t, s.Key, found.Key)
				require.Contains(t, codes(p.Findings), "section_empty "+s.Key)
			}
		}
	}
	require.Equal(t, kb.Kinds(), kinds)
}

func codes(findings []kb.Finding) []string {
	out := []string{}
	for _, f := range findings {
		out = append(out, strings.TrimSpace(f.Code+" "+f.Ref))
	}
	return out
}

// TestReadTypes: types that no article could be written with are refused, and
// it is said which and why.
func TestReadTypes(t *testing.T) {
	for name, c := range map[string]struct{ file, says string }{
		"none":              {`[]`, "there is none"},
		"not JSON":          {`{`, "types:"},
		"an unknown word":   {`[{"kind":"a","nmaes":{"en":"A"}}]`, "nmaes"},
		"more":              {`[{"kind":"a","names":{"en":"A"}}] 1`, "more after"},
		"a kind twice":      {`[{"kind":"a","names":{"en":"A"}},{"kind":"a","names":{"en":"A"}}]`, "a: it is there twice"},
		"a kind of two":     {`[{"kind":"A b","names":{"en":"A"}}]`, "A b"},
		"no name":           {`[{"kind":"a"}]`, "no name"},
		"an odd language":   {`[{"kind":"a","names":{"English":"A"}}]`, "language English"},
		"one heading twice": {`[{"kind":"a","names":{"en":"A"},"sections":[{"key":"x","names":{"en":"X"}},{"key":"y","names":{"en":"Y"},"also":["x:"]}]}]`, "stands for x and y"},
		"an odd field":      {`[{"kind":"a","names":{"en":"A"},"fields":[{"key":"x","kind":"colour","names":{"en":"X"}}]}]`, "colour"},
		"no choices":        {`[{"kind":"a","names":{"en":"A"},"fields":[{"key":"x","kind":"choice","names":{"en":"X"}}]}]`, "choices"},
	} {
		_, err := kb.ReadTypes(strings.NewReader(c.file))
		require.ErrorContains(t, err, c.says, name)
	}
}

// own are a team's own types.
const own = `[
	{"kind": "recipe", "names": {"en": "Recipe", "de": "Rezept"},
	 "sections": [{"key": "parts", "names": {"en": "Ingredients", "de": "Zutaten"}, "required": true, "start": "- "}],
	 "fields": [
		{"key": "when", "kind": "time", "names": {"en": "When"}, "required": true},
		{"key": "long", "kind": "duration", "names": {"en": "Length"}},
		{"key": "heat", "kind": "choice", "names": {"en": "Heat"}, "choices": [{"key": "mild", "names": {"en": "Mild"}}, {"key": "hot", "names": {"en": "Hot"}}]},
		{"key": "of", "kind": "url", "names": {"en": "Source"}},
		{"key": "day", "kind": "date", "names": {"en": "Day"}},
		{"key": "weight", "kind": "number", "names": {"en": "Weight"}},
		{"key": "photo", "kind": "media", "names": {"en": "Photo"}},
		{"key": "cook", "kind": "text", "names": {"en": "Cook"}}
	 ]},
	{"kind": "note", "names": {"en": "Note"}}
]`

func newKitchen(t *testing.T) *world {
	w := newWorld(t)
	types, err := kb.ReadTypes(strings.NewReader(own))
	require.NoError(t, err)
	o := w.options()
	o.Types = types
	w.Library = kb.NewLibrary(w.store, o)
	w.place("c", "", "public")
	return w
}

func TestFields(t *testing.T) {
	w := newKitchen(t)
	for _, c := range []struct{ field, given, kept, fault string }{
		{"when", "2026-11-30T15:00:00+01:00", "2026-11-30T14:00:00Z", ""},
		{"when", "2026-11-30 15:00", "", "error.field.bad_time"},
		{"long", "1:02:03", "1h2m3s", ""},
		{"long", "12:34", "12m34s", ""},
		{"long", "PT1H30M", "1h30m0s", ""},
		{"long", "-5m", "", "error.field.bad_duration"},
		{"long", "soon", "", "error.field.bad_duration"},
		{"heat", "hot", "hot", ""},
		{"heat", "cold", "", "error.field.choice"},
		{"of", "https://Example.com/a", "https://example.com/a", ""},
		{"of", "javascript:alert(1)", "", "error.field.url"},
		{"of", "/inside", "", "error.field.url"},
		{"day", "2026-02-30", "", "error.field.bad_date"},
		{"weight", "4.50", "4.50", ""},
		{"weight", "1e9", "", "error.field.not_a_number"},
		{"photo", "../etc/passwd", "", "error.field.format"},
		{"cook", " Ann ", "Ann", ""},
		{"cook", "a\nb", "", "error.field.characters"},
		{"cook", strings.Repeat("x", 501), "", "error.field.too_long"},
		{"cook", "  ", "", ""},
		{"colour", "red", "", "error.field.unknown"},
	} {
		d := draft(c.field, "c", "public")
		d.Kind, d.Fields, d.Key = "recipe", map[string]string{c.field: c.given}, ""
		a, err := w.Create(w.ctx(), author, d)
		if c.fault != "" {
			require.Equal(t, map[string]string{"fields." + c.field: c.fault}, fields(t, err), c.given)
			continue
		}
		require.NoError(t, err, c.given)
		require.Equal(t, c.kept, a.Fields[c.field])
		a, err = w.Manuscript(w.ctx(), author, a.ID)
		require.NoError(t, err)
		require.Equal(t, c.kept, a.Fields[c.field])
	}
	d := draft("odd", "c", "public")
	d.Kind = "poem"
	_, err := w.Create(w.ctx(), author, d)
	require.Equal(t, map[string]string{"kind": "error.field.choice"}, fields(t, err))
	wrong, _ := errors.AsType[errs.Fields](err)
	require.Equal(t, "recipe, note", wrong["kind"].Args["choices"])
}

// TestRequired: a draft may lack what its type requires, and is told; nothing is
// published without, nor made something that it is not ready to be.
func TestRequired(t *testing.T) {
	w := newKitchen(t)
	d := draft("soup", "c", "public")
	d.Kind, d.Body = "recipe", "Soup.\n\n## Zutaten\n\n<!-- later -->\n"
	a := w.write(d)
	look := func() []string {
		findings, err := w.Findings(w.ctx(), reviewer, a.ID, "en")
		require.NoError(t, err)
		return codes(findings)
	}
	publish := func(by profile.Actor) error {
		_, err := w.Publish(w.ctx(), by, a.ID, "en", a.Version)
		return err
	}
	require.Equal(t, []string{"section_empty parts", "field_missing when"}, look())
	err := publish(reviewer)
	require.Equal(t, map[string]string{"body": "error.article.sections", "fields.when": "error.field.required"}, fields(t, err))
	german := reviewer
	german.Locale = "de-AT"
	err = publish(german)
	wrong, _ := errors.AsType[errs.Fields](err)
	require.Equal(t, []string{"Zutaten"}, wrong["body"].Args["sections"])
	_, err = w.Article(w.ctx(), anyone, a.ID, "en")
	require.ErrorIs(t, err, kb.ErrNotFound)

	a, err = w.Edit(w.ctx(), reviewer, a.ID, "en", a.Version, kb.Text{Title: "Soup", Body: "## INGREDIENTS:\n\n- water\n"})
	require.NoError(t, err)
	require.Equal(t, []string{"field_missing when"}, look())
	a = w.arrange(a, func(m *kb.Meta) { m.Fields = map[string]string{"when": "2026-11-30T12:00:00Z", "cook": "Mildred"} })
	require.Empty(t, look())
	a = w.publish(a, "en")
	p := w.reads(anyone, a.ID)
	require.Equal(t, "parts", p.Parts[0].Key)
	require.Equal(t, "Mildred", p.Fields["cook"])
	before, err := w.Version(w.ctx(), anyone, a.ID)
	require.NoError(t, err)

	m := kb.Meta{Category: "c", Kind: "recipe", Audience: a.Audience, Owner: a.Owner}
	_, err = w.Arrange(w.ctx(), reviewer, a.ID, a.Version, m)
	require.Equal(t, map[string]string{"fields.when": "error.field.required"}, fields(t, err), "readers see it")
	a = w.arrange(a, func(m *kb.Meta) { m.Fields = map[string]string{"when": "2026-12-01T12:00:00Z"} })
	require.Equal(t, map[string]string{"when": "2026-12-01T12:00:00Z"}, w.reads(anyone, a.ID).Fields)
	after, err := w.Version(w.ctx(), anyone, a.ID)
	require.NoError(t, err)
	require.NotEqual(t, before, after)

	n := draft("memo", "c", "public")
	n.Kind = "note"
	memo := w.show(n)
	m = kb.Meta{Category: "c", Kind: "recipe", Fields: map[string]string{"when": "2026-12-01T12:00:00Z"}, Audience: memo.Audience, Owner: memo.Owner}
	_, err = w.Arrange(w.ctx(), reviewer, memo.ID, memo.Version, m)
	require.Equal(t, map[string]string{"body": "error.article.sections"}, fields(t, err), "readers see it")
}

// TestImportedTypes: what was published elsewhere stays so, whatever its type
// requires; fields that cannot be taken are reported.
func TestImportedTypes(t *testing.T) {
	w := newKitchen(t)
	b := kb.Bundle{Name: "n", Categories: []kb.CategoryItem{{External: "c", Labels: map[string]kb.Label{"en": {Title: "C"}}}}, Items: []kb.Item{
		{File: "a.md", External: "a", Locale: "en", Category: "c", Kind: "recipe", Title: "A", Body: "x", Fields: map[string]string{"cook": "Ann", "day": "soon", "colour": "red"}},
	}}
	report := w.importing(b)
	require.Len(t, report.Problems, 1)
	require.Equal(t, "fields.colour: error.field.unknown, fields.day: error.field.bad_date", report.Problems[0].Reason)
	a := w.byTitle("A")
	require.Equal(t, map[string]string{"cook": "Ann"}, a.Fields)
	require.Equal(t, "A", w.reads(anyone, a.ID).Title)
	findings, err := w.Findings(w.ctx(), reviewer, a.ID, "en")
	require.NoError(t, err)
	require.Equal(t, []string{"section_missing parts", "field_missing when"}, codes(findings))
	require.Zero(t, w.importing(b).Updated, "the same again changes nothing")
}

func TestParts(t *testing.T) {
	w := newWorld(t)
	body := "Before\n\n## A `b` <em>c</em>\n\nin a ![x](media:x.png)\n\n> ## quoted\n\n### deeper\n\n<br>\n\n## Symptom\n\n## Last\n\n- one\n"
	p, err := w.Preview(w.ctx(), author, "en", kb.Meta{Kind: kb.KindTroubleshooting}, body)
	require.NoError(t, err)
	require.Len(t, p.Parts, 4)
	require.Equal(t, []string{"", "A b c", "Symptom", "Last"}, []string{p.Parts[0].Title, p.Parts[1].Title, p.Parts[2].Title, p.Parts[3].Title})
	require.Contains(t, p.Parts[1].HTML, "quoted")
	require.Contains(t, p.Parts[1].HTML, "deeper")
	require.Equal(t, "A <code>b</code> <em>c</em>", string(p.Parts[1].Heading))
	require.Equal(t, "symptom", p.Parts[2].Key)
	require.Equal(t, []string{"section_empty symptom", "section_missing cause", "section_missing fix", "medium_missing x.png"}, codes(p.Findings))
	_, err = w.Preview(w.ctx(), ann, "en", kb.Meta{}, body)
	require.ErrorIs(t, err, kb.ErrForbidden)
}
