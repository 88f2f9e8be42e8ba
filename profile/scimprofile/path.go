package scimprofile

import (
	"encoding/json"
	"strings"
)

// Names of schemas and messages.
const (
	schemaUser       = "urn:ietf:params:scim:schemas:core:2.0:User"
	schemaGroup      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	schemaEnterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	schemaList       = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	schemaPatch      = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	schemaError      = "urn:ietf:params:scim:api:messages:2.0:Error"
)

// A path names an attribute: emails[type eq "work"].value. All names are in
// lower case, since the protocol does not tell the cases apart.
type path struct {
	schema string      // of an extension, or empty
	attr   string      // "emails"
	filter *comparison // "type eq "work"", or nil
	sub    string      // "value", or empty
}

func (p path) full() string {
	if p.schema == "" {
		return p.attr
	}
	return p.schema + ":" + p.attr
}

// A comparison is the only filter there is: one attribute that equals a value.
type comparison struct {
	attr  path
	value any // a string or a bool
}

const maxPath = 1024 // bytes

func parsePath(text string) (path, error) {
	var p path
	if text == "" || len(text) > maxPath {
		return p, badPath("the path is empty or too long")
	}
	head, rest, filtered := strings.Cut(text, "[")
	p.schema, p.attr = splitSchema(strings.ToLower(head))
	if filtered {
		at := closing(rest)
		if at < 0 {
			return p, badPath("a bracket is not closed")
		}
		c, err := parseComparison(rest[:at])
		if err != nil {
			return p, badPath("the filter in the path is not understood")
		}
		p.filter = &c
		if rest = rest[at+1:]; rest != "" && (rest[0] != '.' || len(rest) == 1) {
			return p, badPath("a dot is expected after a bracket")
		}
		p.sub = strings.ToLower(strings.TrimPrefix(rest, "."))
	} else {
		p.attr, p.sub, _ = strings.Cut(p.attr, ".")
	}
	if !plain(p.attr) || p.sub != "" && !plain(p.sub) || strings.HasSuffix(text, ".") {
		return p, badPath("the path is not understood")
	}
	return p, nil
}

// splitSchema takes the schema off an attribute. The core schemas are those
// that an attribute without one belongs to.
func splitSchema(head string) (schema, attr string) {
	for _, core := range []string{schemaUser, schemaGroup} {
		if rest, ok := strings.CutPrefix(head, strings.ToLower(core)+":"); ok {
			return "", rest
		}
	}
	if !strings.HasPrefix(head, "urn:") {
		return "", head
	}
	at := strings.LastIndexByte(head, ':')
	return head[:at], head[at+1:]
}

// closing returns where the bracket ends that has begun, heeding texts.
func closing(s string) int {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ']' && !quoted:
			return i
		}
	}
	return -1
}

func plain(name string) bool {
	for i := range len(name) {
		c := name[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("$-_", c) >= 0) {
			return false
		}
	}
	return name != ""
}

// parseComparison reads: attribute eq value.
func parseComparison(text string) (comparison, error) {
	var c comparison
	if len(text) > maxPath {
		return c, badFilter("the filter is too long")
	}
	attr, rest, found := cutWord(text)
	op, value, more := cutWord(rest)
	if !found || !more || !strings.EqualFold(op, "eq") {
		return c, badFilter("only one comparison with eq is supported")
	}
	var err error
	if c.attr, err = parsePath(attr); err != nil {
		return c, badFilter("the attribute is not understood")
	}
	value = strings.TrimSpace(value)
	if strings.EqualFold(value, "true") || strings.EqualFold(value, "false") {
		value = strings.ToLower(value)
	}
	if json.Unmarshal([]byte(value), &c.value) != nil {
		return c, badFilter("only one comparison with eq is supported")
	}
	switch c.value.(type) {
	case string, bool:
		return c, nil
	}
	return c, badFilter("the value is neither a text nor true or false")
}

// cutWord takes the first word off a text; what is in brackets is one.
func cutWord(s string) (word, rest string, found bool) {
	s = strings.TrimLeft(s, " ")
	start := 0
	if open := strings.IndexByte(s, '['); open >= 0 && !strings.Contains(s[:open], " ") {
		if at := closing(s[open+1:]); at >= 0 {
			start = open + 1 + at
		}
	}
	at := strings.IndexByte(s[start:], ' ')
	if at < 0 {
		return s, "", false
	}
	return s[:start+at], s[start+at+1:], true
}
