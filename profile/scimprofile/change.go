package scimprofile

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/stoa-go/stoa/internal/valid"
)

// ignored lists what users have in the standard and is not kept here, unless
// Options.Attributes says so.
var ignored = []string{
	"nickname", "profileurl", "title", "usertype", "phonenumbers", "ims", "photos", "addresses", "entitlements", "roles",
	"x509certificates", "password",
}

// kept reports whether an attribute has a place of its own in a user.
func kept(attr string) bool {
	switch attr {
	case "username", "externalid", "active", "displayname", "name", "emails", "preferredlanguage", "locale", "timezone",
		"schemas", "id", "meta", "groups", "password":
		return true
	}
	return false
}

// apply does one operation of a PATCH.
func (u *user) apply(op operation) error {
	if op.at != nil {
		return u.set(op.op, *op.at, op.value, false)
	}
	o, ok := op.value.(object)
	if !ok {
		return badValue("without a path the value is an object")
	}
	return u.setAll(op.op, "", o)
}

// setAll sets every attribute of an object, and leaves out what is not known.
func (u *user) setAll(op, schema string, o object) error {
	for _, name := range slices.Sorted(maps.Keys(o)) {
		inner, ok := o[name].(object)
		if ok && strings.HasPrefix(name, "urn:") && strings.HasSuffix(name, ":user") {
			if err := u.setAll(op, strings.TrimPrefix(name, strings.ToLower(schemaUser)), inner); err != nil {
				return err
			}
			continue
		}
		at, err := parsePath(name)
		if err != nil && !strings.Contains(name, "[") {
			continue // no attribute of ours
		}
		if schema != "" {
			at.schema = schema
		}
		if err == nil {
			err = u.set(op, at, o[name], true)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// set sets one attribute, or with the operation remove takes it away.
func (u *user) set(op string, at path, v any, lenient bool) error {
	if op == "remove" && at.filter == nil {
		v = nil
	}
	if _, ok := u.more[at.full()]; ok && at.filter == nil && (at.sub == "" || at.sub == "value") {
		return u.setMore(at.full(), v)
	}
	if at.schema != "" {
		return nil // of an extension that is not kept
	}
	switch at.attr {
	case "username":
		return text(&u.userName, v)
	case "externalid":
		return text(&u.external, v)
	case "displayname":
		return text(&u.names[display], v)
	case "name":
		return u.setName(op, at.sub, v)
	case "emails":
		return u.setEmail(op, at, v)
	case "active":
		return u.setActive(v)
	case "preferredlanguage", "locale":
		return u.setLocale(at.attr, v)
	case "timezone":
		return u.setZone(v)
	case "schemas", "id", "meta", "groups":
		if lenient {
			return nil
		}
		return immutable("the attribute cannot be changed")
	}
	if lenient || slices.Contains(ignored, at.attr) {
		return nil
	}
	return badPath("there is no such attribute")
}

func (u *user) setMore(path string, v any) error {
	var s string
	if err := text(&s, v); err != nil {
		return err
	}
	u.more = maps.Clone(u.more)
	u.more[path] = s
	return nil
}

// text sets a text. Some providers wrap it into an object, or into a list.
func text(to *string, v any) error {
	switch v := v.(type) {
	case nil:
		*to = ""
		return nil
	case string:
		*to = v
		return nil
	case json.Number:
		*to = v.String()
		return nil
	case object:
		if inner, ok := v["value"]; ok {
			if _, deep := inner.(object); !deep {
				return text(to, inner)
			}
		}
	case []any:
		if len(v) == 1 {
			if inner, ok := v[0].(object); ok {
				return text(to, inner)
			}
		}
	}
	return badValue("a text is expected")
}

func (u *user) setName(op, sub string, v any) error {
	places := map[string]int{"formatted": formatted, "givenname": given, "familyname": family}
	if sub != "" {
		if at, ok := places[sub]; ok {
			return text(&u.names[at], v)
		}
		return nil // titles and middle names are not kept
	}
	if v == nil {
		u.names[formatted], u.names[given], u.names[family] = "", "", ""
		return nil
	}
	o, ok := v.(object)
	if !ok {
		return badValue("name is an object")
	}
	for sub, at := range places {
		if v, there := o[sub]; there {
			if err := text(&u.names[at], v); err != nil {
				return err
			}
		}
	}
	return nil
}

// setActive takes what providers write for true and false.
func (u *user) setActive(v any) error {
	switch v := v.(type) {
	case bool:
		u.active = v
		return nil
	case string:
		if strings.EqualFold(v, "true") || strings.EqualFold(v, "false") {
			u.active = strings.EqualFold(v, "true")
			return nil
		}
	case []any:
		if len(v) == 1 {
			if inner, ok := v[0].(object); ok {
				return u.setActive(inner["value"])
			}
		}
	}
	return badValue("active is true or false")
}

// setLocale takes the first language of a list. What is no language tag is left
// out: nobody should stay signed in for it.
func (u *user) setLocale(attr string, v any) error {
	var s string
	if err := text(&s, v); err != nil {
		return err
	}
	s, _, _ = strings.Cut(s, ",")
	s, _, _ = strings.Cut(s, ";")
	if s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-"); s == "" || valid.Locale(s) == nil {
		if attr == "preferredlanguage" || u.locale == "" {
			u.locale = s
		}
	}
	return nil
}

func (u *user) setZone(v any) error {
	var s string
	if err := text(&s, v); err != nil {
		return err
	}
	if _, err := time.LoadLocation(s); err == nil && s != "Local" {
		u.zone = s
	}
	return nil
}

// setEmail changes the one address that a person has, which is the one for
// work and the first.
func (u *user) setEmail(op string, at path, v any) error {
	if at.filter != nil {
		return u.setFilteredEmail(op, at, v)
	}
	if at.sub != "" && at.sub != "value" {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		return text(&u.email, v)
	}
	best, found := bestEmail(list)
	if found || op == "replace" {
		return text(&u.email, best)
	}
	return nil
}

// bestEmail returns the first address, or the one for work, or any.
func bestEmail(list []any) (best any, found bool) {
	rank := 0
	for _, v := range list {
		r := 1
		if o, ok := v.(object); ok {
			kind, _ := o["type"].(string)
			switch {
			case o["primary"] == true || o["primary"] == "true" || o["primary"] == "True":
				r = 3
			case strings.EqualFold(kind, "work"):
				r = 2
			}
			v = o["value"]
		}
		if r > rank {
			best, rank, found = v, r, true
		}
	}
	return best, found
}

// setFilteredEmail does what a path such as emails[type eq "work"].value asks.
func (u *user) setFilteredEmail(op string, at path, v any) error {
	value, isText := at.filter.value.(string)
	switch at.filter.attr.attr {
	case "type":
		if !isText || !strings.EqualFold(value, "work") {
			return nil // others are not kept
		}
	case "primary":
		if at.filter.value != true && !strings.EqualFold(value, "true") {
			return nil
		}
	case "value":
		if !isText || !strings.EqualFold(value, u.email) {
			return noTarget("there is no such address")
		}
	default:
		return badPath("addresses are told apart by type, primary or value")
	}
	switch {
	case at.sub != "" && at.sub != "value":
		return nil
	case op == "remove":
		u.email = ""
		return nil
	}
	return text(&u.email, v)
}
