package site

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/browser"
	"github.com/stoa-go/stoa/profile"
)

func TestFieldsAreForThoseWhoWriteTheDirectory(t *testing.T) {
	s := open(t)
	askFor(t, s)
	as := serve(t, s)
	for person, want := range map[string]int{"": 404, "tom": 404, "jonas": 404, "ines": 404, "ruth": 200} {
		for _, path := range []string{"/en/admin/fields", "/en/admin/fields/new", "/en/admin/fields/person/phone"} {
			require.Equal(t, want, as(person).get(path).Status, "%s by %q", path, person)
		}
		if want == 404 {
			require.Equal(t, 404, as(person).post("/en/admin/fields/person/phone/remove", nil).Status)
			require.Equal(t, 404, as(person).post("/en/admin/fields/new", url.Values{"name": {"x"}, "label.en": {"X"}}).Status)
		}
	}
	for _, path := range []string{"/en/admin/fields/person/nope", "/en/admin/fields/account/phone", "/en/admin/fields/nothing/phone"} {
		require.Equal(t, 404, as("ruth").get(path).Status, path)
	}
}

// TestFieldIsMade makes a field with choices in two languages, which the form of
// a person then asks for.
func TestFieldIsMade(t *testing.T) {
	s := open(t)
	as := serve(t, s)
	c := as("ruth")
	form := url.Values{
		"of": {"person"}, "name": {"size"}, "type": {"choice"}, "edit": {"self"}, "label.en": {"Shirt size"}, "label.de": {"Hemdgröße"}, "hint.en": {"For the fair."},
		"choices": {"s\nm\n\nl"}, "choices.en": {"Small\nMedium\n\nLarge"}, "choices.de": {"Klein"}, "order": {"3"},
	}
	for range 2 { // the second time is a retry
		saved := c.post("/en/admin/fields/new", form)
		require.Equal(t, 303, saved.Status, saved.Body)
	}
	fields, err := s.fieldsOf(t.Context(), system, profile.FieldOfPerson)
	require.NoError(t, err)
	require.Len(t, fields, 1)
	require.Equal(t, []profile.Choice{
		{Value: "s", Label: map[string]string{"en": "Small", "de": "Klein"}}, {Value: "m", Label: map[string]string{"en": "Medium"}},
		{Value: "l", Label: map[string]string{"en": "Large"}},
	}, fields[0].Choices)
	require.Equal(t, 3, fields[0].Order)
	require.Contains(t, as("tom").get("/de/account").Body, "Hemdgröße")
	form.Set("label.en", "Other")
	taken := c.post("/en/admin/fields/new", form)
	require.Equal(t, 409, taken.Status)
	require.Contains(t, taken.Body, "already in use")
	shown := c.get("/en/admin/fields/person/size").Body
	for _, text := range []string{">\ns\nm\nl\n</textarea>", ">\nKlein\n\n\n</textarea>", `value="Hemdgröße"`, "Customers change this field"} {
		require.Contains(t, shown, text)
	}
}

// TestFieldNarrows: what becomes of values is said before, and asked about.
func TestFieldNarrows(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ruth")
	tom, err := s.people.Person(t.Context(), system, "tom")
	require.NoError(t, err)
	tom.Attributes["code"] = []string{"AB-1"}
	priya, err := s.people.Person(t.Context(), system, "priya")
	require.NoError(t, err)
	priya.Attributes = map[string][]string{"code": {"wrong"}}
	for _, p := range []profile.Person{tom, priya} {
		_, err = s.people.SavePerson(t.Context(), system, p)
		require.NoError(t, err)
	}
	_, err = s.people.SaveField(t.Context(), system, profile.Field{Name: "code", Label: map[string]string{"en": "Code", "fr": "Code (fr)"}})
	require.NoError(t, err)
	_, err = s.people.SaveSegment(t.Context(), system, profile.Segment{Name: "coded", Title: "Coded people", Rule: profile.Rule{Fact: "person.code", Op: "known"}})
	require.NoError(t, err)
	form := url.Values{"version": {"1"}, "type": {"text"}, "edit": {"staff"}, "label.en": {"Code"}, "pattern": {"[A-Z]{2}-[0-9]+"}, "example": {"AB-12"}, "do": {"try"}}
	tried := c.post("/en/admin/fields/person/code", form)
	for _, text := range []string{"This would be accepted.", "2 have a value in it.", "1 has a value that breaks these rules", `href="/en/admin/people/priya"`, "<bdi>wrong</bdi>", "Coded people"} {
		require.Contains(t, tried.Body, text)
	}
	require.NotContains(t, tried.Body, `name="sure"`)
	form.Set("example", "ab")
	require.Contains(t, c.post("/en/admin/fields/person/code", form).Body, "does not have the right form")

	form.Set("do", "save")
	asked := c.post("/en/admin/fields/person/code", form)
	require.Equal(t, 200, asked.Status)
	require.Contains(t, asked.Body, `name="sure"`)
	fields, err := s.fieldsOf(t.Context(), system, profile.FieldOfPerson)
	require.NoError(t, err)
	require.Equal(t, 1, fields[0].Version, "nothing is kept before")
	form.Set("sure", "yes")
	require.Equal(t, 303, c.post("/en/admin/fields/person/code", form).Status)
	fields, err = s.fieldsOf(t.Context(), system, profile.FieldOfPerson)
	require.NoError(t, err)
	require.Equal(t, "Code (fr)", fields[0].Label["fr"], "languages that the form does not have stay")
	late := c.post("/en/admin/fields/person/code", form)
	require.Equal(t, 409, late.Status)
	require.Equal(t, "2", version(t, late.Body))
	require.Equal(t, 303, c.post("/en/admin/fields/person/code/remove", nil).Status)
	kept, err := s.people.Person(t.Context(), system, "priya")
	require.NoError(t, err)
	require.Equal(t, []string{"wrong"}, kept.Attributes["code"])
}

func TestFieldRefuses(t *testing.T) {
	s := open(t)
	c := serve(t, s)("ruth")
	good := func(pairs ...string) url.Values {
		form := url.Values{"of": {"person"}, "name": {"x"}, "type": {"text"}, "edit": {"self"}, "label.en": {"X"}}
		for i := 0; i < len(pairs); i += 2 {
			form.Set(pairs[i], pairs[i+1])
		}
		return form
	}
	for fault, form := range map[string]url.Values{
		"f-name-fault": good("name", "not a name"), "f-label-en-fault": good("label.en", ""), "f-pattern-fault": good("pattern", "("),
		"f-choices-fault": good("type", "choice"), "f-min-fault": good("min", "many"), "f-max-fault": good("min", "9", "max", "3"),
		"f-many-fault": good("many", "-1"), "f-type-fault": good("type", "<b>"), "f-edit-fault": good("edit", "all"), "f-of-fault": good("of", "cats"),
		"f-order-fault": good("order", "1000000"),
	} {
		for _, do := range []string{"save", "try"} {
			form.Set("do", do)
			a := c.post("/en/admin/fields/new", form)
			require.Equal(t, 422, a.Status, fault)
			require.Contains(t, a.Body, `id="`+fault+`"`)
			require.NotContains(t, a.Body, "<b>")
		}
	}
	require.Contains(t, c.post("/en/admin/fields/new", good("min", "many")).Body, `value="many"`)
	fields, err := s.fieldsOf(t.Context(), system, profile.FieldOfPerson)
	require.NoError(t, err)
	require.Empty(t, fields)
}

func TestFieldsAccessible(t *testing.T) {
	slow(t)
	s := open(t)
	askFor(t, s)
	inEveryLook(t, s, "ruth", func(t *testing.T, p *browser.Page, to, check func(string)) {
		to("/admin/fields")
		check("fields")
		to("/admin/fields/person/tier")
		p.Fill("#f-pattern", "gold")
		p.Fill("#f-example", "silver")
		require.Equal(t, 200, p.Submit(`button[value="try"].button`))
		check("field tried")
		p.Fill("#f-pattern", "(")
		require.Equal(t, 422, p.Submit(`button[value="save"]`))
		check("field with errors")
		require.Empty(t, p.CSPViolations())
	})
}
