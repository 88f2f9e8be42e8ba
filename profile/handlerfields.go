package profile

import (
	"net/http"
	"slices"

	"github.com/stoa-go/stoa/internal/web"
)

func (h *Handler) serveFields() {
	const read, write = "signed in, those that are not hidden; " + string(PermissionDirectoryRead) + " for all", string(PermissionDirectoryRead) + " and " + string(PermissionDirectoryWrite)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/fields/{of}", Name: "profile.fields", Summary: "Lists what the portal asks of a person or an account.",
		Policy: read, Out: fieldsWire{},
	}, h.serveFieldList)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/fields/{of}", Name: "profile.add_field", Summary: "Adds a field; the same one again is the same one.",
		Policy: write, In: newFieldWire{}, Out: fieldWire{}, Create: true,
	}, h.serveAddField)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/fields/{of}/{name}", Name: "profile.field", Summary: "Returns a field.",
		Policy: read, Out: fieldWire{},
	}, h.serveField)
	h.api.Handle(web.Op{
		Method: http.MethodPut, Path: "/fields/{of}/{name}", Name: "profile.save_field", Summary: "Changes a field; values obey when they are next changed.",
		Policy: write, In: fieldChangeWire{}, Out: fieldWire{}, Update: true,
	}, h.serveSaveField)
	h.api.Handle(web.Op{
		Method: http.MethodDelete, Path: "/fields/{of}/{name}", Name: "profile.remove_field", Summary: "Forgets a field; its values stay with staff.",
		Policy: write,
	}, h.serveRemoveField)
	h.api.Handle(web.Op{
		Method: http.MethodPost, Path: "/fields/{of}/{name}/trial", Name: "profile.try_field", Summary: "Counts the values that would break a field's rules; nothing is kept.",
		Policy: write, In: fieldChangeWire{}, Out: fieldTrialWire{},
	}, h.serveTryField)
	h.api.Handle(web.Op{
		Method: http.MethodGet, Path: "/form-rules/{of}", Name: "profile.form_rules", Summary: "Returns what forms about a person or an account should hint at: the rules of the portal and of a CRM as one.",
		Policy: read, Params: formRulesParams{}, Out: formRulesWire{}, Errors: []int{http.StatusServiceUnavailable},
	}, h.serveFormRules)
}

// fieldOf reads whose fields a request is about.
func fieldOf(r *http.Request) (Actor, FieldOf, error) {
	by, of := FromContext(r.Context()), FieldOf(r.PathValue("of"))
	if of != FieldOfPerson && of != FieldOfAccount {
		return by, "", ErrNotFound
	}
	return by, of, nil
}

func (h *Handler) serveFieldList(w http.ResponseWriter, r *http.Request) error {
	by, of, err := fieldOf(r)
	if err != nil {
		return err
	}
	list, err := h.people.Fields(r.Context(), by, of)
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, fieldsWire{Fields: mapped(list, fieldAsWire)})
}

func (h *Handler) serveAddField(w http.ResponseWriter, r *http.Request) error {
	by, of, err := fieldOf(r)
	if err != nil {
		return err
	}
	_, in, _, err := created[newFieldWire](w, r) // its name is what makes a repeat safe
	if err != nil {
		return err
	}
	f, err := h.people.SaveField(r.Context(), by, in.field(of, in.Name, 0))
	if err != nil {
		return err
	}
	return versioned(w, r, http.StatusCreated, f.Version, fieldAsWire(f))
}

func (h *Handler) serveField(w http.ResponseWriter, r *http.Request) error {
	by, of, err := fieldOf(r)
	if err != nil {
		return err
	}
	list, err := h.people.Fields(r.Context(), by, of)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(f Field) bool { return f.Name == r.PathValue("name") })
	if i < 0 {
		return ErrNotFound
	}
	return versioned(w, r, http.StatusOK, list[i].Version, fieldAsWire(list[i]))
}

func (h *Handler) serveSaveField(w http.ResponseWriter, r *http.Request) error {
	by, of, err := fieldOf(r)
	if err != nil {
		return err
	}
	_, name, version, in, err := changed[fieldChangeWire](w, r, "name")
	if err != nil {
		return err
	}
	f, err := h.people.SaveField(r.Context(), by, in.field(of, name, version))
	if err != nil {
		return outdated(err)
	}
	return versioned(w, r, http.StatusOK, f.Version, fieldAsWire(f))
}

func (h *Handler) serveRemoveField(w http.ResponseWriter, r *http.Request) error {
	by, of, err := fieldOf(r)
	if err != nil {
		return err
	}
	name, err := web.PathValue(r, "name")
	if err == nil {
		err = h.people.RemoveField(r.Context(), by, of, name)
	}
	if err != nil {
		return err
	}
	return web.NoContent(w)
}

func (h *Handler) serveTryField(w http.ResponseWriter, r *http.Request) error {
	by, of, err := fieldOf(r)
	if err != nil {
		return err
	}
	name, err := web.PathValue(r, "name")
	if err != nil {
		return err
	}
	in, err := web.Decode[fieldChangeWire](w, r, 0)
	if err != nil {
		return err
	}
	t, err := h.people.TryField(r.Context(), by, in.field(of, name, 0))
	if err != nil {
		return err
	}
	return web.JSON(w, r, http.StatusOK, fieldTrialAsWire(t))
}

type formRulesParams struct {
	Country string `query:"country" max:"2" doc:"Whose rules, an ISO 3166-1 code in capitals; of an address its own country, otherwise that of the organisation."`
}

// ownProperties are what forms ask for without a field.
var ownProperties = map[FieldOf]map[string]FieldType{
	FieldOfPerson:  {"name": FieldText, "email": FieldEmail, "locale": FieldText, "zone": FieldText},
	FieldOfAccount: {"name": FieldText, "plan": FieldText, "country": FieldCountry},
}

func (h *Handler) serveFormRules(w http.ResponseWriter, r *http.Request) error {
	by, of, err := fieldOf(r)
	if err != nil {
		return err
	}
	q, err := web.Query[formRulesParams](r)
	if err != nil {
		return err
	}
	fields, err := h.people.Fields(r.Context(), by, of)
	if err != nil {
		return err
	}
	rules, err := h.people.FormRules(r.Context(), of, q.Country)
	if err != nil {
		return err
	}
	out := formRulesWire{Rules: map[string]hintsWire{}}
	for name, kind := range ownProperties[of] {
		out.Rules[name] = hintsAsWire(rules.Hints(name, Field{Type: kind}))
	}
	for _, f := range fields {
		out.Rules["attributes."+f.Name] = hintsAsWire(rules.Hints("attributes."+f.Name, f))
	}
	return web.JSON(w, r, http.StatusOK, out)
}
